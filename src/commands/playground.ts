// `bridge playground`: the real bridge between emulated Coze, Discord, Telegram and Feishu, no account needed.

import { readLocales } from '../assets.ts'
import type { Output } from '../playground/canvas.ts'
import { playOnce } from '../playground/once.ts'
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
}

/** Ann asks everywhere in the same moment: the wait at Coze's usual limit would look like a slow platform. */
const ALL_AT_ONCE = { COZE_CHATS_PER_SECOND: '0' }
/** A page wide, where nobody says how wide. */
const WIDTH_CELLS = 120
const HEIGHT_LINES = 40
/** Asked for something that is not there. */
const MISUSED = 2

export async function play(options: PlaygroundOptions, signal: AbortSignal): Promise<number> {
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
