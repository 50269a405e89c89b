// How is something from outside looked into without ever throwing? Small readers: a value of the right kind, or nothing.

export type Fields = Readonly<Record<string, unknown>>

const NO_FIELDS: Fields = Object.freeze({})

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under a name; an empty one when there is none, so that readers chain. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS
}

export function readString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function readWhole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** A size, a count, a length. */
export function readAmount(value: unknown): number | undefined {
  const number = readWhole(value)
  return number !== undefined && number >= 0 ? number : undefined
}

export function readList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Telegram's ids are numbers below 2^52; ours are strings. */
export function readId(value: unknown): string | undefined {
  const id = readWhole(value)
  return id === undefined ? undefined : String(id)
}
