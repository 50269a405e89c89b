// Does the server say how the bridge is, and hand webhooks their raw bytes?
import { expect, test } from 'vitest'
import type { Health, RawRequest, Webhook } from '../contract/platform.ts'
import type { Logger } from '../contract/runtime.ts'
import { createApp } from './app.ts'
import type { ServerParts } from './app.ts'
import { createMetrics } from './metrics.ts'
import { startServer } from './server.ts'

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }
function partsWith(parts: Partial<ServerParts> = {}): ServerParts {
  return { log: quiet, health: () => ({}), webhooks: [], ...parts }
}
function webhookOf(handle: Webhook['handle']): Webhook {
  return { path: 'telegram/abc', handle }
}

test('is alive, and ready when all platforms are up', async () => {
  const app = createApp(partsWith({ health: () => ({ telegram: { state: 'up' } }) }))
  expect((await app.request('/healthz')).status).toBe(200)
  const ready = await app.request('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', reasons: [] }])
})

test('is not ready while a platform is down or the store is not writable, and says why', async () => {
  const down: Health = { state: 'down', because: 'another bridge uses this token' }
  const app = createApp(
    partsWith({ health: () => ({ telegram: down }), storeFault: async () => 'the disk is full' }),
  )
  const ready = await app.request('/readyz')
  expect([ready.status, await ready.json()]).toEqual([
    503,
    {
      status: 'not ready',
      reasons: [
        'telegram is down: another bridge uses this token',
        'the store cannot be written: the disk is full',
      ],
    },
  ])
})

test('what is down beside what works is a warning: questions are taken all the same', async () => {
  const down: Health = { state: 'down', because: 'nobody answers' }
  const app = createApp(
    partsWith({
      health: () => ({ telegram: { state: 'up' }, sales: down }),
      upstream: () => ({ coze: down }),
    }),
  )
  const ready = await app.request('/readyz')
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'ready',
      reasons: [],
      warnings: ['sales is down: nobody answers', 'coze is down: nobody answers'],
    },
  ])
})

test('is not ready before it has started, nor while it stops', async () => {
  for (const state of ['starting', 'stopping'] as const) {
    const app = createApp(partsWith({ health: () => ({ telegram: { state: 'up' } }), state: () => state }))
    const ready = await app.request('/readyz')
    expect([ready.status, await ready.json()]).toMatchObject([503, { reasons: [`the bridge is ${state}`] }])
    expect((await app.request('/healthz')).status).toBe(200)
  }
})

test('is not alive any more when only a restart would help', async () => {
  const app = createApp(partsWith({ vitals: { fault: () => 'a write to the store has not ended for 61 s' } }))
  const health = await app.request('/healthz')
  expect([health.status, await health.json()]).toMatchObject([503, { status: 'stuck' }])
})

const TOKEN = 'kJ2mP9xQ4rT7wZ1c'
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('shows its numbers to whoever has the token, and only where it was given them', async () => {
  const app = createApp(partsWith({ metrics: createMetrics(), adminToken: TOKEN }))
  const response = await app.request('/metrics', withToken(TOKEN))
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(await response.text()).toContain('bridge_turns_open')
  expect((await app.request('/metrics', { headers: { authorization: `bearer  ${TOKEN} ` } })).status).toBe(
    200,
  )
  const none = createApp(partsWith({ adminToken: TOKEN }))
  expect((await none.request('/metrics', withToken(TOKEN))).status).toBe(404)
})

test.each(['/metrics', '/nothing', '/', '/metrics/', '/%6detrics', '//metrics'])(
  'nobody else gets at %s',
  async (path) => {
    const app = createApp(partsWith({ metrics: createMetrics(), adminToken: TOKEN }))
    for (const authorization of [
      '',
      TOKEN,
      'Bearer',
      'Bearer ',
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
      'Bearer ä',
    ]) {
      const response = await app.request(path, authorization === '' ? {} : { headers: { authorization } })
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="bridge"',
      ])
      expect(await response.text()).not.toContain('bridge_turns')
    }
    const closed = createApp(partsWith({ metrics: createMetrics() }))
    const response = await closed.request(path, withToken('undefined'))
    expect([response.status, response.headers.get('content-type')]).toEqual([
      403,
      expect.stringMatching(/^text\/plain/),
    ])
    expect(await response.text()).toContain('BRIDGE_ADMIN_TOKEN')
  },
)

