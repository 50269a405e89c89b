// How does a line get into the log? As JSON for machines, or one readable line in a terminal; never with a secret.

import { pino, stdTimeFunctions } from 'pino'
import type { LogFields, Logger } from './contract/runtime.ts'
import { createScrubber } from './scrub.ts'

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** For a person at a terminal. */
  readonly pretty: boolean
  readonly secrets: readonly string[]
  /** Takes one whole line, with its line break. Must not throw. */
  readonly write: (line: string) => void
}

/** Made once by the roof. Scrubbing is the last step: whatever reaches `write` is clean. */
export function createLogger({ level, pretty, secrets, write }: LoggerOptions): Logger {
  const scrub = createScrubber(secrets)
  const line = pretty
    ? (json: string) => write(`${scrub(toPretty(json))}\n`)
    : (json: string) => write(scrub(json))
  const root = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    { write: line },
  )
  return wrap(root)
}

type Pino = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error' | 'child'>

function wrap(log: Pino): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message, error) => log.warn(withError(fields, error), message),
    error: (fields, message, error) => log.error(withError(fields, error), message),
    child: (fields) => wrap(log.child(fields)),
  }
}

function withError(fields: LogFields, error: unknown): object {
  return error === undefined ? fields : { ...fields, error: describe(error, 0) }
}

/** An error's own facts that help to find its cause. Others may carry whole requests, and are left out. */
const TOLD = ['kind', 'code', 'outcome', 'account', 'retryAfterMs', 'status', 'httpStatus', 'logid'] as const
/** A chain of causes longer than this says no more. */
const DEEPEST_CAUSE = 4

function describe(error: unknown, depth: number): object | string {
  if (!(error instanceof Error)) return String(error)
  const facts: Record<string, unknown> = { name: error.name, message: error.message }
  // `AssistantError` has its facts one floor down.
  const failure: unknown = Reflect.get(error, 'failure')
  for (const source of [error, typeof failure === 'object' && failure !== null ? failure : {}]) {
    for (const name of TOLD) {
      const value: unknown = Reflect.get(source, name)
      if (typeof value === 'string' || typeof value === 'number') facts[name] = value
    }
  }
  facts['stack'] = stackOf(error)
  if (error.cause !== undefined && depth < DEEPEST_CAUSE) facts['cause'] = describe(error.cause, depth + 1)
  return facts
}

/** The frames only: the message stands beside them already. */
function stackOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.slice(0, MAX_FRAMES).join('\n')
}
const MAX_FRAMES = 12

/** `12:00:00.000 warn  telegram: flood wait  account=telegram retryAfterMs=30000` */
function toPretty(json: string): string {
  const { time, level, message, error, ...fields } = readLine(json)
  const clock = /T(.{12})/.exec(String(time))?.[1] ?? ''
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${short(value)}`)
  return [
    clock,
    String(level).padEnd(5),
    String(message),
    ...rest,
    ...(error === undefined ? [] : [errorText(error)]),
  ]
    .join(' ')
    .replaceAll('\n', ' ')
}

function readLine(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null ? { ...value } : { message: json }
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { name, message, stack: _stack, cause, ...facts } = { ...error } as Readonly<Record<string, unknown>>
  const told = Object.entries(facts).map(([key, value]) => `${key}=${short(value)}`)
  const tail = cause === undefined ? '' : ` ← ${errorText(cause)}`
  return `| ${String(name)}: ${String(message)}${told.length > 0 ? ` (${told.join(' ')})` : ''}${tail}`
}

function short(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
