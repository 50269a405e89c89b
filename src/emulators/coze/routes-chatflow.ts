// How are chatflows asked: /v1/workflows/chat?
import { authorize } from './auth.ts'
import { bodyOf } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { createChat, scriptOf, startChat, stepsOf } from './chat-run.ts'
import { createConversation, ownConversation } from './conversations.ts'
import { echoScript } from './echo.ts'
import { isObject, textMap, textOf } from './json.ts'
import { checkMessages, historyOf, storeMessages } from './questions.ts'
import { badParameter, Refusal } from './refusal.ts'
import { knownWorkflow } from './routes-workflows.ts'
import { framings } from './sse.ts'
import { debugUrl } from './workflow-run.ts'
import type { World } from './world.ts'

export const chatflowRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/workflows/chat', studio: true, handle: chatflow },
]

/** Here the conversation id is in the body. A waiting question is answered by the next chat in its conversation. */
function chatflow(world: World, call: Call): Reply {
  const isStudio = world.options.flavor === 'studio'
  const token = authorize(world, call, 'other', 'run')
  const body = bodyOf(call)
  const workflowId = textOf(body['workflow_id'])
  if (workflowId === undefined) throw badParameter('workflow_id is required')
  const spec = knownWorkflow(world, workflowId)
  const [botId, appId] = [textOf(body['bot_id']), textOf(body['app_id'])]
  if (!isStudio && (botId === undefined) === (appId === undefined))
    throw badParameter('either bot_id or app_id')
  const parameters = body['parameters']
  if (!isObject(parameters)) throw badParameter('parameters is required')
  const entered = checkMessages(world, body['additional_messages'], token.owner, {
    most: 50,
    keepsHistory: true,
    textOnly: true,
  })
  const question = entered.at(-1)
  if (question?.role !== 'user') throw badParameter('the last of additional_messages must have role user')
  const conversationId = textOf(body['conversation_id'])
  const conversation =
    conversationId === undefined
      ? createConversation(world, token, botId === undefined ? {} : { botId })
      : ownConversation(world, token, conversationId)
  if (conversation.runningChatId !== undefined) {
    world.store.counts.refusedBusy += 1
    throw new Refusal(4016, 'Conversation occupied: only one chat can be in progress in a conversation.')
  }
  const chatId = world.ids.next()
  const userId = textMap(body['ext'])['user_id'] ?? ''
  const waiting = world.waitingFlows.get(conversation.id)
  world.waitingFlows.delete(conversation.id)
  const script = scriptOf(world, workflowId, spec.chat, echoScript)
  const steps =
    waiting ??
    stepsOf(
      script({
        query: question.text,
        userId,
        botId: botId ?? '',
        conversationId: conversation.id,
        history: [
          ...historyOf(world, conversation),
          ...entered.slice(0, -1).map((message) => ({ role: message.role, text: message.text })),
        ],
        files: [],
        metaData: {},
        parameters,
        customVariables: {},
      }),
    )
  const stored = storeMessages(world, conversation, entered, { chatId, botId: '' })
  const run = startChat(world, {
    chat: createChat(world, conversation, token, {
      id: chatId,
      botId: '',
      workflowId,
      userId,
      query: question.text,
      metaData: {},
      autoSaveHistory: true,
      streamed: true,
      insertedIds: stored.map((message) => message.id),
    }),
    conversation,
    steps,
    fault: call.fault,
    // Cloud escapes the ampersand of the address.
    done: { event: 'done', data: JSON.stringify({ debug_url: debugUrl(chatId) }).replaceAll('&', '\\u0026') },
    isChatflow: true,
    ...(waiting === undefined ? {} : { answered: [{ toolCallId: '', output: question.text }] }),
  })
  const framing = isStudio ? framings.studioChatflow : framings.chatflow
  return { kind: 'stream', framing, open: (stream) => run.go(stream) }
}