test('tells strangers that it is not ready, in words without addresses, ids or secrets', async () => {
  const because =
    'Feishu refused cli_0123456789abcdef at https://open.feishu.cn/open-apis?x=1 (10.0.10.7:443): the app 7300000000000000000 has hunter2-hunter2'
  const app = createApp(
    partsWith({
      health: () => ({ coze: { state: 'down', because } }),
      adminToken: TOKEN,
      scrub: (text) => text.replaceAll('hunter2-hunter2', '[secret]'),
    }),
  )
  const stranger = await (await app.request('/readyz')).text()
  expect(stranger).toContain('coze is down: Feishu refused … at … (…): the app … has [secret]')
  const owner = await (await app.request('/readyz', withToken(TOKEN))).text()
  expect(owner).toContain('7300000000000000000')
  expect(owner).not.toContain('hunter2')
})

test('whatever it answers, no browser guesses, frames or keeps it', async () => {
  const app = createApp(partsWith({ webhooks: [webhookOf(async () => ({ status: 200 }))] }))
  for (const path of ['/healthz', '/metrics', '/webhooks/telegram/abc', '/webhooks/x']) {
    const { headers } = await app.request(path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('reads a body no further than its bound, whatever is said of its length, and forgives one that breaks off', async () => {
  let seen = 0
  const app = createApp(partsWith({ webhooks: [webhookOf(async () => (seen++, { status: 200 }))] }))
  const post = (body: ReadableStream<Uint8Array>) =>
    app.request('/webhooks/telegram/abc', { method: 'POST', body, duplex: 'half' })
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull: (to) => to.enqueue(new Uint8Array((sent += 65_536) > 0 ? 65_536 : 0)),
  })
  expect((await post(endless)).status).toBe(413)
  expect(sent).toBeLessThan(2_000_000)
  const broken = new ReadableStream<Uint8Array>({ pull: (to) => to.error(new Error('reset')) })
  expect((await post(broken)).status).toBe(400)
  expect(seen).toBe(0)
})

test('a webhook gets method, lower-case headers, query and the raw bytes, and answers for itself', async () => {
  const seen: RawRequest[] = []
  const webhook = webhookOf(async (request) => {
    seen.push(request)
    return { status: 202, headers: { 'x-answer': 'yes' }, body: 'taken' }
  })
  const response = await createApp(partsWith({ webhooks: [webhook] })).request('/webhooks/telegram/abc?q=1', {
    method: 'POST',
    headers: { 'X-Secret': 's' },
    body: new Uint8Array([0, 255, 128]),
  })
  expect([response.status, response.headers.get('x-answer'), await response.text()]).toEqual([
    202,
    'yes',
    'taken',
  ])
  expect(seen[0]).toMatchObject({ method: 'POST', query: { q: '1' }, headers: { 'x-secret': 's' } })
  expect([...(seen[0]?.body ?? [])]).toEqual([0, 255, 128])
})

test('refuses what is too large, what is unknown, and what takes too long', async () => {
  const webhook = webhookOf(() => new Promise(() => {}))
  const app = createApp(partsWith({ webhooks: [webhook], deadlineMs: 1 }))
  const post = (path: string, body: string) => app.request(path, { method: 'POST', body })
  expect((await post('/webhooks/telegram/abc', 'x'.repeat(1_048_577))).status).toBe(413)
  expect((await post('/webhooks/telegram/other', '{}')).status).toBe(404)
  expect((await post('/webhooks/telegram/abc', '{}')).status).toBe(503)
})

test('a webhook that throws after all is a 500 without its reason', async () => {
  const webhook = webhookOf(async () => {
    throw new Error('inner secret')
  })
  const response = await createApp(partsWith({ webhooks: [webhook] })).request('/webhooks/telegram/abc')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
})

test('listens on any free port, and says in words when a port is taken', async () => {
  const server = await startServer({ host: '127.0.0.1', port: 0, ...partsWith() })
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  await expect(startServer({ host: '127.0.0.1', port: server.port, ...partsWith() })).rejects.toThrow(
    /is in use.*\n.*BRIDGE_PORT/,
  )
  await server.close()
  await server.close()
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
})
