// Does an emulated workflow speak, ask and go on as Coze's do?
import { expect, test } from 'vitest'
import { emulator, send } from '../../../test/support/coze-wire.ts'
import type { Answered } from '../../../test/support/coze-wire.ts'
import { defaults, fieldsOf } from './index.ts'
import type { CozeEmulator, WorkflowScript } from './index.ts'
import { objectOf, parseJson } from './json.ts'

const { workflowId } = defaults

async function scripted(script: WorkflowScript, options = {}) {
  const coze = await emulator(options)
  coze.setWorkflowScript(workflowId, script)
  return coze
}

const stream = (coze: CozeEmulator, parameters = {}) =>
  send(coze, 'POST', '/v1/workflow/stream_run', { workflow_id: workflowId, parameters })

const runOnce = (coze: CozeEmulator, beside = {}) =>
  send(coze, 'POST', '/v1/workflow/run', { workflow_id: workflowId, parameters: {}, ...beside })

const parsed = (answered: Answered, name: string) =>
  answered.events
    .filter(({ event }) => event === name)
    .map(({ data }): Readonly<Record<string, unknown>> => objectOf(parseJson(data)))

const interruptOf = (answered: Answered) => objectOf(parsed(answered, 'Interrupt')[0]?.['interrupt_data'])

function resume(coze: CozeEmulator, interrupt: object, answer: string) {
  const { event_id, type } = objectOf(interrupt)
  const body = { workflow_id: workflowId, event_id, interrupt_type: type, resume_data: answer }
  return send(coze, 'POST', '/v1/workflow/stream_resume', body)
}

test('interleaves nodes that speak at once, each with its own count', async () => {
  const coze = await scripted(() => [
    {
      parallel: [
        { message: 'abcd', node: 'One', pieces: 2, loopIndex: 0 },
        { message: 'xyz', node: 'Two', pieces: 3, batchIndex: 1 },
      ],
    },
  ])
  const streamed = await stream(coze)
  const pieces = parsed(streamed, 'Message')
  expect(pieces.map((piece) => [piece['node_title'], piece['node_seq_id'], piece['content']])).toEqual([
    ['One', '0', 'ab'],
    ['Two', '0', 'x'],
    ['One', '1', 'cd'],
    ['Two', '1', 'y'],
    ['Two', '2', 'z'],
  ])
  expect(pieces.map((piece) => piece['node_is_finish'])).toEqual([false, false, true, false, true])
  expect(pieces[0]).toMatchObject({ loop_index: 0 })
  expect(pieces[1]).toMatchObject({ batch_index: 1 })
  expect(new Set(pieces.map((piece) => piece['node_execute_uuid'])).size).toBe(2)
  expect(streamed.text.startsWith('id: 0\nevent: Message\ndata: {')).toBe(true)
})

test('streams an end node that answers with a text, and wraps it for a plain run', async () => {
  const coze = await scripted(() => [{ answer: 'streamed end', pieces: 3 }])
  const pieces = parsed(await stream(coze), 'Message')
  expect(pieces).toHaveLength(3)
  expect(pieces.map((piece) => piece['content']).join('')).toBe('streamed end')
  expect(parseJson(String((await runOnce(coze)).json['data']))).toEqual({
    content_type: 1,
    data: 'streamed end',
    original_result: null,
    type_for_model: 2,
  })
})

test('says a question before the interrupt, or inside it where there is no stream', async () => {
  const coze = await scripted(function* () {
    yield { ask: 'Which size?', choices: ['Small', 'Large'], node: 'Size' }
  })
  const streamed = await stream(coze)
  expect(parsed(streamed, 'Message')).toMatchObject([
    { content: 'Which size?\nA. Small\nB. Large', node_title: 'Size', node_is_finish: true },
  ])
  expect(interruptOf(streamed)).toMatchObject({ type: 2, data: '' })
  expect(parseJson(String(objectOf((await runOnce(coze)).json['interrupt_data'])['data']))).toEqual({
    content_type: 'text',
    content: 'Which size?\nA. Small\nB. Large',
  })
})

test('takes a choice by its text or its letter', async () => {
  const coze = await scripted(function* () {
    const choices = ['Small', 'Large']
    const first = yield { ask: 'First?', choices, form: 'options' }
    const second = yield { ask: 'Second?', choices, form: 'options' }
    yield { output: `${first ?? ''}+${second ?? ''}` }
  })
  const asked = interruptOf(await stream(coze))
  expect(parseJson(String(asked['data']))).toMatchObject({
    messages: [{ type: 'question', content_type: 'option', content: { options: [{ name: 'Small' }, {}] } }],
  })
  const again = interruptOf(await resume(coze, asked, 'b'))
  await resume(coze, again, 'Small')
  expect(coze.store.runsOf(workflowId)[0]).toMatchObject({
    status: 'Success',
    output: 'Large+Small',
    resumes: [
      { type: 2, answer: 'b' },
      { type: 2, answer: 'Small' },
    ],
  })
})

test('asks for the fields of an input node, in either form, until the required are there', async () => {
  const form = { city: { required: true }, photo: { type: 'image' } }
  const coze = await scripted(function* (input) {
    const list = input.parameters['list'] === true
    const given = fieldsOf(yield { input: form, ...(list ? { form: 'list' } : {}) })
    yield { output: given['city'] }
  })
  const asked = interruptOf(await stream(coze))
  expect(asked).toMatchObject({
    type: 5,
    required_parameters: { city: { type: 'string', required: true }, photo: { type: 'image' } },
  })
  const again = interruptOf(await resume(coze, asked, '{"photo":"https://a/b.png"}'))
  expect(again['event_id']).not.toBe(asked['event_id'])
  const done = await resume(coze, again, '{"city":"Oslo"}')
  expect(parsed(done, 'Message')).toMatchObject([{ content: 'Oslo', node_id: '900001' }])

  const listed = objectOf(parseJson(String(interruptOf(await stream(coze, { list: true }))['data'])))
  expect(parseJson(String(listed['content']))).toEqual([
    { type: 'string', name: 'city', required: true },
    { type: 'string', name: 'photo', required: false, assistType: 2 },
  ])
})

