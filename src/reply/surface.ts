// One message on screen that grows, whatever the platform grows it with: its own stream, or a post and its edits.
//
// Here a refused body goes once more as plain text, a deleted message is posted anew, and a post whose answer we never
// saw is looked for before it is made again.

import { PlatformError } from '../contract/errors.ts'
import type { MessageId } from '../contract/event.ts'
import type { CallKind, Control, Outbox, SurfaceState } from '../contract/platform.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Pacer, Urgency } from './pace.ts'

/** What a surface shows: a body, and the same as plain text should the platform refuse it. */
export interface Shown<Body> {
  readonly body: Body
  readonly plain: string
}

/** A surface behind the pacer. Calls come one at a time. */
export interface GrowingMessage<Body> {
  /**
   * Shows the newest state: `newest` is asked after the wait for a slot. Resolves with what to journal.
   * Rejects like `Pacer.call` for a frame: rate-limited and unavailable mean "ask me again".
   */
  update(newest: () => Shown<Body> | undefined, waitSignal: AbortSignal): Promise<SurfaceState | undefined>
  /** The last state. Tries until it stands; rejects only where that is impossible, or when the signal aborts. */
  finish(last: Shown<Body>): Promise<SurfaceState>
  /** The process lets go: nothing stays "generating". Waits a few seconds at most; rejects like a single call. */
  abandon(): Promise<void>
}

export interface MessagePlace<Body> {
  readonly account: string
  readonly outbox: Outbox<Body>
  readonly pacer: Pacer
  readonly clock: Clock
  readonly signal: AbortSignal
}
export interface MessageStart {
  readonly key: string
  readonly replyTo?: MessageId
  /** As journaled before a restart. */
  readonly resume?: SurfaceState
  /** A post under this key may have been made before a restart: look for it first. */
  readonly maybePosted: boolean
  readonly controls: readonly Control[]
}

const LONGEST_PAUSE_MS = 300_000
/** The process is ending and waits for this. */
const ABANDON_WITHIN_MS = 3_000

export function openMessage<Body>(place: MessagePlace<Body>, start: MessageStart): GrowingMessage<Body> {
  const streamed = place.outbox.openStream && !isPosted(start.resume)
  return streamed ? openStreamed(place, start) : openPosted(place, start)
}

/** Post and edit: the surface every platform has. */
function openPosted<Body>(place: MessagePlace<Body>, start: MessageStart): GrowingMessage<Body> {
  const { outbox, signal } = place
  const { controls } = start
  const at: { id: MessageId | undefined } = {
    id: isPosted(start.resume) ? start.resume.messageId : undefined,
  }
  let shown: Body | undefined
  let maybePosted = start.maybePosted && at.id === undefined
  const { toBody, orPlain } = createFallback(outbox)
  let generation = 0

  return {
    async update(newest, waitSignal) {
      await show('frame', newest, waitSignal)
      return state()
    },
    async finish(last) {
      await show('final', () => last, signal)
      return state() ?? {}
    },
    async abandon() {},
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
      if (last && shown !== undefined && outbox.renderer.equal(toBody(last), shown)) return
    }
    await orPlain(() =>
      place.pacer.call(
        { ...plan('edit', urgency, true), waitSignal },
        async (callSignal) => {
          const next = newest()
          if (!next) return
          const body = toBody(next)
          if (shown !== undefined && outbox.renderer.equal(body, shown)) return
          await outbox.edit(messageId, body, { controls }, callSignal)
          shown = body
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
              const body = toBody(next)
              const replyTo = start.replyTo === undefined ? {} : { replyTo: start.replyTo }
              at.id = await outbox.post(body, { key: key(), controls, ...replyTo }, callSignal)
              shown = body
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

/** The platform's own stream (drafts, cards), paced. */
function openStreamed<Body>(place: MessagePlace<Body>, start: MessageStart): GrowingMessage<Body> {
  const { outbox, signal } = place
  const { controls } = start
  const surface = outbox.openStream?.({
    key: start.key,
    ...(start.replyTo === undefined ? {} : { replyTo: start.replyTo }),
    ...(start.resume === undefined ? {} : { resume: start.resume }),
  })
  if (!surface) return openPosted(place, start)
  const { toBody, orPlain } = createFallback(outbox)
  let state: SurfaceState | undefined = start.resume
  let shown: { readonly body: Body; readonly atMs: number } | undefined

  return {
    async update(newest, waitSignal) {
      await orPlain(() =>
        call('stream', 'frame', waitSignal, async (callSignal) => {
          const next = newest()
          if (!next) return
          const body = toBody(next)
          if (standsStill(body)) return
          state = await surface.update(body, { controls }, callSignal)
          shown = { body, atMs: place.clock.elapsed() }
        }),
      )
      return state
    },
    async finish(last) {
      let messageId: MessageId | undefined
      await orPlain(() =>
        call('post', 'final', signal, async (callSignal) => {
          messageId = await surface.finish(toBody(last), { controls }, callSignal)
        }),
      )
      return messageId === undefined ? (state ?? {}) : { messageId }
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

  /** Looks as it does already, and need not be kept alive yet. */
  function standsStill(body: Body): boolean {
    if (!shown || !outbox.renderer.equal(body, shown.body)) return false
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

/** A body the platform refuses is sent once more without markup; from then on this message stays plain. */
function createFallback<Body>(outbox: Outbox<Body>): {
  toBody(next: Shown<Body>): Body
  orPlain(attempt: () => Promise<void>): Promise<void>
} {
  let plainOnly = false
  return {
    toBody: (next) => (plainOnly ? outbox.renderer.plain(next.plain) : next.body),
    async orPlain(attempt) {
      try {
        await attempt()
      } catch (error) {
        if (plainOnly || !isKind(error, 'rejected')) throw error
        plainOnly = true
        await attempt()
      }
    },
  }
}

function isPosted(
  state: SurfaceState | undefined,
): state is SurfaceState & { readonly messageId: MessageId } {
  return typeof state?.['messageId'] === 'string'
}

function isKind(error: unknown, kind: PlatformError['kind']): error is PlatformError {
  return error instanceof PlatformError && error.kind === kind
}

function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1_000 * 4 ** attempt)
}
