// Which operation does a path name, and what did the call bring? Faults and rates are not decided here.
import { boundaryOf, readMultipart } from './multipart.ts'
import { readJson } from './types.ts'
import type { Call, Route } from './world.ts'

export interface Router {
  find(
    method: string,
    path: string,
  ): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined
}

interface Entry {
  readonly route: Route
  readonly pattern: RegExp
}

export function createRouter(routes: readonly Route[]): Router {
  const entries: readonly Entry[] = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`),
  }))
  return {
    find(method, path) {
      for (const { route, pattern } of entries) {
        if (route.method !== method) continue
        const match = pattern.exec(path)
        if (match !== null) return { route, params: match.groups ?? {} }
      }
      return undefined
    },
  }
}

/** Undefined when the body is not what its content type says. */
export function readCall(
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
  contentType: string,
  raw: Buffer,
): Call | undefined {
  const boundary = boundaryOf(contentType)
  const upload = boundary === undefined ? { fields: {}, files: {} } : readMultipart(raw, boundary)
  const body =
    boundary === undefined ? readJson(raw.length === 0 ? '{}' : raw.toString('utf8')) : upload.fields
  return body === undefined ? undefined : { params, query: Object.fromEntries(query), body, upload }
}
