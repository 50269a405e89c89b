// How is a command or a button answered beyond its first 3 seconds? Through the interaction's own webhook.
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
//
// 1. A deferred answer shows "thinking…" until it is edited: the first post does that. 2. Further posts are follow-ups.
// 3. The token lives 15 minutes; after that, or when Discord says it is over, the reply goes on as messages of the channel.
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { callAs, type DiscordApi, type DiscordCall } from './api.ts'
import { isInteractionOver } from './errors.ts'
import type { FilePart } from './multipart.ts'
import type { InteractionPlace } from './place.ts'
import { fieldsOf, readAmount, readString } from '../common/read.ts'

/** What is known of interactions; shared by the outboxes of one account. */
export interface Interactions {
  /** Answered with a deferred message (callback type 5) by this process: its first post may fill that. */
  deferred(id: string): void
  /** @internal The outboxes' own notes. */
  readonly notes: Notes
}
interface Notes {
  get(id: string): Note | undefined
  set(id: string, note: Note): void
}
/** What stands in the first answer: nothing yet, the post under `key`, something else. `over`: nothing goes there any more. */
type Note =
  { readonly stage: 'deferred' | 'elsewhere' | 'over' } | { readonly stage: 'taken'; readonly key: string }

/** They live 15 minutes. */
const MAX_KEPT = 5_000

export function createInteractions(): Interactions {
  const notes = new Map<string, Note>()
  const set = (id: string, note: Note): void => {
    notes.set(id, note)
    const oldest = notes.size > MAX_KEPT ? notes.keys().next().value : undefined
    if (oldest !== undefined) notes.delete(oldest)
  }
  return {
    deferred: (id) => set(id, { stage: 'deferred' }),
    notes: { get: (id) => notes.get(id), set },
  }
}

export interface InteractionParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly interactions: Interactions
}

/** The way back to one interaction. Each call resolves with undefined once it is over: then the channel is the place. */
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
      notes.set(id, { stage: 'over' })
      return undefined
    }
  }

  /** Whether the post under `key` is the one that fills the deferred answer. Asked after a restart, or for a button's press. */
  async function takesFirst(key: string, signal: AbortSignal): Promise<boolean> {
    const note = notes.get(id)
    if (note?.stage === 'taken') return note.key === key
    const isFree = note === undefined ? isLoading(await readFirst(signal)) : note.stage === 'deferred'
    notes.set(id, isFree ? { stage: 'taken', key } : { stage: 'elsewhere' })
    return isFree
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
    return callAs(account, api, { ...call, auth: false }, signal)
  }
}

/** The answer then is the message. */
const WAIT = { wait: 'true' }
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const LOADING = 1 << 7

function isLoading(message: unknown): boolean {
  const given = fieldsOf(message)
  return readString(given['id']) !== undefined && ((readAmount(given['flags']) ?? 0) & LOADING) !== 0
}
