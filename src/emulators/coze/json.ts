// How is JSON from outside looked at before it is believed?

/** A JSON object whose members are not yet checked. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A non-empty string, else nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The string members of an object; others are left out. */
export function textMap(value: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [key, member] of Object.entries(objectOf(value)))
    if (typeof member === 'string') found[key] = member
  return found
}

/** The parsed text, or nothing where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
