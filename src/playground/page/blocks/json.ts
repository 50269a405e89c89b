// How is foreign JSON looked into?

export type Json = Readonly<Record<string, unknown>>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function recordOf(value: unknown): Json {
  return isJson(value) ? value : {}
}

export function recordsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
