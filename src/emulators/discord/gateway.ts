// Who is told what, and what is remembered for a RESUME? Sessions, their numbered events, and who may see which.
import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { connect, type Connection, type Entrance, type Identify } from './gateway-connection.ts'
import { createGatewayFaults, type GatewayFaultState, type Withholdable } from './gateway-faults.ts'
import { INTENTS, isTold } from './audience.ts'
import type { Shard, Sharding } from './sharding.ts'
import type { Json } from './types.ts'
import { without, type Dispatch } from './world.ts'

export interface Session {
  readonly id: string
  readonly intents: number
  readonly shard: Shard
  seq: number
  log: { readonly s: number; readonly frame: Json }[]
  connection: Connection | undefined
  detachedAtMs: number
  swapped: Json | undefined
}

export interface Gateway {
  readonly dispatch: Dispatch
  readonly state: GatewayFaultState
  readonly counts: { readonly identifies: number; readonly resumes: number; readonly refusedResumes: number }
  readonly isReady: boolean
  readonly identifiesLeft: number
  readonly sessions: readonly SessionView[]
  accept(socket: WebSocket): void
  /** Runs, and gives back the events of it to be sent later. */
  collect<T>(run: () => T): { readonly result: T; readonly flush: () => void }
  /** Every socket, without a word; sessions stay. */
  cut(): void
  /** Sessions that can no longer be resumed go, and what was said before then. */
  forget(): void
  /** Nothing is sent later any more. */
  close(): void
}

/** A session the server remembers; two of one shard both get every event. */
export interface SessionView {
  readonly id: string
  readonly shard: Shard
  readonly isAttached: boolean
}

export interface GatewayOptions {
  readonly token: string
  readonly heartbeatIntervalMs: number
  readonly messageContentAllowed: boolean
  readonly maxSends: number | undefined
  readonly maxIdentifies: number
  readonly sharding: Sharding
  /** How long a lost session can be resumed; "a few minutes" at Discord. */
  readonly resumeWindowMs: number
  readonly omitted: ReadonlySet<string>
  readonly nowMs: () => number
  readonly readyFor: (session: Session) => Json
  readonly guildsFor: (session: Session) => readonly Json[]
  readonly changed: () => void
  readonly observePush?: (event: string, data: unknown) => void
}

