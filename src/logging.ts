// How does a line get into the log? As JSON for machines, or one readable line in a terminal; never with a secret.

import { pino, stdTimeFunctions } from 'pino'
import type { LogFields, Logger } from './contract/runtime.ts'
import { createScrubber } from './scrub.ts'

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** For a person at a terminal. */
  readonly pretty: boolean
  /** With `pretty`: the terminal shows colours, and its person has not asked for none. */
  readonly colour?: boolean
  readonly secrets: readonly string[]
  /** Takes one whole line, with its line break. Must not throw. */
  readonly write: (line: string) => void
  /** Hears what goes wrong, whatever the level. Must not throw. */
  readonly hear?: (entry: LoudEntry) => void
}

/** A warning or an error, with the fields of all parents. Not scrubbed. */
export interface LoudEntry {
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
  readonly error: unknown
}

/** Made once by the roof. Scrubbing is the last step: whatever reaches `write` is clean. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, pretty, colour = false, secrets, write, hear = () => undefined } = options
  const scrub = createScrubber(secrets)
  const line = pretty
    ? (json: string) => write(`${scrub(toPretty(json, colour))}\n`)
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
  return wrap(root, hear, {})
}

type Pino = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>

function wrap(log: Pino, hear: (entry: LoudEntry) => void, bound: LogFields): Logger {
  const loud =
    (level: LoudEntry['level']) =>
    (fields: LogFields, message: string, error?: unknown): void => {
      const all = { ...bound, ...fields }
      log[level](withError(all, error), message)
      hear({ level, message, fields: all, error })
    }
  return {
    debug: (fields, message) => log.debug({ ...bound, ...fields }, message),
    info: (fields, message) => log.info({ ...bound, ...fields }, message),
    warn: loud('warn'),
    error: loud('error'),
    // Not the library's own: it would write a field twice that both bring.
    child: (fields) => wrap(log, hear, { ...bound, ...fields }),
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

/** `12:00:00.000 warn  flood wait                         account=telegram retryAfterMs=30000`, by the clock on the wall. */
function toPretty(json: string, colour: boolean): string {
  const { time, level, message, error, account, turn, ...fields } = readLine(json)
  const paint = colour ? painted : plain
  const named = { account, turn, ...fields }
  const rest = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`${paint(`${name}=`, DIM)}${short(value)}`],
  )
  const tail = [...rest, ...(error === undefined ? [] : [errorText(error)])]
  const words = oneLine(String(message))
  const look = LOOKS[String(level)] ?? ''
  return [
    paint(clockTime(String(time)), DIM),
    paint(String(level).padEnd(5), look),
    paint(tail.length > 0 ? words.padEnd(MESSAGE_COLUMNS) : words, level === 'error' ? BOLD : ''),
    ...tail.map(oneLine),
  ].join(' ')
}

/** Most of our messages are shorter, so that what follows stands in one column. */
const MESSAGE_COLUMNS = 44
/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const [BOLD, DIM] = ['1', '2']
const LOOKS: Readonly<Record<string, string>> = { debug: DIM, info: '32', warn: '33', error: '31' }

function painted(text: string, look: string): string {
  return look === '' ? text : `\u001b[${look}m${text}\u001b[0m`
}

function plain(text: string): string {
  return text
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ')
}

function clockTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`
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
