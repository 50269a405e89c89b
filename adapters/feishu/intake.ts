// How does a push become a stored event? Read, offered to the inbox, answered in time. For both modes.
import type { Ack, Inbox } from '../../src/contract/platform.ts'
import type { ChatEvent, ChatId, EventId } from '../../src/contract/event.ts'
import { NotStoredError } from '../../src/contract/errors.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { createInOrder } from '../common/in-order.ts'
import { answerOf, unstoredAnswer, type CallbackAnswer } from './callback-answer.ts'
import type { DirectChats } from './direct-chats.ts'
import { menuCommand, readPush } from './inbound.ts'
import { readOpener } from './life.ts'
import type { Self } from './mentions.ts'
import { CARD_ACTION, CHAT_CREATED, CHAT_ENTERED, chatOf, MENU, MESSAGE, type Push } from './push.ts'
import { fieldsOf, readList, readString } from '../common/read.ts'
import type { Roles } from './roles.ts'
import type { Threads } from './threads.ts'
import type { Reading } from './where.ts'

export interface Intake {
  /**
   * Resolves with what Feishu shall be answered when the push is stored, or nothing to us; rejects when it shall be
   * offered again, at the latest within the time Feishu waits; presses, which are not offered again, never reject. Pushes
   * of one chat go one by one.
   */
  offer(push: Push): Promise<CallbackAnswer | undefined>
  /** Resolves when nothing is under way any more, or is given up. For the end: what was still to be told is told now. */
  settled(): Promise<void>
}

export interface IntakeParts {
  readonly account: string
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  readonly inbox: Inbox
  readonly chats: DirectChats
  readonly threads: Threads
  /** Where access or budgets speak of roles. */
  readonly roles?: Roles
  me(): Self | undefined
  reading(): Omit<Reading, 'account' | 'me' | 'receivedAtMs' | 'directChatOf' | 'threadOf'>
  /** Outlives the intake's stop: what was taken in is still stored. */
  readonly signal: AbortSignal
}

/** Feishu waits 3 s, the way there and back included. https://open.feishu.cn/document/server-docs/event-subscription-guide/overview */
const STORED_WITHIN_MS = 2_500
/** At the end a store that does not answer is waited for so long: Feishu offers again what it was not told of. */
const LAST_STORED_WITHIN_MS = 3_000

