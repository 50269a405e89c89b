// Which typed values does an input node ask for, and how is a word made into one?

import type { PromptField } from '../contract/assistant.ts'
import type { Json } from '../contract/event.ts'
import { isObject, readJson, toList, toNumber, toObject, toText } from './json.ts'
import type { Unknowns } from './json.ts'

/** A list `[{name, type, required, assistType, …}]`, as it stands in `data`. Coze docs: run workflow (interrupts). */
export function readFieldList(list: readonly unknown[]): readonly PromptField[] {
  return list
    .filter(isObject)
    .map(toField)
    .filter(({ name }) => name !== '')
}

/** A map `{name: {type, required, …}}`: `required_parameters`. */
export function readFieldMap(map: unknown): readonly PromptField[] {
  return Object.entries(toObject(map)).map(([name, spec]) => toField({ ...toObject(spec), name }))
}

/** In the order of the list, which is the author's; with what the map knows of each, which is more. */
export function mergeFields(
  list: readonly PromptField[],
  map: readonly PromptField[],
): readonly PromptField[] {
  const known = new Map(map.map((field) => [field.name, field]))
  const listed = list.map((field) => ({ ...field, ...known.get(field.name) }))
  return [...listed, ...map.filter(({ name }) => !list.some((field) => field.name === name))]
}

/**
 * Words as a value of the field's type, where they are one; else the words. For `file` and its kinds they stay words:
 * `{"file_id":"…"}` goes to Coze as a string. Coze docs: resume workflow.
 */
export function toFieldValue(text: string, type: string): Json {
  const word = text.trim()
  switch (type) {
    case 'integer':
    case 'number':
      return toNumber(word) ?? text
    case 'boolean':
      if (/^(?:true|yes|y|1|是|对)$/i.test(word)) return true
      return /^(?:false|no|n|0|否|不)$/i.test(word) ? false : text
    case 'array':
    case 'object': {
      const value = readJson(word)
      const fits = type === 'array' ? Array.isArray(value) : isObject(value)
      return fits ? (value as Json) : type === 'array' ? [text] : text
    }
    default:
      return text
  }
}

/** How Coze's canvas calls types that its API calls otherwise. */
const TYPES: Readonly<Record<string, string>> = {
  float: 'number',
  list: 'array',
  int: 'integer',
  bool: 'boolean',
}

/** What a `string` of the canvas really is. coze-dev/coze-studio, `AssistType`. */
const ASSIST_TYPES: Readonly<Record<number, string>> = {
  1: 'file',
  2: 'image',
  3: 'doc',
  4: 'code',
  5: 'ppt',
  6: 'txt',
  7: 'excel',
  8: 'audio',
  9: 'zip',
  10: 'video',
  11: 'svg',
  12: 'voice',
  10000: 'time',
}

function toField(field: Unknowns): PromptField {
  const type = typeOf(field)
  const shape = shapeOf(field, type)
  const description = [toText(field['description']), shape].filter((part) => part !== '').join(' ')
  const initial = defaultOf(field, type)
  return {
    name: toText(field['name']),
    type,
    required: field['required'] === true,
    ...(description === '' ? {} : { description }),
    ...(initial === undefined ? {} : { default: initial }),
  }
}

function typeOf(field: Unknowns): string {
  const named = toText(field['type']).toLowerCase() || 'string'
  const assist = ASSIST_TYPES[toNumber(field['assistType'] ?? field['assist_type']) ?? 0]
  if (named === 'string' && assist !== undefined) return assist
  return named === 'default' ? 'file' : (TYPES[named] ?? named)
}

/** What lies inside, in short, for who has to type it: `[image]`, `{city: string}`. '' for plain types. */
function shapeOf(field: Unknowns, type: string, left = 3): string {
  if (left === 0) return '…'
  const inside = (entry: Unknowns): string => {
    const inner = typeOf(entry)
    return shapeOf(entry, inner, left - 1) || inner
  }
  const { schema } = field
  if (type === 'array') {
    const items = toObject(field['items'] ?? schema)
    return Object.keys(items).length === 0 ? '' : `[${inside(items)}]`
  }
  if (type !== 'object') return ''
  const members: readonly (readonly [string, Unknowns])[] = Array.isArray(schema)
    ? toList(schema).map((entry) => [toText(toObject(entry)['name']), toObject(entry)])
    : Object.entries(toObject(field['properties'])).map(([name, entry]) => [name, toObject(entry)])
  const words = members.map(([name, entry]) => `${name}: ${inside(entry)}`)
  return words.length === 0 ? '' : `{${words.join(', ')}}`
}

function defaultOf(field: Unknowns, type: string): Json | undefined {
  const value = field['default_value'] ?? field['defaultValue'] ?? field['default']
  if (value === undefined || value === null || value === '' || value === '-') return undefined
  return typeof value === 'string' ? toFieldValue(value, type) : (value as Json)
}
