// How does the native progress bubble live? Opened, fed with events, completed; without that its spinner stays.
import { ApiError } from './errors.ts'
import type { CotState } from './store.ts'
import { isRecord, listOf, stringOf } from './types.ts'
import { success, type Route, type World } from './world.ts'

const COT = '/open-apis/im/v1/message_cot'
/** Feishu docs: agent best practices, message_cot. */
const MAX_EVENTS = 50

export const progressRoutes: readonly Route[] = [
  {
    operation: 'cot.create',
    method: 'POST',
    path: COT,
    run: ({ body, query }, world) => {
      const chatId = stringOf(body['receive_id']) ?? ''
      if (query['receive_id_type'] !== 'chat_id' || !chatId.startsWith('oc_'))
        throw new ApiError(10002, 'only chat_id is supported')
      if (world.store.chats.get(chatId)?.botInside !== true)
        throw new ApiError(230002, 'Bot is out of the chat.')
      const cot: CotState = {
        id: world.ids.nextNumber(),
        messageId: world.ids.next('om'),
        chatId,
        events: [],
        completed: undefined,
      }
      world.store.cots.set(cot.id, cot)
      world.store.changed()
      return success({ cot_id: cot.id, message_id: cot.messageId })
    },
  },
  {
    operation: 'cot.update',
    method: 'PUT',
    path: COT,
    run: ({ body }, world) => {
      const cot = running(world, body['cot_id'], body['message_id'])
      const events = listOf(body['events']).filter(isRecord)
      const isWhole = events.every(
        ({ event_type, content }) => typeof event_type === 'string' && typeof content === 'string',
      )
      if (events.length === 0 || events.length > MAX_EVENTS || !isWhole)
        throw new ApiError(10002, 'between 1 and 50 events, each with event_type and content')
      cot.events.push(...events)
      world.store.changed()
      return success()
    },
  },
  {
    operation: 'cot.complete',
    method: 'POST',
    path: `${COT}/complete/:cot_id`,
    run: ({ params, query }, world) => {
      const cot = running(world, params['cot_id'], query['message_id'])
      const { reason = '' } = query
      if (!['done', 'error', 'timeout'].includes(reason)) throw new ApiError(10002, 'reason is invalid')
      cot.completed = reason
      world.store.changed()
      return success()
    },
  },
]

function running({ store }: World, id: unknown, messageId: unknown): CotState {
  const cot = store.cots.get(String(id))
  if (cot === undefined || cot.messageId !== messageId)
    throw new ApiError(10002, 'cot_id and message_id do not fit')
  if (cot.completed !== undefined) throw new ApiError(10002, 'the cot is completed')
  return cot
}
