// How does a chat whose stream we do not have come to its end: followed, or cancelled?

import type { ClosingEvent, Prompt, ReplyEvent } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Failure, FailureKind } from '../contract/errors.ts'
import { joinAnswers } from './answers.ts'
import { cancelChat, listChatMessages, retrieveChat } from './chat.ts'
import type { CozeClient } from './client.ts'
import { failureOf } from './errors.ts'
import { toHandle } from './handle.ts'
import type { ChatHandle } from './handle.ts'
import { cancelledThere, spokenFailure } from './spoken.ts'
import { unmaskQuestion } from './stream.ts'
import type { ReplyReaderOptions } from './stream.ts'
import { isTerminal, readAnswer } from './wire.ts'
import type { Chat, Message } from './wire.ts'

/** Coze docs, "Retrieve chat": at most once a second. */
const POLL_MS = 1_000
/** While Coze is not to be reached, looks become as rare as this. Our choice. */
const LONGEST_PAUSE_MS = 30_000
/** Studio answers 500 also for what it does not have: it is believed after so many. */
const STUDIO_PATIENCE = 5
/** A list may lag behind the status. Coze docs: list chat messages. */
const EMPTY_LIST_LOOKS = 3

/**
 * Looks until the chat is over, then yields its whole text and closes. Never throws.
 * @param resume chatflows: how a question of its is answered.
 */
export async function* followChat(
  client: CozeClient,
  handle: ChatHandle,
  limitMs: number,
  signal: AbortSignal,
  resume?: ReplyReaderOptions['resume'],
): AsyncGenerator<ReplyEvent> {
  const what = 'GET /v3/chat/retrieve'
  try {
    const deadlineMs = client.clock.elapsed() + limitMs
    const chat = await untilTerminal(client, handle, deadlineMs, signal)
    const messages = await patiently(client, deadlineMs, signal, () =>
      messagesOf(client, handle, chat, signal),
    )
    yield* toReply(handle, chat, messages, resume)
  } catch (error) {
    const failure = failureOf(error, what, signal)
    yield {
      kind: 'failed',
      failure: isForgotten(client, handle, failure) ? { ...failure, kind: 'gone' } : failure,
    }
  }
}

/** Cancels, and waits until the chat is over there: only then its conversation is free. */
export async function cancelUntilOver(
  client: CozeClient,
  handle: ChatHandle,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = client.clock.elapsed() + limitMs
  try {
    const isOver = await askToCancel(client, handle, signal)
    if (!isOver) await untilTerminal(client, handle, deadlineMs, signal)
  } catch (error) {
    // 4001, 4002: there is nothing to end.
    if (failureOf(error, 'cancelling', signal).kind !== 'gone') throw error
  }
}

/** Whether that ended it. A refusal (4104, or Studio's 400) mostly means that it was over: to be looked at. */
async function askToCancel(client: CozeClient, handle: ChatHandle, signal: AbortSignal): Promise<boolean> {
  try {
    return isTerminal((await cancelChat(client, handle, signal)).status)
  } catch (error) {
    const { code, kind } = failureOf(error, 'cancelling', signal)
    if (code === 4104) return true
    if (kind === 'rejected' || kind === 'unsupported') return false
    throw error
  }
}