const LOG_KEPT = 20_000
export function createGateway(options: GatewayOptions): Gateway {
  const sessions = new Map<string, Session>()
  const connections = new Set<Connection>()
  let waiting: (() => void)[] | undefined
  let tokenDead = false
  const later = new Set<NodeJS.Timeout>()
  const counts = { identifies: 0, resumes: 0, refusedResumes: 0 }

  const state = createGatewayFaults({
    connections: () => [...connections],
    forgetSessions: () => sessions.clear(),
    reshard: options.sharding.reshard,
    released: () => {
      for (const connection of connections) connection.flush()
    },
  })
  const write = (session: Session, kind: Withholdable | 'other', event: string, data: unknown): void => {
    const rule = kind === 'dispatch' || kind === 'guildCreate' ? state.rule(event) : undefined
    if (rule?.do === 'lose') return
    options.observePush?.(event, data)
    session.seq += 1
    const content = rule?.do === 'mangle' ? rule.mangle?.(data) : data
    const frame = { op: 0, s: session.seq, t: event, d: without(content, options.omitted) }
    session.log.push({ s: frame.s, frame })
    if (session.log.length > LOG_KEPT) session.log.splice(0, session.log.length - LOG_KEPT / 2)
    if (rule?.do === 'swap') {
      session.swapped = frame
      return
    }
    if (rule?.do === 'late') {
      const timer = setTimeout(() => {
        later.delete(timer)
        session.connection?.send(kind, frame)
      }, rule.delayMs ?? 0)
      later.add(timer)
      return
    }
    session.connection?.send(kind, frame)
    if (rule?.do === 'twice') write(session, 'other', event, data)
    const { swapped } = session
    session.swapped = undefined
    if (swapped !== undefined) session.connection?.send(kind, swapped)
  }
  const identify = ({ token, intents, shard }: Identify, connection: Connection): Entrance<Session> => {
    if (token !== options.token || tokenDead)
      return { ok: false, close: 4004, reason: 'Authentication failed.' }
    if ((intents & INTENTS.content) !== 0 && !options.messageContentAllowed)
      return { ok: false, close: 4014, reason: 'Disallowed intent(s).' }
    if (shard[1] < options.sharding.required) return { ok: false, close: 4011, reason: 'Sharding required.' }
    if (!options.sharding.admit(shard[0], options.nowMs())) return { ok: false, invalid: false }
    counts.identifies += 1
    if (counts.identifies > options.maxIdentifies) {
      // Discord ends every session and resets the token.
      tokenDead = true
      sessions.clear()
      for (const { socket } of connections) socket.close(4004, 'Authentication failed.')
      return { ok: false, close: 4004, reason: 'Authentication failed.' }
    }
    forget()
    const id = randomBytes(16).toString('hex')
    const session: Session = {
      id,
      intents,
      shard,
      seq: 0,
      log: [],
      connection,
      detachedAtMs: 0,
      swapped: undefined,
    }
    sessions.set(id, session)
    write(session, 'ready', 'READY', options.readyFor(session))
    if ((intents & INTENTS.guilds) !== 0)
      for (const guild of options.guildsFor(session)) write(session, 'guildCreate', 'GUILD_CREATE', guild)
    options.changed()
    return { ok: true, session }
  }
  const resume = (
    { token, sessionId, seq }: { token: string; sessionId: string; seq: number },
    connection: Connection,
  ): Entrance<Session> => {
    const session = sessions.get(sessionId)
    if (token !== options.token || tokenDead)
      return { ok: false, close: 4004, reason: 'Authentication failed.' }
    const isOver =
      session?.connection === undefined &&
      options.nowMs() - (session?.detachedAtMs ?? 0) > options.resumeWindowMs
    if (session === undefined || isOver || isForgotten(session, seq)) {
      sessions.delete(sessionId)
      counts.refusedResumes += 1
      options.changed()
      return { ok: false, invalid: false }
    }
    if (session.shard[1] < options.sharding.required)
      return { ok: false, close: 4011, reason: 'Sharding required.' }
    if (seq > session.seq) return { ok: false, close: 4007, reason: 'Invalid seq.' }
    // A session has one socket: the older one goes.
    session.connection?.socket.close(4000, 'Unknown error.')
    session.connection = connection
    for (const { s, frame } of session.log)
      if (s > seq - state.replayedMore) connection.send('dispatch', frame)
    counts.resumes += 1
    write(session, 'other', 'RESUMED', {})
    options.changed()
    return { ok: true, session }
  }
  const forget = (): void => {
    const goneMs = options.nowMs() - options.resumeWindowMs
    for (const [id, { connection, detachedAtMs }] of sessions)
      if (connection === undefined && detachedAtMs < goneMs) sessions.delete(id)
  }
  return {
    state,
    counts,
    forget,
    get isReady() {
      return [...sessions.values()].some(({ connection }) => connection !== undefined)
    },
    get identifiesLeft() {
      return Math.max(0, options.maxIdentifies - counts.identifies)
    },
    get sessions() {
      return [...sessions.values()].map(({ id, shard, connection }) => ({
        id,
        shard,
        isAttached: connection !== undefined,
      }))
    },
    dispatch(event, scope, dataFor) {
      const send = (): void => {
        for (const session of sessions.values()) {
          if (!isTold(session, event, scope)) continue
          const messageContent = options.messageContentAllowed && (session.intents & INTENTS.content) !== 0
          write(session, 'dispatch', event, dataFor({ messageContent }))
        }
      }
      if (waiting === undefined) send()
      else waiting.push(send)
    },
    collect(run) {
      const mine: (() => void)[] = []
      const outer = waiting
      waiting = mine
      try {
        return {
          result: run(),
          flush: () => {
            for (const send of mine.splice(0)) send()
          },
        }
      } finally {
        waiting = outer
      }
    },
    accept(socket) {
      const connection = connect(
        socket,
        {
          identify,
          resume,
          lost(session, from, code) {
            if (session.connection !== from) return
            session.connection = undefined
            session.detachedAtMs = options.nowMs()
            // Said with 1000, goodbye ends the session.
            if (code === 1000) sessions.delete(session.id)
            options.changed()
          },
        },
        {
          heartbeatIntervalMs: options.heartbeatIntervalMs,
          maxSends: options.maxSends,
          faults: state,
          nowMs: options.nowMs,
        },
      )
      connections.add(connection)
      socket.once('close', () => connections.delete(connection))
    },
    cut() {
      for (const { socket } of connections) socket.terminate()
    },
    close() {
      for (const timer of later) clearTimeout(timer)
    },
  }
}

/** What it asks for is no longer remembered. */
function isForgotten({ log }: Session, seq: number): boolean {
  const first = log[0]
  return first !== undefined && first.s > seq + 1
}
