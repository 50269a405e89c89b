// How is a place on Telegram written to? Post, edit, files, typing, and how often that is allowed.
import type { Opts } from 'grammy/types'
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type {
  CallBudget,
  Limits,
  OutgoingFile,
  Outbox,
  PostOptions,
  Renderer,
} from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { callAs, type BotApi } from './api.ts'
import { openDraft, type Stops } from './draft.ts'
import { isNotModified, toPlatformError } from './errors.ts'
import { ringNobody } from './harmless.ts'
import { keyboardOf, markupOfPost, MAX_CONTROLS } from './keyboard.ts'
import type { Place } from './place.ts'
import { fieldsOf, readId } from '../common/read.ts'
import type { TelegramBody } from './runs.ts'
import { checkFiles, fileLimitsOf, sendFiles, type PostedWhere } from './send-files.ts'
import type { TelegramSettings } from './settings.ts'

/** What the outboxes of one account share. */
export interface OutboxParts {
  readonly account: string
  readonly api: BotApi
  readonly settings: Pick<TelegramSettings, 'maxUploadBytes' | 'messagesPerSecond' | 'streaming'>
  /** In a group words may ring people; in a private chat there is nobody else. */
  readonly renderers: { readonly direct: Renderer<TelegramBody>; readonly group: Renderer<TelegramBody> }
  /** Groups that became supergroups: old id to new. */
  readonly moves: Map<number, number>
  /** Chats that refused a draft. */
  readonly withoutDrafts: Set<number>
  /** What Stop under a draft stands for, while it grows. */
  readonly stops: Stops
  readonly clock: Clock
}

/** https://core.telegram.org/bots/api#sendchataction: 5 seconds or less. */
const TYPING_LASTS_MS = 5_000
/** A draft's preview lives 30 s (client config `message_typing_draft_ttl`). */
const DRAFT_KEEP_ALIVE_MS = 20_000
/** The General topic: named in chat actions, never in posts. https://github.com/tdlib/telegram-bot-api/issues/447 */
const GENERAL_THREAD = 1

