// How are agents asked: POST /v3/chat?
import { authorize } from './auth.ts'
import { answer } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { createChat } from './chat-record.ts'
import { startChat } from './chat-run.ts'
import { scriptOf, stepsOf } from './chat-steps.ts'
import { createConversation } from './conversations.ts'
import { echoScript } from './echo.ts'
import { isObject, objectOf, textMap, textOf } from './json.ts'
import { checkMessages, checkMetaData, historyOf, storeMessages, textOfQuestion } from './questions.ts'
import { badParameter, noSuch, Refusal, StudioStreamRefusal, wrongToken } from './refusal.ts'
import type { ConversationRecord } from './records.ts'
import type { ChatRun } from './runs.ts'
import type { Step } from './script.ts'
import { framings } from './sse.ts'
import { checkFiles, fileDesk } from './workflow-files.ts'
import type { Token, World } from './world.ts'

export const chatRoutes: readonly Route[] = [{ method: 'POST', path: '/v3/chat', studio: true, handle: chat }]

/** How an agent's stream ends: cloud sends a quoted JSON string, Studio an empty event of its own. */
const doneOf = (world: World): { event: string; data: string } =>
  world.options.flavor === 'studio'
    ? { event: 'conversation.stream.done', data: '' }
    : { event: 'done', data: '"[DONE]"' }

/**
 * Checks in this order: body, Authorization there, bot there, token, permission, published, user_id, limits, 4007,
 * conversation, 4016. Up to the token it was seen on api.coze.cn; the rest is our choice.
 */
function chat(world: World, call: Call): Reply {
  const isStudio = world.options.flavor === 'studio'
  if (!isObject(call.body)) throw badParameter('the body must be a JSON object')
  const body = call.body
  if (call.authorization === undefined) throw wrongToken()
  const botId = textOf(body['bot_id'])
  if (botId === undefined || (isStudio && !/^\d+$/.test(botId))) throw badParameter('bot_id is required')
  const isStreamed = body['stream'] === undefined ? isStudio : body['stream'] === true
  const bot = world.options.bots[botId]
  if (bot === undefined) throw studioLate(isStudio, isStreamed, noSuch('bot_id', botId))
  const token = authorize(world, call, 'chat', 'chat')
  limitRate(world)
  const isDraft = body['publish_status'] === 'unpublished_draft'
  if (bot.published === false && !isDraft)
    throw new Refusal(4015, `The bot_id ${botId} has not been published to the channel Agent As API.`)
  if (isDraft && body['bot_version'] !== undefined) throw badParameter('bot_version with unpublished_draft')
  const userId = textOf(body['user_id'])
  if (userId === undefined) throw badParameter('user_id is required')
  const metaData = checkMetaData(body['meta_data'])
  const autoSaveHistory = isStudio || body['auto_save_history'] !== false
  const entered = checkMessages(world, body['additional_messages'], token.owner, {
    most: 100,
    keepsHistory: autoSaveHistory,
  })
  if (!isStreamed && !autoSaveHistory)
    throw new Refusal(4007, 'When stream is false, auto_save_history must be true.')
  checkFiles(world, token.owner, body['parameters'])
  const conversation = conversationFor(world, call, token, botId)
  if (call.fault.busyUntilCancelled === true) occupy(world, conversation, token, botId)
  if (conversation.runningChatId !== undefined && !isStudio) {
    world.store.counts.refusedBusy += 1
    throw new Refusal(4016, 'Conversation occupied: only one chat can be in progress in a conversation.')
  }

  const history = historyOf(world, conversation)
  const question = entered.at(-1)
  const asked = question === undefined ? history.at(-1)?.text : textOfQuestion(entered)
  const items = entered.flatMap((message) => message.items)
  if (asked === undefined) throw badParameter('additional_messages is required in an empty conversation')
  if (question !== undefined && question.role !== 'user')
    throw badParameter('the last of additional_messages must have role user')
  const chatId = world.ids.next()
  const script = scriptOf(world, botId, bot.script, echoScript)
  const steps = stepsOf(
    script({
      query: asked,
      userId,
      botId,
      conversationId: conversation.id,
      history: [
        ...(question === undefined ? history.slice(0, -1) : history),
        ...entered.slice(0, -1).map((message) => ({ role: message.role, text: message.text })),
      ],
      files: items,
      metaData,
      parameters: objectOf(body['parameters']),
      customVariables: textMap(body['custom_variables']),
      ...fileDesk(world, token.owner),
    }),
  )
  const stored = autoSaveHistory ? storeMessages(world, conversation, entered, { chatId, botId }) : []
  const run = startChat(world, {
    chat: createChat(world, conversation, token, {
      id: chatId,
      botId,
      workflowId: '',
      userId,
      query: asked,
      items,
      metaData,
      autoSaveHistory,
      streamed: isStreamed,
      insertedIds: stored.map((message) => message.id),
    }),
    conversation,
    steps,
    fault: call.fault,
    done: doneOf(world),
    isChatflow: false,
  })
  return begin(world, run, isStreamed)
}

function begin(world: World, run: ChatRun, isStreamed: boolean): Reply {
  if (isStreamed) return { kind: 'stream', framing: framings.chat, open: (stream) => run.go(stream) }
  // Answered at once with in_progress; the answer is polled for.
  run.chat.status = 'in_progress'
  const reply = answer(world.shapes.chat(run.chat))
  world.ticker.after(0, () => run.go(undefined))
  return reply
}

function conversationFor(world: World, call: Call, token: Token, botId: string): ConversationRecord {
  const id = call.query['conversation_id']
  if (id === undefined || id === '') return createConversation(world, token, { botId })
  const found = world.store.conversations.get(id)
  if (found?.owner === token.owner) return found
  if (world.options.flavor === 'studio') return createConversation(world, token, { botId })
  throw new Refusal(4002, `The conversation ${id} does not exist or is not accessible.`)
}

/** HTTP 429 above the rate; the gateway's real body is not documented. */
function limitRate(world: World): void {
  const { chatsPerSecond } = world.options.limits
  if (chatsPerSecond === undefined) return
  const nowMs = world.options.nowMs()
  const recent = world.recentChatsMs
  while (recent[0] !== undefined && recent[0] <= nowMs - 1000) recent.shift()
  if (recent.length >= chatsPerSecond) throw new Refusal(4013, 'rate limit exceeded', 429)
  recent.push(nowMs)
}

/** A chat that only a cancel ends. */
function occupy(world: World, conversation: ConversationRecord, token: Token, botId: string): void {
  if (conversation.runningChatId !== undefined) return
  const record = createChat(world, conversation, token, {
    id: world.ids.next(),
    botId,
    workflowId: '',
    userId: 'emulator',
    query: '',
    items: [],
    metaData: {},
    autoSaveHistory: true,
    streamed: false,
    insertedIds: [],
  })
  const steps = (function* (): Generator<Step> {
    for (;;) yield { waitMs: 3_600_000 }
  })()
  const plan = { chat: record, conversation, steps, fault: {}, done: doneOf(world), isChatflow: false }
  startChat(world, plan).go(undefined)
}

/** Studio has already begun the stream when it looks the agent up. */
function studioLate(isStudio: boolean, isStreamed: boolean, refusal: Refusal): Refusal | StudioStreamRefusal {
  return isStudio && isStreamed ? new StudioStreamRefusal() : refusal
}
