// Who in a group is its owner or administrator? Asked of Telegram once for a chat, however many messages wait for it.
// https://core.telegram.org/bots/api#getchatadministrators
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type BotApi } from './api.ts'
import { toPlatformError } from './errors.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, readId, readList } from '../common/read.ts'

export interface Roles {
  /**
   * What this sender is there: `creator` (who is an `administrator`, too), `administrator`, nothing. Undefined: nobody
   * could tell. Rejects while it is worth asking again, where there is time for that (`untilKnown`).
   */
  of(chatId: string, senderId: string): Promise<readonly string[] | undefined>
  /** Something changed there: ask anew. */
  forget(chatId: string): void
}

export interface RolesParts {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly log: Logger
  /** An update that is polled waits at the server; a webhook's caller waits for its answer, at most `WEBHOOK_WAITS_MS`. */
  readonly untilKnown: boolean
  /** Takes what runs on after those who asked have left. */
  keep(work: Promise<void>): void
  /** Ends what is being asked. */
  readonly signal: AbortSignal
}

/** Whoever was made or unmade an administrator waits this long for it. */
const KNOWN_FOR_MS = 5 * 60_000
/** After a refusal, and after all attempts failed. */
const ASK_AGAIN_AFTER_MS = 60_000
const ANSWER_WITHIN_MS = 10_000
const WEBHOOK_WAITS_MS = 2_000
/** So long may failures of one chat keep its messages waiting; then they go on without roles. */
const GIVE_UP_AFTER_MS = 15_000
const MAX_CHATS = 1_000
/** Telegram itself has 50 at most. */
const MAX_ADMINISTRATORS = 200

const ADMINISTRATOR = ['administrator'] as const
const CREATOR = ['creator', 'administrator'] as const

interface ChatRoles {
  /** The last answer, also when it is due to be asked anew. */
  people: ReadonlyMap<string, readonly string[]> | undefined
  /** Not asked again before; a monotonic clock. */
  untilMs: number
  failingSinceMs: number | undefined
  /** Never rejects. */
  asking: Promise<void> | undefined
}

export function createRoles(parts: RolesParts): Roles {
  const { account, api, clock, log, signal } = parts
  const chats = new Map<string, ChatRoles>()
  let blockedUntilMs = -Infinity

  return {
    async of(chatId, senderId) {
      // Who writes as the group itself is an anonymous administrator of it.
      if (senderId === chatId) return ADMINISTRATOR
      const chat = chatIn(chatId)
      if (clock.elapsed() >= chat.untilMs) await ask(chatId, chat)
      if (chat.people !== undefined) return chat.people.get(senderId) ?? []
      if (parts.untilKnown && clock.elapsed() >= chat.untilMs) throw new Error('roles are not known yet')
      return undefined
    },
    forget(chatId) {
      chats.delete(chatId)
    },
  }

  /** The most recently used are kept. */
  function chatIn(chatId: string): ChatRoles {
    const chat = chats.get(chatId) ?? {
      people: undefined,
      untilMs: -Infinity,
      failingSinceMs: undefined,
      asking: undefined,
    }
    chats.delete(chatId)
    chats.set(chatId, chat)
    if (chats.size > MAX_CHATS) chats.delete(chats.keys().next().value ?? '')
    return chat
  }

  async function ask(chatId: string, chat: ChatRoles): Promise<void> {
    if (chat.asking === undefined) {
      chat.asking = fetchRoles(chatId, chat).finally(() => {
        chat.asking = undefined
      })
      parts.keep(chat.asking)
    }
    if (parts.untilKnown) {
      await chat.asking
      return
    }
    const answered = new AbortController()
    const patience = clock.sleep(WEBHOOK_WAITS_MS, answered.signal).catch(() => undefined)
    await Promise.race([chat.asking, patience])
    answered.abort()
  }

  async function fetchRoles(chatId: string, chat: ChatRoles): Promise<void> {
    try {
      if (clock.elapsed() < blockedUntilMs) {
        failed(chat)
        return
      }
      const limit = { account, clock, ms: ANSWER_WITHIN_MS, what: 'getChatAdministrators' }
      const answer = await withDeadline(limit, signal, (within) =>
        callAs(account, api, 'getChatAdministrators', { chat_id: Number(chatId) }, within),
      )
      chat.people = readPeople(answer)
      chat.untilMs = clock.elapsed() + KNOWN_FOR_MS
      chat.failingSinceMs = undefined
    } catch (error) {
      const failure = toPlatformError(account, 'getChatAdministrators', error, signal)
      log.debug({ kind: failure.kind, code: failure.code }, 'the administrators of a group could not be read')
      if (failure.retryAfterMs !== undefined) blockedUntilMs = clock.elapsed() + failure.retryAfterMs
      if (isWorthAnotherTry(failure)) failed(chat)
      else giveUp(chat)
    }
  }

  function failed(chat: ChatRoles): void {
    const nowMs = clock.elapsed()
    chat.failingSinceMs ??= nowMs
    // What was true lately is better than nothing.
    if (chat.people !== undefined || nowMs - chat.failingSinceMs >= GIVE_UP_AFTER_MS) giveUp(chat)
  }

  function giveUp(chat: ChatRoles): void {
    chat.failingSinceMs = undefined
    chat.untilMs = clock.elapsed() + ASK_AGAIN_AFTER_MS
  }
}

function isWorthAnotherTry({ kind }: PlatformError): boolean {
  return kind === 'unavailable' || kind === 'rate-limited' || kind === 'cancelled'
}

function readPeople(answer: unknown): ReadonlyMap<string, readonly string[]> {
  const people = new Map<string, readonly string[]>()
  for (const member of readList(answer).slice(0, MAX_ADMINISTRATORS)) {
    const { user, status } = fieldsOf(member)
    const id = readId(fieldsOf(user)['id'])
    if (id === undefined) continue
    if (status === 'creator') people.set(id, CREATOR)
    else if (status === 'administrator') people.set(id, ADMINISTRATOR)
  }
  return people
}
