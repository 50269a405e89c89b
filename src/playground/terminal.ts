// The playground without a page: type a line, watch the emulated person's screen.

import { createInterface } from 'node:readline'
import { createPrinter } from './print.ts'
import { openStage } from './stage.ts'
import { seatOnlooker } from './watch.ts'

export interface TerminalOptions {
  readonly input: NodeJS.ReadableStream
  readonly print: (line: string) => void
  readonly json: boolean
  readonly signal: AbortSignal
}

const WELCOME = `The playground: you are Ann, writing to the bot on an emulated Telegram. The bridge runs as its own process,
an emulated Coze answers, and you see what Ann's screen shows, state by state.

Try:  你好        !long 9000      !slow       !cut      !two      !fail 4028      !remember
Ctrl-C or Ctrl-D ends it. No account is used, and nothing leaves this machine.
`

export async function playInTerminal({ input, print, json, signal }: TerminalOptions): Promise<number> {
  const stage = await openStage()
  const lines = createInterface({ input, ...(json ? {} : { output: process.stdout, prompt: 'Ann> ' }) })
  const close = (): void => lines.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const printer = createPrinter(json, print)
    const onlooker = await seatOnlooker(stage, (frame) => printer.frame(frame))
    if (!json) print(WELCOME)
    lines.prompt()
    for await (const line of lines) {
      if (line.trim() !== '') {
        printer.begin(line)
        // A reply that fails on purpose (!fail, !cut) is part of the play, not its end.
        await onlooker.ask(line).then(
          (reply) => printer.end(reply),
          (error: unknown) => print(error instanceof Error ? error.message : String(error)),
        )
      }
      lines.prompt()
    }
    return 0
  } finally {
    signal.removeEventListener('abort', close)
    await stage.close()
  }
}
