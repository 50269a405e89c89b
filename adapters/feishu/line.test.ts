// Does one long connection keep going, whatever the server sends over it?
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createQuietLogger, type QuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { openLine } from './line.ts'
import { guardPieces } from './pieces.ts'
import { guardPongs } from './pongs.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Wire {
  readonly log: QuietLogger
  /** One frame of an event. */
  send(headers: Readonly<Record<string, string>>, payload: string): void
  /** Ids of the events that came through, oldest first. */
  readonly heard: readonly string[]
  /** Everything sent so far was looked at. */
  settled(): Promise<void>
}

async function dial(): Promise<Wire> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const URL = `ws://127.0.0.1:${port}/?first=lost&service_id=1`
  const ClientConfig = { PingInterval: 60, ReconnectCount: 0, ReconnectInterval: 60, ReconnectNonce: 0 }
  const heard: string[] = []
  let told = (): void => undefined
  const log = createQuietLogger()
  const line = openLine({
    account: 'lark',
    appId: 'cli_0123456789abcdef',
    appSecret: 's',
    domain: 'http://127.0.0.1:9',
    fetch: async () => Response.json({ code: 0, msg: '', data: { URL, ClientConfig } }),
    clock: createRealClock(),
    log,
    async offer({ fields }) {
      heard.push(String(fields['event_id']))
      told()
      return undefined
    },
  })
  ends.push(async () => {
    line.close()
    await new Promise((resolve) => server.close(resolve))
  })
  await line.opened
  const [socket] = server.clients
  let frames = 0
  const send: Wire['send'] = (headers, payload) => {
    frames += 1
    socket?.send(dataFrame(headers, payload))
  }
  return {
    log,
    send,
    heard,
    async settled() {
      const id = `marker-${frames}`
      const came = new Promise<void>((resolve) => {
        told = () => (heard.at(-1) === id ? resolve() : undefined)
      })
      send(headersOf(id), event(id))
      await came
      heard.splice(heard.indexOf(id), 1)
    },
  }
}

/** proto2 `pbbp2.Frame`: SeqID, LogID, service, method 1 (data), headers, payload. */
function dataFrame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const pairs = Object.entries(headers).map(([key, value]) =>
    field(0x2a, Buffer.concat([field(0x0a, Buffer.from(key)), field(0x12, Buffer.from(value))])),
  )
  const numbers = Buffer.of(0x08, 1, 0x10, 1, 0x18, 1, 0x20, 1)
  return Buffer.concat([numbers, ...pairs, field(0x42, Buffer.from(payload))])
}
function field(tag: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) return Buffer.concat([Buffer.of(tag, ...length), bytes])
  }
}

const headersOf = (id: string, sum = '1', seq = '0') => ({ type: 'event', message_id: id, sum, seq })
const event = (id: string): string =>
  JSON.stringify({
    schema: '2.0',
    header: { event_id: id, event_type: 'im.message.receive_v1', token: '', create_time: '1' },
    event: {},
  })
function sendInPieces({ send }: Wire, id: string, sum: number): void {
  const text = event(id).padEnd(sum)
  const size = Math.ceil(text.length / sum)
  const pieces = Array.from({ length: sum }, (_, seq) => text.slice(seq * size, (seq + 1) * size) || ' ')
  pieces.forEach((piece, seq) => send(headersOf(id, String(sum), String(seq)), piece))
}
const warnings = ({ log }: Wire) => log.lines.filter(({ level }) => level === 'warn')

test('an event in one piece, in two and in a thousand is heard', async () => {
  const wire = await dial()
  for (const sum of [1, 2, 1_000]) sendInPieces(wire, `in ${sum}`, sum)
  await wire.settled()
  expect(wire.heard).toEqual(['in 1', 'in 2', 'in 1000'])
  expect(warnings(wire)).toEqual([])
})

test('an event said to come in more than a thousand pieces is dropped, with one line in the log', async () => {
  const wire = await dial()
  sendInPieces(wire, 'in 1001', 1_001)
  await wire.settled()
  expect(wire.heard).toEqual([])
  expect(warnings(wire)).toHaveLength(1)
})

