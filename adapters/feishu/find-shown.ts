// Which message shows this card? Looked for in the chat, for a card that was sent longer ago than its key is remembered.
// https://open.feishu.cn/document/server-docs/im-v1/message/list
import type { MessageId } from '../../src/contract/event.ts'
import { entityIdOf, type EntityFacts } from './entity.ts'
import type { Place } from './place.ts'
import type { Posted, Sending } from './sending.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'

/** Feishu docs: at most fifty a page. Of a card sent moments after it was made, that is plenty. */
const PAGE = '50'
/** One call for each. */
const MOST_LOOKED_AT = 10
/** By which two clocks may differ; the list counts in seconds. */
const CLOCKS_DIFFER_SECONDS = 120

/** Undefined where it stands nowhere, or where the app may not look. Never rejects. */
export async function findShown(
  sending: Pick<Sending, 'ask'>,
  place: Place,
  { cardId, createdAtMs }: EntityFacts,
  signal: AbortSignal,
): Promise<Posted | undefined> {
  try {
    const items = await cardsSince(sending, place, createdAtMs, signal)
    for (const item of items.slice(0, MOST_LOOKED_AT)) {
      const id = readString(item['message_id']) ?? ''
      const shown = await entityIdOf(sending, id, signal).catch(() => undefined)
      // Border: ids are minted from the server's answers.
      if (shown === cardId) return { messageId: id as MessageId, isCard: true, createdAtMs: undefined }
    }
  } catch {
    // What cannot be looked for is not found.
  }
  return undefined
}

/** Of apps, oldest first; those that answer the same message before all others. */
async function cardsSince(
  sending: Pick<Sending, 'ask'>,
  { chatId, replyTo, threadId }: Place,
  sinceMs: number,
  signal: AbortSignal,
): Promise<readonly Fields[]> {
  const inThread = threadId?.startsWith('omt_') === true
  if (chatId === undefined && !inThread) return []
  const since = String(Math.floor(sinceMs / 1_000) - CLOCKS_DIFFER_SECONDS)
  const query = {
    container_id_type: inThread ? 'thread' : 'chat',
    container_id: (inThread ? threadId : chatId) ?? '',
    // A thread cannot be asked for a time: its end is looked at.
    sort_type: inThread ? 'ByCreateTimeDesc' : 'ByCreateTimeAsc',
    page_size: PAGE,
    ...(inThread ? {} : { start_time: since }),
  }
  const answer = await sending.ask({ method: 'GET', path: '/open-apis/im/v1/messages', query }, signal)
  const cards = readList(answer['items'])
    .map(fieldsOf)
    .filter((item) => item['msg_type'] === 'interactive' && item['deleted'] !== true)
    .filter((item) => fieldsOf(item['sender'])['sender_type'] === 'app')
  const isAnswer = (item: Fields): boolean => replyTo !== undefined && item['parent_id'] === replyTo
  return [...cards.filter(isAnswer), ...cards.filter((item) => !isAnswer(item))]
}
