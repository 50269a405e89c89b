// What does a person get to see of a stream of Coze's chat events?

import type { ClosingEvent, Handle, Prompt, ReplyEvent } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import { createReplyText } from './answers.ts'
import { readMarkedPrompt } from './interrupt.ts'
import { isObject, readJson, toObject, toText } from './json.ts'
import { createSoundReader } from './sound.ts'
import { brokenOff, cancelledThere, spokenFailure } from './spoken.ts'
import type { SseEvent } from './sse.ts'
import { readChat, readLastError, readMessage } from './wire.ts'
import type { Chat, Message } from './wire.ts'

export type ChatKind = 'chat' | 'chatflow'

export interface ReplyReaderOptions {
  /** What was called, and its logid: for failures. */
  readonly what: string
  readonly logid: string
  readonly kind: ChatKind
  readonly userId: string
  /** The one asked in; the stream may name another, which is then the one to keep. */
  readonly conversationId: string
  /** Known already when a waiting chat goes on. Then no `started` is told. */
  readonly handle?: Handle
  /**
   * Whether `done` alone proves that an answer is whole. Cloud always tells `chat.completed`; chatflows and Coze
   * Studio may not (Studio never tells that it waits for an action).
   */
  readonly trustDone: boolean
  /** Chatflows: how a question of its is answered. Without it the person's next message is simply the next one. */
  readonly resume?: (conversationId: string, choices: readonly string[]) => JsonObject
}

/** A pure machine: events of the wire in, events of the contract out. */
export interface ReplyReader {
  /** Adds to `out`. Never a closing event. */
  take(event: SseEvent, out: ReplyEvent[]): void
  /** Whether the stream said how the reply ends. Only sound, and where to look at it, may still come. */
  readonly isEnded: boolean
  /** `done` (or Studio's word for it) has come: nothing follows. */
  readonly isDone: boolean
  /** The closing event, once the stream is over: done, at its end, or broken (`broke` says how). */
  close(out: ReplyEvent[], broke?: Failure): ClosingEvent
}

