// Was this question asked, although we never saw an answer to the asking?

import type { Found } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { CozeClient } from './client.ts'
import { listMessages } from './conversations.ts'
import { toHandle } from './handle.ts'
import { TURN_KEY, WORDS_FOR_MEDIA, textOfQuestion, toTurnMark } from './question.ts'
import type { Message } from './wire.ts'

export interface Sought {
  readonly conversationId: string
  readonly userId: string
  readonly turnId: string
  readonly text: string
  readonly askedAtMs: number
}

/** Their clock and ours may differ by so much. */
const SKEW_MS = 60_000
/** Pages of 50. More than that since the question: then it is not our question's conversation any more. */
const MAX_PAGES = 4
/** A question that stands there without its chat's id is looked at again. */
const LOOKS_FOR_CHAT = 5
const LOOK_AGAIN_MS = 1_000

/** Steps: page back through the conversation; known by turn id, else by text and time; its chat id, or its answer's. */
export async function findQuestion(client: CozeClient, sought: Sought, signal: AbortSignal): Promise<Found> {
  for (let look = 1; ; look += 1) {
    const sight = await search(client, sought, signal)
    if (sight.seen === 'no') return { found: 'absent' }
    if (sight.seen === 'asked') {
      return { found: 'found', handle: toHandle('chat', sought.conversationId, sight.chatId) }
    }
    if (sight.seen === 'tooMuch' || look >= LOOKS_FOR_CHAT) return { found: 'cannotTell' }
    await client.clock.sleep(LOOK_AGAIN_MS, signal)
  }
}

type Sight =
  | { readonly seen: 'asked'; readonly chatId: string }
  | { readonly seen: 'withoutChat' }
  | { readonly seen: 'no' }
  | { readonly seen: 'tooMuch' }

async function search(client: CozeClient, sought: Sought, signal: AbortSignal): Promise<Sight> {
  const sinceMs = sought.askedAtMs - SKEW_MS
  /** Newest first, over all pages. */
  const seen: Message[] = []
  let beforeId: string | undefined
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { conversationId, userId } = sought
    const paging = beforeId === undefined ? {} : { beforeId }
    const list = await listMessages(client, { conversationId, userId, ...paging }, signal).catch(
      (error: unknown) => {
        // No such conversation: then the question is not in it.
        if (error instanceof AssistantError && error.failure.kind === 'gone') return undefined
        throw error
      },
    )
    if (list === undefined) return { seen: 'no' }
    seen.push(...list.messages)
    const sight = lookAt(seen, sought, sinceMs)
    if (sight !== undefined) return sight
    const oldest = list.messages.at(-1)
    const isPast = oldest?.createdAtMs !== undefined && oldest.createdAtMs < sinceMs
    const next = list.firstId || (oldest?.id ?? '')
    if (!list.hasMore || isPast || next === '' || next === beforeId) return { seen: 'no' }
    beforeId = next
  }
  return { seen: 'tooMuch' }
}

function lookAt(newestFirst: readonly Message[], sought: Sought, sinceMs: number): Sight | undefined {
  const mark = toTurnMark(sought.turnId)
  const byMark = newestFirst.findIndex((message) => message.metaData[TURN_KEY] === mark)
  const index = byMark >= 0 ? byMark : newestFirst.findIndex((message) => isLike(message, sought, sinceMs))
  const question = newestFirst[index]
  if (question === undefined) return undefined
  const chatId = question.chatId || chatOfAnswer(newestFirst.slice(0, index))
  return chatId === '' ? { seen: 'withoutChat' } : { seen: 'asked', chatId }
}

/** For servers that do not give meta data back. Another turn's mark says that it is another turn's. */
function isLike(message: Message, sought: Sought, sinceMs: number): boolean {
  if (message.role !== 'user' || message.metaData[TURN_KEY] !== undefined) return false
  const asked = sought.text.trim() || WORDS_FOR_MEDIA
  if (textOfQuestion(message.content, message.contentType).trim() !== asked) return false
  return message.createdAtMs !== undefined && message.createdAtMs >= sinceMs
}

/** The answer stands right after its question: the last of what is newer. */
function chatOfAnswer(newer: readonly Message[]): string {
  const next = newer.at(-1)
  return next?.role === 'assistant' ? next.chatId : ''
}
