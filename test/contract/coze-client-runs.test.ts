// How runs of workflows read as replies: streamed or awaited, asking, failing, cut.

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { PersonsAnswer, WorkflowRun } from '../../src/contract/assistant.ts'
import type { JsonObject } from '../../src/contract/event.ts'
import type { WorkflowSpec } from '../../src/contract/policy.ts'
import type { CozeAssistant } from '../../src/coze/index.ts'
import { defaults, gateway } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator, WorkflowScript } from '../../src/emulators/coze/index.ts'
import { asker, assistantAt, live, readReply, serve } from '../support/coze-assistant.ts'
import type { Reply } from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'

const { workflowId } = defaults
const modes = ['stream', 'run'] as const

function runOf(more: Partial<WorkflowSpec> = {}, parameters: WorkflowRun['parameters'] = {}): WorkflowRun {
  return { workflow: { workflow: workflowId, mode: 'stream', ...more }, asker, turnId: 't', parameters }
}
const play = (assistant: CozeAssistant, more?: Partial<WorkflowSpec>) =>
  readReply(assistant.run(runOf(more), live))

function questionIn({ closing }: Reply) {
  if (closing.kind !== 'question') throw new Error(`closed by ${JSON.stringify(closing)}`)
  return closing
}
/** As after a restart: another assistant, and only what JSON keeps. */
function answerAnew(url: string, asked: Reply, answer: PersonsAnswer, flavor: 'cloud' | 'studio' = 'cloud') {
  const resume = JSON.parse(JSON.stringify(questionIn(asked).resume)) as JsonObject
  return readReply(assistantAt(url, { flavor }).resume(resume, answer, live))
}
const scripted = async (script: WorkflowScript, options = {}): Promise<CozeEmulator> => {
  const coze = await emulator(options)
  coze.setWorkflowScript(workflowId, script)
  return coze
}

test.each(modes)(
  'two questions in a row are asked, answered after a restart, and the result is shown (%s)',
  async (mode) => {
    const coze = await scripted(function* () {
      const city = yield { ask: 'Which city?', node: 'Ask city' }
      const size = yield { ask: 'Which size?', choices: ['Small', 'Large'], form: 'options' }
      yield { message: `It is sunny in ${city ?? ''}`, node: 'Out', pieces: 5 }
      yield { output: { size } }
    })
    const first = await play(assistantAt(coze.url), { mode, show: 'Size: **{size}**' })
    // In a stream a message has said it.
    expect([first.shown, questionIn(first).prompt.text]).toEqual(
      mode === 'stream' ? ['Which city?', ''] : ['', 'Which city?'],
    )
    const second = await answerAnew(coze.url, first, { text: 'Oslo' })
    expect(questionIn(second).prompt).toEqual({ text: 'Which size?', choices: ['Small', 'Large'] })
    const last = await answerAnew(coze.url, second, { text: 'b' })
    const said = mode === 'stream' ? 'It is sunny in Oslo\n\n' : ''
    expect(last.shown).toBe(`${said}Size: **Large**`)
    expect(last.closing).toMatchObject({
      kind: 'completed',
      debugUrl: expect.stringContaining('execute_id=') as unknown,
    })
    const [run] = coze.store.runsOf(workflowId)
    expect(run?.resumes.map(({ answer }) => answer)).toEqual(['Oslo', 'Large'])
    expect(run?.ext['user_id']).toBe('u')
  },
)

test.each(modes)('choices that cloud writes into its words are not guessed at (%s)', async (mode) => {
  const coze = await scripted(function* () {
    yield { output: { picked: yield { ask: 'Pick', choices: ['One', 'Two'], form: 'text' } } }
  })
  const asked = await play(assistantAt(coze.url), { mode })
  const { prompt } = questionIn(asked)
  expect(prompt.choices).toBeUndefined()
  expect(asked.shown + prompt.text).toBe('Pick\nA. One\nB. Two')
  expect((await answerAnew(coze.url, asked, { text: 'B' })).shown).toBe('Two')
})

test.each(['parameters', 'list'] as const)(
  'an input node asks for typed fields, told as %s',
  async (form) => {
    const coze = await scripted(function* () {
      const input = {
        city: { type: 'string', required: true },
        days: { type: 'integer' },
        photo: { type: 'image' },
      }
      yield { output: yield { input, text: 'Tell me', form } }
    })
    const asked = await play(assistantAt(coze.url))
    const { prompt } = questionIn(asked)
    expect(asked.shown + prompt.text).toBe('Tell me')
    expect(prompt.fields).toMatchObject([
      { name: 'city', type: 'string', required: true },
      { name: 'days', type: 'integer', required: false },
      { name: 'photo', type: 'image' },
    ])
    await answerAnew(coze.url, asked, { values: { city: 'Oslo', days: 2 } })
    expect(coze.store.runsOf(workflowId)[0]?.resumes.at(-1)).toMatchObject({
      type: 5,
      answer: '{"city":"Oslo","days":2}',
    })
    const again = await play(assistantAt(coze.url))
    expect((await answerAnew(coze.url, again, { text: 'Bergen' })).closing.kind).toBe('completed')
  },
)

