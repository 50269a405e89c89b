// How is a chatflow asked, and how is its own question answered?

import type { ConversationRef, PersonsAnswer, Question, ReplyEvent } from '../contract/assistant.ts'
import type { Call, CozeClient } from './client.ts'
import { unsupportedFailure } from './errors.ts'
import { toChatflowBody, toTurnMark } from './question.ts'
import { relay } from './relay.ts'
import type { ReplyReaderOptions } from './stream.ts'
import { toChatflowAnswer, toWaitingChatflow } from './waiting.ts'
import type { ChatflowSpec, WaitingChatflow } from './waiting.ts'
import { streamChatflow } from './workflows.ts'

export interface AskingChatflow {
  readonly agent: ChatflowSpec
  readonly conversation: ConversationRef
  readonly question: Pick<Question, 'text' | 'turnId' | 'media' | 'asker'>
  readonly waitTurn: NonNullable<Call['waitTurn']>
}

/** Never throws. Files cannot go with the question: a chatflow takes them as parameters. Coze docs: run chatflow. */
export async function* askChatflow(
  client: CozeClient,
  { agent, conversation, question, waitTurn }: AskingChatflow,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  if (question.media.length > 0) {
    yield { kind: 'failed', failure: unsupportedFailure('media in a question to a chatflow') }
    return
  }
  const { conversationId, userId } = conversation
  const call = { body: toChatflowBody(agent, question, conversationId), userId, waitTurn }
  const mark = toTurnMark(question.turnId)
  const resume = chatflowResume({ agent, userId, askerId: question.asker.userId, mark })
  const about = { kind: 'chatflow', conversationId, userId, resume } as const
  yield* relay(client, () => streamChatflow(client, call, signal), about, signal)
}

/** The person's answer is the next message of the same conversation: there is nothing to submit. Never throws. */
export function answerChatflow(
  client: CozeClient,
  waiting: WaitingChatflow,
  answer: PersonsAnswer,
  waitTurn: AskingChatflow['waitTurn'],
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const { agent, conversationId, userId, askerId, mark } = waiting
  const text = toChatflowAnswer(waiting, answer)
  const question = { text, turnId: mark, media: [], asker: { userId: askerId } }
  return askChatflow(client, { agent, conversation: { conversationId, userId }, question, waitTurn }, signal)
}

/** What a reply that waits leaves for `answerChatflow`, as soon as its conversation and choices are known. */
export function chatflowResume(
  known: Pick<WaitingChatflow, 'agent' | 'userId' | 'askerId' | 'mark'>,
): NonNullable<ReplyReaderOptions['resume']> {
  return (conversationId, choices) => toWaitingChatflow({ ...known, conversationId, choices })
}
