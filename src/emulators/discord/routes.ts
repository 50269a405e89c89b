// Which route does a path mean? Compared segment by segment, each decoded: discord.js sends `%40original`.
import type { Route } from './call.ts'

export interface Matched {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** `no-method`: the path is known, with other methods. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Matched | 'no-method' | undefined {
  const segments = path.split('/').slice(1).map(decoded)
  let isKnown = false
  for (const route of routes) {
    const params = paramsOf(route.path.split('/').slice(1), segments)
    if (params === undefined) continue
    if (route.method === method) return { route, params }
    isKnown = true
  }
  return isKnown ? 'no-method' : undefined
}

function paramsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i] ?? ''
    if (expected.startsWith(':')) params[expected.slice(1)] = segment
    else if (expected !== segment) return undefined
  }
  return params
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