test('a plugin that wants access is a link, and the run goes on when access was granted', async () => {
  const coze = await scripted(function* () {
    yield { authorize: 'https://www.coze.cn/oauth/consent?x=1' }
    yield { output: 'in' }
  })
  const asked = await play(assistantAt(coze.url))
  expect(questionIn(asked).prompt).toEqual({ text: '', link: 'https://www.coze.cn/oauth/consent?x=1' })
  expect((await answerAnew(coze.url, asked, { text: 'ok' })).shown).toBe('in')
})

test.each(['stream', 'run', 'async'] as const)(
  'a local plugin is honestly not there, and the run goes on (%s)',
  async (mode) => {
    const given: unknown[] = []
    const coze = await scripted(function* () {
      for (const type of [1, 6]) given.push(yield { interrupt: { type, data: '{"tool":"x"}' } })
      yield { message: 'without', node: 'Out' }
      yield { output: 'done' }
    })
    const reply = await play(assistantAt(coze.url), { mode })
    expect(reply.closing.kind).toBe('completed')
    expect(reply.shown.endsWith('done')).toBe(true)
    expect(given).toEqual([
      expect.stringContaining('not available'),
      expect.stringContaining('not available'),
    ])
    coze.setWorkflowScript(workflowId, function* () {
      for (;;) yield { interrupt: { type: 1, data: '', node: `n${given.push(1)}` } }
    })
    expect((await play(assistantAt(coze.url), { mode })).closing).toMatchObject({
      failure: { kind: 'unsupported' },
    })
  },
)

test('nodes that speak at once stand together, in the order they began', async () => {
  const coze = await scripted(() => [
    {
      parallel: [
        { message: 'first node speaks', node: 'A', pieces: 6 },
        { message: 'second node speaks too', node: 'B', pieces: 9 },
        { message: 'second node in round two', node: 'B', pieces: 3, loopIndex: 1 },
      ],
    },
    { ping: true },
    { answer: 'and the end, the end', pieces: 5 },
  ])
  for (const flavor of ['cloud', 'studio'] as const) {
    const reply = await play(assistantAt(coze.url, { flavor }))
    expect(reply.shown).toBe(
      'first node speaks\n\nsecond node speaks too\n\nsecond node in round two\n\nand the end, the end',
    )
  }
})

test('a result that is a picture is shown as one', async () => {
  const coze = await scripted((input) => [
    {
      output: {
        image: input.serveFile({ name: 'cat.png', mimeType: 'image/png', bytes: Buffer.from('PNG') }),
      },
    },
  ])
  for (const mode of modes) {
    const { shown, events } = await play(assistantAt(coze.url), { mode })
    const files = events.find(({ kind }) => kind === 'files')
    if (files?.kind !== 'files') throw new Error('no files')
    expect(shown).toBe(`![cat.png](${files.files[0]?.url ?? ''})`)
  }
})

test.each(modes)('a failure keeps its code, logid and where to look at it (%s)', async (mode) => {
  const coze = await scripted(() => [
    { message: 'so far', node: 'Out' },
    { workflowError: { code: 720712099, message: 'node broke' } },
  ])
  const { closing, shown } = await play(assistantAt(coze.url), { mode })
  expect(shown).toBe(mode === 'stream' ? 'so far' : '')
  expect(closing).toMatchObject({
    failure: {
      kind: 'misconfigured',
      code: 720712099,
      outcome: 'unknown',
      logid: expect.stringMatching(/^\d{14}/) as unknown,
      debugUrl: expect.stringContaining('https://') as unknown,
    },
  })
})

test.each([
  [4200, 'misconfigured'],
  [6031, 'misconfigured'],
  [6003, 'unsupported'],
  [4000, 'rejected'],
  [720702002, 'rejected'],
  [720702078, 'misconfigured'],
  [5100, 'unavailable'],
  [4999, 'unavailable'],
  [1, 'unavailable'],
] as const)('code %i before a run begins is %s', async (code, kind) => {
  const coze = await emulator()
  coze.faults.always(/workflow/, { code, msg: 'no' })
  for (const mode of ['stream', 'run', 'async'] as const) {
    expect((await play(assistantAt(coze.url), { mode })).closing).toMatchObject({ failure: { kind, code } })
  }
  expect(coze.store.requests).toHaveLength(3)
})

test('a free plan refuses to run in the background; an unknown workflow is not there', async () => {
  const coze = await emulator({ plan: 'free' })
  const assistant = assistantAt(coze.url)
  expect((await play(assistant, { mode: 'async' })).closing).toMatchObject({
    failure: { kind: 'unsupported', code: 6003 },
  })
  expect((await play(assistant, { workflow: '74' })).closing).toMatchObject({
    failure: { kind: 'misconfigured', code: 4200 },
  })
})

