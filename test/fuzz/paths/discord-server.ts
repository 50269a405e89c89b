// What does the fuzzed Discord adapter talk to? A gateway that says whatever it is given, and a REST API that knows nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import WebSocket, { WebSocketServer } from 'ws'
import type { Ack, Inbox } from '../../../src/contract/platform.ts'
import type { Clock, Fetch } from '../../../src/contract/runtime.ts'
import { createRealClock } from '../../support/real-clock.ts'

export const BOT_ID = '1100000000000000001'
export const GUILD_ID = '1100000000000000002'
export const CHANNEL_ID = '1100000000000000003'
export const PERSON_ID = '1100000000000000004'
/** Stands in seeds where each input gets an id of its own. */
export const NEW_ID = '1111111111111111111'

export interface FuzzGateway {
  /** `http://127.0.0.1:P`, asked for the gateway by the adapter's own fetch. */
  readonly fetch: Fetch
  readonly isAttached: boolean
  /** Resolves when the client has it, or has hung up over it. */
  send(frame: string | Buffer): Promise<void>
  close(): Promise<void>
}

export async function startFuzzGateway(): Promise<FuzzGateway> {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  let session: WebSocket | undefined
  server.on('connection', (socket) => {
    let seq = 0
    const say = (packet: object): void => socket.send(JSON.stringify(packet))
    const dispatch = (t: string, d: unknown): void => say({ op: 0, s: (seq += 1), t, d })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (session === socket) session = undefined
    })
    socket.on('message', (data: Buffer) => {
      const { op } = JSON.parse(data.toString()) as { op: number }
      if (op === 1) say({ op: 11 })
      if (op === 6) dispatch('RESUMED', {})
      if (op === 2) {
        dispatch('READY', readyData(url))
        dispatch('GUILD_CREATE', GUILD)
      }
      if (op === 2 || op === 6) session = socket
    })
    say({ op: 10, d: { heartbeat_interval: 41_250 } })
  })
  return {
    fetch: async (address) => {
      const path = new URL(address).pathname
      if (path.endsWith('/gateway/bot')) return json(200, gatewayData(url))
      if (path.endsWith('/users/@me')) return json(200, { id: BOT_ID, username: 'bot' })
      return json(404, { message: '404: Not Found', code: 0 })
    },
    get isAttached() {
      return session !== undefined
    },
    async send(frame) {
      const socket = session
      if (socket?.readyState !== WebSocket.OPEN) return
      const heard = new AbortController()
      const over = Promise.race([
        once(socket, 'pong', { signal: heard.signal }),
        once(socket, 'close', { signal: heard.signal }),
      ])
      socket.send(frame, { binary: typeof frame !== 'string' })
      socket.ping()
      await over.catch(() => undefined)
      heard.abort()
      await new Promise((resolve) => setImmediate(resolve))
    },
    async close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** Pauses between logins and after failures take no time; deadlines take theirs. */
export function createHastyClock(): Clock {
  const real = createRealClock()
  return {
    ...real,
    sleep: (ms, signal) =>
      real.sleep(PAUSES_MS.has(ms) || (ms > 4_000 && ms < 7_000) ? Math.min(ms, 5) : ms, signal),
  }
}

const PAUSES_MS: ReadonlySet<number> = new Set([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000])

const ACKS: readonly Ack[] = [
  { show: 'nothing' },
  { show: 'waiting', private: true },
  { show: 'waiting', private: false },
  { show: 'notice', notice: { key: 'turn.nothingToStop' } },
  {
    show: 'form',
    form: {
      token: 'form',
      title: 'Ask',
      submitLabel: 'Go',
      fields: [{ name: 'q', label: 'Question', kind: 'text', required: true }],
    },
  },
]

/** Takes everything, answers each time otherwise, and forgets: `heard` names the newest messages. */
export function createFuzzInbox(): { readonly inbox: Inbox; readonly heard: ReadonlySet<string> } {
  const heard = new Set<string>()
  let count = 0
  return {
    heard,
    async inbox(event) {
      // As the store does, which an event must not break.
      JSON.stringify(event)
      heard.add(event.id)
      if (heard.size > 1_000) heard.delete(heard.values().next().value ?? '')
      count += 1
      return ACKS[count % ACKS.length] ?? { show: 'nothing' }
    },
  }
}

let ids = 1_200_000_000_000_000_000n
/** Each larger than the one before. */
export function newId(): string {
  ids += 1n
  return ids.toString()
}

/** As text with an id of its own; what is no text stays bytes. */
export function withNewId(input: Uint8Array): string | Buffer {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input).replaceAll(NEW_ID, newId())
  } catch {
    return Buffer.from(input)
  }
}

function gatewayData(url: string): object {
  const limit = { total: 1_000, remaining: 1_000, reset_after: 1, max_concurrency: 1 }
  return { url, shards: 1, session_start_limit: limit }
}

function readyData(url: string): object {
  return {
    v: 10,
    user: { id: BOT_ID, username: 'bot', bot: true },
    guilds: [{ id: GUILD_ID, unavailable: true }],
    session_id: 'session',
    resume_gateway_url: url,
    application: { id: BOT_ID, flags: 0 },
  }
}

export const GUILD = {
  id: GUILD_ID,
  unavailable: false,
  name: 'Lab',
  premium_tier: 1,
  roles: [{ id: '1100000000000000009', name: 'bot', tags: { bot_id: BOT_ID } }],
  channels: [{ id: CHANNEL_ID, type: 0, name: 'general', last_message_id: null }],
  threads: [],
}
