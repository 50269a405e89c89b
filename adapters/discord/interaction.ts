// How is a command or a button answered beyond its first 3 seconds? Through the interaction's own webhook.
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
//
// 1. A deferred answer shows "thinking…" until it is edited: the first post does that. A reply that is quicker than the
//    deferral waits for it. 2. Further posts are messages of the channel, with a nonce: a follow-up whose answer is lost
//    cannot be found again. Where the channel is not ours, and for what is private, they are follow-ups all the same.
// 3. The token lives 15 minutes; after that, or when Discord says it is over, the reply goes on as messages of the channel.
//    These take from the channel's budget: the call that finds it over is handed back, to be let through by that one.
// 4. What only the person shall see never goes there: it ends with the token. Nor does what has no channel to go to.
// 5. A press that was answered without a word is replied to in the channel from the beginning.
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { EPHEMERAL } from './ack.ts'
import { sendAs, type DiscordApi, type DiscordCall } from './api.ts'
import { IS_VOICE_MESSAGE } from './body.ts'
import { codes, isInteractionOver } from './errors.ts'
import type { FirstAnswers } from './first-answers.ts'
import type { Interactions, Note } from './interaction-notes.ts'
import { interactionKey } from './limits.ts'
import type { FilePart } from './multipart.ts'
import type { InteractionPlace } from './place.ts'
import type { Privacy } from './privacy.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, readAmount, readString } from '../common/read.ts'

export interface InteractionParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly interactions: Interactions
  readonly firstAnswers: FirstAnswers
  readonly privacy: Privacy
}

/**
 * The way back to one interaction. Each call resolves with undefined where the channel is the place, from the beginning
 * or by now. The one that finds the interaction over rejects as `rate-limited`, to be sent again at once; where nothing
 * may go to the channel, with `gone` (private) or `denied` (no channel of ours).
 */
export interface InteractionLine {
  isOpen(): boolean
  /** The reply belongs to the interaction, as far as is known: not to the channel. */
  isBound(): boolean
  isPrivate(signal: AbortSignal): Promise<boolean>
  /** The message as the server has it. `key`: as in `Outbox.post`. */
  post(payload: Payload, key: string, signal: AbortSignal, files?: readonly FilePart[]): Promise<unknown>
  edit(messageId: string, payload: Payload, signal: AbortSignal): Promise<unknown>
  /** The channel would not have what follows: from now on it goes to the interaction. False: it cannot. */
  stay(): boolean
  /** Only what filled the first answer can be found again. */
  find(key: string, signal: AbortSignal): Promise<unknown>
}
export type Payload = Readonly<Record<string, unknown>>