test('refuses to resume twice, elsewhere, in another way or as another kind, and uses nothing up', async () => {
  let nowMs = 1_760_000_000_000
  const options = {
    limits: { interruptLivesMs: 1000 },
    nowMs: () => nowMs,
    tokens: { [defaults.token]: { ownerUid: '1' }, other: { ownerUid: '2' } },
  }
  const coze = await scripted(() => [{ ask: 'Which?' }], options)
  const asked = interruptOf(await stream(coze))
  const { event_id } = asked
  const body = { workflow_id: workflowId, event_id, interrupt_type: 2, resume_data: 'x' }
  const codeOf = async (given: object, path = '/v1/workflow/stream_resume', token: string = defaults.token) =>
    (await send(coze, 'POST', path, given, token)).json['code']
  expect(await codeOf({ ...body, workflow_id: defaults.chatflowId })).toBe(4000)
  expect(await codeOf({ ...body, interrupt_type: 5 })).toBe(4000)
  expect(await codeOf({ ...body, resume_data: 7 })).toBe(4000)
  expect(await codeOf({ ...body, resume_data: '{"file_id":"75"}' })).toBe(4200)
  expect(await codeOf(body, '/v1/workflows/resume')).toBe(4000)
  expect(await codeOf(body, '/v1/workflow/stream_resume', 'other')).toBe(4000)
  expect((await resume(coze, asked, 'x')).events.at(-1)?.event).toBe('Done')
  expect(await codeOf(body)).toBe(4000)

  const late = interruptOf(await stream(coze))
  nowMs += 1000
  expect((await resume(coze, late, 'x')).json['code']).toBe(4000)
})

test('hands out the link of a plugin that wants access', async () => {
  const coze = await scripted(function* () {
    yield { authorize: 'https://example.com/consent' }
    yield { output: 'granted' }
  })
  const asked = interruptOf(await stream(coze))
  expect(asked).toMatchObject({ type: 7 })
  expect(asked['data']).toContain('https://example.com/consent')
  expect((await resume(coze, asked, 'done')).events.at(-1)?.event).toBe('Done')
})

test('fails in the middle with its code, as an event and as an answer', async () => {
  const coze = await scripted(() => [
    { message: 'half' },
    { workflowError: { code: 720702017, message: 'node broke' } },
  ])
  const [error] = parsed(await stream(coze), 'Error')
  expect(error).toMatchObject({ error_code: 720702017, error_message: 'node broke' })
  expect(error?.['debug_url']).toContain(workflowId)
  expect((await runOnce(coze)).json).toMatchObject({ code: 720702017, msg: 'node broke' })
  coze.setWorkflowScript(workflowId, function* () {
    yield { message: 'half' }
    throw new Error('boom')
  })
  expect((await runOnce(coze)).json).toMatchObject({ code: 720701013, msg: 'script: boom' })
})

test('sends a heartbeat while its nodes are silent', async () => {
  const coze = await scripted(() => [{ gate: 'silent' }, { output: 'x' }], { pingEveryMs: 5 })
  const response = await fetch(`${coze.url}/v1/workflow/stream_run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${defaults.token}` },
    body: JSON.stringify({ workflow_id: workflowId }),
  })
  const pieces: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of pieces ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.split('event: PING').length > 2) coze.release('silent')
  }
  expect(text.startsWith('id: 0\nevent: PING\ndata: {"content":"{}"}\n\nid: 1\nevent: PING')).toBe(true)
  expect(text).toContain('event: Done')
})

test('goes on with a run whose connection was cut', async () => {
  const coze = await scripted(() => [
    { message: 'before' },
    { cut: true },
    { message: 'after', node: 'Later' },
    { output: 'end' },
  ])
  const cut = await stream(coze)
  expect(cut.broke).toBe(true)
  const [run] = coze.store.runsOf(workflowId)
  expect(run).toMatchObject({ status: 'Success', output: 'end' })
  expect(run?.messages.map((node) => node.content)).toEqual(['before', 'after'])
})

test('notes a reader who leaves a stream', async () => {
  const coze = await scripted(() => [{ gate: 'long' }, { output: 'x' }])
  const reader = new AbortController()
  const response = await fetch(`${coze.url}/v1/workflow/stream_run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${defaults.token}` },
    body: JSON.stringify({ workflow_id: workflowId }),
    signal: reader.signal,
  })
  expect(response.status).toBe(200)
  reader.abort()
  await expect.poll(() => coze.store.runsOf(workflowId)[0]?.readerLeft).toBe(true)
})

test('cuts off a plain run that takes too long, which goes on', async () => {
  const coze = await scripted(() => [{ gate: 'slow' }, { output: 'late' }], { limits: { syncRunMs: 20 } })
  await expect(runOnce(coze)).rejects.toThrow()
  coze.release('slow')
  await expect.poll(() => coze.store.runsOf(workflowId)[0]?.status).toBe('Success')
})

test('fails a run that outlives its time', async () => {
  const coze = await scripted(() => [{ gate: 'never' }], { limits: { workflowMs: 20 } })
  expect(parsed(await stream(coze), 'Error')).toMatchObject([{ error_code: 720702085 }])
})