/** Steps of `take`: who is speaking (started), text of answers, everything else that shows, the end. */
export function createReplyReader(options: ReplyReaderOptions): ReplyReader {
  const { what, logid, kind, userId } = options
  const answers = createReplyText()
  const readSound = createSoundReader()
  const suggestions: string[] = []
  let handle = options.handle
  let ending: ClosingEvent | undefined
  let isDone = false
  /** A piece of an answer was unreadable, and no `completed` has mended it yet. */
  let isInDoubt = false
  let debugUrl = ''
  let asked: Prompt | undefined

  function start(named: string, chatId: string, out: ReplyEvent[]): void {
    const conversationId = named || options.conversationId
    if (handle !== undefined || conversationId === '' || chatId === '') return
    handle = { kind, conversationId, chatId }
    out.push({ kind: 'started', handle, conversation: { conversationId, userId } })
  }

  function onChat(data: unknown, out: ReplyEvent[]): Chat {
    const chat = readChat(data)
    start(chat.conversationId, chat.id, out)
    return chat
  }

  function onDelta(message: Message, out: ReplyEvent[]): void {
    start(message.conversationId, message.chatId, out)
    if (message.role === 'assistant' && message.type === 'answer') answers.delta(message, out)
  }

  function onSound(message: Message, out: ReplyEvent[]): void {
    start(message.conversationId, message.chatId, out)
    const bytes = message.role === 'user' ? undefined : readSound(message.content)
    if (bytes !== undefined) out.push({ kind: 'audio', bytes })
  }

  function onMessage(message: Message, out: ReplyEvent[]): void {
    start(message.conversationId, message.chatId, out)
    if (message.role !== 'assistant') return
    if (message.type === 'answer') {
      const bare = kind === 'chatflow' ? unmaskQuestion(message) : { message }
      answers.complete(bare.message, out)
      asked = bare.prompt
      isInDoubt = false
    } else if (message.type === 'follow_up') {
      if (message.content !== '') suggestions.push(message.content)
    } else if (message.type === 'function_call') {
      const tool = nameOfTool(message.content)
      out.push({ kind: 'status', status: 'tool', ...(tool === '' ? {} : { tool }) })
    }
    // verbose, knowledge, tool_response, tool_output: not for people; a recall holds private text.
  }

  function onCompleted(chat: Chat): void {
    ending ??= { kind: 'completed', ...(chat.usage === undefined ? {} : { usage: chat.usage }) }
  }

  function onRequiresAction(chat: Chat): void {
    if (kind === 'chatflow' && options.resume !== undefined && handle !== undefined) {
      // It has said its question as an answer; how to answer it only a card tells.
      const resume = options.resume(toText(handle['conversationId']), asked?.choices ?? [])
      ending ??= { kind: 'question', prompt: { ...asked, text: '' }, resume }
      return
    }
    if (kind === 'chatflow' || handle === undefined || chat.toolCalls.length === 0) onCompleted(chat)
    else ending ??= { kind: 'toolCalls', handle, calls: chat.toolCalls }
  }

  function fail(data: unknown): void {
    const bare = readLastError(data)
    const inChat = toObject(data)['last_error']
    const { code, msg } = isObject(inChat) ? readLastError(inChat) : bare
    noteDebugUrl(data)
    ending ??= { kind: 'failed', failure: spokenFailure({ code, msg, what, logid }) }
  }

  function noteDebugUrl(data: unknown): void {
    debugUrl = toText(toObject(data)['debug_url']) || debugUrl
  }

  function take({ event, data, unfinished }: SseEvent, out: ReplyEvent[]): void {
    if (event === 'done' || event === 'conversation.stream.done') {
      isDone = true
      noteDebugUrl(readJson(data))
      return
    }
    if (!NEEDED.has(event)) return
    const value = readJson(data)
    if (!isObject(value)) {
      if (event === 'error') fail({ msg: data })
      else if (event.startsWith('conversation.message.') && unfinished !== true) isInDoubt = true
      return
    }
    switch (event) {
      case 'conversation.message.delta':
        onDelta(readMessage(value), out)
        return
      case 'conversation.audio.delta':
        onSound(readMessage(value), out)
        return
      case 'conversation.message.completed':
        onMessage(readMessage(value), out)
        return
      case 'conversation.chat.created':
      case 'conversation.chat.in_progress':
        onChat(value, out)
        return
      case 'conversation.chat.completed':
        onCompleted(onChat(value, out))
        return
      case 'conversation.chat.requires_action':
      case 'conversation.chat.required_action':
        onRequiresAction(onChat(value, out))
        return
      case 'conversation.chat.failed':
        onChat(value, out)
        fail(value)
        return
      case 'conversation.chat.canceled':
      case 'conversation.chat.cancelled':
        ending ??= { kind: 'failed', failure: cancelledThere(what, logid) }
        return
      default:
        // `error`, and Studio's older `conversation.error`.
        fail(value)
    }
  }

  function howItEnded(broke: Failure | undefined): ClosingEvent {
    if (ending !== undefined && !(isInDoubt && ending.kind === 'completed')) return ending
    if (ending === undefined && isDone && options.trustDone && answers.isWhole() && !isInDoubt) {
      return { kind: 'completed' }
    }
    return { kind: 'failed', failure: broke ?? brokenOff(what, logid) }
  }

  return {
    take,
    get isEnded() {
      return ending !== undefined
    },
    get isDone() {
      return isDone
    },
    close(out, broke) {
      answers.mend(out)
      const closing = withDebugUrl(howItEnded(broke), debugUrl)
      if (suggestions.length > 0 && closing.kind === 'completed') {
        out.push({ kind: 'suggestions', texts: suggestions })
      }
      return closing
    },
  }
}

/** All that can matter; anything else (`PING`, words of the future) is not even parsed. */
const NEEDED: ReadonlySet<string> = new Set([
  'conversation.chat.created',
  'conversation.chat.in_progress',
  'conversation.message.delta',
  'conversation.message.completed',
  'conversation.audio.delta',
  'conversation.chat.completed',
  'conversation.chat.failed',
  'conversation.chat.requires_action',
  'conversation.chat.required_action',
  'conversation.chat.canceled',
  'conversation.chat.cancelled',
  'conversation.error',
  'error',
])

/** A card that asks becomes the words of the question; what can be answered stands beside it. */
export function unmaskQuestion(message: Message): { readonly message: Message; readonly prompt?: Prompt } {
  const prompt = readMarkedPrompt(message.content)
  if (prompt === undefined) return { message }
  return { message: { ...message, content: prompt.text, contentType: 'text' }, prompt }
}

/** Told after the end, by the last event of a chatflow. */
function withDebugUrl(closing: ClosingEvent, debugUrl: string): ClosingEvent {
  if (debugUrl === '') return closing
  if (closing.kind === 'completed') return { ...closing, debugUrl }
  return closing.kind === 'failed' ? { kind: 'failed', failure: { ...closing.failure, debugUrl } } : closing
}

function nameOfTool(content: string): string {
  const call = toObject(readJson(content))
  return toText(call['name']) || toText(call['api_name']) || toText(call['plugin_name'])
}
