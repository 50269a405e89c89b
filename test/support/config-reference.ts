// What may stand in the configuration? Every key with its type, default and meaning, read out of the schema; for
// config-reference-page.ts.

import { z } from 'zod'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { isRecord, valueAt } from '../../src/config/issues.ts'
import { fileSchema } from '../../src/config/schema.ts'
import { MEANINGS, SAME, VARIABLES, type TYPES } from './config-reference-words.ts'

export interface Row {
  /** As people write it: `coze.limits.chatsPerSecond`, `routes[].agent`. */
  readonly path: string
  readonly type: TypeName
  readonly required: boolean
  readonly default?: unknown
  /** English; empty where neither the schema nor MEANINGS has one. */
  readonly meaning: string
}

export interface Section {
  /** A key of the file, and behind it the kind of what stands there: `platforms.<account>`, `telegram`. */
  readonly path: string
  readonly kind?: string
  readonly meaning: string
  readonly rows: readonly Row[]
}

export type TypeName =
  | { readonly is: keyof typeof TYPES.en }
  | { readonly is: 'oneOf'; readonly values: readonly string[] }
  | { readonly is: 'listOf'; readonly values: readonly string[] }

/** One a top-level key, and one more for each kind that something under it may be. */
export function sectionsOf(): readonly Section[] {
  const input = configJsonSchema()
  // Defaults of values that are converted on the way in are told of the way out alone.
  const output: unknown = z.toJSONSchema(fileSchema, {
    io: 'output',
    target: 'draft-7',
    unrepresentable: 'any',
  })
  const keys = Object.keys(propertiesOf(input)).filter((key) => key !== '$schema')
  return keys.flatMap((key) => {
    const isNeeded = listAt(input, 'required').includes(key)
    return walk(key, propertiesOf(input)[key], propertiesOf(output)[key], isNeeded)
  })
}

function walk(path: string, input: unknown, output: unknown, required: boolean): readonly Section[] {
  const found: Section[] = []
  const rows: Row[] = []
  visit(path, input, output, required)
  const meaning = meaningOf(path, input)
  const isTable = rows.length > 1 || rows[0]?.path !== path
  return [{ path, meaning: isTable ? meaning : '', rows }, ...found]

  function visit(at: string, node: unknown, out: unknown, isRequired: boolean): void {
    const kinds = variantsOf(at, node, out)
    if (kinds.length > 0) {
      if (at !== path) rows.push(rowOf(at, { type: 'object' }, out, isRequired, meaningOf(at, node)))
      for (const { place, kind, given, gone } of kinds) {
        found.push({
          path: place,
          kind,
          meaning: meaningOf(`${place}:${kind}`, undefined),
          rows: rowsUnder(place, given, gone),
        })
      }
      return
    }
    const children = SAME[at] === undefined ? childrenOf(at, node, out) : []
    if (children.length === 0 || at !== path) rows.push(rowOf(at, node, out, isRequired, meaningOf(at, node)))
    for (const child of children) visit(...child)
  }
}

function rowsUnder(path: string, input: unknown, output: unknown): readonly Row[] {
  return walk(path, input, output, false)[0]?.rows ?? []
}

type Child = readonly [path: string, input: unknown, output: unknown, required: boolean]

/** Of an object its keys, of a list or a map of objects those of one of them. */
function childrenOf(path: string, input: unknown, output: unknown): readonly Child[] {
  const properties = propertiesOf(input)
  if (Object.keys(properties).length > 0) {
    const required = listAt(input, 'required')
    return Object.entries(properties).map(([key, node]) => [
      `${path}.${key}`,
      node,
      propertiesOf(output)[key],
      required.includes(key),
    ])
  }
  const items = valueAt(input, ['items'])
  if (hasKeys(items)) return childrenOf(`${path}[]`, items, valueAt(output, ['items']))
  const values = valueAt(input, ['additionalProperties'])
  if (hasKeys(values))
    return childrenOf(`${path}.${NAMES[path] ?? '<name>'}`, values, valueAt(output, ['additionalProperties']))
  return []
}

/** What a map's keys are called. */
export const NAMES: Readonly<Record<string, string>> = {
  agents: '<agent>',
  platforms: '<account>',
  commands: '<command>',
  tools: '<tool>',
  'budgets.roles': '<role>',
}

interface Variant {
  readonly place: string
  readonly kind: string
  readonly given: unknown
  readonly gone: unknown
}

function variantsOf(path: string, input: unknown, output: unknown): readonly Variant[] {
  if (path === 'platforms') {
    const gone = listAt(valueAt(output, ['additionalProperties']), 'oneOf')
    return Object.entries(propertiesOf(input)).map(([kind, given]) => ({
      place: 'platforms.<account>',
      kind,
      given,
      gone: gone.find((one) => kindOf(one) === kind),
    }))
  }
  const [place, given, gone] =
    listAt(input, 'oneOf').length > 0
      ? ([path, input, output] as const)
      : ([
          `${path}.${NAMES[path] ?? '<name>'}`,
          valueAt(input, ['additionalProperties']),
          valueAt(output, ['additionalProperties']),
        ] as const)
  const outs = listAt(gone, 'oneOf')
  return listAt(given, 'oneOf').map((one) => ({
    place,
    kind: kindOf(one),
    given: one,
    gone: outs.find((other) => kindOf(other) === kindOf(one)),
  }))
}

function kindOf(variant: unknown): string {
  return String(valueAt(variant, ['properties', 'kind', 'const']))
}

function rowOf(path: string, input: unknown, output: unknown, required: boolean, meaning: string): Row {
  const given = valueAt(output, ['default']) ?? valueAt(input, ['default'])
  // An object's default is that of its keys, told beside them.
  const told = isRecord(given) && Object.keys(given).length === 0 ? undefined : given
  return { path, type: typeOf(input), required, meaning, ...(told === undefined ? {} : { default: told }) }
}

function typeOf(node: unknown): TypeName {
  const constant = valueAt(node, ['const'])
  if (typeof constant === 'string') return { is: 'oneOf', values: [constant] }
  const values = listAt(node, 'enum').map(String)
  if (values.length > 0) return { is: 'oneOf', values }
  const type = valueAt(node, ['type'])
  if (type === 'array') {
    const items = listAt(valueAt(node, ['items']), 'enum').map(String)
    return items.length > 0 ? { is: 'listOf', values: items } : { is: 'list' }
  }
  switch (type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'object':
      return { is: type }
    default:
      return { is: 'any' }
  }
}

function meaningOf(path: string, node: unknown): string {
  const told = valueAt(node, ['description'])
  return typeof told === 'string' ? told : (MEANINGS[path] ?? '')
}

function propertiesOf(node: unknown): Readonly<Record<string, unknown>> {
  const properties = valueAt(node, ['properties'])
  return isRecord(properties) ? properties : {}
}

function hasKeys(node: unknown): boolean {
  return Object.keys(propertiesOf(node)).length > 0
}

function listAt(node: unknown, key: string): readonly unknown[] {
  const list = valueAt(node, [key])
  return Array.isArray(list) ? list : []
}

/** Every text that needs a translation. */
export function textsOf(sections: readonly Section[]): readonly string[] {
  const all = sections.flatMap(({ meaning, rows }) => [meaning, ...rows.map((row) => row.meaning)])
  return [...new Set([...all, ...VARIABLES.map(([, meaning]) => meaning)])].filter((text) => text !== '')
}
