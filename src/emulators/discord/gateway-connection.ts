// What happens on one gateway socket? HELLO, then IDENTIFY or RESUME, heartbeats, and the close codes of Discord.
import type { WebSocket } from 'ws'
import type { GatewayFaultState, Withholdable } from './gateway-faults.ts'
import { readShard, type Shard } from './sharding.ts'
import { isJson, type Json } from './types.ts'

export interface Identify {
  readonly token: string
  readonly intents: number
  readonly shard: Shard
}

/** A refusal is a close code with its words, or an op 9. */
export type Entrance<T> =
  | { readonly ok: true; readonly session: T }
  | { readonly ok: false; readonly close: number; readonly reason: string }
  | { readonly ok: false; readonly invalid: boolean }

export interface Sessions<T> {
  identify(identify: Identify, connection: Connection): Entrance<T>
  resume(resume: { token: string; sessionId: string; seq: number }, connection: Connection): Entrance<T>
  lost(session: T, connection: Connection, closeCode: number | undefined): void
}

export interface Connection {
  readonly socket: WebSocket
  send(kind: Withholdable | 'other', frame: Json): void
  /** Sends what was withheld and no longer is. */
  flush(): void
  /** After op 9: the socket stays and waits for another IDENTIFY or RESUME. */
  release(): void
  /** Half-open from now on: nothing comes through any more, either way, and nobody says so. */
  freeze(): void
}

export interface ConnectionOptions {
  readonly heartbeatIntervalMs: number
  /** Sends a client may make in a minute, or undefined without limits. */
  readonly maxSends: number | undefined
  readonly faults: GatewayFaultState
  readonly nowMs: () => number
}

const OP = { dispatch: 0, heartbeat: 1, identify: 2, presence: 3, voice: 4, resume: 6, members: 8 } as const
const OP_INVALID_SESSION = 9
const OP_HELLO = 10
const OP_ACK = 11
/** Larger payloads are a decode error. https://docs.discord.com/developers/events/gateway#sending-events */
const MAX_PAYLOAD_BYTES = 4096
const SENDS_WINDOW_MS = 60_000
/** 1<<0 … 1<<28 as documented. https://docs.discord.com/developers/events/gateway#list-of-intents */
const KNOWN_INTENTS = 0x1fffffff

export function connect<T>(socket: WebSocket, sessions: Sessions<T>, options: ConnectionOptions): Connection {
  const { faults, heartbeatIntervalMs, nowMs } = options
  let held: { kind: Withholdable; frame: Json }[] = []
  let session: T | undefined
  let sends: number[] = []
  let deadline: NodeJS.Timeout | undefined

  let isFrozen = false

  const write = (frame: Json): void => {
    if (socket.readyState === socket.OPEN && !isFrozen) socket.send(JSON.stringify(frame))
  }
  const connection: Connection = {
    socket,
    send(kind, frame) {
      if (kind !== 'other' && faults.isWithheld(kind)) held.push({ kind, frame })
      else write(frame)
    },
    flush() {
      const due = held.filter(({ kind }) => !faults.isWithheld(kind))
      held = held.filter(({ kind }) => faults.isWithheld(kind))
      for (const { frame } of due) write(frame)
    },
    release() {
      if (session !== undefined) sessions.lost(session, connection, undefined)
      session = undefined
    },
    freeze() {
      isFrozen = true
      clearTimeout(deadline)
      socket.pause()
    },
  }
  const close = (code: number, reason: string): void => socket.close(code, reason)
  // Discord drops a client it has not heard from for more than an interval or two.
  const expectBeat = (): void => {
    clearTimeout(deadline)
    deadline = setTimeout(() => close(4009, 'Session timed out.'), heartbeatIntervalMs * 2.5)
  }
  const enter = (entrance: Entrance<T>): void => {
    if (entrance.ok) session = entrance.session
    else if ('close' in entrance) close(entrance.close, entrance.reason)
    else write({ op: OP_INVALID_SESSION, d: entrance.invalid, s: null, t: null })
  }
  const handle = (frame: Json): void => {
    const { op, d } = frame
    switch (op) {
      case OP.heartbeat:
        expectBeat()
        connection.send('ack', { op: OP_ACK })
        return
      case OP.identify:
        if (session !== undefined) {
          close(4005, 'Already authenticated.')
          return
        }
        enter(identifyOf(d, (identify) => sessions.identify(identify, connection)))
        return
      case OP.resume: {
        if (session !== undefined) {
          close(4005, 'Already authenticated.')
          return
        }
        if (!isJson(d)) {
          close(4002, 'Error while decoding payload.')
          return
        }
        const { token, session_id: sessionId, seq } = d
        if (typeof token !== 'string' || typeof sessionId !== 'string' || typeof seq !== 'number') {
          close(4002, 'Error while decoding payload.')
          return
        }
        enter(sessions.resume({ token, sessionId, seq }, connection))
        return
      }
      case OP.presence:
      case OP.voice:
      case OP.members:
        if (session === undefined) close(4003, 'Not authenticated.')
        return
      default:
        close(4001, 'Unknown opcode.')
    }
  }
  socket.on('message', (data: Buffer, isBinary) => {
    const now = nowMs()
    sends = [...sends.filter((at) => now - at < SENDS_WINDOW_MS), now]
    if (options.maxSends !== undefined && sends.length > options.maxSends) {
      close(4008, 'You are being rate limited.')
      return
    }
    const frame = isBinary || data.length > MAX_PAYLOAD_BYTES ? undefined : parsed(data)
    if (frame === undefined) {
      close(4002, 'Error while decoding payload.')
      return
    }
    handle(frame)
  })
  socket.once('close', (code) => {
    clearTimeout(deadline)
    if (session !== undefined) sessions.lost(session, connection, code)
  })
  // A cut socket reports an error before it closes.
  socket.on('error', () => undefined)
  expectBeat()
  connection.send('hello', {
    op: OP_HELLO,
    d: { heartbeat_interval: heartbeatIntervalMs, _trace: ['["emulator"]'] },
    s: null,
    t: null,
  })
  return connection
}

function identifyOf<T>(d: unknown, admit: (identify: Identify) => Entrance<T>): Entrance<T> {
  if (!isJson(d) || typeof d['token'] !== 'string' || !isJson(d['properties']))
    return { ok: false, close: 4002, reason: 'Error while decoding payload.' }
  const { token, intents, shard } = d
  if (typeof intents !== 'number' || !Number.isInteger(intents) || intents < 0 || intents > KNOWN_INTENTS)
    return { ok: false, close: 4013, reason: 'Invalid intent(s).' }
  const read = readShard(shard)
  if (read === undefined) return { ok: false, close: 4010, reason: 'Invalid shard.' }
  return admit({ token, intents, shard: read })
}

function parsed(data: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}
