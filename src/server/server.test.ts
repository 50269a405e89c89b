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

test('shows its numbers only where it was given them', async () => {
  expect((await createApp(partsWith()).request('/metrics')).status).toBe(404)
  const response = await createApp(partsWith({ metrics: createMetrics() })).request('/metrics')
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(await response.text()).toContain('bridge_turns_open')
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
