// How does a message grow by the platform's own stream (drafts, cards)? Through the pacer, as everything that goes out.

import type { MessageId } from '../contract/event.ts'
import type { CallKind, Outbox, SurfaceState } from '../contract/platform.ts'
import {
  createFallback,
  isKind,
  sameControls,
  type GrowingMessage,
  type MessagePlace,
  type MessageStart,
  type Shown,
} from './message.ts'
import type { Urgency } from './pace.ts'

/** A person who deletes the reply so often does not want it. */
const MOST_GENERATIONS = 3
/** The process is ending and waits for this. */
const ABANDON_WITHIN_MS = 3_000

export function openStreamed<Body>(
  place: MessagePlace<Body>,
  start: MessageStart,
  open: NonNullable<Outbox<Body>['openStream']>,
): GrowingMessage<Body> {
  const { outbox, signal } = place
  const { toBody, orPlain } = createFallback(outbox)
  const replyTo = start.replyTo === undefined ? {} : { replyTo: start.replyTo }
  let state: SurfaceState | undefined = start.resume
  let surface = open({
    key: start.key,
    ...replyTo,
    ...(state === undefined ? {} : { resume: state }),
    ...(start.maybePosted ? {} : { fresh: true }),
  })
  let generation = 0
  let shown: (Pick<Shown<Body>, 'body' | 'controls'> & { readonly atMs: number }) | undefined

  return {
    async update(newest, waitSignal) {
      await orPlain(() =>
        call('stream', 'frame', waitSignal, async (callSignal) => {
          const next = newest()
          if (!next) return
          const { controls } = next
          const body = toBody(next)
          if (body === undefined || standsStill(body, controls)) return
          state = await orAnew(() => surface.update(body, { controls }, callSignal))
          shown = { body, controls, atMs: place.clock.elapsed() }
        }),
      )
      return state
    },
    async finish(last) {
      const messageId = await finish(last)
      return messageId === undefined ? (state ?? {}) : { messageId }
    },
    async rest(last) {
      // The state of a surface that stands as a message is known by a frame of it; another kind is a message from now on.
      const { controls } = last
      await orPlain(() =>
        call('stream', 'final', signal, async (callSignal) => {
          const body = toBody(last)
          if (body === undefined) return
          state = await orAnew(() => surface.update(body, { controls }, callSignal))
        }),
      )
      const messageId = await finish(last)
      if (state?.['messageId'] !== undefined || messageId === undefined) return state ?? {}
      return { messageId }
    },
    async abandon() {
      // Asked for when `signal` has aborted already: this one call goes on its own, and not for long.
      await place.pacer.tryCall(
        { ...planOf('stream', 'answer'), deadlineMs: ABANDON_WITHIN_MS },
        (callSignal) => surface.abandon(callSignal),
        new AbortController().signal,
      )
    },
  }

  async function finish(last: Shown<Body>): Promise<MessageId | undefined> {
    let messageId: MessageId | undefined
    await orPlain(() =>
      call('post', 'final', signal, async (callSignal) => {
        const body = toBody(last)
        if (body === undefined) await surface.abandon(callSignal)
        else messageId = await orAnew(() => surface.finish(body, { controls: last.controls }, callSignal))
      }),
    )
    return messageId
  }

  /** Somebody deleted its message. The reply is still owed: once more, as a message of its own. */
  async function orAnew<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      if (!isKind(error, 'gone') || generation >= MOST_GENERATIONS) throw error
      generation += 1
      shown = undefined
      surface = open({ key: `${start.key}r${generation}`, ...replyTo })
      return await attempt()
    }
  }

  /** Looks as it does already, and need not be kept alive yet. */
  function standsStill(body: Body, controls: Shown<Body>['controls']): boolean {
    if (!shown || !outbox.renderer.equal(body, shown.body)) return false
    if (!sameControls(controls, shown.controls)) return false
    const { keepAliveMs = Infinity } = outbox.limits
    return place.clock.elapsed() - shown.atMs < keepAliveMs
  }

  function call(
    kind: CallKind,
    urgency: Urgency,
    waitSignal: AbortSignal,
    send: (callSignal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    return place.pacer.call({ ...planOf(kind, urgency), waitSignal }, send, signal)
  }

  function planOf(kind: CallKind, urgency: Urgency) {
    return { account: place.account, limits: outbox.limits, kind, urgency, repeatable: true }
  }
}
