// Are calls counted, told and refused as Discord counts, tells and refuses them?
import { expect, test } from 'vitest'
import { lab, send } from '../../../test/support/discord-wire.ts'

const START_MS = 1_800_000_000_000

test('five creates in five seconds, told in five headers; the sixth is refused until the window ends', async () => {
  let now = START_MS
  const { emulator, messages } = await lab({ limits: true, nowMs: () => now })
  const post = (): ReturnType<typeof send> => send(emulator, 'POST', messages, { content: 'x' })
  const first = await post()
  const told = ['limit', 'remaining', 'reset', 'reset-after', 'bucket'].map((name) =>
    first.headers.get(`x-ratelimit-${name}`),
  )
  expect(told.slice(0, 4)).toEqual(['5', '4', '1800000005.000', '5.000'])
  expect(told[4]).toMatch(/^[0-9a-f]{32}$/)
  now += 1500
  for (let i = 2; i <= 5; i += 1) expect((await post()).status).toBe(200)
  const refused = await post()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('3.500')
  expect(refused.headers.get('x-ratelimit-scope')).toBe('user')
  expect(refused.json).toEqual({ message: 'You are being rate limited.', retry_after: 3.5, global: false })
  now += 3500
  expect((await post()).status).toBe(200)
})

test('create and edit share a hash but not a count, and channels share neither', async () => {
  const { emulator, ann, messages } = await lab({ limits: true })
  const other = `/channels/${emulator.directChannel(ann).id}/messages`
  const made = await send(emulator, 'POST', messages, { content: 'x' })
  const edited = await send(emulator, 'PATCH', `${messages}/${String(made.json['id'])}`, { content: 'y' })
  const bucket = 'x-ratelimit-bucket'
  expect(edited.headers.get(bucket)).toBe(made.headers.get(bucket))
  expect(edited.headers.get('x-ratelimit-remaining')).toBe('4')
  const elsewhere = await send(emulator, 'POST', other, { content: 'x' })
  expect(elsewhere.headers.get('x-ratelimit-remaining')).toBe('4')
})

test('with the switch off, create and edit have hashes of their own', async () => {
  const { emulator, messages } = await lab({ limits: true, sharedBucketHash: false })
  const made = await send(emulator, 'POST', messages, { content: 'x' })
  const edited = await send(emulator, 'PATCH', `${messages}/${String(made.json['id'])}`, { content: 'y' })
  expect(edited.headers.get('x-ratelimit-bucket')).not.toBe(made.headers.get('x-ratelimit-bucket'))
})

test('edits of a message older than an hour have a small budget and code 30046', async () => {
  let now = START_MS
  const { emulator, messages } = await lab({ limits: true, nowMs: () => now })
  const { json } = await send(emulator, 'POST', messages, { content: 'x' })
  now += 3_600_001
  const edit = (): ReturnType<typeof send> =>
    send(emulator, 'PATCH', `${messages}/${String(json['id'])}`, { content: 'y' })
  for (let i = 1; i <= 3; i += 1) expect((await edit()).status).toBe(200)
  expect(await edit()).toMatchObject({ status: 429, json: { code: 30_046 } })
})

test('the global limit stops every route but those of interactions', async () => {
  const { emulator, ann, general, messages } = await lab({ limits: { global: { max: 1, perMs: 60_000 } } })
  await send(emulator, 'GET', messages)
  const refused = await send(emulator, 'GET', `/channels/${general}`)
  expect(refused.json).toMatchObject({ global: true })
  expect(refused.headers.get('x-ratelimit-global')).toBe('true')
  const { id, token } = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  expect((await send(emulator, 'POST', `/interactions/${id}/${token}/callback`, { type: 5 })).status).toBe(
    204,
  )
  const hook = `/webhooks/${emulator.applicationId}/${token}/messages/@original`
  expect((await send(emulator, 'PATCH', hook, { content: 'x' })).status).toBe(200)
})

test('too many 401, 403 and 429 block everything; those of shared scope do not count', async () => {
  const { emulator, messages } = await lab({ limits: { invalid: { max: 2, perMs: 60_000 } } })
  emulator.faults.add({ fault: { do: 'rate-limit', retryAfterMs: 1, scope: 'shared' }, times: 1 })
  await send(emulator, 'GET', messages)
  expect(emulator.store.invalidRequests).toBe(0)
  for (let i = 0; i < 2; i += 1) await send(emulator, 'GET', messages, undefined, 'Bot other')
  expect(emulator.store.invalidRequests).toBe(2)
  expect((await send(emulator, 'GET', messages)).status).toBe(429)
})

test('renaming a channel has two in ten minutes, archiving a thread has not', async () => {
  const { emulator, ann, general } = await lab({ limits: true })
  const thread = emulator.thread(general, 'talk', ann)
  const patch = (body: unknown): ReturnType<typeof send> =>
    send(emulator, 'PATCH', `/channels/${thread.id}`, body)
  for (let i = 0; i < 4; i += 1) expect((await patch({ archived: i % 2 === 0 })).status).toBe(200)
  await patch({ name: 'a' })
  await patch({ name: 'b' })
  expect((await patch({ name: 'c' })).status).toBe(429)
})
