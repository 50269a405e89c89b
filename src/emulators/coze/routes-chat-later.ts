// How is a chat looked at, cancelled and continued after it was asked?
import { authorize } from './auth.ts'
import { answer, bodyOf, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { ownConversation } from './conversations.ts'
import { listOf, objectOf, textOf } from './json.ts'
import { badParameter, Refusal } from './refusal.ts'
import type { ChatRecord } from './records.ts'
import type { ToolOutput } from './script.ts'
import { framings } from './sse.ts'
import type { Token, World } from './world.ts'

export const chatLaterRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/chat/retrieve', studio: true, handle: retrieve },
  // The js and py SDKs post it; Studio has no such route.
  { method: 'POST', path: '/v3/chat/retrieve', studio: false, handle: retrieve },
  { method: 'GET', path: '/v3/chat/message/list', studio: true, handle: listMessages },
  { method: 'POST', path: '/v3/chat/message/list', studio: false, handle: listMessages },
  { method: 'POST', path: '/v3/chat/cancel', studio: true, handle: cancel },
  { method: 'POST', path: '/v3/chat/submit_tool_outputs', studio: false, handle: submit },
]

function retrieve(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'getChat')
  return answer(world.shapes.chat(ownChat(world, token, chatIds(call))))
}

function listMessages(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'chat', 'listMessage')
  const found = ownChat(world, token, chatIds(call))
  // Verbose first: the order is not promised, and a doc sample begins so.
  const isVerbose = (type: string): number => (type === 'verbose' ? 0 : 1)
  const messages = found.messages
    .toSorted((a, b) => isVerbose(a.type) - isVerbose(b.type))
    .map((message) => world.shapes.message(message))
  if (world.options.flavor === 'cloud') return answer(messages)
  return { kind: 'json', status: 200, body: { Messages: messages, code: 0, msg: '', BaseResp: null } }
}

function cancel(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'cancelChat')
  const body = bodyOf(call)
  const [chatId, conversationId] = [textOf(body['chat_id']), textOf(body['conversation_id'])]
  if (chatId === undefined || conversationId === undefined)
    throw badParameter('chat_id and conversation_id are required')
  const found = ownChat(world, token, { chatId, conversationId })
  const isWaiting = found.status === 'requires_action' && world.options.waitingChatCancel === 'frees'
  if (found.status !== 'created' && found.status !== 'in_progress' && !isWaiting)
    throw new Refusal(4104, 'The chat cannot be cancelled in its current status.')
  world.runs.get(chatId)?.cancel()
  if (world.options.flavor === 'cloud') return answer(world.shapes.chat(found))
  return { kind: 'json', status: 200, body: { ChatV3ChatDetail: world.shapes.chat(found), BaseResp: null } }
}

function submit(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'submitToolChat')
  const ids = chatIds(call)
  if (world.store.chats.get(ids.chatId)?.autoSaveHistory === false)
    // Coze docs: submit tool outputs.
    throw new Refusal(5000, 'the chat was begun with auto_save_history false')
  const found = ownChat(world, token, ids)
  const run = world.runs.get(found.id)
  if (found.status !== 'requires_action' || run === undefined)
    throw badParameter('the chat does not wait for tool outputs')
  const body = bodyOf(call)
  const outputs = listOf(body['tool_outputs']).map((item): ToolOutput => {
    const one = objectOf(item)
    if (typeof one['output'] !== 'string') throw badParameter('output must be a string')
    return { toolCallId: textOf(one['tool_call_id']) ?? '', output: one['output'] }
  })
  const missing = found.toolCalls.find((call) => outputs.every(({ toolCallId }) => toolCallId !== call.id))
  if (missing !== undefined) throw badParameter(`tool_call_id ${missing.id} has no output`)
  const stray = outputs.find(({ toolCallId }) => found.toolCalls.every((call) => toolCallId !== call.id))
  if (stray !== undefined) throw badParameter(`tool_call_id ${stray.toolCallId} is not waited for`)
  if (outputs.length > found.toolCalls.length) throw badParameter('a tool_call_id has two outputs')
  const { id: chatId, conversationId, toolCalls } = found
  world.store.toolOutputs.push({ chatId, conversationId, calls: toolCalls, outputs })
  if (body['stream'] === true)
    return { kind: 'stream', framing: framings.chat, open: (stream) => run.submit(outputs, stream) }
  found.status = 'in_progress'
  found.toolCalls = []
  world.ticker.after(0, () => run.submit(outputs, undefined))
  return answer(world.shapes.chat(found))
}

function chatIds(call: Call): { chatId: string; conversationId: string } {
  return { chatId: queryText(call, 'chat_id'), conversationId: queryText(call, 'conversation_id') }
}

function ownChat(world: World, token: Token, ids: { chatId: string; conversationId: string }): ChatRecord {
  ownConversation(world, token, ids.conversationId)
  const found = world.store.chats.get(ids.chatId)
  if (found?.conversationId !== ids.conversationId || found.owner !== token.owner || !found.autoSaveHistory)
    throw new Refusal(4001, `The chat ${ids.chatId} does not exist or is not accessible.`)
  return found
}
