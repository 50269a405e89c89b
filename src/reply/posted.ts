// How does a message grow by post and edit? The surface every platform has.
//
// A deleted message is posted anew, and a post whose answer we never saw is looked for before it is made again.

import type { MessageId } from '../contract/event.ts'
import type { CallKind, SurfaceState } from '../contract/platform.ts'
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

const LONGEST_PAUSE_MS = 300_000

export function openPosted<Body>(place: MessagePlace<Body>, start: MessageStart): GrowingMessage<Body> {
  const { outbox, signal } = place
  const at: { id: MessageId | undefined } = {
    id: isPosted(start.resume) ? start.resume.messageId : undefined,
  }
  let shown: Pick<Shown<Body>, 'body' | 'controls'> | undefined
  let maybePosted = start.maybePosted && at.id === undefined
  const { toBody, orPlain } = createFallback(outbox)
  let generation = 0

  return {
    async update(newest, waitSignal) {
      await show('frame', newest, waitSignal)
      return state()
    },
    finish,
    rest: finish,
    async abandon() {},
  }

  async function finish(last: Shown<Body>): Promise<SurfaceState> {
    await show('final', () => last, signal)
    return state() ?? {}
  }

  function state(): SurfaceState | undefined {
    return at.id === undefined ? undefined : { messageId: at.id }
  }

  async function show(
    urgency: Urgency,
    newest: () => Shown<Body> | undefined,
    waitSignal: AbortSignal,
  ): Promise<void> {
    if (maybePosted) await look()
    if (at.id !== undefined) {
      try {
        await edit(at.id, urgency, newest, waitSignal)
        return
      } catch (error) {
        if (!isKind(error, 'gone')) throw error
        // Somebody deleted it. The reply is still owed: once more, as a message of its own.
        at.id = undefined
        shown = undefined
        generation += 1
      }
    }
    await post(newest, waitSignal)
  }

  async function edit(
    messageId: MessageId,
    urgency: Urgency,
    newest: () => Shown<Body> | undefined,
    waitSignal: AbortSignal,
  ): Promise<void> {
    if (urgency === 'final') {
      const last = newest()
      const body = last && toBody(last)
      if (last && body !== undefined && stands(body, last.controls)) return
    }
    await orPlain(() =>
      place.pacer.call(
        { ...plan('edit', urgency, true), waitSignal },
        async (callSignal) => {
          const next = newest()
          if (!next) return
          const { controls } = next
          const body = toBody(next)
          if (body === undefined || stands(body, controls)) return
          await outbox.edit(messageId, body, { controls }, callSignal)
          shown = { body, controls }
        },
        signal,
      ),
    )
  }

  async function post(newest: () => Shown<Body> | undefined, waitSignal: AbortSignal): Promise<void> {
    for (let attempt = 0; at.id === undefined; attempt += 1) {
      try {
        await orPlain(() =>
          place.pacer.call(
            { ...plan('post', 'answer', false), waitSignal },
            async (callSignal) => {
              const next = newest()
              if (!next) return
              const { controls } = next
              const body = toBody(next)
              if (body === undefined) return
              const replyTo = start.replyTo === undefined ? {} : { replyTo: start.replyTo }
              at.id = await outbox.post(body, { key: key(), controls, ...replyTo }, callSignal)
              shown = { body, controls }
            },
            signal,
          ),
        )
        return
      } catch (error) {
        if (!isKind(error, 'unavailable') || error.outcome !== 'unknown') throw error
        // Where the platform cannot tell, a second post is better than none.
        if (!(await look())) await place.clock.sleep(pauseMs(attempt), signal)
      }
    }
  }

  /** Looks like this already: no call. */
  function stands(body: Body, controls: Shown<Body>['controls']): boolean {
    return (
      shown !== undefined && outbox.renderer.equal(body, shown.body) && sameControls(controls, shown.controls)
    )
  }

  /** Looks for a post whose outcome we do not know. */
  async function look(): Promise<boolean> {
    maybePosted = false
    const find = outbox.findPosted?.bind(outbox)
    if (!find) return false
    at.id = await place.pacer.call(
      plan('post', 'answer', true),
      (callSignal) => find(key(), callSignal),
      signal,
    )
    return at.id !== undefined
  }

  /** A message posted anew is another one: the key of the deleted one would find that. */
  function key(): string {
    return generation === 0 ? start.key : `${start.key}r${generation}`
  }

  function plan(kind: CallKind, urgency: Urgency, repeatable: boolean) {
    return { account: place.account, limits: outbox.limits, kind, urgency, repeatable }
  }
}

/** What post-and-edit journals: the message and nothing else. A platform's own surface keeps more. */
export function isPosted(
  state: SurfaceState | undefined,
): state is SurfaceState & { readonly messageId: MessageId } {
  return state !== undefined && typeof state['messageId'] === 'string' && Object.keys(state).length === 1
}

function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1_000 * 4 ** attempt)
}
