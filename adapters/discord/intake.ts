// How does a dispatch become a stored event? Read, offered to the inbox until it is stored, each channel in its order.
//
// Discord does not offer anything again: what the inbox refuses is offered by us, with growing pauses, while the
// channel's later messages wait behind it. What waits is bounded; beyond that a channel is caught up over REST.
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Ack, Inbox } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { createInOrder } from '../common/in-order.ts'
import { fieldsOf, isFields, readString, type Fields } from '../common/read.ts'
import { callbackOf, callbackTypes, deferral, type Callback } from './ack.ts'
import { ALLOWED_MENTIONS } from './body.ts'
import { AUTOCOMPLETE, PING, readAsked, readInteraction, type Asked } from './inbound-interaction.ts'
import { readDispatch } from './inbound.ts'
import { createLateForms } from './late-forms.ts'
import type { Reading } from './reading.ts'
import { suggestionsFor } from './suggest.ts'

export interface Intake {
  /** A dispatch of the gateway. Never throws. */
  dispatch(type: string, data: unknown): void
  /** A message that was missed, from within its channel's turn. False: it could not be stored before the stop. */
  offerMissed(message: Fields): Promise<boolean>
  /** Runs when everything earlier of the channel is through; everything later waits for it. */
  inTurn(channelId: string, work: () => Promise<void>): void
  /** What an interaction is answered with, in time; undefined when it is none. Rejects never. */
  interact(interaction: unknown): Promise<Callback | undefined>
  /** From now on each event is offered once at most. */
  close(): void
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export interface IntakeParts {
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  readonly inbox: Inbox
  reading(): Reading
  /** Before a message is read: what it does not tell of its channel. */
  resolve(message: Fields): Promise<void>
  /** A message is stored, or nothing to us. `allDone`: nothing older waits anywhere. */
  took(message: Fields, allDone: boolean): void
  /** After an event was read: what is gone may be forgotten. */
  after(type: string, data: unknown): void
  /** An interaction is stored. */
  tookInteraction(event: ChatEvent, asked: Asked): void
  /** Messages of this channel had to be left out: there were too many. */
  overflowed(channelId: string): void
  /** An interaction came in: its first answer is on the way, and nobody has replied yet. */
  asked(interactionId: string): void
  /** Whether only the person shall see the answer. Before anything is sent. Must not reject. */
  decided(interactionId: string, isPrivate: boolean): Promise<void>
  /** Answers an interaction of the gateway. Must not reject. */
  answer(asked: Asked, callback: Callback): Promise<void>
  /** The answer in time was a deferral, and this is what should have been said. Must not reject. */
  answerLate(asked: Asked, interaction: Fields, ack: Ack): Promise<void>
  /** Outlives the intake's stop: what came in is still stored. */
  readonly signal: AbortSignal
}

/** Discord waits 3 s for an answer; the way there and back takes some. */
const ANSWER_WITHIN_MS = 1_500
const DECIDED_WITHIN_MS = 500
const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 5_000
/** So long somebody sees "thinking…" before they are told that it came to nothing. */
const INTERACTION_STORED_WITHIN_MS = 60_000
/** Discord replays the last minutes, and a signed call is worth five. */
const MAX_INTERACTIONS_KNOWN = 20_000
/** Messages of all channels together; one takes a few kB. */
const MAX_WAITING = 5_000

export function createIntake(parts: IntakeParts): Intake {
  const { clock, inbox, log, signal, words } = parts
  const order = createInOrder()
  const closing = new AbortController()
  const waiting = new Map<string, number>()
  const overflowed = new Set<string>()
  /** Channels in which something stayed unstored at the stop: nothing behind it may count as seen. */
  const stuck = new Set<string>()
  /** Forms behind a button of ours, by token. */
  const lateForms = createLateForms()
  /** Interactions that came in: once more, they are nothing to us. */
  const interactionsKnown = new Set<string>()
  let underWay = 0

  return {
    dispatch(type, data) {
      const channelId = readString(fieldsOf(data)['channel_id']) ?? readString(fieldsOf(data)['id']) ?? ''
      if (type === 'INTERACTION_CREATE') order.keep(answerGateway(data))
      else if (READ.has(type)) enqueue(type, channelId, fieldsOf(data))
      else parts.after(type, data)
    },
    offerMissed: (message) => takeMessage('MESSAGE_CREATE', message),
    inTurn(channelId, work) {
      underWay += 1
      void order.run(channelId, async () => {
        try {
          await work()
        } finally {
          underWay -= 1
        }
      })
    },
    interact,
    close: () => closing.abort(),
    settled: () => order.settled(),
  }

  function enqueue(type: string, channelId: string, data: Fields): void {
    // What is left out must not be followed by what is not: the last seen message would lie behind it.
    if (overflowed.has(channelId) || underWay >= MAX_WAITING) {
      if (waiting.has(channelId)) overflowed.add(channelId)
      else parts.overflowed(channelId)
      return
    }
    underWay += 1
    waiting.set(channelId, (waiting.get(channelId) ?? 0) + 1)
    void order.run(channelId, async () => {
      try {
        await takeMessage(type, data)
        parts.after(type, data)
      } catch (error) {
        log.error({ type }, 'a dispatch could not be read', error)
      } finally {
        underWay -= 1
        leave(channelId)
      }
    })
  }

  function leave(channelId: string): void {
    const left = (waiting.get(channelId) ?? 1) - 1
    if (left > 0) waiting.set(channelId, left)
    else waiting.delete(channelId)
    if (left === 0 && overflowed.delete(channelId)) parts.overflowed(channelId)
  }

  /** False: the stop came before it was stored. */
  async function takeMessage(type: string, data: Fields): Promise<boolean> {
    const channelId = readString(data['channel_id']) ?? ''
    const isMessage = type === 'MESSAGE_CREATE'
    if (stuck.has(channelId)) return false
    if (isMessage) await parts.resolve(data)
    for (const event of readDispatch(type, data, parts.reading())) {
      if ((await store(event, Infinity)) !== undefined) continue
      stuck.add(channelId)
      return false
    }
    // The one under way is this one.
    if (isMessage) parts.took(data, underWay <= 1 && overflowed.size === 0)
    return true
  }

  /** Undefined: the stop came before it was stored, or `withinMs` were over. */
  async function store(event: ChatEvent, withinMs: number): Promise<Ack | undefined> {
    const untilMs = clock.elapsed() + withinMs
    for (let refusals = 0; ; refusals += 1) {
      try {
        const offered = inbox(event, signal)
        return await (withinMs === Infinity ? offered : within(offered, untilMs - clock.elapsed()))
      } catch {
        if (closing.signal.aborted || clock.elapsed() >= untilMs) return undefined
        log.warn(
          { event: event.id, refusals: refusals + 1 },
          'an event could not be stored; it is offered again',
        )
        const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(refusals, 10))
        await clock.sleep(pauseMs, closing.signal).catch(() => undefined)
      }
    }
  }

