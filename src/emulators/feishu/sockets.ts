// What does the long connection do? Tickets, upgrades, pings, events to one random connection, and its own faults.
import { randomBytes, randomInt } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import { readAnswer, type Answer, type Delivery } from './deliveries.ts'
import { createRecord } from '../common/record.ts'
import { bytesOf, inPieces, refuse } from './socket-wire.ts'
import type { Json } from './types.ts'
import { CONTROL, DATA, decodeFrame, encodeFrame, type WireFrame } from './wire.ts'

/** What the server tells clients, in seconds. */
export interface ClientConfig {
  readonly ReconnectCount: number
  readonly ReconnectInterval: number
  readonly ReconnectNonce: number
  readonly PingInterval: number
}

/** What a test may do to the connections. */
export interface SocketKnobs {
  readonly connections: number
  /** Pings received so far. */
  readonly pings: number
  /** Ends every connection: 1000 with a farewell, 1006 by cutting the line (default). */
  drop(code?: 1000 | 1006): void
  /**
   * Connections of now stay open, silent (half-open): no pongs, and events go there in vain. All, or the oldest `count`.
   * Later connections are sound.
   */
  goSilent(count?: number): void
  /** Bytes that are no frame. */
  sendGarbage(): void
  sendText(text: string): void
  /** A data frame whose payload is no JSON. */
  sendBadPayload(): void
  /** A frame `type=card`, as older consoles sent. */
  sendCardFrame(body: Json): void
  /** How the next event travels: in pieces (last piece first when `shuffled`), or several times. */
  next(how: { readonly pieces?: number; readonly shuffled?: boolean; readonly copies?: number }): void
}

export interface Sockets {
  readonly knobs: SocketKnobs
  readonly config: ClientConfig
  readonly isConnected: boolean
  /** The address a client may connect to, once. */
  issueUrl(origin: string): string
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Of every connection there was, as far as is remembered. */
  readonly history: readonly Connected[]
  /** To one random connection, another one than before where there is one; false when there is none. */
  push(delivery: Delivery): boolean
  close(): void
}

/** What became of one long connection. */
export interface Connected {
  /** 1 for the first. */
  readonly number: number
  readonly atMs: number
  isOpen: boolean
  /** Events pushed to it, and answers that came back over it. */
  pushed: number
  acknowledged: number
}

interface Connection {
  readonly socket: WebSocket
  readonly about: Connected
  /**
   * It pinged: clients do so at once. The SDK hears messages only a moment after the socket opened, and would lose
   * an event that came with the upgrade.
   */
  listening: boolean
  silent: boolean
}

/** Feishu docs: long connection. */
const MAX_CONNECTIONS = 50
const CONNECTIONS_KEPT = 10_000
const TICKETS_KEPT = 1_000
const SERVICE_ID = 33_554_678