export function createIntake(parts: IntakeParts): Intake {
  const { account, chats, clock, inbox, log, signal, threads, words } = parts
  const order = createInOrder()
  let toldUnknownSelf = false

  return {
    offer,
    async settled() {
      const done = new AbortController()
      const late = clock.sleep(LAST_STORED_WITHIN_MS, done.signal).catch(() => undefined)
      await Promise.race([order.settled(), late])
      done.abort()
    },
  }

  async function offer(push: Push): Promise<CallbackAnswer | undefined> {
    const stored = order.run(chatOf(push), () => take(push))
    const isPress = push.type === CARD_ACTION
    const first = await inTime(
      isPress
        ? stored.catch((error: unknown) => {
            log.warn({}, 'a press could not be stored; the person is asked to press again', error)
            return unstoredAnswer(words, 'refused')
          })
        : stored,
    )
    if (first !== 'late') return first
    if (isPress) return unstoredAnswer(words, 'late')
    throw new NotStoredError(`not stored within ${STORED_WITHIN_MS} ms`)
  }

  async function inTime<T>(stored: Promise<T>): Promise<T | 'late'> {
    const answered = new AbortController()
    const late = clock.sleep(STORED_WITHIN_MS, AbortSignal.any([signal, answered.signal])).then(
      () => 'late' as const,
      () => stored,
    )
    try {
      return await Promise.race([stored, late])
    } finally {
      answered.abort()
    }
  }

  async function take(push: Push): Promise<CallbackAnswer | undefined> {
    const { type, fields } = push
    const message = fieldsOf(fields['message'])
    const receivedAtMs = clock.now()
    // However old: what Feishu still offers was not answered, and by whose clock would it be too late?
    if (type === MESSAGE) refuseWhenUnknown(message)
    const person = personOf(push)
    if (person !== undefined) await chats.load(person)
    const rootId = rootOf(push)
    if (rootId !== undefined) await threads.load(rootId)

    const event = readPush(push, {
      ...parts.reading(),
      account,
      me: parts.me(),
      receivedAtMs,
      directChatOf: (openId) => chats.of(openId),
      threadOf: threads.of,
    })
    const chatId = directChatIn(push)
    if (person !== undefined && chatId !== undefined && chats.standsIn(person)) await move(person, chatId)
    const ack: Ack = event === undefined ? { show: 'nothing' } : await inbox(await withRoles(event), signal)
    if (event === undefined && type === MENU) {
      log.warn(
        { key: menuCommand(fields).name },
        'a menu entry names no command of this bridge; it is ignored',
      )
    }
    const threadId =
      event?.kind === 'message' || event?.kind === 'command' ? event.address.threadId : undefined
    if (rootId !== undefined && threadId !== undefined) await threads.learn(rootId, threadId)
    // After storing: a push that comes again is read as it was the first time.
    if (person !== undefined && chatId !== undefined) await chats.learn(person, chatId)
    else if (person !== undefined && event?.kind === 'command' && type === MENU) await standIn(person)
    return type === CARD_ACTION ? answerOf(ack, words) : undefined
  }

  async function withRoles(event: ChatEvent): Promise<ChatEvent> {
    if (parts.roles === undefined || !('sender' in event)) return event
    const roles = await parts.roles.of(event.sender.id)
    return roles === undefined ? event : { ...event, sender: { ...event.sender, roles } }
  }

  async function standIn(person: string): Promise<void> {
    if (chats.of(person) === undefined) await chats.standIn(person)
  }

  /** What was said to the menu goes on in the chat. */
  async function move(person: string, chatId: string): Promise<void> {
    const event = {
      kind: 'moved',
      id: `${account}:${person}:moved:${chatId}` as EventId,
      from: { account, chatId: person as ChatId },
      to: { account, chatId: chatId as ChatId },
      sentAtMs: clock.now(),
    } as const
    await inbox(event, signal)
  }

  /** Whether it speaks to us nobody can tell yet; Feishu offers it again. */
  function refuseWhenUnknown(message: Readonly<Record<string, unknown>>): void {
    if (parts.me() !== undefined || message['chat_type'] === 'p2p') return
    if (readList(message['mentions']).length === 0) return
    if (!toldUnknownSelf)
      log.warn({}, 'the own open_id is not known yet (bot/v3/info): mentions in groups wait until it is')
    toldUnknownSelf = true
    throw new NotStoredError('the own open_id is not known yet')
  }
}

/** Whose own chat the push tells of, or needs. */
function personOf({ type, fields }: Push): string | undefined {
  switch (type) {
    case MESSAGE:
      if (fieldsOf(fields['message'])['chat_type'] !== 'p2p') return undefined
      return readString(fieldsOf(fieldsOf(fields['sender'])['sender_id'])['open_id'])
    case MENU:
      return readString(fieldsOf(fieldsOf(fields['operator'])['operator_id'])['open_id'])
    case CARD_ACTION:
      return readString(fieldsOf(fields['operator'])['open_id'])
    case CHAT_ENTERED:
    case CHAT_CREATED:
      return readOpener(fields)
    default:
      return undefined
  }
}

/** The message a thread hangs on, or would. */
function rootOf({ type, fields }: Push): string | undefined {
  if (type !== MESSAGE) return undefined
  const message = fieldsOf(fields['message'])
  const { thread_id: threadId, root_id: rootId } = message
  if (threadId === undefined && rootId === undefined && message['chat_type'] !== 'topic_group')
    return undefined
  return readString(rootId) ?? readString(message['message_id'])
}

function directChatIn({ type, fields }: Push): string | undefined {
  switch (type) {
    case CHAT_ENTERED:
    case CHAT_CREATED:
      return readString(fields['chat_id'])
    case CARD_ACTION: {
      const { direct } = fieldsOf(fieldsOf(fields['action'])['value'])
      return direct === true ? readString(fieldsOf(fields['context'])['open_chat_id']) : undefined
    }
    case MESSAGE: {
      const message = fieldsOf(fields['message'])
      return message['chat_type'] === 'p2p' ? readString(message['chat_id']) : undefined
    }
    default:
      return undefined
  }
}
