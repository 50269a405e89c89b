// How is a command or a button answered beyond its first 3 seconds? Through the interaction's own webhook.
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
//
// 1. A deferred answer shows "thinking…" until it is edited: the first post does that. A reply that is quicker than the
//    deferral waits for it. 2. Further posts are follow-ups.
// 3. The token lives 15 minutes; after that, or when Discord says it is over, the reply goes on as messages of the channel.
//    These take from the channel's budget: the call that finds it over is handed back, to be let through by that one.
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { sendAs, type DiscordApi, type DiscordCall } from './api.ts'
import { codes, isInteractionOver } from './errors.ts'
import { interactionKey } from './limits.ts'
import type { FilePart } from './multipart.ts'
import type { InteractionPlace } from './place.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, readAmount, readString } from '../common/read.ts'

/** What is known of interactions; shared by the outboxes of one account. */
export interface Interactions {
  /** It came in: its first answer is on the way. Nothing is sent there before `answered`. */
  asked(id: string): void
  /** How that went. Once told, later news of the same interaction changes nothing. */
  answered(id: string, how: FirstAnswer): void
  /** @internal The outboxes' own notes. */
  readonly notes: Notes
}
/** "Thinking…" (callback type 5) stands; Discord would not have it; it may stand, or something else does. */
export type FirstAnswer = 'deferred' | 'refused' | 'unknown'
interface Notes {
  get(id: string): Note | undefined
  set(id: string, note: Note): void
}
/** What stands in the first answer: nothing yet, the post under `key`, something else. `over`: nothing goes there any more. */
type Note =
  | { readonly stage: 'asked'; readonly answered: Promise<undefined>; tell(): void }
  | { readonly stage: 'deferred'; readonly sinceMs: number }
  | { readonly stage: 'taken'; readonly key: string; readonly sinceMs: number }
  | { readonly stage: 'elsewhere' | 'over' }

/** They live 15 minutes. */
const MAX_KEPT = 5_000

export function createInteractions(clock: Clock): Interactions {
  const notes = new Map<string, Note>()
  const set = (id: string, note: Note): void => {
    notes.set(id, note)
    const oldest = notes.size > MAX_KEPT ? notes.keys().next().value : undefined
    if (oldest !== undefined) notes.delete(oldest)
  }
  return {
    asked(id) {
      if (notes.has(id)) return
      const { promise, resolve } = Promise.withResolvers<undefined>()
      set(id, { stage: 'asked', answered: promise, tell: () => resolve(undefined) })
    },
    answered(id, how) {
      const note = notes.get(id)
      if (note !== undefined && note.stage !== 'asked') return
      if (how === 'deferred') set(id, { stage: 'deferred', sinceMs: clock.elapsed() })
      else if (how === 'refused') set(id, { stage: 'over' })
      else notes.delete(id)
      note?.tell()
    },
    notes: { get: (id) => notes.get(id), set },
  }
}

export interface InteractionParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly interactions: Interactions
}

/**
 * The way back to one interaction. Each call resolves with undefined once it is over: then the channel is the place.
 * The one that finds this out rejects as `rate-limited`, to be sent again at once.
 */
export interface InteractionLine {
  isOpen(): boolean
  /** The message as the server has it. `key`: as in `Outbox.post`. */
  post(payload: object, key: string, signal: AbortSignal, files?: readonly FilePart[]): Promise<unknown>
  edit(messageId: string, payload: object, signal: AbortSignal): Promise<unknown>
  /** Only what filled the first answer can be found again. */
  find(key: string, signal: AbortSignal): Promise<unknown>
}

export function openInteraction(place: InteractionPlace, parts: InteractionParts): InteractionLine {
  const { account, api, clock } = parts
  const { notes } = parts.interactions
  const { applicationId, id, token, untilMs } = place
  const original = Routes.webhookMessage(applicationId, token)

  return {
    isOpen,
    post: (payload, key, signal, files = []) =>
      whileOpen(async () => {
        const first = await takesFirst(key, signal)
        const call: DiscordCall = first
          ? { method: 'PATCH', route: original, body: payload, files }
          : { method: 'POST', route: Routes.webhook(applicationId, token), query: WAIT, body: payload, files }
        return send(call, signal)
      }),
    edit: (messageId, payload, signal) =>
      whileOpen(() =>
        send(
          { method: 'PATCH', route: Routes.webhookMessage(applicationId, token, messageId), body: payload },
          signal,
        ),
      ),
    async find(key, signal) {
      const note = notes.get(id)
      if (note?.stage !== 'taken' || note.key !== key) return undefined
      return whileOpen(async () => {
        const message = await readFirst(signal)
        return isLoading(message) ? undefined : message
      })
    },
  }

  function isOpen(): boolean {
    return clock.now() < untilMs && notes.get(id)?.stage !== 'over'
  }

  async function whileOpen(work: () => Promise<unknown>): Promise<unknown> {
    if (!isOpen()) return undefined
    try {
      // Also an empty answer is one: only an interaction that is over answers nothing.
      return (await work()) ?? {}
    } catch (error) {
      if (!isInteractionOver(error)) throw error
      if (mayBeOnItsWay(error)) throw again('"thinking…" is not there yet', NOT_YET_PAUSE_MS)
      notes.set(id, { stage: 'over' })
      throw toChannel()
    }
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

  /** Whether the post under `key` is the one that fills the deferred answer. Asked after a restart, or for a button's press. */
  async function takesFirst(key: string, signal: AbortSignal): Promise<boolean> {
    const note = await firstNote(signal)
    if (note?.stage === 'over') throw toChannel()
    if (note?.stage === 'taken') return note.key === key
    const isFree = note === undefined ? isLoading(await readFirst(signal)) : note.stage === 'deferred'
    const sinceMs = note?.stage === 'deferred' ? note.sinceMs : -Infinity
    notes.set(id, isFree ? { stage: 'taken', key, sinceMs } : { stage: 'elsewhere' })
    return isFree
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

/** Discord takes the first answer within three seconds. */
const ARRIVES_WITHIN_MS = 3_000
const NOT_YET_PAUSE_MS = 250
/** Longer than answering takes, with its own deadline. */
const ANSWERED_WITHIN_MS = 10_000
/** The answer then is the message. */
const WAIT = { wait: 'true' }
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const LOADING = 1 << 7

function isLoading(message: unknown): boolean {
  const given = fieldsOf(message)
  return readString(given['id']) !== undefined && ((readAmount(given['flags']) ?? 0) & LOADING) !== 0
}
