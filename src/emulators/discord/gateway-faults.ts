// What may go wrong on the gateway on demand? Answers withheld, connections refused, dispatches doubled or lost.
import type { WebSocket } from 'ws'

/** Kinds of frames that can be held back. `dispatch`: every event but READY, RESUMED and the guilds at the start. */
export type Withholdable = 'hello' | 'ready' | 'guildCreate' | 'ack' | 'dispatch'

export interface DispatchRule {
  /** `MESSAGE_CREATE`; left out: any event of the stream but READY and RESUMED. */
  readonly event?: string
  /** Sent twice; never sent (nor replayed); sent after the one that follows it; sent with other data; sent `delayMs` later. */
  readonly do: 'twice' | 'lose' | 'swap' | 'mangle' | 'late'
  readonly mangle?: (data: unknown) => unknown
  readonly delayMs?: number
  /** 1 by default, `Infinity` for ever. */
  readonly times?: number
}

export interface GatewayFaults {
  /** Every socket is cut without a close frame. */
  drop(): void
  close(code: number, reason?: string): void
  /** Half-open: every socket of now stays open, and nothing comes through it, either way. The session stays. */
  freeze(): void
  /** Op 7: please come back. */
  reconnect(): void
  /** Op 9; `false` also forgets the session. */
  invalidate(resumable: boolean): void
  /** The next RESUME is refused with op 9 `false`. */
  forgetSessions(): void
  /** Each RESUME brings so many events again that were heard already, until `clear`. */
  replayMore(events: number): void
  /** Other numbers of shards are wanted; below `required` (by default: as many as recommended) an IDENTIFY is closed with 4011. */
  reshard(recommended: number, required?: number): void
  /** Until the returned function is called, which also sends what was held. */
  withhold(kind: Withholdable): () => void
  /** New connections are cut before the upgrade, as an unreachable gateway looks; until the returned function is called. */
  refuse(): () => void
  /** The next `times` upgrades are answered with this HTTP status, 503 by default. */
  refuseUpgrade(status?: number, times?: number): void
  onDispatch(rule: DispatchRule): void
  /** Any text frame, as it is; a Buffer goes as a binary frame. */
  sendRaw(frame: string | Buffer): void
  /** Whether the bot's own messages are told before (`before`) or after the HTTP answer (`after`, the default). */
  echo(order: 'before' | 'after'): void
  clear(): void
}

export interface GatewayFaultState {
  readonly faults: GatewayFaults
  isWithheld(kind: Withholdable): boolean
  /** `undefined`: let in; 0: cut; otherwise a status. */
  refusal(): number | undefined
  rule(event: string): DispatchRule | undefined
  readonly replayedMore: number
  echoesBefore(): boolean
}

export interface GatewayParts {
  connections(): Iterable<{ readonly socket: WebSocket; release(): void; freeze(): void }>
  forgetSessions(): void
  reshard(recommended: number, required: number): void
  released(): void
}

const OP_RECONNECT = 7
const OP_INVALID_SESSION = 9

export function createGatewayFaults(parts: GatewayParts): GatewayFaultState {
  const withheld = new Map<Withholdable, number>()
  let refusing = 0
  let upgrades: { status: number; left: number } = { status: 503, left: 0 }
  let rules: { readonly rule: DispatchRule; left: number }[] = []
  let echo: 'before' | 'after' = 'after'
  let replayedMore = 0
  const toAll = (frame: unknown): void => {
    for (const { socket } of parts.connections()) socket.send(JSON.stringify(frame))
  }
  const faults: GatewayFaults = {
    drop: () => {
      for (const { socket } of parts.connections()) socket.terminate()
    },
    close: (code, reason = '') => {
      for (const { socket } of parts.connections()) socket.close(code, reason)
    },
    reconnect: () => toAll({ op: OP_RECONNECT, d: null, s: null, t: null }),
    invalidate: (resumable) => {
      if (!resumable) parts.forgetSessions()
      // It may RESUME or IDENTIFY on the same socket.
      for (const connection of parts.connections()) connection.release()
      toAll({ op: OP_INVALID_SESSION, d: resumable, s: null, t: null })
    },
    freeze: () => {
      for (const connection of parts.connections()) connection.freeze()
    },
    forgetSessions: () => parts.forgetSessions(),
    replayMore: (events) => {
      replayedMore = events
    },
    reshard: (recommended, required = recommended) => parts.reshard(recommended, required),
    withhold: (kind) => {
      withheld.set(kind, (withheld.get(kind) ?? 0) + 1)
      let held = true
      return () => {
        if (held) withheld.set(kind, (withheld.get(kind) ?? 1) - 1)
        held = false
        parts.released()
      }
    },
    refuse: () => {
      refusing += 1
      let held = true
      return () => {
        if (held) refusing -= 1
        held = false
      }
    },
    refuseUpgrade: (status = 503, times = 1) => {
      upgrades = { status, left: times }
    },
    onDispatch: (rule) => {
      rules.push({ rule, left: rule.times ?? 1 })
    },
    sendRaw: (frame) => {
      for (const { socket } of parts.connections()) socket.send(frame)
    },
    echo: (order) => {
      echo = order
    },
    clear: () => {
      withheld.clear()
      refusing = 0
      upgrades = { status: 503, left: 0 }
      rules = []
      echo = 'after'
      replayedMore = 0
      parts.released()
    },
  }
  return {
    faults,
    isWithheld: (kind) => (withheld.get(kind) ?? 0) > 0,
    refusal: () => {
      if (refusing > 0) return 0
      if (upgrades.left <= 0) return undefined
      upgrades.left -= 1
      return upgrades.status
    },
    rule: (event) => {
      const found = rules.find(
        ({ rule, left }) => left > 0 && (rule.event === undefined || rule.event === event),
      )
      if (found !== undefined) found.left -= 1
      return found?.rule
    },
    echoesBefore: () => echo === 'before',
    get replayedMore() {
      return replayedMore
    },
  }
}