/** The chat once it is over. */
async function untilTerminal(
  client: CozeClient,
  handle: ChatHandle,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Chat> {
  for (;;) {
    const chat = await patiently(client, deadlineMs, signal, () => retrieveChat(client, handle, signal))
    if (isTerminal(chat.status)) return chat
    if (client.clock.elapsed() >= deadlineMs) throw new AssistantError(stillRunning())
    await client.clock.sleep(POLL_MS, signal)
  }
}

/** Passing troubles are waited out, with growing pauses, up to the deadline. */
async function patiently<T>(
  client: CozeClient,
  deadlineMs: number,
  signal: AbortSignal,
  look: () => Promise<T>,
): Promise<T> {
  const { clock, log } = client
  for (let troubles = 1; ; troubles += 1) {
    try {
      return await look()
    } catch (error) {
      const { kind, code, logid, retryAfterMs } = failureOf(error, 'following', signal)
      const mayPass = PASSING.includes(kind) && !(client.flavor === 'studio' && troubles >= STUDIO_PATIENCE)
      if (!mayPass || clock.elapsed() >= deadlineMs) throw error
      log.debug({ kind, code, logid, troubles }, 'following on')
      const growing = Math.min(LONGEST_PAUSE_MS, POLL_MS * 2 ** troubles)
      await clock.sleep(Math.max(growing, retryAfterMs ?? 0), signal)
    }
  }
}

const PASSING: readonly FailureKind[] = ['unavailable', 'lost', 'rate-limited', 'garbled']

async function messagesOf(
  client: CozeClient,
  handle: ChatHandle,
  chat: Chat,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  for (let look = 1; ; look += 1) {
    const messages = await listChatMessages(client, handle, signal)
    const isThere = messages.some(isAnswer) || chat.status !== 'completed'
    if (isThere || look >= EMPTY_LIST_LOOKS) return messages
    await client.clock.sleep(POLL_MS, signal)
  }
}

function* toReply(
  handle: ChatHandle,
  chat: Chat,
  messages: readonly Message[],
  resume: ReplyReaderOptions['resume'],
): Generator<ReplyEvent> {
  const said = messages
    .filter(isAnswer)
    .map((message) => (handle.kind === 'chatflow' ? unmaskQuestion(message) : { message }))
  const answers = said.map(({ message }) => readAnswer(message))
  const thought = said[0]?.message.reasoning ?? ''
  if (thought !== '') yield { kind: 'reasoning', text: thought, whole: true }
  const text = joinAnswers(answers.map((answer) => answer.text))
  if (text !== '') yield { kind: 'whole', text }
  const files = answers.flatMap((answer) => answer.files)
  if (files.length > 0) yield { kind: 'files', files }
  const closing = closingOf(handle, chat, said.at(-1)?.prompt, resume)
  const texts = messages.filter(({ type }) => type === 'follow_up').map(({ content }) => content)
  if (texts.length > 0 && closing.kind === 'completed') yield { kind: 'suggestions', texts }
  yield closing
}

function closingOf(
  handle: ChatHandle,
  chat: Chat,
  asked: Prompt | undefined,
  resume: ReplyReaderOptions['resume'],
): ClosingEvent {
  const what = 'GET /v3/chat/retrieve'
  switch (chat.status) {
    case 'failed': {
      const { code, msg = '' } = chat.lastError ?? {}
      return { kind: 'failed', failure: spokenFailure({ code, msg, what, logid: '' }) }
    }
    case 'canceled':
      return { kind: 'failed', failure: cancelledThere(what, '') }
    case 'requires_action':
      if (handle.kind === 'chat' && chat.toolCalls.length > 0) {
        const waiting = toHandle(handle.kind, handle.conversationId, handle.chatId)
        return { kind: 'toolCalls', handle: waiting, calls: chat.toolCalls }
      }
      if (handle.kind === 'chatflow' && resume !== undefined) {
        const goingOn = resume(handle.conversationId, asked?.choices ?? [])
        return { kind: 'question', prompt: { ...asked, text: '' }, resume: goingOn }
      }
      return completed(chat)
    case 'completed':
    case 'created':
    case 'in_progress':
    case 'unknown':
      return completed(chat)
  }
}

function completed(chat: Chat): ClosingEvent {
  return { kind: 'completed', ...(chat.usage === undefined ? {} : { usage: chat.usage }) }
}

function isAnswer(message: Message): boolean {
  return message.role === 'assistant' && message.type === 'answer'
}

/** Whether Coze has no such chat (any more): then there is nothing to follow. Chatflows may not be kept at all. */
function isForgotten(client: CozeClient, handle: ChatHandle, failure: Failure): boolean {
  if (failure.kind === 'gone' || failure.kind === 'cancelled' || failure.kind === 'denied') return false
  const isStudio500 = client.flavor === 'studio' && failure.httpStatus === 500
  const isNoChat =
    failure.kind === 'rejected' || failure.kind === 'misconfigured' || failure.kind === 'unsupported'
  return isStudio500 || (handle.kind === 'chatflow' && isNoChat)
}

function stillRunning(): Failure {
  return { kind: 'unavailable', detail: 'the chat runs longer than we follow it', outcome: 'unknown' }
}
