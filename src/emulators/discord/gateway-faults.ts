// What may go wrong on the gateway on demand? Answers withheld, connections refused, dispatches doubled or lost.
import type { WebSocket } from 'ws'

/** Kinds of frames that can be held back. `dispatch`: every event but READY, RESUMED and the guilds at the start. */
export type Withholdable = 'hello' | 'ready' | 'guildCreate' | 'ack' | 'dispatch'

export interface DispatchRule {
  /** `MESSAGE_CREATE`; left out: any event of the stream but READY and RESUMED. */
  readonly event?: string
  /** Sent twice; never sent (nor replayed); sent after the one that follows it; sent with other data. */
  readonly do: 'twice' | 'lose' | 'swap' | 'mangle'
  readonly mangle?: (data: unknown) => unknown
  /** 1 by default, `Infinity` for ever. */
  readonly times?: number
}

export interface GatewayFaults {
  /** Every socket is cut without a close frame. */
  drop(): void
  close(code: number, reason?: string): void
  /** Op 7: please come back. */
  reconnect(): void
  /** Op 9; `false` also forgets the session. */
  invalidate(resumable: boolean): void
  /** The next RESUME is refused with op 9 `false`. */
  forgetSessions(): void
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
  echoesBefore(): boolean
}

export interface GatewayParts {
  connections(): Iterable<{ readonly socket: WebSocket; release(): void }>
  forgetSessions(): void
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
    forgetSessions: () => parts.forgetSessions(),
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
  }
}