  async function answerGateway(interaction: unknown): Promise<void> {
    const asked = readAsked(interaction)
    try {
      const callback = await interact(interaction)
      if (asked !== undefined && callback !== undefined) await parts.answer(asked, callback)
    } catch (error) {
      log.error({}, 'an interaction could not be answered', error)
    }
  }

  async function interact(interaction: unknown): Promise<Callback | undefined> {
    const { type } = fieldsOf(interaction)
    if (type === PING) return { type: callbackTypes.pong }
    if (type === AUTOCOMPLETE) {
      const choices = suggestionsFor(interaction, parts.reading().commands)
      return { type: callbackTypes.choices, data: { choices } }
    }
    const asked = readAsked(interaction)
    if (asked === undefined || !isFields(interaction)) return undefined
    const event = readInteraction(interaction, parts.reading())
    if (event === undefined) return callbackOf(NOT_OURS, asked, words)

    if (isKnown(asked.id)) return undefined
    parts.asked(asked.id)
    const storing = order.run(asked.channelId, () => store(event, INTERACTION_STORED_WITHIN_MS))
    void storing.then((stored) => (stored === undefined ? undefined : parts.tookInteraction(event, asked)))
    const ack = await within(storing, ANSWER_WITHIN_MS)
    // Kept before anything is shown: after a kill nothing else tells that the rest is not for all.
    await within(decide(asked, ack), DECIDED_WITHIN_MS)
    if (ack !== undefined) return answerTo(event, asked, ack)
    order.keep(
      storing
        .then(async (stored) => {
          if (stored === undefined)
            log.error({ event: event.id }, 'an interaction could not be stored; they are told so')
          const late = stored ?? NOT_STORED
          void decide(asked, late)
          if (late.show === 'form') lateForms.add(late.form.token)
          await parts.answerLate(asked, interaction, late)
        })
        .catch((error: unknown) => log.error({}, 'an interaction could not be answered late', error)),
    )
    return deferral(asked, false)
  }

  function isKnown(id: string): boolean {
    if (interactionsKnown.has(id)) return true
    interactionsKnown.add(id)
    if (interactionsKnown.size > MAX_INTERACTIONS_KNOWN)
      interactionsKnown.delete(interactionsKnown.values().next().value ?? '')
    return false
  }

  async function decide({ id }: Asked, ack: Ack | undefined): Promise<void> {
    if (ack === undefined) return
    const decided = parts.decided(id, ack.show === 'waiting' && ack.private)
    order.keep(decided)
    await decided
  }

  /** A form that came late was opened by a button of its own: sent, that button has done its work. */
  function answerTo(event: ChatEvent, asked: Asked, ack: Ack): Callback {
    const callback = callbackOf(ack, asked, words)
    const isSent = event.kind === 'action' && event.values !== undefined && asked.kind === 'form'
    if (callback.type !== callbackTypes.deferredUpdate || !isSent || !lateForms.delete(event.token))
      return callback
    return { type: callbackTypes.update, data: { allowed_mentions: ALLOWED_MENTIONS, components: [] } }
  }

  async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
    const done = new AbortController()
    try {
      return await Promise.race([
        work,
        clock.sleep(ms, done.signal).then(
          () => undefined,
          () => undefined,
        ),
      ])
    } finally {
      done.abort()
    }
  }
}

/** What may become an event; everything else is learned from at once. */
const READ: ReadonlySet<string> = new Set([
  'MESSAGE_CREATE',
  'MESSAGE_DELETE',
  'MESSAGE_DELETE_BULK',
  'THREAD_DELETE',
  'CHANNEL_DELETE',
  'GUILD_DELETE',
])

const NOT_STORED: Ack = { show: 'notice', notice: { key: 'failure.unavailable' } }
/** A kind of command that the bridge never published. */
const NOT_OURS: Ack = { show: 'notice', notice: { key: 'failure.unsupported' } }
