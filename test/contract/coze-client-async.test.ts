// How a run in the background is followed: for hours, over restarts, through outages.

import { expect, test } from 'vitest'
import type { Handle } from '../../src/contract/assistant.ts'
import type { JsonObject } from '../../src/contract/event.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import type { CozeAssistant } from '../../src/coze/index.ts'
import { defaults, gateway } from '../../src/emulators/coze/index.ts'
import { agent, asker, assistantAt, fastClock, live, readReply, serve } from '../support/coze-assistant.ts'
import type { Reply } from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'

const { workflowId } = defaults
const conversation = { conversationId: '', userId: 'u' }
const HISTORY = /run_histories/
const run = (assistant: CozeAssistant, show?: string) => {
  const workflow = { workflow: workflowId, mode: 'async' as const, ...(show === undefined ? {} : { show }) }
  return readReply(assistant.run({ workflow, asker, turnId: 't', parameters: {} }, live))
}
const follow = (assistant: CozeAssistant, handle: Handle) =>
  readReply(assistant.follow({ agent, conversation, handle }, live))
const kept = (handle: Handle | undefined): Handle => JSON.parse(JSON.stringify(handle)) as Handle

test('a run in the background tells how to find it first, and is followed to its end, also by another process', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(workflowId, function* () {
    yield { message: 'half way', node: 'Out 1' }
    yield { gate: 'g' }
    yield { message: 'nearly', node: 'Out 2' }
    yield { output: { a: 'x' } }
  })
  const assistant = assistantAt(coze.url)
  const stop = new AbortController()
  const workflow = { workflow: workflowId, mode: 'async', show: '**{a}**' } as const
  const stream = assistant.run({ workflow, asker, turnId: 't', parameters: {} }, stop.signal)
  let handle: Handle | undefined
  for await (const event of stream) {
    if (event.kind !== 'started') continue
    expect(event.conversation).toEqual(conversation)
    handle = event.handle
    stop.abort()
  }
  expect(handle).toMatchObject({ kind: 'run', workflow: workflowId, userId: 'u', show: '**{a}**' })
  setTimeout(() => coze.release('g'), 100)
  const reply = await follow(assistantAt(coze.url), kept(handle))
  expect(reply).toMatchObject({ shown: 'half way\n\nnearly\n\n**x**', closing: { kind: 'completed' } })
  expect(reply.closing).toMatchObject({
    debugUrl: expect.stringContaining('https://') as unknown,
    usage: { totalTokens: 2 },
  })
  expect(reply.events.map(({ kind }) => kind)).toEqual(['whole', 'completed'])
})

test('what an output node said is not said again by the end node', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(workflowId, () => [{ message: 'same', node: 'Out' }, { output: { output: 'same' } }])
  expect((await run(assistantAt(coze.url))).shown).toBe('same')
})

test('outages, refusals to hurry and a record that comes late do not end it', async () => {
  const coze = await emulator({ historyDelayMs: 300 })
  coze.setWorkflowScript(workflowId, () => [{ waitMs: 20 }, { output: 'done' }])
  coze.faults.next(HISTORY, gateway.badGateway, 4)
  coze.faults.next(HISTORY, gateway.tooMany, 4)
  coze.faults.next(HISTORY, { refuse: true }, 4)
  coze.faults.next(HISTORY, { code: 5000, msg: 'busy' }, 4)
  coze.faults.next(HISTORY, gateway.garbage, 2)
  expect(await run(assistantAt(coze.url))).toMatchObject({ shown: 'done', closing: { kind: 'completed' } })
})

test('a run nobody knows is gone after a while', async () => {
  const coze = await emulator()
  const handle = { kind: 'run', workflow: workflowId, executeId: '75', userId: 'u', startedAtMs: Date.now() }
  expect((await follow(assistantAt(coze.url), handle)).closing).toMatchObject({
    failure: { kind: 'gone', code: 4314 },
  })
  expect(coze.store.requests.length).toBeGreaterThan(3)
})

test('it asks, goes on in the background with the answer, and says nothing twice', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(workflowId, function* () {
    yield { message: 'before', node: 'Out' }
    const city = yield { ask: 'Which city?' }
    yield { waitMs: 20 }
    yield { message: `after ${city ?? ''}`, node: 'Out' }
    const input = yield { input: { days: { type: 'integer', required: true } } }
    yield { output: { output: `it was ${input ?? ''}` } }
  })
  const go = (asked: Reply, answer: { text: string }) => {
    if (asked.closing.kind !== 'question') throw new Error(JSON.stringify(asked.closing))
    const resume = JSON.parse(JSON.stringify(asked.closing.resume)) as JsonObject
    return readReply(assistantAt(coze.url).resume(resume, answer, live))
  }
  const first = await run(assistantAt(coze.url))
  expect(first).toMatchObject({ shown: 'before', closing: { prompt: { text: 'Which city?' } } })
  const second = await go(first, { text: 'Oslo' })
  expect(second.handle).toMatchObject({ kind: 'run', told: ['Out'] })
  expect(second).toMatchObject({ shown: 'after Oslo', closing: { prompt: { fields: [{ name: 'days' }] } } })
  const third = await go(second, { text: '3' })
  expect(third).toMatchObject({ shown: 'it was {"days":3}', closing: { kind: 'completed' } })
})

