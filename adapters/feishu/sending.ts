// How does a message get into its place? As a reply to the one that asked, or into the chat, under a key of its own.
// https://open.feishu.cn/document/server-docs/im-v1/message/create and …/reply
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import { callAs, type FeishuApi, type FeishuRequest } from './api.ts'
import type { OwnMessages } from './own.ts'
import type { Place } from './place.ts'
import { readString, type Fields } from '../common/read.ts'

export interface Content {
  readonly msgType: 'text' | 'post' | 'interactive' | 'image' | 'file' | 'audio' | 'media'
  /** JSON. */
  readonly content: string
}

/** A message that stands. Under a key that made one before it is that one, whatever was sent now. */
export interface Posted {
  readonly messageId: MessageId
  readonly isCard: boolean
  /** By the server's clock. */
  readonly createdAtMs: number | undefined
}

export interface Sending {
  /** One call; rate limits of the whole app name its budget. */
  ask(request: FeishuRequest, signal: AbortSignal): Promise<Fields>
  /** `key`: at most one message an hour comes of it (Feishu docs: `uuid`, at most 50 characters). */
  send(
    content: Content,
    opts: { readonly key: string; readonly replyTo?: string },
    signal: AbortSignal,
  ): Promise<Posted>
}

export interface SendingParts {
  readonly account: string
  readonly api: FeishuApi
  readonly own: OwnMessages
  /** Told when a person's own chat was written to by the person's id alone. */
  readonly learnedChat?: (openId: string, chatId: string) => void
}

/** Of the gateway, for an app's calls of one API. Feishu docs: generic error codes. */
const APP_LIMIT = 99991400

/** The budget of all calls of an app. */
export function appBudgetKey(account: string): string {
  return `${account}/second`
}

export function createSending(place: Place, parts: SendingParts): Sending {
  const { account, api, own } = parts
  return { ask, send }

  async function ask(request: FeishuRequest, signal: AbortSignal): Promise<Fields> {
    try {
      return await callAs(account, api, request, signal)
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== APP_LIMIT) throw error
      const { kind, message, outcome, code, retryAfterMs } = error
      throw new PlatformError(account, kind, message.slice(account.length + 2), {
        outcome,
        code,
        budgetKey: appBudgetKey(account),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      })
    }
  }

  async function send(
    content: Content,
    opts: { readonly key: string; readonly replyTo?: string },
    signal: AbortSignal,
  ): Promise<Posted> {
    const inThread = place.threadId !== undefined
    const anchor = opts.replyTo ?? (inThread ? place.replyTo : undefined)
    const body = { msg_type: content.msgType, content: content.content, uuid: opts.key }
    if (anchor === undefined) {
      // A new message would stand beside the thread, or open a topic of its own.
      if (inThread) throw new PlatformError(account, 'denied', 'a thread is written to by replies alone')
      return posted(await ask(created(body), signal))
    }
    try {
      const path = '/open-apis/im/v1/messages/:message_id/reply'
      const ids = { message_id: anchor }
      return posted(
        await ask({ method: 'POST', path, ids, body: { ...body, reply_in_thread: inThread } }, signal),
      )
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'gone') throw error
      if (inThread)
        throw new PlatformError(account, 'denied', 'the message of this thread to reply to is gone')
      return posted(await ask(created(body), signal))
    }
  }

  function created(body: Fields): FeishuRequest {
    const [receive_id_type, receive_id] =
      place.chatId === undefined ? [kindOfId(place.openId), place.openId] : ['chat_id', place.chatId]
    return {
      method: 'POST',
      path: '/open-apis/im/v1/messages',
      query: { receive_id_type },
      body: { receive_id, ...body },
    }
  }

  function posted(answer: Fields): Posted {
    const id = readString(answer['message_id'])
    if (id === undefined) {
      throw new PlatformError(account, 'unavailable', 'the answer to a post has no message id', {
        outcome: 'unknown',
      })
    }
    own.add(id)
    const chatId = readString(answer['chat_id'])
    if (place.chatId === undefined && place.openId !== undefined && chatId !== undefined) {
      parts.learnedChat?.(place.openId, chatId)
    }
    const createdAtMs = Number(readString(answer['create_time']))
    return {
      // Border: ids are minted from the server's answers.
      messageId: id as MessageId,
      isCard: readString(answer['msg_type']) !== 'text',
      createdAtMs: Number.isSafeInteger(createdAtMs) && createdAtMs > 0 ? createdAtMs : undefined,
    }
  }
}

/** Whom an event names without an open_id is written to by what it names. Feishu docs: id prefixes. */
function kindOfId(id = ''): string {
  if (id.startsWith('ou_')) return 'open_id'
  return id.startsWith('on_') ? 'union_id' : 'user_id'
}
