// Do the emulator's answers, and the SDK's requests, match Coze's OpenAPI document?
import { CozeAPI, RoleType } from '@coze/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator, CozeExchange } from '../../src/emulators/coze/index.ts'
import { createCozeChecker } from './coze-checker.ts'
import { describeWithSchemas } from './schemas.ts'

/** Where the platform, or its SDK, is known to differ from its own document; one line each with the source. */
const knownDifferences: readonly { readonly where: RegExp; readonly why: string }[] = [
  {
    where: /^request \/v3\/chat \/additional_messages\/\d+ must have required property 'type'/,
    why: 'type defaults to question (Coze docs: start a chat, EnterMessage); the SDK leaves it out',
  },
  {
    where: /^answer \/v1\/conversation\/message\/list \/data\/\d+\/content_type must be equal to one of/,
    why: 'a card answer is kept as one (Coze docs: message types); the list names only text and object_string',
  },
  {
    where: /^event \/v1\/workflows\/chat .*must have required property 'bot_id'/,
    why: 'chatflow events carry no bot_id (coze-py, tests/testdata/workflows_chat_stream_resp.txt)',
  },
]

describeWithSchemas("Coze's OpenAPI document", (folder) => {
  const seen: CozeExchange[] = []
  let coze: CozeEmulator
  let faults: string[] = []

  beforeAll(async () => {
    coze = await startCozeEmulator({
      pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 8 },
      observe: (exchange) => seen.push(exchange),
    })
    await useEverything(coze.url)
    faults = seen.flatMap(createCozeChecker(folder))
  })
  afterAll(() => coze.close())

  const unexpected = (kind: string) =>
    faults.filter(
      (fault) => fault.startsWith(kind) && !knownDifferences.some(({ where }) => where.test(fault)),
    )

  test('allows every answer', () => {
    expect(seen.length).toBeGreaterThan(20)
    expect(unexpected('answer')).toEqual([])
  })

  test('allows every event of a stream', () => {
    expect(seen.flatMap((exchange) => exchange.events ?? []).length).toBeGreaterThan(40)
    expect(unexpected('event')).toEqual([])
  })

  test('allows what the official SDK sends, and the emulator understood it', () => {
    expect(unexpected('request')).toEqual([])
    expect(seen.filter((exchange) => exchange.status >= 400)).toEqual([])
  })

  test('would be noticed: a wrong answer is refused', () => {
    const right = seen.find((exchange) => exchange.path === '/v3/chat/retrieve')
    const wrong = { ...right!, responseBody: { code: 0, msg: '', data: { id: 7 } } }
    expect(createCozeChecker(folder)(wrong).length).toBeGreaterThan(0)
  })
})

/** Every kind of call once, made by the official SDK. */
async function useEverything(url: string): Promise<void> {
  const { botId, workflowId, chatflowId, workspaceId } = defaults
  const sdk = new CozeAPI({ token: defaults.token, baseURL: url })
  const messages = (content: string) => [{ role: RoleType.User, content, content_type: 'text' as const }]
  const drain = async (stream: AsyncIterable<unknown>): Promise<void> => {
    const parts = stream[Symbol.asyncIterator]()
    while ((await parts.next()).done !== true);
  }
  const conversation = await sdk.conversations.create({ bot_id: botId, meta_data: { turn: '1' } })
  const conversationId = conversation.id
  for (const text of ['hello', '!two', '!tool', '!reason', '!knowledge', '!followups', '!card', '!fail'])
    await drain(
      sdk.chat.stream({
        bot_id: botId,
        user_id: 'u',
        conversation_id: conversationId,
        additional_messages: messages(text),
        meta_data: { turn: '1' },
      }),
    )
  const asked = await sdk.chat.createAndPoll({
    bot_id: botId,
    user_id: 'u',
    additional_messages: messages('!ask'),
  })
  await drain(
    sdk.chat.submitToolOutputs({
      conversation_id: asked.chat.conversation_id,
      chat_id: asked.chat.id,
      tool_outputs: (asked.chat.required_action?.submit_tool_outputs.tool_calls ?? []).map((call) => ({
        tool_call_id: call.id,
        output: 'Oslo',
      })),
      stream: true,
    }),
  )
  const waiting = await sdk.chat.create({
    bot_id: botId,
    user_id: 'u',
    additional_messages: messages('!slow'),
  })
  await sdk.chat.cancel(waiting.conversation_id, waiting.id)
  const listed = await sdk.conversations.messages.list(conversationId)
  await sdk.conversations.messages.retrieve(conversationId, listed.first_id)
  await sdk.conversations.messages.create(conversationId, {
    role: RoleType.User,
    content: 'inserted',
    content_type: 'text',
    meta_data: {},
  })
  await sdk.conversations.retrieve(conversationId)
  await sdk.conversations.list({ bot_id: botId })
  await sdk.conversations.clear(conversationId)
  await sdk.workflows.runs.create({ workflow_id: workflowId, parameters: { a: 1 } })
  await drain(sdk.workflows.runs.stream({ workflow_id: workflowId, parameters: { a: 1 } }))
  await drain(
    sdk.workflows.chat.stream({
      workflow_id: chatflowId,
      bot_id: botId,
      parameters: {},
      additional_messages: messages('hello'),
    }),
  )
  await sdk.bots.retrieveNew(botId)
  await sdk.bots.listNew({ workspace_id: workspaceId })
  await sdk.workspaces.list()
  await sdk.audio.voices.list()
  await sdk.variables.update({ bot_id: botId, connector_uid: 'u', data: [{ keyword: 'k', value: 'v' }] })
  await sdk.variables.retrieve({ bot_id: botId, connector_uid: 'u', keywords: ['k'] })
}