test('a record that still shows the answered question is looked at again', async () => {
  const interrupted = {
    execute_status: 'Interrupted',
    output: '',
    interrupt_data: { event_id: '1/2', type: 2, data: 'Q' },
  }
  const records = [
    interrupted,
    interrupted,
    { execute_status: 'Running', output: '' },
    { execute_status: 'Success', output: '{"Output":"x"}' },
  ]
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data: [records.shift() ?? {}] }))
  })
  const handle = {
    kind: 'run',
    workflow: '74',
    executeId: '1',
    userId: 'u',
    startedAtMs: Date.now(),
    answered: '1/2',
  }
  expect(await follow(assistantAt(url), handle)).toMatchObject({ shown: 'x', closing: { kind: 'completed' } })
})

test.each([
  [
    { error_code: '720701013', error_message: 'broke' },
    { kind: 'unavailable', code: 720701013 },
  ],
  [
    { error_code: '4999', error_message: 'broke' },
    { kind: 'unavailable', code: 4999 },
  ],
  [{ error_code: '720702001' }, { kind: 'rejected' }],
  [{ error_message: 'broke' }, { kind: 'unavailable' }],
  [{ execute_status: 'Cancelled' }, { kind: 'cancelled' }],
  [{ execute_status: 'Interrupted' }, { kind: 'unsupported' }],
])('a run that ended as %j failed as such, with its logid and where to look', async (fields, failure) => {
  const debug_url = 'https://www.coze.cn/work_flow?execute_id=1'
  const record = { execute_status: 'Fail', output: '', logid: 'L', debug_url, ...fields }
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data: [record] }))
  })
  const handle = { kind: 'run', workflow: '74', executeId: '1', userId: 'u', startedAtMs: Date.now() }
  const { closing } = await follow(assistantAt(url), handle)
  expect(closing).toMatchObject({ failure })
  if (failure.kind !== 'cancelled' && failure.kind !== 'unsupported') {
    expect(closing).toMatchObject({ failure: { logid: 'L', debugUrl: debug_url } })
  }
})

test('Coze Studio keeps its records elsewhere, and they read the same', async () => {
  const coze = await emulator({ flavor: 'studio' })
  coze.setWorkflowScript(workflowId, () => [{ waitMs: 10 }, { output: { output: 'done' } }])
  expect(await run(assistantAt(coze.url, { flavor: 'studio' }))).toMatchObject({
    shown: 'done',
    closing: { kind: 'completed' },
  })
})

test('a state of a run that nobody has heard of is no end of it', async () => {
  const records = [
    {},
    { execute_status: 'Hibernating', output: '' },
    { execute_status: 'Success', output: '{"Output":"x"}' },
  ]
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data: [records.shift() ?? {}] }))
  })
  const handle = { kind: 'run', workflow: '74', executeId: '1', userId: 'u', startedAtMs: Date.now() }
  expect(await follow(assistantAt(url), handle)).toMatchObject({ shown: 'x', closing: { kind: 'completed' } })
  expect(records).toEqual([])
})

test('to cancel it is to look no more: Coze is not called', async () => {
  const coze = await emulator()
  const handle = { kind: 'run', workflow: workflowId, executeId: '75', userId: 'u', startedAtMs: 0 }
  await assistantAt(coze.url).cancel({ conversation, handle }, live)
  expect(coze.store.requests).toHaveLength(0)
  await expect(
    assistantAt(coze.url).rate({ conversation, handle, verdict: 'like' }, live),
  ).rejects.toMatchObject({
    failure: { kind: 'unsupported' },
  })
})

test('it is followed for a day, ever more rarely, and then given up as lost; a restart begins no new day', async () => {
  let looks = 0
  const url = await serve((request, response) => {
    request.resume()
    looks += 1
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"code":0,"data":[{"execute_status":"Running","output":""}]}')
  })
  let elapsedMs = 0
  const pauses: number[] = []
  const leaping: Clock = {
    now: () => 1_767_225_600_000 + elapsedMs,
    elapsed: () => elapsedMs,
    sleep: (ms, signal) => {
      elapsedMs += ms
      pauses.push(ms)
      return fastClock.sleep(0, signal)
    },
  }
  const assistant = assistantAt(url, { clock: leaping })
  const handle = {
    kind: 'run',
    workflow: '74',
    executeId: '1',
    userId: 'u',
    startedAtMs: leaping.now() - 12 * 3_600_000,
  }
  expect((await follow(assistant, handle)).closing).toMatchObject({ failure: { kind: 'lost' } })
  expect(looks).toBeLessThan(12 * 60 + 5)
  expect(Math.round(elapsedMs / 3_600_000)).toBe(12)
  pauses.length = 0
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 300)
  const fresh = { ...handle, startedAtMs: leaping.now() }
  const reply = await readReply(assistant.follow({ agent, conversation, handle: fresh }, stop.signal))
  expect(reply.closing).toMatchObject({ failure: { kind: 'cancelled' } })
  expect(pauses.slice(0, 3)).toEqual([3_000, 3_000, 3_000])
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
})
