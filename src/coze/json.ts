// How is text from outside read into values we can trust, without losing a digit of an id?

import type { JsonObject } from '../contract/event.ts'

export type Unknowns = Readonly<Record<string, unknown>>

/** A number of 16 digits or more that seems to stand outside a string: more than a double can hold. */
const SEEMS_TO_HOLD_A_LONG_NUMBER = /[:,[]\s*-?\d{16,}\s*[,}\]]/
/** Strings (to step over them) and numbers. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_INTEGER = /^-?\d{16,}$/

/**
 * `JSON.parse`, but integers too long for a double become strings: Coze ids have 19 digits, and Coze Studio sends
 * some of them (`account_id`) unquoted. Undefined when it is not JSON.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(SEEMS_TO_HOLD_A_LONG_NUMBER.test(text) ? quoteLongIntegers(text) : text) as unknown
  } catch {
    return undefined
  }
}

function quoteLongIntegers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token))
}

export function isObject(value: unknown): value is Unknowns {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function toObject(value: unknown): Unknowns {
  return isObject(value) ? value : {}
}

export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** An id as a string, whichever way it was sent; '' when there is none. */
export function toId(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : ''
}

/** A count or a time, also when it came as a numeric string, as Coze's list answers do. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** Only the entries that are strings. */
export function toTexts(value: unknown): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [key, entry] of Object.entries(toObject(value)))
    if (typeof entry === 'string') texts[key] = entry
  return texts
}

/** Leaves out what is undefined, so that a body holds only what was said. */
export function compact(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const kept: Record<string, JsonObject[string]> = {}
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value
  return kept
}
