// What can be malformed on the bridge's own HTTP server? Every byte on its socket, under every path.

import { once } from 'node:events'
import { connect } from 'node:net'
import type { Logger } from '../../../src/contract/runtime.ts'
import { createMetrics } from '../../../src/server/metrics.ts'
import { startServer } from '../../../src/server/server.ts'
import type { FuzzPath } from '../path.ts'

/** Keeps nothing: ten thousand lines would look like a leak. */
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
const TOKEN = 'kJ2mP9xQ4rT7wZ1c'
const HOST = 'Host: 127.0.0.1\r\n'
const JSON_BODY = '{"update_id":1,"message":{"text":"hi"}}'

const SEEDS: readonly string[] = [
  `GET /healthz HTTP/1.1\r\n${HOST}\r\n`,
  `GET /readyz?verbose=1 HTTP/1.1\r\n${HOST}Authorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
  `GET /metrics HTTP/1.1\r\n${HOST}Authorization: Bearer ${TOKEN}\r\n\r\n`,
  `HEAD /metrics HTTP/1.0\r\nAuthorization: Bearer wrong\r\n\r\n`,
  `POST /webhooks/telegram/abc?a=1&a=%C3%A4 HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`,
  `POST /webhooks/telegram/abc HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`,
  `POST /webhooks/telegram/abc/ HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  `PUT /webhooks/%2e%2e/%zz HTTP/1.1\r\n${HOST}\r\n`,
  `GET /healthz HTTP/1.1\r\n${HOST}\r\nGET /readyz HTTP/1.1\r\n${HOST}\r\n`,
  `GET http://example.org/healthz HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n`,
  'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: [::1]:8787\r\nOrigin: null\r\nCookie: a=b; __proto__=1\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
]

/** An answer has come, or none will: a request that was never finished is left to the server's own limits. */
const ANSWER_MS = 250

export default [
  {
    name: 'server-http',
    seeds: () => SEEDS.map((text) => new TextEncoder().encode(text)),
    async open() {
      let taken = 0
      const server = await startServer({
        host: '127.0.0.1',
        port: 0,
        log: silent,
        health: () => ({ telegram: { state: 'up' }, coze: { state: 'down', because: 'it is away' } }),
        metrics: createMetrics(),
        adminToken: TOKEN,
        webhooks: [
          {
            path: 'telegram/abc',
            handle: async ({ body }) => ((taken += body.length), { status: 200, body: 'ok' }),
          },
        ],
      })
      return {
        async feed(input) {
          const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true })
          // The server may cut us off in the middle: that is an answer, too.
          socket.on('error', () => undefined)
          socket.resume()
          const over = AbortSignal.timeout(ANSWER_MS)
          socket.end(input)
          await once(socket, 'close', { signal: over }).catch(() => undefined)
          socket.destroy()
        },
        async probe() {
          const health = await fetch(`${server.url}/healthz`)
          const metrics = await fetch(`${server.url}/metrics`)
          const before = taken
          const hook = await fetch(`${server.url}/webhooks/telegram/abc`, { method: 'POST', body: JSON_BODY })
          const statuses = [health.status, metrics.status, hook.status].join()
          await Promise.all([health.text(), metrics.text(), hook.text()])
          if (statuses !== '200,401,200' || taken !== before + JSON_BODY.length) {
            throw new Error(`answers ${statuses} after ${taken - before} bytes`)
          }
        },
        close: () => server.close(),
      }
    },
  },
] satisfies readonly FuzzPath[]
