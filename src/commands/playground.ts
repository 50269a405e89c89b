// `bridge playground`: the real bridge between emulated Coze, Discord, Telegram and Feishu, no account needed.

import { playOnce } from '../playground/once.ts'
import type { Output } from '../playground/print.ts'
import { PLATFORM_NAMES, type PlatformName } from '../playground/seats.ts'
import { openStage } from '../playground/stage.ts'
import { playInTerminal } from '../playground/terminal.ts'

export interface PlaygroundOptions {
  readonly once?: string
  readonly json?: boolean
  /** All of them when left out. */
  readonly platform?: readonly PlatformName[]
}

/** Ann asks everywhere in the same moment: the wait at Coze's usual limit would look like a slow platform. */
const ALL_AT_ONCE = { COZE_CHATS_PER_SECOND: '0' }
/** A page wide, where nobody says how wide. */
const WIDTH_CELLS = 120
const HEIGHT_LINES = 40

export async function play(options: PlaygroundOptions, signal: AbortSignal): Promise<number> {
  const platforms = PLATFORM_NAMES.filter((name) => options.platform?.includes(name) ?? true)
  const shared = {
    json: options.json ?? false,
    openStage: () => openStage({ platforms, env: ALL_AT_ONCE }),
    output: terminalOf(process.stdout),
    complain: (text: string) => void process.stderr.write(text),
    signal,
  }
  if (options.once === undefined) return await playInTerminal({ ...shared, input: process.stdin })
  return await playOnce({ ...shared, text: options.once })
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
