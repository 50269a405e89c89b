// Do the values given to a start node or an input node fit its fields?
import { isObject, parseJson } from './json.ts'
import type { JsonObject } from './json.ts'
import { fileIdIn } from './workflow-files.ts'
import type { FieldSpec, Fields } from './workflow-script.ts'

export interface FieldFault {
  readonly why: 'missing' | 'invalid'
  readonly name: string
}

/** The first field that is missing though required, or has a value of another type. */
export function firstFault(fields: Fields, values: JsonObject): FieldFault | undefined {
  for (const [name, spec] of Object.entries(fields)) {
    const value = values[name]
    if (value === undefined || value === null || value === '') {
      if (spec.required === true && spec.default_value === undefined) return { why: 'missing', name }
    } else if (!fits(spec, value)) return { why: 'invalid', name }
  }
  return undefined
}

/** With the default of each field that has one and was not given. */
export function withDefaults(fields: Fields, values: JsonObject): JsonObject {
  const defaults = Object.entries(fields).flatMap(([name, spec]): [string, string][] =>
    spec.default_value === undefined ? [] : [[name, spec.default_value]],
  )
  return { ...Object.fromEntries(defaults), ...values }
}

/** Texts that read as the type are taken for it, as Coze's own conversion does. */
function fits(spec: FieldSpec, value: unknown): boolean {
  switch (spec.type ?? 'string') {
    case 'string':
    case 'default':
      return typeof value !== 'object'
    case 'integer':
      return numeric(value, /^[+-]?\d+$/) && Number.isInteger(Number(value))
    case 'number':
      return numeric(value, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i)
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'object': {
      const object = typeof value === 'string' ? parseJson(value) : value
      return isObject(object) && firstFault(spec.properties ?? {}, object) === undefined
    }
    case 'array': {
      const list = typeof value === 'string' ? parseJson(value) : value
      const { items } = spec
      return Array.isArray(list) && (items === undefined || list.every((item: unknown) => fits(items, item)))
    }
    default:
      // Every other type is a kind of file: an uploaded one or an address.
      return fileIdIn(value) !== undefined || (typeof value === 'string' && /^https?:\/\//.test(value))
  }
}

function numeric(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'number' || (typeof value === 'string' && pattern.test(value.trim()))
}