export function openInteraction(place: InteractionPlace, parts: InteractionParts): InteractionLine {
  const { account, api, clock, firstAnswers, log, privacy } = parts
  const { notes } = parts.interactions
  const { applicationId, id, token, untilMs } = place
  const original = Routes.webhookMessage(applicationId, token)
  let hasToldEnd = false

  return {
    isOpen: () => isBound() && isAlive(),
    isBound,
    isPrivate,
    post: (payload, key, signal, files = []) =>
      whileOpen(signal, async () => {
        const first = await takesFirst(key, payload, signal)
        if (!first && (await movesOn(signal))) return MOVED
        const call: DiscordCall = first
          ? { method: 'PATCH', route: original, body: payload, files }
          : {
              method: 'POST',
              route: Routes.webhook(applicationId, token),
              query: WAIT,
              body: (await isPrivate(signal)) ? asPrivate(payload) : payload,
              files,
            }
        return send(call, signal)
      }),
    edit: (messageId, payload, signal) =>
      whileOpen(signal, () =>
        send(
          { method: 'PATCH', route: Routes.webhookMessage(applicationId, token, messageId), body: payload },
          signal,
        ),
      ),
    stay() {
      if (notes.get(id)?.stage !== 'moved' || clock.now() >= untilMs) return false
      notes.set(id, { stage: 'elsewhere', stays: true })
      return true
    },
    async find(key, signal) {
      const note = notes.get(id)
      const taker = note?.stage === 'taken' ? note.key : note === undefined ? await firstAnswers.of(id) : ''
      if (taker !== key) return undefined
      return whileOpen(signal, async () => {
        const message = await readFirst(signal)
        return isLoading(message) ? undefined : message
      })
    },
  }

  function isAlive(): boolean {
    const stage = notes.get(id)?.stage
    return clock.now() < untilMs && stage !== 'over' && stage !== 'moved'
  }

  /** Whether what follows the first answer is for the channel. */
  async function movesOn(signal: AbortSignal): Promise<boolean> {
    const note = notes.get(id)
    const stays = place.away === true || (note?.stage === 'elsewhere' && note.stays === true)
    if (stays || (await isPrivate(signal))) return false
    notes.set(id, { stage: 'moved' })
    return true
  }

  function isBound(): boolean {
    return place.onMessage !== true || place.away === true || privacy.knows(id)
  }

  /** Nothing is sent as long as nobody can tell who may see it. */
  function isPrivate(signal: AbortSignal): Promise<boolean> {
    const limit = { account, clock, ms: ANSWERED_WITHIN_MS, what: 'who may see the answer' }
    return withDeadline(limit, signal, () =>
      privacy.isPrivate(id).catch(() => {
        throw new PlatformError(
          account,
          'unavailable',
          'interaction: it cannot be read whether it is private',
        )
      }),
    )
  }

  async function whileOpen(signal: AbortSignal, work: () => Promise<unknown>): Promise<unknown> {
    // Whether the reply is private is told with the first answer.
    const note = await firstNote(signal)
    const hidden = await isPrivate(signal)
    if (!hidden && place.onMessage === true && place.away !== true) return undefined
    if (note?.stage === 'moved') return undefined
    if (note?.stage === 'over' || !isAlive()) {
      demandChannel(hidden)
      return undefined
    }
    try {
      const answer = await work()
      // Also an empty answer is one: only an interaction that is over answers nothing.
      return answer === MOVED ? undefined : (answer ?? {})
    } catch (error) {
      if (!isInteractionOver(error)) throw error
      if (mayBeOnItsWay(error)) throw again('"thinking…" is not there yet', NOT_YET_PAUSE_MS)
      notes.set(id, { stage: 'over' })
      demandChannel(hidden)
      throw toChannel()
    }
  }

  /** The interaction is over: throws where the channel is not the next place. */
  function demandChannel(hidden: boolean): void {
    if (!hidden && place.away !== true) return
    const because = hidden
      ? 'what only the person may see ends with its interaction'
      : 'the bot is not in this channel: the reply ends with its interaction'
    if (!hasToldEnd) log.warn({ interaction: id }, because)
    hasToldEnd = true
    throw new PlatformError(account, hidden ? 'gone' : 'denied', `interaction: ${because}`)
  }

  /** Over HTTP "thinking…" is the answer to Discord's own call, and may arrive after what we send next. */
  function mayBeOnItsWay(error: PlatformError): boolean {
    const note = notes.get(id)
    if (note?.stage !== 'deferred' && note?.stage !== 'taken') return false
    return error.code === codes.unknownWebhook && clock.elapsed() - note.sinceMs < ARRIVES_WITHIN_MS
  }

  function toChannel(): PlatformError {
    return again('it is over; the reply goes on in its channel', 0)
  }

  function again(because: string, retryAfterMs: number): PlatformError {
    const facts = { retryAfterMs, budgetKey: interactionKey(account, id) }
    return new PlatformError(account, 'rate-limited', `interaction: ${because}`, facts)
  }

  /** Whether the post under `key` is the one that fills the deferred answer. Asked after a restart. */
  async function takesFirst(key: string, payload: Payload, signal: AbortSignal): Promise<boolean> {
    const note = await firstNote(signal)
    if (note?.stage === 'taken') return note.key === key
    const taker = note === undefined ? await firstAnswers.of(id) : undefined
    const isFree = note === undefined ? await isFreeFor(key, taker, signal) : note.stage === 'deferred'
    if (isFree && isVoice(payload)) {
      // No message becomes a voice message: that would have to stand there from the beginning.
      throw new PlatformError(account, 'rejected', 'a voice message cannot fill the deferred answer')
    }
    const sinceMs = note?.stage === 'deferred' ? note.sinceMs : -Infinity
    if (isFree && taker !== key) await firstAnswers.keep(id, key)
    if (isFree) notes.set(id, { stage: 'taken', key, sinceMs })
    else if (note?.stage !== 'elsewhere') notes.set(id, { stage: 'elsewhere' })
    return isFree
  }

  /** Asked after a restart. What this post filled may be filled with it again. */
  async function isFreeFor(key: string, taker: string | undefined, signal: AbortSignal): Promise<boolean> {
    return taker === undefined ? isLoading(await readFirst(signal)) : taker === key
  }

  /** Once it is known how the first answer went, which takes three seconds at most. */
  async function firstNote(signal: AbortSignal): Promise<Exclude<Note, { stage: 'asked' }> | undefined> {
    const note = notes.get(id)
    if (note?.stage !== 'asked') return note
    const limit = { account, clock, ms: ANSWERED_WITHIN_MS, what: 'the first answer to an interaction' }
    await withDeadline(limit, signal, () => note.answered)
    return firstNote(signal)
  }

  /** Undefined when somebody deleted it. */
  async function readFirst(signal: AbortSignal): Promise<unknown> {
    try {
      return await send({ method: 'GET', route: original }, signal)
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'gone' && !isInteractionOver(error))
        return undefined
      throw error
    }
  }

  function send(call: DiscordCall, signal: AbortSignal): Promise<unknown> {
    return sendAs(account, api, { ...call, auth: false }, signal)
  }
}

/** What should be posted is for the channel. */
const MOVED = Symbol('moved')
/** Discord takes the first answer within three seconds. */
const ARRIVES_WITHIN_MS = 3_000
const NOT_YET_PAUSE_MS = 250
/** Longer than answering takes, with its own deadline. */
const ANSWERED_WITHIN_MS = 10_000
/** The answer then is the message. */
const WAIT = { wait: 'true' }
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const LOADING = 1 << 7

function asPrivate(payload: Payload): Payload {
  return { ...payload, flags: (readAmount(payload['flags']) ?? 0) | EPHEMERAL }
}

function isVoice(payload: Payload): boolean {
  return ((readAmount(payload['flags']) ?? 0) & IS_VOICE_MESSAGE) !== 0
}

function isLoading(message: unknown): boolean {
  const given = fieldsOf(message)
  return readString(given['id']) !== undefined && ((readAmount(given['flags']) ?? 0) & LOADING) !== 0
}
