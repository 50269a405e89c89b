// One question, watched on every platform: `npm run playground -- --once "TEXT"`.
//
// The answer counts as delivered only if all that Coze said stands on each person's screen.

import type { Output } from './canvas.ts'
import { createPrinter } from './print.ts'
import type { StageParts } from './stage.ts'
import { seatOnlookers, type Outcome, type WatchOptions } from './watch.ts'

export interface OnceOptions {
  readonly text: string
  /** One JSON line a frame instead of columns for people. */
  readonly json: boolean
  /** Closed at the end. */
  readonly openStage: () => Promise<StageParts>
  readonly output: Output
  /** For what went wrong. */
  readonly complain: (text: string) => void
  readonly signal: AbortSignal
  readonly withinMs?: WatchOptions['withinMs']
}

/** Resolves with the exit code: 0 only if the finished text is the whole answer on every platform. */
export async function playOnce(options: OnceOptions): Promise<number> {
  const stage = await options.openStage()
  const stop = (): void => void stage.bridge.kill()
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    const outcomes = await play(stage, options)
    const faults = outcomes.flatMap(({ title, verdict }) =>
      verdict.whole ? [] : [`${title}: the answer did not arrive whole: ${verdict.because}\n`],
    )
    if (faults.length > 0) options.complain(`${faults.join('')}The bridge's log:\n${stage.bridge.output}`)
    return faults.length === 0 ? 0 : 1
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    options.complain(`${because}\nThe bridge's log:\n${stage.bridge.output}`)
    return 1
  } finally {
    options.signal.removeEventListener('abort', stop)
    await stage.close()
  }
}

async function play(stage: StageParts, options: OnceOptions): Promise<readonly Outcome[]> {
  const { text, json, output, withinMs } = options
  const printer = createPrinter(json, stage.seats, output)
  const onlookers = await seatOnlookers(stage, {
    onFrame: (frame) => printer.frame(frame),
    ...(withinMs === undefined ? {} : { withinMs }),
  })
  printer.begin(text)
  const outcomes = await onlookers.ask(text)
  onlookers.close()
  printer.end(outcomes)
  return outcomes
}
