// Do the emulator's answers, and the SDK's requests, match Coze's OpenAPI document?
import { CozeAPI, RoleType } from '@coze/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePng } from '../../src/emulators/common/png.ts'
import { defaults, makeOggOpus, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator, CozeExchange } from '../../src/emulators/coze/index.ts'
import { createCozeChecker } from './coze-checker.ts'
import type { CozeChecker } from './coze-checker.ts'
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
  let check: CozeChecker
  let faults: string[] = []

  beforeAll(async () => {
    coze = await startCozeEmulator({
      pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 8 },
      observe: (exchange) => seen.push(exchange),
    })
    await useEverything(coze.url)
    await useWorkflows(coze)
    check = createCozeChecker(folder)
    faults = seen.flatMap(check)
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

  test('saw workflows answered to their end, asked again and rated', () => {
    const ends = coze.store.runsOf(defaults.workflowId).map((run) => `${run.mode} ${run.status}`)
    expect(ends.slice(-4)).toEqual(['stream Success', 'sync Success', 'stream Fail', 'sync Fail'])
    expect(coze.store.feedbacks.map(({ type }) => type)).toEqual(['like', 'none'])
    const paths = seen.map(({ path }) => path)
    expect(paths.filter((path) => path.includes('/run_histories/'))).toHaveLength(2)
  })

  test('saw media: a question with a picture, items in an answer, sound', () => {
    expect(coze.store.questions.filter(({ items }) => items.length > 0)).toHaveLength(4)
    const events = seen.flatMap((exchange) => exchange.events ?? [])
    expect(events.filter(({ event }) => event === 'conversation.audio.delta').length).toBeGreaterThan(1)
    expect(JSON.stringify(events)).toContain('"content_type":"object_string"')
  })

  test('would be noticed: a wrong event of a workflow is refused', () => {
    const right = seen.find((exchange) => exchange.path === '/v1/workflow/stream_run')
    const event = { event: 'Message', data: { content: 'x', node_seq_id: 0 } }
    expect(check({ ...right!, events: [event] })).toEqual([
      'event /v1/workflow/stream_run Message /node_seq_id must be string',
    ])
  })

  test('would be noticed: a wrong answer is refused', () => {
    const right = seen.find((exchange) => exchange.path === '/v3/chat/retrieve')
    const wrong = { ...right!, responseBody: { code: 0, msg: '', data: { id: 7 } } }
    expect(check(wrong).length).toBeGreaterThan(0)
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

/** What workflows and chatflows can do, each once, with the runs' later looks. */
async function useWorkflows(coze: CozeEmulator): Promise<void> {
  const { botId, workflowId, chatflowId } = defaults
  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(coze.url + path, {
      method,
      headers: { authorization: `Bearer ${defaults.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return text.startsWith('{') ? (JSON.parse(text) as Answer) : { text }
  }
  coze.setWorkflowScript(workflowId, function* () {
    yield {
      parallel: [
        { message: 'one', node: 'A', loopIndex: 0 },
        { message: 'two', node: 'B', batchIndex: 1, subExecuteId: '7' },
      ],
    }
    yield { ping: true }
    yield { ask: 'Which?', choices: ['x', 'y'] }
    yield { input: { photo: { type: 'image', required: true, description: 'd', default_value: '' } } }
    yield { authorize: 'https://example.com' }
    yield { answer: 'said', pieces: 2 }
  })
  const answers = ['A', '{"photo":"https://a/b.png"}', 'ok']
  const begin = { workflow_id: workflowId, parameters: {}, ext: { user_id: 'u' } }
  const go = async (isStream: boolean): Promise<Answer> => {
    let last = await call('POST', isStream ? '/v1/workflow/stream_run' : '/v1/workflow/run', begin)
    for (const resume_data of answers) {
      const { event_id, type } = coze.store.runsOf(workflowId).at(-1)?.interrupt ?? {}
      const resume = { workflow_id: workflowId, event_id, interrupt_type: type, resume_data }
      last = await call('POST', isStream ? '/v1/workflow/stream_resume' : '/v1/workflows/resume', resume)
    }
    return last
  }
  await go(true)
  const { execute_id: executeId = '' } = await go(false)
  const path = `/v1/workflows/${workflowId}/run_histories/${executeId}`
  await call('GET', path)
  const node = coze.store.runsOf(workflowId).at(-1)?.messages[0]?.executeUuid ?? ''
  await call('GET', `${path}/execute_nodes/${node}`)
  await call('GET', `/v1/workflows?workspace_id=${defaults.workspaceId}`)
  await call('GET', `/v1/workflows/${workflowId}?include_input_output=true`)
  coze.setWorkflowScript(workflowId, () => [{ workflowError: { code: 720702017, message: 'broke' } }])
  await call('POST', '/v1/workflow/stream_run', begin)
  await call('POST', '/v1/workflow/run', begin)

  await useMedia(coze)
  coze.setScript(chatflowId, function* () {
    yield { ask: 'Which?' }
  })
  const content = [{ role: 'user', content: 'x', content_type: 'text' }]
  for (const conversation_id of [undefined, [...coze.store.conversations.keys()][0]])
    await call('POST', '/v1/workflows/chat', {
      workflow_id: chatflowId,
      bot_id: botId,
      parameters: {},
      additional_messages: content,
      conversation_id,
    })
  coze.clearScripts()
  const message = [...coze.store.conversations.values()]
    .flatMap((conversation) => conversation.messages)
    .find((one) => one.type === 'answer' && one.contentType === 'text')
  const feedback = `/v1/conversations/${message?.conversationId ?? ''}/messages/${message?.id ?? ''}/feedback`
  await call('POST', feedback, { feedback_type: 'like' })
  await call('DELETE', feedback)
}

/** A picture up, a question about it, and an answer of every form that media have. */
async function useMedia(coze: CozeEmulator): Promise<void> {
  const sdk = new CozeAPI({ token: defaults.token, baseURL: coze.url })
  const form = new FormData()
  form.append('file', new File([makePng({ widthPx: 2, heightPx: 2 })], 'a.png'))
  const headers = { authorization: `Bearer ${defaults.token}` }
  await fetch(`${coze.url}/v1/files/upload`, { method: 'POST', headers, body: form })
  const [file] = [...coze.store.files.values()]
  await sdk.files.retrieve(file?.id ?? '')
  for (const text of ['!picture', '!file', '!objects', '!voice']) {
    const content = JSON.stringify([
      { type: 'text', text },
      { type: 'image', file_id: file?.id },
    ])
    const asked = sdk.chat.stream({
      bot_id: defaults.botId,
      user_id: 'u',
      additional_messages: [
        { role: RoleType.User, type: 'question', content_type: 'object_string', content },
      ],
    })
    const parts = asked[Symbol.asyncIterator]()
    while ((await parts.next()).done !== true);
  }
  const [conversationId = ''] = [...coze.store.chats.values()].slice(-2).map((chat) => chat.conversationId)
  await sdk.conversations.messages.list(conversationId)
  const sound = new FormData()
  sound.append('file', new File([makeOggOpus({ durationMs: 100 })], 'a.ogg'))
  await fetch(`${coze.url}/v1/audio/transcriptions`, { method: 'POST', headers, body: sound })
  await sdk.audio.speech.create({ input: 'hi', voice_id: defaults.voiceId })
}

interface Answer {
  readonly execute_id?: string
  readonly text?: string
}
