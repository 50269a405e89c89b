// Where do traces go, if anywhere? Read as OpenTelemetry's own tools read it.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/

import type { ProxyEnv } from '../contract/runtime.ts'

export interface TraceTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly service: string
  readonly version: string
  /** The variables that name a proxy, where there are any. */
  readonly proxyEnv?: ProxyEnv
}

/** An endpoint is named, and nothing can be sent there. */
export interface UnusableTarget {
  /** The variable that names it. Its value may hold a secret. */
  readonly unusable: string
}

type Env = Readonly<Record<string, string | undefined>>

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const TRACES_ENDPOINT = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'

/** Undefined: nobody collects them. */
export function readTraceTarget(env: Env, version: string): TraceTarget | UnusableTarget | undefined {
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true'
  const own = given(env, TRACES_ENDPOINT)
  const shared = given(env, ENDPOINT)
  const url = own ?? (shared === undefined ? undefined : `${shared.replace(/\/+$/, '')}/v1/traces`)
  if (isOff || url === undefined) return undefined
  if (!isWebAddress(url)) return { unusable: own === undefined ? ENDPOINT : TRACES_ENDPOINT }
  return {
    url,
    headers: {
      ...headersIn(given(env, 'OTEL_EXPORTER_OTLP_HEADERS')),
      ...headersIn(given(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS')),
    },
    service: given(env, 'OTEL_SERVICE_NAME') ?? 'coze-bridge',
    version,
  }
}

/** `localhost:4318` is an address too: of the scheme `localhost:`. */
function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)
}

function given(env: Env, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

/** `key=value,key=value`, percent-encoded. */
function headersIn(text = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const]
    }),
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
