// How does the stream of a workflow's run read as a reply?

import type { ClosingEvent, ReplyEvent } from '../contract/assistant.ts'
import type { EventStream } from './body.ts'
import type { CozeClient } from './client.ts'
import { isForPlugin } from './interrupt.ts'
import type { Interrupt } from './interrupt.ts'
import { createNodeTexts } from './node-texts.ts'
import type { NodeTexts } from './node-texts.ts'
import { runAsks, runCompleted } from './run-closing.ts'
import { lostRun, pluginFailure, runFailureOf } from './run-failure.ts'
import type { RunAbout } from './waiting.ts'
import { readWorkflowEvent } from './workflow-events.ts'
import type { WorkflowEvent } from './workflow-events.ts'

/** What is told to a local plugin's caller: the workflow may know what to do without. */
export const NO_PLUGIN = JSON.stringify({ error: 'This local plugin is not available here.' })
/** Our choice. */
export const MAX_PLUGIN_ROUNDS = 4

export interface RunStreamOptions {
  readonly about: RunAbout
  readonly open: () => Promise<EventStream>
  /** Goes on after an interrupt that no person can answer. */
  readonly goOn: (interrupt: Interrupt, resumeData: string) => Promise<EventStream>
}

/** Never throws. Closed exactly once; a stream that breaks off is `lost`. */
export async function* readRun(
  client: CozeClient,
  { about, open, goOn }: RunStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const texts = createNodeTexts(about.show)
  let opening = open
  for (let round = 0; ; round += 1) {
    const ending = yield* readStream(client, opening, texts, signal)
    if (ending.kind !== 'interrupt') {
      yield ending
      return
    }
    const { interrupt, nodeTitle } = ending
    if (!isForPlugin(interrupt)) {
      yield runAsks(interrupt, about, texts.said(), nodeTitle)
      return
    }
    if (round >= MAX_PLUGIN_ROUNDS) {
      yield { kind: 'failed', failure: pluginFailure('running a workflow') }
      return
    }
    client.log.warn(
      { type: interrupt.type },
      'a workflow waits for a local plugin; it is told that there is none',
    )
    opening = () => goOn(interrupt, NO_PLUGIN)
    texts.nextStream()
  }
}

type Ending = ClosingEvent | Extract<WorkflowEvent, { kind: 'interrupt' }>

async function* readStream(
  client: CozeClient,
  open: () => Promise<EventStream>,
  texts: NodeTexts,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, Ending> {
  let what = 'running a workflow'
  let logid = ''
  let ending: Ending | undefined
  const out: ReplyEvent[] = []
  try {
    const stream = await open()
    ;({ what, logid } = stream)
    for await (const events of stream.batches) {
      for (const raw of events) {
        const event = ending === undefined ? readWorkflowEvent(raw, what, logid) : undefined
        if (event?.kind === 'message') texts.take(event, raw.id)
        else if (event !== undefined) ending = toEnding(event)
        texts.count(raw.id)
      }
      if (ending !== undefined) stream.wrapUp('nothing')
      texts.tell(out)
      if (out.length > 0) yield* out.splice(0)
      if (ending !== undefined) break
    }
    // The last word may be missing where the result has come whole.
    ending ??= texts.isComplete() ? runCompleted('') : { kind: 'failed', failure: lostRun(what, logid) }
  } catch (error) {
    ending = { kind: 'failed', failure: runFailureOf(error, what, signal) }
  }
  const losses = texts.end(out)
  if (losses.events > 0 || losses.pieces > 0) {
    client.log.warn({ call: what, logid, ...losses }, 'pieces of a workflow run never came')
  }
  if (ending.kind === 'interrupt') {
    client.log.info({ call: what, logid, debugUrl: ending.debugUrl }, 'a workflow waits for a person')
  }
  yield* out
  return ending
}

function toEnding(event: Exclude<WorkflowEvent, { kind: 'message' }>): Ending {
  switch (event.kind) {
    case 'done':
      return runCompleted(event.debugUrl)
    case 'failed':
      return event
    case 'interrupt':
      return event
  }
}