export function createOutbox(place: Place, parts: OutboxParts): Outbox<TelegramBody> {
  const { account, api, clock, moves, settings, stops, withoutDrafts } = parts
  const renderer = place.direct ? parts.renderers.direct : parts.renderers.group
  const chatId = (): number => moves.get(place.chatId) ?? place.chatId
  const drafts = settings.streaming === 'draft' && place.direct && !withoutDrafts.has(place.chatId)
  const filesTaken = fileLimitsOf(settings.maxUploadBytes)

  const outbox: Outbox<TelegramBody> = {
    limits: {
      ...limitsOf(chatId(), { place, account, messagesPerSecond: settings.messagesPerSecond, drafts }),
      files: filesTaken,
    },
    renderer,
    post: async (body, opts, signal) => {
      const answer = await sendTo(
        'sendMessage',
        (chat) => api.call('sendMessage', { ...contentOf(body), ...wherePosted(chat, opts) }, signal),
        signal,
      )
      return readMessageId(account, answer)
    },
    async edit(id, body, opts, signal) {
      const message_id = messageNumber(id)
      // Left out, it removes the one that stands there.
      const keyboard = keyboardOf(opts.controls)
      if (moves.has(place.chatId)) {
        // Message ids began anew there; the old message belongs to a chat that is gone.
        throw new PlatformError(account, 'gone', 'editMessageText: the chat has moved')
      }
      await sendTo(
        'editMessageText',
        async (chat) => {
          try {
            const where = {
              chat_id: chat,
              message_id,
              ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
            }
            await api.call('editMessageText', { ...where, ...contentOf(body) }, signal)
          } catch (error) {
            if (!isNotModified(error)) throw error
          }
        },
        signal,
      )
    },
    async sendFiles(files, opts, signal) {
      checkFiles(account, files, filesTaken)
      const answer = await sendTo(
        files.length > 1 ? 'sendMediaGroup' : 'send a file',
        (chat) => sendFiles(api, files.map(captioned), wherePosted(chat, opts), signal),
        signal,
      )
      return Array.isArray(answer)
        ? answer.map((message: unknown) => readMessageId(account, message))
        : [readMessageId(account, answer)]
    },
    async showTyping(signal) {
      const threadId = place.threadId ?? (place.general ? GENERAL_THREAD : undefined)
      const thread = threadId === undefined ? {} : { message_thread_id: threadId }
      await callAs(account, api, 'sendChatAction', { chat_id: chatId(), action: 'typing', ...thread }, signal)
    },
  }
  if (!drafts) return outbox
  return {
    ...outbox,
    openStream: (opts) =>
      openDraft({ account, api, clock, outbox, ...opts, chatId: chatId(), place, stops, withoutDrafts }),
  }

  /** A group that became a supergroup answers with its new id: once more, there. */
  async function sendTo(
    method: string,
    send: (chat: number) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<unknown> {
    try {
      return await send(chatId())
    } catch (error) {
      const failure = toPlatformError(account, method, error, signal)
      const newId = Number(failure.movedTo)
      if (failure.movedTo === undefined || moves.get(place.chatId) === newId) throw failure
      moves.set(place.chatId, newId)
      if (method === 'editMessageText') throw failure
    }
    try {
      return await send(chatId())
    } catch (error) {
      throw toPlatformError(account, method, error, signal)
    }
  }

  function captioned(file: OutgoingFile): OutgoingFile {
    return file.caption === undefined || place.direct ? file : { ...file, caption: ringNobody(file.caption) }
  }

  function wherePosted(chat: number, opts: PostOptions): PostedWhere {
    const hasThread = place.threadId !== undefined && place.threadId !== GENERAL_THREAD
    const markup = markupOfPost(opts.controls, place.direct)
    return {
      chat_id: chat,
      ...(hasThread ? { message_thread_id: place.threadId } : {}),
      // In the new chat the asking message has another id.
      ...(opts.replyTo === undefined || chat !== place.chatId
        ? {}
        : {
            reply_parameters: {
              message_id: messageNumber(opts.replyTo),
              allow_sending_without_reply: true,
            },
          }),
      ...(markup === undefined ? {} : { reply_markup: markup }),
    }
  }
}

function contentOf(body: TelegramBody): ContentOf {
  return {
    text: body.text,
    entities: [...body.entities] as NonNullable<ContentOf['entities']>,
    // Each time: a preview would pop up in the middle of a growing answer.
    link_preview_options: { is_disabled: true },
  }
}
interface ContentOf {
  text: string
  entities: NonNullable<Opts<'sendMessage'>['entities']>
  link_preview_options: { is_disabled: true }
}

/**
 * Telegram names no exact numbers; its FAQ says about one message a second in a chat, 20 a minute in a group (all its
 * topics together, edits included), 30 a second over all. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 * Drafts and chat actions share a budget of their own: 20 in 5 s and 40 in 30 s, as several clients' authors measured.
 */
function limitsOf(
  chatId: number,
  facts: {
    readonly place: Place
    readonly account: string
    readonly messagesPerSecond: number
    readonly drafts: boolean
  },
): Limits {
  const key = `${facts.account}/${chatId}`
  const written = ['post', 'edit', 'file'] as const
  const passing = ['stream', 'typing'] as const
  // One message a second with short bursts in any chat, and twenty a minute in a group; some room is left to each.
  const burst: CallBudget = { key, calls: 3, perMs: 3_000, minGapMs: 1_000, for: written }
  const minute: CallBudget = { key: `${key}/minute`, calls: 19, perMs: 60_000, minGapMs: 3_100, for: written }
  const budgets: CallBudget[] = [
    burst,
    ...(facts.place.direct ? [] : [minute]),
    { key: `${key}/passing`, calls: 20, perMs: 5_000, minGapMs: 750, for: passing },
    { key: `${key}/passing-long`, calls: 40, perMs: 30_000, for: passing },
  ]
  if (facts.messagesPerSecond > 0) {
    budgets.push({ key: facts.account, calls: facts.messagesPerSecond, perMs: 1_000 })
  }
  return {
    budgets,
    typingLastsMs: TYPING_LASTS_MS,
    maxControls: MAX_CONTROLS,
    ...(facts.drafts ? { keepAliveMs: DRAFT_KEEP_ALIVE_MS } : {}),
  }
}

function readMessageId(account: string, answer: unknown): MessageId {
  const id = readId(fieldsOf(answer)['message_id'])
  // Border: ids are minted from the server's answers.
  if (id !== undefined) return id as MessageId
  throw new PlatformError(account, 'unavailable', 'the answer to a post has no message id', {
    outcome: 'unknown',
  })
}

function messageNumber(id: MessageId): number {
  return Number(id)
}
