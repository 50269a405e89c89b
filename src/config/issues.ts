// How does an issue found by the schema read? As a sentence with a remedy.

import type { z } from 'zod'
import { nearest } from './faults.ts'
import { PLATFORM_KINDS } from './platform-schema.ts'
import { fileSchema } from './schema.ts'
import type { Path } from './source.ts'

/** A fault before it is known where its path stands. */
export interface PathFault {
  readonly path: Path
  readonly at: 'key' | 'value'
  readonly problem: string
  readonly remedy?: string
}

/** `routes[0].when.chat` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

type Issue = z.core.$ZodIssue

/** What a person reads for one of zod's issues; an unknown-keys issue is as many faults as keys. */
export function toFaults(issue: Issue, data: unknown): readonly PathFault[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], keysAt(path, data)))
  }
  if (valueAt(data, path) === undefined) {
    return [{ path, at: 'key', problem: 'is missing', remedy: remedyForMissing(path) }]
  }
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', problem: 'is not a name', ...remedy(capital(issue.issues[0]?.message)) }]
  }
  if (issue.code === 'invalid_union' && 'discriminator' in issue) {
    const isPlatform = path[0] === 'platforms'
    const kinds = isPlatform
      ? PLATFORM_KINDS
      : path[0] === 'coze'
        ? ['token', 'jwt', 'oauth']
        : ['bot', 'chatflow']
    const value = String(valueAt(data, path))
    const meant = nearest(value, kinds)
    return [
      {
        path: isPlatform ? path.slice(0, 2) : path,
        at: isPlatform ? 'key' : 'value',
        problem: `"${value}" is no kind of ${isPlatform ? 'platform' : path[0] === 'coze' ? 'login' : 'agent'}`,
        remedy:
          meant === undefined
            ? `kind is ${alternatives(kinds)}.${isPlatform ? ' An account with a name of its own needs it.' : ''}`
            : `Did you mean "${meant}"?`,
      },
    ]
  }
  return [{ path, at: 'value', ...problemOf(issue, valueAt(data, path)) }]
}

function problemOf(issue: Issue, value: unknown): { problem: string; remedy?: string } {
  const { code } = issue
  if (code === 'invalid_type') {
    return { problem: `is ${kindOf(value)} where ${withArticle(issue.expected)} is expected` }
  }
  if (code === 'invalid_value') {
    const values = issue.values.map(String)
    const meant = typeof value === 'string' ? nearest(value, values) : undefined
    return {
      problem: `is none of ${values.join(', ')}`,
      ...(meant === undefined ? {} : { remedy: `Did you mean "${meant}"?` }),
    }
  }
  if (code === 'too_small') {
    const isEmpty = value === '' || (Array.isArray(value) && value.length === 0)
    if (isEmpty) return { problem: 'is empty' }
    return issue.origin === 'string'
      ? { problem: `is too short: at least ${String(issue.minimum)} characters` }
      : { problem: `is too small: at least ${String(issue.minimum)}` }
  }
  if (code === 'too_big') {
    if (issue.origin === 'array') return { problem: `has too many entries: at most ${String(issue.maximum)}` }
    const much = issue.origin === 'string' ? 'long' : 'big'
    return { problem: `is too ${much}: at most ${String(issue.maximum)}` }
  }
  if (code === 'custom') {
    const told: unknown = issue.params?.['remedy']
    return { problem: issue.message, ...remedy(typeof told === 'string' ? told : undefined) }
  }
  return { problem: issue.message.startsWith('Invalid') ? 'is not understood' : issue.message }
}

function unknownKey(path: Path, known: readonly string[]): PathFault {
  const meant = nearest(String(path.at(-1)), known)
  return {
    path,
    at: 'key',
    problem: `unknown key${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    remedy: known.length === 0 ? 'Take it out.' : `Known here: ${known.join(', ')}.`,
  }
}

/** The keys the schema knows at a path. */
function keysAt(path: Path, data: unknown): readonly string[] {
  let schema: unknown = fileSchema
  for (const [depth, step] of path.entries()) {
    schema = childOf(unwrap(schema, valueAt(data, path.slice(0, depth))), step)
  }
  const shape = defOf(unwrap(schema, valueAt(data, path)))?.['shape']
  return isRecord(shape) ? Object.keys(shape).filter((key) => key !== '$schema') : []
}

function childOf(schema: unknown, step: string | number): unknown {
  const def = defOf(schema)
  if (def === undefined) return undefined
  if (def['type'] === 'object') return isRecord(def['shape']) ? def['shape'][step] : undefined
  return def['type'] === 'record' ? def['valueType'] : def['element']
}

/** Through defaults and pipes, and into the branch of a union that the value's `kind` names. */
function unwrap(schema: unknown, value: unknown): unknown {
  const def = defOf(schema)
  if (def === undefined) return schema
  if (def['type'] === 'union' && Array.isArray(def['options'])) {
    const kind = isRecord(value) ? value['kind'] : undefined
    const options: readonly unknown[] = def['options']
    return options.find((option) => kind !== undefined && hasKind(option, kind)) ?? options[0]
  }
  if (def['type'] === 'pipe') return unwrap(def['out'], value)
  return 'innerType' in def ? unwrap(def['innerType'], value) : schema
}

function hasKind(option: unknown, kind: unknown): boolean {
  const shape = defOf(option)?.['shape']
  const literal = defOf(unwrap(isRecord(shape) ? shape['kind'] : undefined, undefined))?.['values']
  return Array.isArray(literal) && literal.includes(kind)
}

function defOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const def = isRecord(schema) ? schema['def'] : undefined
  return isRecord(def) ? def : undefined
}

function remedyForMissing(path: Path): string {
  const what = pathText(path)
  if (what === 'coze' || what.startsWith('coze.auth')) {
    return 'Put in coze: { auth: { kind: token, token: "${env:COZE_API_TOKEN}" } }.'
  }
  if (what === 'agents') return 'Put in agents: { default: { bot: "<id of your Coze agent>" } }.'
  if (what === 'platforms') return 'Put in platforms: { telegram: { token: "${env:TELEGRAM_BOT_TOKEN}" } }.'
  return `Add "${String(path.at(-1))}".`
}

export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return at[Number(step)] as unknown
    return isRecord(at) ? at[String(step)] : undefined
  }, data)
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  return Array.isArray(value) ? 'a list' : withArticle(typeof value)
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a group of keys',
  record: 'a group of keys',
  array: 'a list',
}
function withArticle(type: string): string {
  return KIND_WORDS[type] ?? `a ${type}`
}

/** `a, b or c` */
function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

function remedy(text: string | undefined): { remedy?: string } {
  return text === undefined ? {} : { remedy: text }
}
function capital(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A fault of our own rules. */
export function fault(path: Path, problem: string, remedy: string, at: 'key' | 'value' = 'value'): PathFault {
  return { path, at, problem, remedy }
}
