// Does one long connection keep going, whatever the server sends over it?
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createQuietLogger, type QuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { openLine } from './line.ts'
import { guardPieces } from './pieces.ts'

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