export function createSockets(parts: {
  readonly config: ClientConfig
  /** A connection came into use. */
  readonly onListening: () => void
  readonly onChanged: () => void
  readonly onAck: (eventId: string, answer: Answer) => void
  readonly nowMs: () => number
}): Sockets {
  const server = new WebSocketServer({ noServer: true })
  const connections = new Set<Connection>()
  const tickets = new Set<string>()
  const history = createRecord<Connected>(CONNECTIONS_KEPT)
  /** Who was pushed an event last. */
  const lastOf = new WeakMap<Delivery, Connection>()
  let opened = 0
  let frames = 0
  let pings = 0
  let nextHow: Parameters<SocketKnobs['next']>[0] = {}

  const send = (connection: Connection, frame: WireFrame): void => {
    if (!connection.silent && connection.socket.readyState === WebSocket.OPEN)
      connection.socket.send(encodeFrame(frame))
  }
  const dataFrame = (headers: Readonly<Record<string, string>>, payload: Uint8Array): WireFrame => {
    frames += 1
    return {
      seqId: frames,
      logId: frames,
      service: SERVICE_ID,
      method: DATA,
      headers: { ...headers, trace_id: randomBytes(8).toString('hex'), timestamp: String(parts.nowMs()) },
      payload,
    }
  }
  const receive = (connection: Connection, data: RawData): void => {
    const frame = decodeFrame(bytesOf(data))
    if (frame.method === CONTROL && frame.headers['type'] === 'ping') {
      pings += 1
      const payload = Buffer.from(JSON.stringify(parts.config))
      send(connection, { ...frame, headers: { type: 'pong' }, payload })
      if (!connection.listening) {
        connection.listening = true
        parts.onListening()
      }
      parts.onChanged()
    } else if (frame.method === DATA && !connection.silent) {
      connection.about.acknowledged += 1
      const answer = readAnswer(Buffer.from(frame.payload ?? []).toString('utf8'))
      parts.onAck(frame.headers['message_id'] ?? '', answer)
    }
  }
  const welcome = (socket: WebSocket): void => {
    opened += 1
    const about: Connected = { number: opened, atMs: parts.nowMs(), isOpen: true, pushed: 0, acknowledged: 0 }
    const connection: Connection = { socket, about, listening: false, silent: false }
    connections.add(connection)
    history.push(about)
    socket.on('message', (data) => {
      try {
        receive(connection, data)
      } catch {
        socket.close(1002, 'bad frame')
      }
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      connections.delete(connection)
      about.isOpen = false
      parts.onChanged()
    })
    parts.onChanged()
  }
  const each = (act: (connection: Connection) => void): void => {
    for (const connection of [...connections]) act(connection)
  }
  const sound = (): readonly Connection[] =>
    [...connections].filter(({ socket, listening }) => listening && socket.readyState === WebSocket.OPEN)
  return {
    config: parts.config,
    history: history.items,
    get isConnected() {
      return sound().some(({ silent }) => !silent)
    },
    issueUrl(origin) {
      const ticket = randomBytes(12).toString('hex')
      tickets.add(ticket)
      if (tickets.size > TICKETS_KEPT) tickets.delete(tickets.values().next().value ?? '')
      // The SDK loses the first parameter; the real address begins with one that nobody needs, too.
      const query = `fpid=493&aid=552564&device_id=${randomInt(10 ** 12)}&access_key=${randomBytes(8).toString('hex')}&service_id=${SERVICE_ID}&ticket=${ticket}`
      return `${origin.replace(/^http/, 'ws')}/ws/v2?${query}`
    },
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://emulator')
      const isKnown = tickets.delete(url.searchParams.get('ticket') ?? '')
      if (url.pathname !== '/ws/v2' || !isKnown) refuse(socket, 514, 'ticket is invalid')
      else if (connections.size >= MAX_CONNECTIONS) refuse(socket, 1000040350, 'too many connections')
      else server.handleUpgrade(request, socket, head, welcome)
    },
    push(delivery) {
      const all = sound()
      const others = all.filter((connection) => connection !== lastOf.get(delivery))
      const there = others.length > 0 ? others : all
      const chosen = there[randomInt(Math.max(1, there.length))]
      if (chosen === undefined) return false
      lastOf.set(delivery, chosen)
      chosen.about.pushed += 1
      const { pieces = 1, shuffled = false, copies = 1 } = nextHow
      nextHow = {}
      for (let copy = 0; copy < copies; copy += 1) {
        const cut = inPieces(Buffer.from(JSON.stringify(delivery.body)), pieces).map((payload, seq) =>
          dataFrame(
            { type: 'event', message_id: delivery.eventId, sum: String(pieces), seq: String(seq) },
            payload,
          ),
        )
        for (const frame of shuffled ? cut.toReversed() : cut) send(chosen, frame)
      }
      return true
    },
    knobs: {
      get connections() {
        return connections.size
      },
      get pings() {
        return pings
      },
      drop: (code = 1006) =>
        each(({ socket }) => (code === 1006 ? socket.terminate() : socket.close(code, 'bye'))),
      goSilent(count = Infinity) {
        let left = count
        each((connection) => {
          if (left > 0 && !connection.silent) connection.silent = true
          else return
          left -= 1
        })
      },
      sendGarbage: () => each(({ socket }) => socket.send(Buffer.from([0xff, 0xff, 0xff, 0x07, 0x2a]))),
      sendText: (text) => each(({ socket }) => socket.send(text)),
      sendBadPayload: () =>
        each((connection) =>
          send(
            connection,
            dataFrame({ type: 'event', message_id: 'bad', sum: '1', seq: '0' }, Buffer.from('{"schema":')),
          ),
        ),
      sendCardFrame: (body) =>
        each((connection) =>
          send(
            connection,
            dataFrame(
              { type: 'card', message_id: 'card', sum: '1', seq: '0' },
              Buffer.from(JSON.stringify(body)),
            ),
          ),
        ),
      next: (how) => {
        nextHow = how
      },
    },
    close() {
      each(({ socket }) => socket.terminate())
      server.close()
    },
  }
}
