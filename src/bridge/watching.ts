// How do those who watch hear of a turn? Its assistant, its uploads, its calls and its lane tell them in passing; the steps
// of the turn know nothing of it.

import type { Assistant, ReplyEvent } from '../contract/assistant.ts'
import type { Logger } from '../contract/runtime.ts'
import type { TurnRecord } from '../contract/turn.ts'
import type { TurnFacts, TurnMark, TurnWatch } from '../contract/watch.ts'
import type { Pacer } from '../reply/pace.ts'
import type { Lanes } from './lane.ts'
import type { Uploads } from './media/uploads.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

/** Who watches this leg of the turn. */
export function watchOf(
  record: TurnRecord,
  resumed: boolean,
  { watch }: Pick<BridgeWorld, 'watch'>,
): TurnWatch | undefined {
  return watch?.turn(factsOf(record, resumed))
}

function factsOf({ id, acceptedAtMs, asked, command }: TurnRecord, resumed: boolean): TurnFacts {
  return {
    turn: id,
    account: asked.address.account,
    chatKind: asked.chatKind,
    asks: command === undefined ? 'question' : 'command',
    acceptedAtMs,
    resumed,
  }
}

/** The world as this turn sees it: what it writes into the log says whose it is, and whoever watches hears of it. */
export function worldOfTurn(world: BridgeWorld, { watch }: LiveTurn, log: Logger): BridgeWorld {
  const own: BridgeWorld = {
    ...world,
    log,
    answerMedia: (account, outbox) => world.answerMedia(account, outbox, log),
  }
  if (!watch) return own
  return {
    ...own,
    assistant: watchedAssistant(world.assistant, watch),
    pacer: watchedPacer(world, watch, log),
    uploads: watchedUploads(world.uploads, watch),
  }
}

/** A turn that leaves its lane unbegun is heard of no more; nor is one that stands in it when the lanes close. */
export function watchedLanes(lanes: Lanes<LiveTurn>): Lanes<LiveTurn> {
  const dropped = ({ watch }: LiveTurn): void => {
    if (state !== 'closed') watch?.note({ at: 'ended', outcome: 'dropped' })
  }
  const left = ({ watch }: LiveTurn): void => watch?.note({ at: 'ended', outcome: 'left' })
  let state: 'open' | 'closing' | 'closed' = 'open'
  return {
    ...lanes,
    get size() {
      return lanes.size
    },
    add(key, turn) {
      lanes.add(key, turn)
      if (state === 'closed') left(turn)
    },
    addHeld(key, turn) {
      lanes.addHeld(key, turn)
      if (state === 'closed') left(turn)
    },
    addBeside(key, turn) {
      lanes.addBeside(key, turn)
      // It is not there: lanes that close do not take it.
      if (state !== 'open') left(turn)
    },
    take(which) {
      const taken = lanes.take(which)
      taken.forEach(dropped)
      return taken
    },
    remove(key, turn) {
      const isOut = lanes.remove(key, turn)
      if (isOut) dropped(turn)
      return isOut
    },
    replace(key, turn, by) {
      const isOut = lanes.replace(key, turn, by)
      if (isOut) dropped(turn)
      return isOut
    },
    async close() {
      state = 'closing'
      await lanes.close()
      state = 'closed'
      lanes.unbegun().forEach(left)
    },
  }
}

function watchedAssistant(assistant: Assistant, watch: TurnWatch): Assistant {
  const { run, resume } = assistant
  const as = (how: Asking, events: () => AsyncIterable<ReplyEvent>): AsyncIterable<ReplyEvent> => {
    watch.note({ at: 'asking', how })
    return overheard(events(), watch)
  }
  return {
    ...assistant,
    answer: (question, signal) => as('answer', () => assistant.answer(question, signal)),
    follow: (lost, signal) => as('follow', () => assistant.follow(lost, signal)),
    submit: (waiting, signal) => as('submit', () => assistant.submit(waiting, signal)),
    ...(run === undefined ? {} : { run: (what, signal) => as('run', () => run(what, signal)) }),
    ...(resume === undefined
      ? {}
      : { resume: (what, answer, signal) => as('resume', () => resume(what, answer, signal)) }),
  }
}

type Asking = Extract<TurnMark, { at: 'asking' }>['how']

/** Begun by the first `next`, like what it hears: nothing may come between a question and its place in line. */
async function* overheard(events: AsyncIterable<ReplyEvent>, watch: TurnWatch): AsyncGenerator<ReplyEvent> {
  let hasWords = false
  for await (const event of events) {
    if (event.kind === 'delta' || event.kind === 'whole') {
      if (!hasWords) watch.note({ at: 'words' })
      hasWords = true
    } else tell(event, watch)
    yield event
  }
}

function tell(event: ReplyEvent, watch: TurnWatch): void {
  if (event.kind === 'started') watch.note({ at: 'started' })
  else if (event.kind === 'queued') watch.note({ at: 'queued', ahead: event.ahead })
  else if (event.kind === 'completed') {
    const { usage } = event
    watch.note({ at: 'heard', ...(usage === undefined ? {} : { totalTokens: usage.totalTokens }) })
  } else if (event.kind === 'toolCalls' || event.kind === 'question') watch.note({ at: 'heard' })
  else if (event.kind === 'failed') {
    const { kind, code, logid } = event.failure
    const known = { ...(code === undefined ? {} : { code }), ...(logid === undefined ? {} : { logid }) }
    watch.note({ at: 'failed', kind, ...known })
  }
}

function watchedPacer(
  { pacer, clock }: Pick<BridgeWorld, 'pacer' | 'clock'>,
  watch: TurnWatch,
  log: Logger,
): Pacer {
  return {
    ...pacer,
    async call(plan, send, signal) {
      const sinceMs = clock.elapsed()
      const told = (ok: boolean): void =>
        watch.note({ at: 'call', call: plan.kind, ms: clock.elapsed() - sinceMs, ok })
      try {
        const result = await pacer.call({ ...plan, log }, send, signal)
        told(true)
        return result
      } catch (error) {
        // One that made way for its reply's last one never went.
        if (plan.waitSignal?.aborted !== true) told(false)
        throw error
      }
    },
  }
}

function watchedUploads(uploads: Uploads, watch: TurnWatch): Uploads {
  return {
    ...uploads,
    async ready(turn, signal) {
      const count = turn.record.asked.attachments.length
      if (count === 0) {
        await uploads.ready(turn, signal)
        return
      }
      watch.note({ at: 'files', count })
      await uploads.ready(turn, signal)
      watch.note({ at: 'filesReady' })
    },
  }
}
