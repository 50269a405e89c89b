// `bridge playground`: the real bridge between emulated Coze, Discord, Telegram and Feishu, no account needed.

import { readLocales } from '../assets.ts'
import type { Output } from '../playground/canvas.ts'
import { playOnce } from '../playground/once.ts'
import { runPage } from '../playground/page/run.ts'
import { playScript } from '../playground/script/play.ts'
import { SCRIPTS } from '../playground/script/scripts.ts'
import { PLATFORM_NAMES, type PlatformName } from '../playground/seats.ts'
import { openStage } from '../playground/stage.ts'
import { playInTerminal } from '../playground/terminal.ts'
import { createWords } from '../words/words.ts'

export interface PlaygroundOptions {
  readonly once?: string
  /** A name; `true` where none was given. */
  readonly script?: string | true
  readonly json?: boolean
  /** All of them when left out. */
  readonly platform?: readonly PlatformName[]
  /** In the browser; what a person in front of a terminal gets without any option. */
  readonly page?: boolean
  readonly terminal?: boolean
  /** Of the page. */
  readonly port?: number
  /** The page is opened in the browser. */
  readonly open?: boolean
}

/** Ann asks everywhere in the same moment: the wait at Coze's usual limit would look like a slow platform. */
const ALL_AT_ONCE = { COZE_CHATS_PER_SECOND: '0' }
/** A page wide, where nobody says how wide. */
const WIDTH_CELLS = 120
const HEIGHT_LINES = 40
/** Asked for something that is not there. */
const MISUSED = 2

export async function play(options: PlaygroundOptions, signal: AbortSignal): Promise<number> {
  if (isOnPage(options)) {
    return await runPage({
      ...(options.port === undefined ? {} : { port: options.port }),
      open: options.open ?? false,
      print: (text) => void process.stdout.write(text),
      complain: (text) => void process.stderr.write(text),
      signal,
    })
  }
  const platforms = PLATFORM_NAMES.filter((name) => options.platform?.includes(name) ?? true)
  const output = terminalOf(process.stdout)
  const complain = (text: string): void => void process.stderr.write(text)
  const shared = { json: options.json ?? false, output, complain, signal }
  if (options.script !== undefined) {
    const script = SCRIPTS.find(({ name }) => name === options.script)
    if (script === undefined) {
      complain(scriptsInWords(options.script))
      return MISUSED
    }
    const { coze } = script
    const yaml = script.configFor(platforms)
    return await playScript({
      ...shared,
      script,
      words: createWords(await readLocales()),
      openStage: (env) => openStage({ platforms, coze, yaml, env }),
    })
  }
  const onStage = { ...shared, openStage: () => openStage({ platforms, env: ALL_AT_ONCE }) }
  if (options.once === undefined) return await playInTerminal({ ...onStage, input: process.stdin })
  return await playOnce({ ...onStage, text: options.once })
}

/** Piped input is typed into the terminal play, and what names a way of playing is that. */
function isOnPage({ once, script, json, platform, page, terminal, port, open }: PlaygroundOptions): boolean {
  if (page === true || port !== undefined || open === true) return true
  const isOther = [once, script, json, platform, terminal].some((option) => option !== undefined)
  return !isOther && process.stdin.isTTY && process.stdout.isTTY
}

function scriptsInWords(wanted: string | true): string {
  const head = wanted === true ? 'Which script?' : `There is no script "${wanted}".`
  const lines = SCRIPTS.map(({ name, title }) => `  --script ${name}  ${title}\n`)
  return `${head} There are:\n${lines.join('')}`
}

function terminalOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY
    },
    get widthCells() {
      return stream.isTTY ? stream.columns : WIDTH_CELLS
    },
    get heightLines() {
      return stream.isTTY ? stream.rows : HEIGHT_LINES
    },
  }
}
