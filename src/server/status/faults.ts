// What went wrong lately? The last warnings and errors of the log, without what is not for a page: no cause, no address, no
// message of anybody's.

import { AssistantError, PlatformError } from '../../contract/errors.ts'
import type { Clock, LogFields } from '../../contract/runtime.ts'
import { shortTurn } from '../../contract/watch.ts'

export interface Fault {
  readonly atMs: number
  readonly level: 'warn' | 'error'
  /** Our own words, as in the log. */
  readonly what: string
  readonly kind?: string
  readonly code?: string
  /** What Coze's support asks for. */
  readonly logid?: string
  readonly account?: string
  readonly turn?: string
  /** So often in a row. */
  readonly times: number
}

export interface FaultRing {
  /** Never throws. */
  hear(entry: {
    readonly level: 'warn' | 'error'
    readonly message: string
    readonly fields: LogFields
    readonly error: unknown
  }): void
  /** Newest first. */
  latest(): readonly Fault[]
}

const KEPT = 50
const LONGEST_CHARS = 200

export function createFaultRing(clock: Pick<Clock, 'now'>): FaultRing {
  const ring: Fault[] = []
  return {
    hear({ level, message, fields, error }) {
      const facts = { level, what: short(message), ...factsOf(fields, error) }
      const last = ring.at(-1)
      const isSame = last !== undefined && JSON.stringify(withoutTime(last)) === JSON.stringify(facts)
      if (isSame) ring.pop()
      ring.push({ ...facts, atMs: clock.now(), times: isSame ? last.times + 1 : 1 })
      if (ring.length > KEPT) ring.shift()
    },
    latest: () => ring.toReversed(),
  }
}

function withoutTime({ atMs: _atMs, times: _times, ...facts }: Fault): object {
  return facts
}

type Facts = Pick<Fault, 'kind' | 'code' | 'logid' | 'account' | 'turn'>

function factsOf(fields: LogFields, error: unknown): Facts {
  const told = { ...ofError(error), ...fields }
  const turn = told['turn']
  return {
    ...named('kind', told['kind']),
    ...named('code', told['code']),
    ...named('logid', told['logid']),
    ...named('account', told['account']),
    ...(typeof turn === 'string' ? { turn: shortTurn(turn) } : {}),
  }
}

function named(name: keyof Facts, value: unknown): Partial<Facts> {
  if (typeof value !== 'string' && typeof value !== 'number') return {}
  return { [name]: short(String(value)) }
}

function ofError(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof AssistantError) return { ...error.failure }
  if (error instanceof PlatformError) {
    const { kind, code, account } = error
    return { kind, code, account }
  }
  return error instanceof Error ? { kind: error.name } : {}
}

function short(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > LONGEST_CHARS ? `${line.slice(0, LONGEST_CHARS).toWellFormed()}…` : line
}
