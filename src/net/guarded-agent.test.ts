// Does the connection itself refuse what the guard forbids, whoever forgot to ask before?
import { createServer } from 'node:http'
import { request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { ForbiddenAddressError } from './guard.ts'
import { createGuardedAgent, REAL_NETWORK, type GuardedAgent } from './guarded-agent.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
async function serve(): Promise<{ readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? '')
    response.end('SECRET')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, asked }
}
function open(env: Readonly<Record<string, string>> = {}): GuardedAgent {
  const agent = createGuardedAgent({
    env,
    network: { ...REAL_NETWORK, resolve: async () => [{ address: '127.0.0.1', family: 4 }] },
    connectMs: 5_000,
  })
  closers.push(() => agent.close())
  return agent
}

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0',
  'localhost',
  'rebound.example.com',
])('no request reaches %s, directly or through a proxy', async (host) => {
  const { port, asked } = await serve()
  const url = `http://${host}:${port}/`
  const { guarded } = open()
  await expect(request(url, { dispatcher: guarded })).rejects.toThrow(ForbiddenAddressError)
  // A name is resolved by the proxy: `check` stands before it.
  const proxied = open({ HTTP_PROXY: `http://127.0.0.1:${port}` })
  const attempt = proxied.check(new URL(url)).then(() => request(url, { dispatcher: proxied.guarded }))
  await expect(attempt).rejects.toThrow(ForbiddenAddressError)
  expect(asked).toEqual([])
})

test('what the owner allows is reached', async () => {
  const { port, asked } = await serve()
  const { body } = await request(`http://127.0.0.1:${port}/a`, { dispatcher: open().allowed })
  expect(await body.text()).toBe('SECRET')
  expect(asked).toEqual(['/a'])
})
