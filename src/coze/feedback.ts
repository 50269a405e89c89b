// To which message does a person's verdict on a reply belong?

import { AssistantError } from '../contract/errors.ts'
import { listChatMessages } from './chat.ts'
import type { CozeClient } from './client.ts'
import { giveFeedback, listMessages } from './conversations.ts'
import { failureOf, unsupportedFailure } from './errors.ts'
import type { ChatHandle } from './handle.ts'
import type { Message } from './wire.ts'

/**
 * The last text of the reply gets it. A later verdict replaces the one before; `none` takes it back, also where there
 * is none (any more). Throws `AssistantError`. Coze docs: message feedback.
 */
export async function rateReply(
  client: CozeClient,
  chat: ChatHandle,
  verdict: 'like' | 'unlike' | 'none',
  signal: AbortSignal,
): Promise<void> {
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure('feedback'))
  const { conversationId, chatId, userId } = chat
  // Chatflows have no list of a chat's messages, but their conversation has.
  const messages =
    chat.kind === 'chat'
      ? await listChatMessages(client, chat, signal)
      : (await listMessages(client, { conversationId, userId, chatId }, signal)).messages.toReversed()
  const answers = messages.filter(isAnswer)
  const rated = answers.findLast(({ contentType }) => contentType === 'text') ?? answers.at(-1)
  if (rated === undefined) {
    throw new AssistantError(unsupportedFailure('feedback on a reply without an answer'))
  }
  try {
    await giveFeedback(client, { conversationId, userId, messageId: rated.id, verdict }, signal)
  } catch (error) {
    const { kind, code } = failureOf(error, 'feedback', signal)
    const wasNone = kind === 'gone' || (kind === 'rejected' && code === 4005)
    if (verdict !== 'none' || !wasNone) throw error
  }
}

/** In the list of a conversation `type` may be empty. Coze docs: list messages. */
function isAnswer({ role, type }: Message): boolean {
  return role === 'assistant' && (type === 'answer' || type === '')
}
