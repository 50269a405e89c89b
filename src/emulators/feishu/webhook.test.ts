// Does the pusher speak to an address as the platform does? The receiver here is written from the documents.
import { createDecipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { stage } from './raw-bot.ts'
import { readJson, recordOf, type Json } from './types.ts'
import { encrypted } from './webhook.ts'

const KEY = 'test key'
const TIMEOUT_MS = 5_000

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly raw: string
  readonly body: Json
}

/** A server that keeps what it got and answers what the test says. */
async function receiver(answer: (got: Got, count: number) => { status: number; body?: Json }) {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (bytes: Buffer) => pieces.push(bytes))
    request.on('end', () => {
      const raw = Buffer.concat(pieces).toString('utf8')
      const one = { headers: request.headers, raw, body: decrypted(recordOf(readJson(raw))) }
      got.push(one)
      const { status, body } = answer(one, got.length)
      response.writeHead(status).end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return {
    url,
    got,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function decrypted(body: Json): Json {
  if (typeof body['encrypt'] !== 'string') return body
  const bytes = Buffer.from(body['encrypt'], 'base64')
  const key = createHash('sha256').update(KEY).digest()
  const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16))
  return recordOf(
    readJson(Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')),
  )
}

function isSigned({ headers, raw }: Got): boolean {
  const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce } = headers
  const expected = createHash('sha256')
    .update(`${String(timestamp)}${String(nonce)}${KEY}${raw}`)
    .digest('hex')
  return headers['x-lark-signature'] === expected
}

test('the address is checked with a challenge', async () => {
  await using lab = await stage({ encryptKey: KEY, verificationToken: 'vt' })
  await using good = await receiver(({ body }) => ({ status: 200, body: { challenge: body['challenge'] } }))
  await using bad = await receiver(() => ({ status: 200, body: {} }))
  lab.emulator.setWebhook(good.url)
  expect(await lab.emulator.verifyWebhook()).toBe(true)
  expect(good.got[0]?.body).toMatchObject({ token: 'vt', type: 'url_verification' })
  lab.emulator.setWebhook(bad.url)
  expect(await lab.emulator.verifyWebhook()).toBe(false)
})

test('events are encrypted, signed over the raw bytes, and carry the verification token', async () => {
  await using lab = await stage({ encryptKey: KEY, verificationToken: 'vt' })
  const { emulator, ann, group } = lab
  await using hook = await receiver(() => ({ status: 200 }))
  emulator.setWebhook(hook.url, { oddlyWritten: true })
  emulator.say(ann, group, 'hi')
  await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  const got = hook.got[0]!
  expect(got.raw).not.toContain('receive_v1')
  expect(got.raw).not.toBe(JSON.stringify(JSON.parse(got.raw)))
  expect(isSigned(got)).toBe(true)
  expect(recordOf(got.body['header'])).toMatchObject({ event_type: 'im.message.receive_v1', token: 'vt' })
})

test('without a key they are plain', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  await using hook = await receiver(() => ({ status: 200 }))
  emulator.setWebhook(hook.url)
  emulator.say(ann, group, 'hi')
  await emulator.waitFor((e) => e.store.acks.length === 1, { timeoutMs: TIMEOUT_MS })
  expect(hook.got[0]?.raw).toContain('im.message.receive_v1')
  expect(hook.got[0]?.headers['x-lark-signature']).toBeUndefined()
})

test('forgeries: a wrong signature, an old timestamp, another token, plain text', async () => {
  await using lab = await stage({ encryptKey: KEY, verificationToken: 'vt', nowMs: Date.now })
  const { emulator, ann, group } = lab
  await using hook = await receiver(() => ({ status: 200 }))
  const push = async (knobs: object) => {
    emulator.setWebhook(hook.url, knobs)
    emulator.say(ann, group, 'hi')
    await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
    return hook.got.at(-1)!
  }
  expect(isSigned(await push({ badSignature: true }))).toBe(false)
  const old = await push({ staleByMs: 600_000 })
  expect(isSigned(old)).toBe(true)
  expect(Date.now() / 1000 - Number(old.headers['x-lark-request-timestamp'])).toBeGreaterThan(590)
  expect(recordOf((await push({ wrongToken: true })).body['header'])['token']).not.toBe('vt')
  expect((await push({ unencrypted: true })).raw).toContain('receive_v1')
})

test('what is not answered with 200 comes again', async () => {
  await using lab = await stage({ redeliveryMs: [1, 1], nowMs: Date.now })
  const { emulator, ann, group } = lab
  await using hook = await receiver((_got, count) => ({ status: count === 1 ? 500 : 200 }))
  emulator.setWebhook(hook.url)
  emulator.say(ann, group, 'hi')
  await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  expect(emulator.store.acks.map(({ code, attempt }) => [code, attempt])).toEqual([
    [500, 1],
    [200, 2],
  ])
})

test('the published vector can be read', () => {
  expect(encrypted(KEY, 'hello world')).toMatch(/^[\w+/=]{44}$/)
  const bytes = Buffer.from('P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=', 'base64')
  const decipher = createDecipheriv(
    'aes-256-cbc',
    createHash('sha256').update(KEY).digest(),
    bytes.subarray(0, 16),
  )
  expect(Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString()).toBe(
    'hello world',
  )
})
