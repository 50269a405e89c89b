// Malformed input from Feishu: frames of the long connection, events in sound frames, webhook calls.

import { createCipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { createDirectChats } from '../../../adapters/feishu/direct-chats.ts'
import { createIntake, type Intake } from '../../../adapters/feishu/intake.ts'
import { openLine, type Line } from '../../../adapters/feishu/line.ts'
import { createThreads } from '../../../adapters/feishu/threads.ts'
import { createWebhookHandler } from '../../../adapters/feishu/webhook.ts'
import { realClock } from '../../../src/clock.ts'
import { decodeFrame, encodeFrame, type WireFrame } from '../../../src/emulators/feishu/index.ts'
import { keysAsWords } from '../../support/words.ts'
import type { FuzzPath } from '../path.ts'
import { APP, bytes, EVENTS, said, silent } from './feishu-seeds.ts'

/** The adapter's intake, and what got through it. */
function openIntake(): { readonly intake: Intake; readonly last: () => string | undefined; end(): void } {
  const closing = new AbortController()
  let last: string | undefined
  const intake = createIntake({
    account: APP.account,
    clock: realClock,
    log: silent,
    words: keysAsWords,
    async inbox(event) {
      // As the store does: what cannot be written down shows here.
      last = (JSON.parse(JSON.stringify(event)) as { id: string }).id
      return { show: 'nothing' }
    },
    chats: createDirectChats(() => undefined),
    threads: createThreads(() => undefined),
    me: () => ({ openId: 'ou_bot', name: 'Bot' }),
    reading: () => ({ commands: [], allowBots: true, isOwn: () => false }),
    signal: closing.signal,
  })
  return { intake, last: () => last, end: () => closing.abort() }
}

function frameOf(payload: Uint8Array, id: string): WireFrame {
  const headers = { type: 'event', message_id: id, sum: '1', seq: '0', trace_id: 't', timestamp: '1' }
  return { seqId: 1, logId: 1, service: 1, method: 1, headers, payload }
}

/** A real line of the SDK's, and the server's end of it. A line that breaks is opened again, as the adapter does. */
async function openWire(): Promise<{
  feed(frame: Uint8Array): Promise<void>
  probe(): Promise<void>
  close(): Promise<void>
}> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const URL = `ws://127.0.0.1:${port}/?first=lost&service_id=1`
  const ClientConfig = { PingInterval: 60, ReconnectCount: 0, ReconnectInterval: 60, ReconnectNonce: 0 }
  const { intake, last, end } = openIntake()
  let line: Line | undefined
  let socket: WebSocket | undefined
  let markers = 0
  let acked: (id: string) => void = () => undefined

  async function dial(): Promise<WebSocket> {
    line?.close()
    const came = once(server, 'connection') as Promise<[WebSocket]>
    line = openLine({
      ...APP,
      domain: 'http://127.0.0.1:9',
      fetch: async () => Response.json({ code: 0, msg: '', data: { URL, ClientConfig } }),
      clock: realClock,
      log: silent,
      offer: intake.offer,
    })
    const [end] = await came
    // The SDK listens a moment after the socket opened; it pings first.
    await Promise.all([line.opened, once(end, 'message')])
    end.on('message', (data: Buffer) => {
      try {
        const frame = decodeFrame(data)
        acked(frame.headers['message_id'] ?? '')
      } catch {
        // What the SDK echoes of a broken frame is as broken.
      }
    })
    socket = end
    return end
  }

  /** Resolves when a sound event sent behind was acknowledged, or the line broke. */
  async function through(): Promise<boolean> {
    const at = socket
    if (at === undefined || at.readyState !== at.OPEN) return false
    const id = `marker-${(markers += 1)}`
    const heard = Promise.withResolvers<boolean>()
    acked = (seen) => {
      if (seen === id) heard.resolve(true)
    }
    const broken = (): void => heard.resolve(false)
    at.once('close', broken)
    at.send(encodeFrame(frameOf(bytes(said({}, id)), id)))
    try {
      return await heard.promise
    } finally {
      at.off('close', broken)
    }
  }

  await dial()
  return {
    async feed(frame) {
      const at = socket?.readyState === 1 ? socket : await dial()
      at.send(frame)
      await through()
    },
    async probe() {
      if (!(await through())) await dial()
      if (!(await through())) throw new Error('a sound frame is not acknowledged')
      if (last() !== `lark:om_marker-${markers}`)
        throw new Error(`a good event did not get through: ${last() ?? ''}`)
    },
    async close() {
      line?.close()
      await intake.settled()
      end()
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const pong = JSON.stringify({
  ReconnectCount: -1,
  ReconnectInterval: 120,
  ReconnectNonce: 30,
  PingInterval: 120,
})

const frame: FuzzPath = {
  name: 'feishu-frame',
  seeds: () => [
    ...EVENTS.map((event, n) => encodeFrame(frameOf(bytes(event), `f${n}`))),
    encodeFrame({
      seqId: 0,
      logId: 0,
      service: 1,
      method: 0,
      headers: { type: 'pong' },
      payload: bytes(pong),
    }),
    encodeFrame({ seqId: 0, logId: 0, service: 1, method: 0, headers: { type: 'ping' } }),
    encodeFrame({
      ...frameOf(bytes(said()), 'c1'),
      headers: { type: 'card', message_id: 'c1', sum: '1', seq: '0' },
    }),
    encodeFrame({
      ...frameOf(bytes('{"a"'), 'p1'),
      headers: { type: 'event', message_id: 'p1', sum: '2', seq: '0' },
    }),
    encodeFrame({
      ...frameOf(bytes(':1}'), 'p1'),
      headers: { type: 'event', message_id: 'p1', sum: '2', seq: '1' },
    }),
  ],
  open: openWire,
}

const event: FuzzPath = {
  name: 'feishu-event',
  seeds: () => EVENTS.map(bytes),
  async open() {
    const wire = await openWire()
    let count = 0
    return { ...wire, feed: (input) => wire.feed(encodeFrame(frameOf(input, `e${(count += 1)}`))) }
  },
}

const KEY = 'encrypt key'

const webhook: FuzzPath = {
  name: 'feishu-webhook',
  seeds: () => [
    ...EVENTS.map(bytes),
    bytes({ challenge: 'abc', token: 'vt', type: 'url_verification' }),
    encrypted(bytes(said())),
  ],
  async open() {
    const { intake, last, end } = openIntake()
    const handlerOf = (settings: { encryptKey?: string; verificationToken?: string }) =>
      createWebhookHandler({
        settings: { appId: APP.appId, ...settings },
        clock: realClock,
        log: silent,
        words: keysAsWords,
        offer: () => intake.offer,
      })
    const open = handlerOf({ verificationToken: 'vt' })
    const closed = handlerOf({ encryptKey: KEY, verificationToken: 'vt' })
    const send = async (
      handle: typeof open,
      body: Uint8Array,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<number> => {
      const { status } = await handle({ method: 'POST', headers, query: {}, body })
      if (![200, 400, 401, 413, 500].includes(status)) throw new Error(`answered ${status}`)
      return status
    }
    return {
      async feed(input) {
        await send(open, input)
        // To encrypt and to sign so much would take the fuzzer longer than refusing it takes the adapter.
        if (input.length > 4 << 20) return
        const inside = encrypted(input)
        await send(closed, inside, signatureOf(inside))
        await send(closed, input, signatureOf(input))
        // Whoever does not know the key gets nothing in, whatever it is.
        if ((await send(closed, input)) === 200 && !isChallenge(input))
          throw new Error('taken without a signature')
        await send(closed, inside, { 'x-lark-signature': Buffer.from(input).toString('latin1') })
      },
      async probe() {
        const body = encrypted(bytes(said({}, 'probe')))
        if ((await send(closed, body, signatureOf(body))) !== 200) throw new Error('a good call is refused')
        if (last() !== 'lark:om_probe') throw new Error(`a good event did not get through: ${last() ?? ''}`)
      },
      async close() {
        await intake.settled()
        end()
      },
    }
  },
}

function encrypted(plain: Uint8Array): Uint8Array {
  const iv = Buffer.alloc(16, 7)
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(KEY).digest(), iv)
  return bytes({ encrypt: Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64') })
}

function signatureOf(body: Uint8Array): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(Date.now() / 1_000))
  return {
    'x-lark-request-timestamp': seconds,
    'x-lark-request-nonce': 'n',
    'x-lark-signature': createHash('sha256').update(`${seconds}n${KEY}`).update(body).digest('hex'),
  }
}

/** The console's check of the address carries no signature; here it would have to be encrypted all the same. */
function isChallenge(input: Uint8Array): boolean {
  return Buffer.from(input).includes('"encrypt"')
}

export default [frame, event, webhook] satisfies readonly FuzzPath[]
