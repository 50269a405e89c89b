// How are conversations created, listed, renamed, cleared and deleted?
import { authorize } from './auth.ts'
import { answer, bodyOf, pageOf, queryNumber, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { createConversation, ownConversation } from './conversations.ts'
import { textOf } from './json.ts'
import { checkMessages, checkMetaData, storeMessages } from './questions.ts'
import { badParameter, Refusal } from './refusal.ts'
import type { World } from './world.ts'

export const conversationRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/conversation/create', studio: true, handle: create },
  { method: 'GET', path: '/v1/conversation/retrieve', studio: true, handle: retrieve },
  { method: 'GET', path: '/v1/conversations', studio: true, handle: list },
  { method: 'PUT', path: '/v1/conversations/:conversation_id', studio: true, handle: rename },
  { method: 'DELETE', path: '/v1/conversations/:conversation_id', studio: true, handle: remove },
  { method: 'POST', path: '/v1/conversations/:conversation_id/clear', studio: true, handle: clear },
]

function create(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'createConversation')
  const body = bodyOf(call)
  const botId = textOf(body['bot_id'])
  // A wrong bot id gives 5000 here (coze-js issue 179).
  if (botId !== undefined && world.options.bots[botId] === undefined)
    throw new Refusal(
      5000,
      "We're currently experiencing server issues. Please try your request again later.",
    )
  const name = textOf(body['name'])
  if (name !== undefined && name.length > 100) throw badParameter('name is longer than 100')
  const metaData = checkMetaData(body['meta_data'])
  const messages = checkMessages(world, body['messages'], token.owner, { most: 16, keepsHistory: true })
  const connectorId = textOf(body['connector_id'])
  const conversation = createConversation(world, token, {
    metaData,
    ...(botId === undefined ? {} : { botId }),
    ...(name === undefined ? {} : { name }),
    ...(connectorId === undefined ? {} : { connectorId }),
  })
  storeMessages(world, conversation, messages, { chatId: '', botId: '' })
  return answer(world.shapes.conversation(conversation))
}

function retrieve(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'retrieveConversation')
  const shape = world.shapes.conversation(ownConversation(world, token, queryText(call, 'conversation_id')))
  if (world.options.flavor === 'cloud') return answer(shape)
  return { kind: 'json', status: 200, body: { ConversationData: shape, code: 0, msg: '', BaseResp: null } }
}

/** Only own ones, and only those made with a bot id (Coze docs: list conversations). */
function list(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'listConversation')
  const botId = queryText(call, 'bot_id')
  const found = [...world.store.conversations.values()].filter(
    (conversation) => conversation.owner === token.owner && conversation.botId === botId,
  )
  const ordered = call.query['sort_order'] === 'ASC' ? found : found.reverse()
  const page = pageOf(
    ordered,
    queryNumber(call, 'page_num', 1, 10_000),
    queryNumber(call, 'page_size', 50, 50),
  )
  return answer({
    conversations: page.items.map((conversation) => world.shapes.conversation(conversation)),
    has_more: page.hasMore,
  })
}

function rename(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'editConversation')
  const conversation = ownConversation(world, token, call.params['conversation_id'] ?? '')
  const name = textOf(bodyOf(call)['name']) ?? ''
  if (name.length > 100) throw badParameter('name is longer than 100')
  conversation.name = name
  conversation.updatedAtS = world.nowS()
  return answer(world.shapes.conversation(conversation))
}

function remove(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'editConversation')
  const conversation = ownConversation(world, token, call.params['conversation_id'] ?? '')
  world.store.conversations.delete(conversation.id)
  return answer(undefined)
}

/** The messages stay; the context starts anew with another section. */
function clear(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'editConversation')
  const conversation = ownConversation(world, token, call.params['conversation_id'] ?? '')
  conversation.sectionId = world.ids.next()
  conversation.updatedAtS = world.nowS()
  return answer({ id: conversation.sectionId, conversation_id: conversation.id })
}
