// Does the official @coze/api SDK, unmodified, run the emulator's workflows?
import { ChatEventType, CozeAPI, RoleType, WorkflowEventType } from '@coze/api'
import type { WorkflowEvent } from '@coze/api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { answerOf, defaults, fieldsOf, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'

const { botId, workflowId, chatflowId } = defaults
let coze: CozeEmulator
let sdk: CozeAPI

beforeAll(async () => {
  coze = await startCozeEmulator({ pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 4 } })
  sdk = new CozeAPI({ token: defaults.token, baseURL: coze.url })
})
beforeEach(() => coze.clearScripts())
afterAll(() => coze.close())

async function read(stream: AsyncIterable<WorkflowEvent>) {
  const seen = { names: [] as string[], text: '', eventId: '', type: 0, code: 0 }
  for await (const { event, data } of stream) {
    seen.names.push(event)
    if (typeof data !== 'object') continue
    if (event === WorkflowEventType.MESSAGE && 'content' in data) seen.text += data.content
    if ('interrupt_data' in data) {
      seen.eventId = data.interrupt_data.event_id
      seen.type = data.interrupt_data.type
    }
    if ('error_code' in data) seen.code = data.error_code
  }
  return seen
}

const begin = () => read(sdk.workflows.runs.stream({ workflow_id: workflowId, parameters: {} }))

const goOn = (asked: { eventId: string; type: number }, answer: string) =>
  read(
    sdk.workflows.runs.resume({
      workflow_id: workflowId,
      event_id: asked.eventId,
      interrupt_type: asked.type,
      resume_data: answer,
    }),
  )

test('answers a question, a choice and an input node', async () => {
  coze.setWorkflowScript(workflowId, function* () {
    const city = yield { ask: 'Which city?' }
    const size = yield { ask: 'Which size?', choices: ['Small', 'Large'] }
    const form = fieldsOf(yield { input: { days: { type: 'integer', required: true } } })
    yield { answer: `${city ?? ''} ${size ?? ''} ${String(form['days'])}`, pieces: 3 }
  })
  const first = await begin()
  expect(first).toMatchObject({ names: ['Message', 'Interrupt'], text: 'Which city?', type: 2 })
  const second = await goOn(first, 'Oslo')
  expect(second.text).toBe('Which size?\nA. Small\nB. Large')
  const third = await goOn(second, 'B')
  expect(third).toMatchObject({ names: ['Interrupt'], type: 5 })
  const last = await goOn(third, '{"days":3}')
  expect(last).toMatchObject({ text: 'Oslo Large 3', names: ['Message', 'Message', 'Message', 'Done'] })
})

test('hears of an error in the middle, and of a question answered too often', async () => {
  coze.setWorkflowScript(workflowId, () => [
    { message: 'half', pieces: 2 },
    { workflowError: { code: 720702017, message: 'broke' } },
  ])
  expect(await begin()).toMatchObject({
    names: ['Message', 'Message', 'Error'],
    text: 'half',
    code: 720702017,
  })
  coze.setWorkflowScript(workflowId, function* () {
    for (;;) yield { ask: 'Again?' }
  })
  let last = await begin()
  for (let times = 0; times < 3; times++) last = await goOn(last, 'no')
  expect(last).toMatchObject({ names: ['Error'], code: 720702017 })
})

test('looks for a run in the background until it is done', async () => {
  coze.setWorkflowScript(workflowId, () => [{ message: 'said' }, { gate: 'done' }, { output: { a: 1 } }])
  const { execute_id } = await sdk.workflows.runs.create({ workflow_id: workflowId, is_async: true })
  const look = async () => (await sdk.workflows.runs.history(workflowId, execute_id))[0]
  expect(await look()).toMatchObject({ execute_status: 'Running', run_mode: 2, error_code: '' })
  coze.release('done')
  await expect.poll(async () => (await look())?.execute_status).toBe('Success')
  expect(JSON.parse((await look())?.output ?? '')).toEqual({ Output: '{"a":1}', Message: 'said' })
  await expect(sdk.workflows.runs.history(workflowId, '1')).rejects.toThrow(/4314/)
})

test('is refused a workflow that is not there', async () => {
  await expect(sdk.workflows.runs.create({ workflow_id: '1' })).rejects.toThrow(/does not exist/)
})

test('goes on with a chatflow by asking it again', async () => {
  coze.setScript(chatflowId, function* () {
    yield { say: `sunny in ${answerOf(yield { ask: 'Which city?' })}` }
  })
  const ask = async (content: string, conversation_id?: string) => {
    let [text, conversationId] = ['', '']
    const stream = sdk.workflows.chat.stream({
      workflow_id: chatflowId,
      bot_id: botId,
      parameters: { CONVERSATION_NAME: 'x' },
      additional_messages: [{ role: RoleType.User, content, content_type: 'text' }],
      ...(conversation_id === undefined ? {} : { conversation_id }),
    })
    for await (const part of stream) {
      if (part.event === ChatEventType.CONVERSATION_CHAT_CREATED) conversationId = part.data.conversation_id
      if (part.event === ChatEventType.CONVERSATION_MESSAGE_DELTA) text += part.data.content
    }
    return { text, conversationId }
  }
  const asked = await ask('weather')
  expect(asked.text).toBe('Which city?')
  expect((await ask('Oslo', asked.conversationId)).text).toBe('sunny in Oslo')
})

test('submits the outputs of several tools without a stream, and polls', async () => {
  coze.setScript(botId, function* () {
    const call = (name: string) => ({ type: 'function', name, arguments: '{}' }) as const
    const outputs = yield { requiresAction: [call('one'), call('two')] }
    yield { say: (outputs ?? []).map(({ output }) => output).join('+') }
  })
  const asked = await sdk.chat.createAndPoll({
    bot_id: botId,
    user_id: 'u',
    additional_messages: [{ role: RoleType.User, content: 'x', content_type: 'text' }],
  })
  const calls = asked.chat.required_action?.submit_tool_outputs.tool_calls ?? []
  expect(calls.map((call) => call.function.name)).toEqual(['one', 'two'])
  const { id, conversation_id } = asked.chat
  const parts = sdk.chat.submitToolOutputs({
    conversation_id,
    chat_id: id,
    tool_outputs: calls.map((call, at) => ({ tool_call_id: call.id, output: `out${at}` })),
    stream: false,
  })
  for await (const _part of parts);
  await expect.poll(async () => (await sdk.chat.retrieve(conversation_id, id)).status).toBe('completed')
  expect(coze.store.answerText(id)).toEqual(['out0+out1'])
})
