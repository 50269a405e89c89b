// Does the emulator refuse what Coze refuses of a workflow's caller?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataText, emulator, send } from '../../../test/support/coze-wire.ts'
import { defaults } from './index.ts'
import type { CozeEmulator } from './index.ts'
import { choiceOf, fieldsOf } from './answers.ts'
import { firstFault } from './workflow-fields.ts'

const { workflowId } = defaults
const inputs = {
  city: { type: 'string', required: true },
  days: { type: 'integer', default_value: '3' },
  photos: { type: 'array', items: { type: 'image' } },
} as const

const runWith = (coze: CozeEmulator, body: object) =>
  send(coze, 'POST', '/v1/workflow/run', { workflow_id: workflowId, ...body })

async function upload(coze: CozeEmulator, name: string, text: string, token?: string): Promise<string> {
  const form = new FormData()
  form.append('file', new File([text], name))
  return dataText(await send(coze, 'POST', '/v1/files/upload', form, token), 'id')
}

test('refuses wrong places, parameters and inputs, each with its code', async () => {
  const workflows = { [workflowId]: { inputs }, '71': { published: false } }
  const bots = { [defaults.botId]: {}, '72': { published: false } }
  const coze = await emulator({ workflows, bots })
  const codeOf = async (body: object) => (await runWith(coze, body)).json['code']
  const good = { parameters: { city: 'Oslo' } }
  expect(await codeOf(good)).toBe(0)
  expect(await codeOf({ ...good, workflow_id: '71' })).toBe(4200)
  expect(await codeOf({ ...good, workflow_id: '1' })).toBe(4200)
  expect(await codeOf({ ...good, bot_id: defaults.botId, app_id: '9' })).toBe(4000)
  expect(await codeOf({ ...good, bot_id: '1' })).toBe(4200)
  expect(await codeOf({ ...good, bot_id: '72' })).toBe(4015)
  expect(await codeOf({ ...good, ext: { user_id: 7 } })).toBe(4000)
  expect(await codeOf({ parameters: '{"city":"Oslo"}' })).toBe(4000)
  expect(await codeOf({ parameters: {} })).toBe(720702002)
  expect(await codeOf({ parameters: { city: 'Oslo', days: 'many' } })).toBe(720702001)
  expect(await codeOf({ parameters: { city: 'Oslo', photos: ['{"file_id":"75"}'] } })).toBe(4200)
  expect(await codeOf({ parameters: { city: 'Oslo', photos: 'no list' } })).toBe(720702001)
  expect(coze.store.runsOf(workflowId)).toHaveLength(1)
  expect(coze.store.runsOf(workflowId)[0]?.parameters).toEqual({ city: 'Oslo', days: '3' })
})

test('speaks of the same faults as Studio does', async () => {
  const workflows = { [workflowId]: { inputs }, '71': { published: false } }
  const coze = await emulator({ flavor: 'studio', workflows })
  const answered = async (body: object) => {
    const { status, json } = await runWith(coze, body)
    return [status, json['code']]
  }
  expect(await answered({ parameters: '{"city":"Oslo"}' })).toEqual([200, 0])
  expect(await answered({ parameters: {} })).toEqual([200, 4000])
  expect(await answered({ workflow_id: '71' })).toEqual([200, 6031])
  coze.setWorkflowScript(workflowId, () => [{ ask: 'Which?' }])
  expect(await answered({ parameters: { city: 'Oslo' } })).toEqual([200, 6039])
  coze.setWorkflowScript(workflowId, () => [{ message: 'x' }, { streamError: 'it broke' }])
  const body = { workflow_id: workflowId, parameters: { city: 'Oslo' } }
  const streamed = await send(coze, 'POST', '/v1/workflow/stream_run', body)
  expect(streamed.events.at(-1)).toEqual({ event: 'error', data: 'it broke' })
  expect(streamed.events[0]?.data).not.toContain('node_execute_uuid')
})

test('takes more than 15 MB for a workflow, and not for a chat', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(workflowId, () => [{ output: 'taken' }])
  const long = 'x'.repeat(16 * 1024 * 1024)
  expect((await runWith(coze, { parameters: { long } })).json['code']).toBe(0)
  expect((await send(coze, 'POST', '/v3/chat', { long })).status).toBe(413)
})

test('lets a script read an uploaded file, and only its own account name it', async () => {
  const coze = await emulator({ tokens: { [defaults.token]: { ownerUid: '1' }, other: { ownerUid: '2' } } })
  coze.setWorkflowScript(workflowId, (input) => {
    const file = input.file(input.parameters['photo'])
    return [{ output: `${file?.name ?? ''} ${file?.sizeBytes ?? 0} ${file?.bytes?.toString() ?? ''}` }]
  })
  const photo = JSON.stringify({ file_id: await upload(coze, 'cat.png', 'meow') })
  expect((await runWith(coze, { parameters: { photo } })).json['data']).toBe('cat.png 4 meow')
  const strange = JSON.stringify({ file_id: await upload(coze, 'dog.png', 'woof', 'other') })
  expect((await runWith(coze, { parameters: { photo: strange } })).json['code']).toBe(4200)
})

test('serves the bytes of a file that a workflow makes, until they expire', async () => {
  let nowMs = 1_760_000_000_000
  const coze = await emulator({ nowMs: () => nowMs })
  coze.setWorkflowScript(workflowId, (input) => {
    const bytes = Buffer.from('drawn')
    return [{ output: input.serveFile({ name: 'a b.png', mimeType: 'image/png', bytes, expiresInMs: 5000 }) }]
  })
  const url = String((await runWith(coze, {})).json['data'])
  const served = await fetch(url)
  expect([served.headers.get('content-type'), await served.text()]).toEqual(['image/png', 'drawn'])
  nowMs += 5000
  expect((await fetch(url)).status).toBe(403)
  expect((await fetch(`${coze.url}/obj/1/x`)).status).toBe(404)
})

test('a field takes exactly what reads as its type', () => {
  const faultOf = (type: string, value: unknown) => firstFault({ x: { type } }, { x: value })?.why
  fc.assert(
    fc.property(
      fc.integer(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (n, b, d) => {
        expect([faultOf('integer', n), faultOf('integer', String(n))]).toEqual([undefined, undefined])
        expect([faultOf('boolean', b), faultOf('boolean', String(b))]).toEqual([undefined, undefined])
        expect(faultOf('number', d)).toBeUndefined()
        expect(faultOf('number', String(d))).toBeUndefined()
        expect([faultOf('boolean', n), faultOf('integer', `${n}x`)]).toEqual(['invalid', 'invalid'])
      },
    ),
  )
  expect(firstFault({ o: { type: 'object', properties: { a: { required: true } } } }, { o: {} })?.why).toBe(
    'invalid',
  )
  expect(faultOf('image', 'no address')).toBe('invalid')
  expect(faultOf('time', '2026-01-02T03:04:05Z')).toBeUndefined()
})

test('an input is read from JSON and from lines', () => {
  const wanted = { a: 'x: y', b: '2' }
  expect(fieldsOf('{"a":"x: y","b":"2"}')).toEqual(wanted)
  expect(fieldsOf('a: x: y\nb:2')).toEqual(wanted)
  expect(fieldsOf('{a:x: y\nb:2}')).toEqual(wanted)
  expect(fieldsOf('no fields')).toEqual({})
  expect(choiceOf('z', ['A1', 'B1'])).toBe('z')
})
