// What did a call ask for? Arguments from query, urlencoded, JSON or multipart, read the way the server reads them.
import { badRequest } from './errors.ts'
import { boundaryOf, readMultipart, type Upload } from '../common/multipart.ts'
import type { Json } from './types.ts'

/** The arguments of one call. A top-level string is the value; any other JSON value is kept as JSON: `42` equals `"42"`. */
export interface Args {
  /** As received: JSON values parsed, form values as strings (those that are JSON objects or arrays parsed). */
  readonly payload: Json
  has(name: string): boolean
  text(name: string): string | undefined
  integer(name: string): number | undefined
  /** True for `true`, `yes` and `1`, in any case. */
  flag(name: string): boolean
  /** A structure, given as JSON or as a JSON string. */
  json(name: string): unknown
  /** The upload `value` points at (`attach://x`), or the one under the field's own name. */
  upload(name: string, value?: string): Upload | undefined
}

/** How the arguments came; form values are all text, so a schema check must be lenient about types there. */
export type Encoding = 'none' | 'json' | 'form' | 'multipart'

export interface ReadCall {
  readonly args: Args
  readonly encoding: Encoding
}

export function readArgs(query: URLSearchParams, contentType: string, body: Buffer): ReadCall {
  const values: Record<string, unknown> = {}
  for (const [name, value] of query) values[name] = value
  const type = contentType.toLowerCase()
  if (body.length === 0) return { args: argsOf(values, new Map()), encoding: 'none' }
  if (type.startsWith('application/json')) {
    Object.assign(values, readJsonObject(body))
    return { args: argsOf(values, new Map()), encoding: 'json' }
  }
  if (type.startsWith('multipart/form-data')) {
    const boundary = boundaryOf(contentType)
    if (boundary === undefined) throw badRequest("Can't parse multipart: boundary not found")
    const { fields, files } = readMultipart(body, boundary)
    for (const [name, value] of fields) values[name] = value
    return { args: argsOf(values, files), encoding: 'multipart' }
  }
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) values[name] = value
  return { args: argsOf(values, new Map()), encoding: 'form' }
}

/** Arguments that are already an object: a webhook's answer. */
export function argsOf(values: Json, files: ReadonlyMap<string, Upload> = new Map()): Args {
  let payload: Json | undefined
  const text = (name: string): string | undefined => {
    const value = values[name]
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
  return {
    get payload() {
      payload ??= Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, name === 'text' ? value : maybeJson(value)]),
      )
      return payload
    },
    has: (name) => values[name] !== undefined && values[name] !== null,
    text,
    integer(name) {
      const value = values[name]
      if (typeof value === 'number') return Math.trunc(value)
      const number = Number.parseInt(text(name) ?? '', 10)
      return Number.isNaN(number) ? undefined : number
    },
    flag: (name) => /^(?:true|yes|1)$/i.test(text(name) ?? ''),
    json(name) {
      const value = values[name]
      if (typeof value !== 'string') return value ?? undefined
      if (value === '') return undefined
      try {
        return JSON.parse(value) as unknown
      } catch {
        throw badRequest(`Can't parse ${name} JSON object`)
      }
    },
    upload(name, value) {
      const attached = value?.startsWith('attach://') === true ? value.slice('attach://'.length) : name
      return files.get(attached)
    },
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readJsonObject(body: Buffer): Json {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw badRequest("Can't parse JSON object")
  }
  if (!isObject(value)) throw badRequest('JSON object expected')
  return value
}

/** What a structure sent as text stands for; for the record only, never for a text the caller sent. */
function maybeJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[{[]"?/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
