// One question, watched: `npm run playground -- --once "TEXT"`.
//
// The answer counts as delivered only if all that Coze said stands on the person's screen.

import { createPrinter } from './print.ts'
import { openStage, type Stage } from './stage.ts'
import { seatOnlooker } from './watch.ts'

export interface OnceOptions {
  readonly text: string
  /** One JSON line a frame instead of lines for people. */
  readonly json: boolean
  readonly print: (line: string) => void
  readonly signal: AbortSignal
}

/** Resolves with the exit code: 0 only if the finished text is the whole answer. */
export async function playOnce(options: OnceOptions): Promise<number> {
  const stage = await openStage()
  const stop = (): void => void stage.bridge.kill()
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    await play(stage, options)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.stderr.write(`The bridge's log:\n${stage.bridge.output}`)
    return 1
  } finally {
    options.signal.removeEventListener('abort', stop)
    await stage.close()
  }
}

async function play(stage: Stage, { text, json, print }: OnceOptions): Promise<void> {
  const printer = createPrinter(json, print)
  const onlooker = await seatOnlooker(stage, (frame) => printer.frame(frame))
  printer.begin(text)
  const reply = await onlooker.ask(text)
  onlooker.close()
  printer.end(reply)
}