test.each([
  ['999999999', '0'],
  ['4294967295', '0'],
  ['1e9', '0'],
  ['2', '7'],
  ['2', '-1'],
  ['2', '0.5'],
  ['1.5', '0'],
  ['0', '0'],
  ['-1', '-1'],
  ['Infinity', '0'],
  ['x', 'y'],
])('everybody goes on being answered after a piece %s / %s', async (sum, seq) => {
  const wire = await dial()
  wire.send(headersOf('odd', sum, seq), event('odd'))
  wire.send({ type: 'event', message_id: 'bare' }, event('bare'))
  await wire.settled()
  expect(wire.heard).toEqual([])
  expect(warnings(wire)).toHaveLength(1)
  expect(JSON.stringify(wire.log.lines)).not.toContain('im.message.receive_v1')
})

test('an SDK that puts pieces together elsewhere does not go unnoticed', () => {
  const log = createQuietLogger()
  guardPieces({}, log)
  expect(log.lines).toMatchObject([{ level: 'warn' }])
})

test.each([
  { PingInterval: 0 },
  { PingInterval: -1 },
  { PingInterval: 1e12 },
  { PingInterval: null },
  {},
  { PingInterval: 'x' },
])('an answer to a ping that says %o does not make pings come without a pause', (config) => {
  const taken: Record<string, unknown> = { pingInterval: 120_000 }
  const client = { wsConfig: { updateWs: (more: object) => Object.assign(taken, more) } }
  guardPongs(client, createQuietLogger())
  const { PingInterval } = config as { PingInterval?: number }
  client.wsConfig.updateWs({ pingInterval: Number(PingInterval) * 1_000, reconnectCount: 3 })
  expect(taken).toEqual({ pingInterval: 120_000, reconnectCount: 3 })
})

test('a sound answer to a ping is taken', () => {
  const taken: Record<string, unknown> = {}
  const client = { wsConfig: { updateWs: (more: object) => Object.assign(taken, more) } }
  guardPongs(client, createQuietLogger())
  client.wsConfig.updateWs({ pingInterval: 90_000 })
  expect(taken).toEqual({ pingInterval: 90_000 })
})

test('what never becomes whole does not pile up', () => {
  const waiting = new Map<string, unknown>()
  const client = {
    dataCache: {
      cache: waiting,
      mergeData: ({ message_id }: { message_id: string }) => void waiting.set(message_id, {}),
    },
  }
  guardPieces(client, createQuietLogger())
  for (let n = 0; n < 1_000; n += 1)
    client.dataCache.mergeData({ message_id: `m${n}`, sum: 2, seq: 0 } as never)
  expect(waiting.size).toBeLessThanOrEqual(200)
  expect(waiting.has('m999')).toBe(true)
})

test('closed while it shakes hands, nothing of it is left', async () => {
  const server = createServer()
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const URL = `ws://127.0.0.1:${port}/?first=lost&service_id=1`
  const line = openLine({
    account: 'lark',
    appId: 'cli_0123456789abcdef',
    appSecret: 's',
    domain: 'http://127.0.0.1:9',
    fetch: async () => Response.json({ code: 0, msg: '', data: { URL, ClientConfig: {} } }),
    clock: createRealClock(),
    log: createQuietLogger(),
    offer: async () => undefined,
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const gone = once(socket, 'close')
  socket.resume()
  line.close()
  await gone
  expect(sockets.size).toBe(0)
})

test('goes through the proxy that the environment names', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const line = openLine({
    account: 'lark',
    appId: 'cli_0123456789abcdef',
    appSecret: 's',
    domain: 'http://127.0.0.1:9',
    fetch: async () =>
      Response.json({
        code: 0,
        msg: '',
        data: { URL: 'wss://msg.feishu.test/ws?service_id=1', ClientConfig: {} },
      }),
    proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: 'elsewhere.test' },
    clock: createRealClock(),
    log: createQuietLogger(),
    offer: async () => undefined,
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const [asked] = (await once(socket, 'data')) as [Buffer]
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  expect(asked.toString()).toMatch(/^CONNECT msg\.feishu\.test:443 HTTP\/1\.1\r\n/)
  await line.ended
  line.close()
})
