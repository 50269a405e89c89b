// How are chatflows asked: /v1/workflows/chat?
import { authorize } from './auth.ts'
import { bodyOf } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { createChat } from './chat-record.ts'
import { startChat } from './chat-run.ts'
import { scriptOf, stepsOf } from './chat-steps.ts'
import { createConversation, ownConversation } from './conversations.ts'
import { echoScript } from './echo.ts'
import { textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import type { WorkflowSpec } from './options.ts'
import { checkMessages, historyOf, storeMessages } from './questions.ts'
import { badParameter, Refusal } from './refusal.ts'
import type { ConversationRecord } from './records.ts'
import { framings } from './sse.ts'
import { fileDesk } from './workflow-files.ts'
import { debugUrl } from './workflow-run.ts'
import { extOf, knownWorkflow, parametersOf, placeOf, startValues, workflowIdOf } from './workflow-start.ts'
import type { Token, World } from './world.ts'

export const chatflowRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/workflows/chat', studio: true, handle: chatflow },
]

/** Here the conversation id is in the body. A waiting question is answered by the next chat in its conversation. */
function chatflow(world: World, call: Call): Reply {
  const isStudio = world.options.flavor === 'studio'
  const framing = isStudio ? framings.studioChatflow : framings.chatflow
  const token = authorize(world, call, 'other', 'run')
  const body = bodyOf(call)
  const workflowId = workflowIdOf(body)
  const spec = knownWorkflow(world, workflowId)
  if (!isChatflow(world, workflowId, spec)) throw badParameter(`workflow ${workflowId} is not a chatflow`)
  const { botId, appId } = placeOf(world, body)
  if (!isStudio && botId === '' && appId === '') throw badParameter('either bot_id or app_id')
  const given = splitParameters(parametersOf(world, body['parameters']))
  const ext = extOf(body)
  const entered = checkMessages(world, body['additional_messages'], token.owner, {
    most: 50,
    keepsHistory: true,
    textOnly: true,
  })
  const question = entered.at(-1)
  if (question?.role !== 'user') throw badParameter('the last of additional_messages must have role user')
  if (appId !== '' && !knowsName(world, appId, given.name) && textOf(body['conversation_id']) === undefined)
    return {
      kind: 'stream',
      framing,
      open(stream) {
        stream?.send('conversation.chat.failed', '{"code":"720702204","msg":"会话名不存在"}')
        stream?.end()
      },
    }
  const conversation = conversationFor(world, token, body, { botId, name: appId === '' ? '' : given.name })
  if (conversation.runningChatId !== undefined) {
    world.store.counts.refusedBusy += 1
    throw new Refusal(4016, 'Conversation occupied: only one chat can be in progress in a conversation.')
  }
  const chatId = world.ids.next()
  const userId = ext['user_id'] ?? ''
  const waiting = world.waitingFlows.get(conversation.id)
  const resumed = waiting?.workflowId === workflowId ? waiting.steps : undefined
  const values =
    resumed === undefined ? startValues(world, token.owner, spec.inputs, given.parameters) : given.parameters
  world.waitingFlows.delete(conversation.id)
  const script = scriptOf(world, workflowId, spec.chat, echoScript)
  const steps =
    resumed ??
    stepsOf(
      script({
        query: question.text,
        userId,
        botId,
        conversationId: conversation.id,
        history: [
          ...historyOf(world, conversation),
          ...entered.slice(0, -1).map((message) => ({ role: message.role, text: message.text })),
        ],
        files: [],
        metaData: {},
        parameters: values,
        customVariables: {},
        ...fileDesk(world, token.owner),
      }),
    )
  const stored = storeMessages(world, conversation, entered, { chatId, botId: '' })
  const debug = JSON.stringify({ debug_url: debugUrl({ executeId: chatId, workflowId }) })
  const run = startChat(world, {
    chat: createChat(world, conversation, token, {
      id: chatId,
      botId: '',
      workflowId,
      userId,
      query: question.text,
      items: [],
      metaData: {},
      autoSaveHistory: true,
      streamed: true,
      insertedIds: stored.map((message) => message.id),
    }),
    conversation,
    steps,
    fault: call.fault,
    // Cloud escapes the ampersands of the address.
    done: { event: 'done', data: debug.replaceAll('&', '\\u0026') },
    isChatflow: true,
    ...(resumed === undefined ? {} : { answered: [{ toolCallId: '', output: question.text }] }),
  })
  return { kind: 'stream', framing, open: (stream) => run.go(stream) }
}

function isChatflow(world: World, id: string, spec: WorkflowSpec): boolean {
  return spec.kind === 'chatflow' || spec.chat !== undefined || world.scripts.has(id)
}

/** `CONVERSATION_NAME` is not for the script; `USER_INPUT` has no effect here (Coze docs: run chatflow). */
function splitParameters(given: JsonObject): { readonly name: string; readonly parameters: JsonObject } {
  const { CONVERSATION_NAME: name, USER_INPUT: _ignored, ...parameters } = given
  return { name: textOf(name) ?? '', parameters }
}

function knowsName(world: World, appId: string, name: string): boolean {
  const names = world.options.apps?.[appId]?.conversationNames
  return name === '' || names === undefined || names.includes(name)
}

/** The one that is named by its id, else an app's by its name, else a new one. */
function conversationFor(
  world: World,
  token: Token,
  body: JsonObject,
  about: { readonly botId: string; readonly name: string },
): ConversationRecord {
  const id = textOf(body['conversation_id'])
  if (id !== undefined) return ownConversation(world, token, id)
  const connectorId = textOf(body['connector_id']) ?? '1024'
  const { botId, name } = about
  const named =
    name === ''
      ? undefined
      : [...world.store.conversations.values()].find(
          (one) => one.name === name && one.owner === token.owner && one.connectorId === connectorId,
        )
  return named ?? createConversation(world, token, { botId, name, connectorId })
}