test('a run without stream that asks is refused by Coze Studio, in one word', async () => {
  const coze = await scripted(() => [{ ask: 'Which?' }], { flavor: 'studio' })
  const { closing } = await play(assistantAt(coze.url, { flavor: 'studio' }), { mode: 'run' })
  expect(closing).toMatchObject({ failure: { kind: 'misconfigured', code: 6039 } })
  const streamed = await play(assistantAt(coze.url, { flavor: 'studio' }))
  expect(questionIn(streamed).prompt.text).toBe('Which?')
  expect((await answerAnew(coze.url, streamed, { text: 'x' }, 'studio')).closing.kind).toBe('completed')
})

test('a run that the gateway cuts is lost, whichever way it says so, and is never begun twice', async () => {
  const coze = await scripted(() => [{ message: 'some words', node: 'Out' }, { cut: true }, { output: 'x' }])
  const assistant = assistantAt(coze.url)
  expect(await play(assistant)).toMatchObject({ shown: 'some words', closing: { failure: { kind: 'lost' } } })
  coze.faults.next('/v1/workflow/run', { status: 504, contentType: 'text/html', body: '<html>' })
  expect((await play(assistant, { mode: 'run' })).closing).toMatchObject({
    failure: { kind: 'lost', httpStatus: 504 },
  })
  coze.faults.next('/v1/workflow/run', gateway.badGateway)
  expect((await play(assistant, { mode: 'run' })).closing).toMatchObject({ failure: { kind: 'lost' } })
  coze.faults.next('/v1/workflow/run', { resetAfterStored: true })
  expect((await play(assistant, { mode: 'run' })).closing).toMatchObject({ failure: { kind: 'lost' } })
  expect(coze.store.requests).toHaveLength(4)
})

test('who waits longer than the answer of a plain call takes still gets it', async () => {
  const coze = await scripted(() => [{ waitMs: 80 }, { output: 'late' }])
  const assistant = assistantAt(coze.url, { limits: { firstByteMs: 20 } })
  expect((await play(assistant, { mode: 'run' })).shown).toBe('late')
})

test('a stopped run is no longer read', async () => {
  const coze = await scripted(() => [{ message: 'words', node: 'Out' }, { gate: 'g' }, { output: 'x' }])
  const stop = new AbortController()
  let last: unknown
  for await (const event of assistantAt(coze.url).run(runOf(), stop.signal)) {
    if (event.kind === 'delta') stop.abort()
    last = event
  }
  expect(last).toMatchObject({ failure: { kind: 'cancelled' } })
  await expect.poll(() => coze.store.runsOf(workflowId)[0]?.readerLeft).toBe(true)
})

test('a result that came whole is whole, also without the last word', async () => {
  const url = await serve((request, response) => {
    request.resume()
    tell(response, 0, 'Message', { content: 'hi', node_title: 'Out', node_is_finish: true, node_seq_id: '0' })
    tell(response, 1, 'Message', { content: '{"output":"all"}', node_title: 'End', node_is_finish: true })
    response.end()
  })
  expect(await play(assistantAt(url))).toMatchObject({ shown: 'hi\n\nall', closing: { kind: 'completed' } })
})

test('pieces that never came are logged, and the reply is shown all the same', async () => {
  const url = await serve((request, response) => {
    request.resume()
    tell(response, 0, 'Message', { content: 'a', node_id: '1', node_execute_uuid: '2', node_seq_id: '0' })
    tell(response, 3, 'Message', { content: 'c', node_id: '1', node_execute_uuid: '2', node_seq_id: '2' })
    tell(response, 4, 'Done', {})
    response.end()
  })
  const lines: unknown[] = []
  const none = (): void => {}
  const log = {
    debug: none,
    info: none,
    error: none,
    warn: (fields: unknown) => void lines.push(fields),
    child: () => log,
  }
  const reply = await play(assistantAt(url, { log }))
  expect(reply).toMatchObject({ shown: 'ac', closing: { kind: 'completed' } })
  expect(lines).toMatchObject([{ events: 2, pieces: 1 }])
})

test('runs and answers to their questions wait their turn like questions', async () => {
  const coze = await scripted(function* () {
    yield { output: yield { ask: 'Which?' } }
  })
  const assistant = assistantAt(coze.url, { rates: { chatsPerSecond: 1 } })
  const asked = await play(assistant)
  expect(assistant.expectedWaitMs()).toBeGreaterThan(0)
  const { resume } = questionIn(asked)
  const answered = readReply(assistant.resume(resume, { text: 'x' }, live))
  const other = play(assistant)
  expect((await answered).shown).toBe('x')
  expect((await other).closing.kind).toBe('question')
})

test('a resume that is none of ours fails rather than throws', async () => {
  const coze = await emulator()
  const reply = await readReply(assistantAt(coze.url).resume({ kind: 'odd' }, { text: 'x' }, live))
  expect(reply.closing).toMatchObject({ failure: { kind: 'garbled' } })
  expect(coze.store.requests).toHaveLength(0)
})

function tell(response: ServerResponse, id: number, event: string, data: unknown): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
