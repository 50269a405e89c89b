// The playground without a page: type a line, watch the emulated people's screens.

import { createInterface } from 'node:readline'
import type { Output } from './canvas.ts'
import { createPrinter, inWords } from './print.ts'
import type { StageParts } from './stage.ts'
import { seatOnlookers } from './watch.ts'

export interface TerminalOptions {
  readonly input: NodeJS.ReadableStream
  readonly json: boolean
  /** Closed at the end. */
  readonly openStage: () => Promise<StageParts>
  readonly output: Output
  /** For what went wrong. */
  readonly complain: (text: string) => void
  readonly signal: AbortSignal
}

export async function playInTerminal(options: TerminalOptions): Promise<number> {
  const { input, json, output, signal } = options
  const stage = await options.openStage()
  const lines = createInterface({ input, ...(json ? {} : { output: process.stdout, prompt: 'Ann> ' }) })
  // From now on: what is typed or piped in before the bridge is there waits.
  const typed = lines[Symbol.asyncIterator]()
  let isOpen = true
  lines.once('close', () => {
    isOpen = false
  })
  const prompt = (): void => {
    if (isOpen) lines.prompt()
  }
  const stop = (): void => {
    lines.close()
    void stage.bridge.kill()
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const printer = createPrinter(json, stage.seats, output)
    if (!json) output.write(`${welcome(stage)}\n`)
    const onlookers = await seatOnlookers(stage, { onFrame: (frame) => printer.frame(frame) })
    prompt()
    for await (const line of typed) {
      if (line.trim() !== '') {
        printer.begin(line)
        // A reply that fails on purpose (!fail, !cut) is part of the play, not its end.
        printer.end(await onlookers.ask(line))
      }
      prompt()
    }
    return 0
  } catch (error) {
    // Told to stop in the middle of a reply.
    if (signal.aborted) return 0
    const because = error instanceof Error ? error.message : String(error)
    options.complain(`${because}\nThe bridge's log:\n${stage.bridge.output}`)
    return 1
  } finally {
    signal.removeEventListener('abort', stop)
    lines.close()
    await stage.close()
  }
}

function welcome({ seats }: StageParts): string {
  const names = inWords(seats.map(({ title }) => title))
  return `The playground: you are Ann, writing to the bot on an emulated ${names}. The bridge runs as its own
process, an emulated Coze answers, and you see what Ann's screens show, state by state.

Try:  你好        !long 9000      !slow       !cut      !two      !fail 4028      !remember
Ctrl-C or Ctrl-D ends it. No account is used, and nothing leaves this machine.
`
}
