// How is well-formed JSON made awkward without changing what it says?
import type { Fault } from './faults.ts'
import { isObject } from './json.ts'

/** Whether `reshape` would change anything. */
export function reshapes(fault: Fault): boolean {
  return fault.nullMetaData === true || fault.stringTimestamps === true || fault.shuffleKeys === true
}

/** `meta_data` as null, times as numeric strings, keys in another order (reversed: the same on every run). */
export function reshape(value: unknown, fault: Fault): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => reshape(item, fault))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    if (fault.stringTimestamps === true && /_at$/.test(key) && typeof member === 'number')
      return [key, String(member)]
    return [key, reshape(member, fault)]
  })
  const isRecord = 'id' in value
  const kept = entries.filter(([key]) => !(isRecord && fault.nullMetaData === true && key === 'meta_data'))
  if (isRecord && fault.nullMetaData === true) kept.push(['meta_data', null])
  return Object.fromEntries(fault.shuffleKeys === true ? kept.reverse() : kept)
}
