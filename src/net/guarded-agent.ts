// Through which connections does a download go? Its own: none of them leads to a private place, unless that is allowed.

import { lookup } from 'node:dns/promises'
import { Agent, EnvHttpProxyAgent } from 'undici'
import type { Dispatcher } from 'undici'
import {
  checkedLookup,
  ForbiddenAddressError,
  isForbiddenAddress,
  refusalOf,
  resolveChecked,
  type Resolve,
} from './guard.ts'

/** How names are read, and what is private. Tests hand in another network. */
export interface Network {
  readonly resolve: Resolve
  isForbidden(address: string): boolean
}

export const REAL_NETWORK: Network = {
  resolve: (name) => lookup(name, { all: true }),
  isForbidden: isForbiddenAddress,
}

export interface GuardedAgent {
  /** For every address but those the owner allows. Requests to forbidden places fail with `ForbiddenAddressError`. */
  readonly guarded: Dispatcher
  /** For those. */
  readonly allowed: Dispatcher
  /** To be awaited before each guarded request. A proxy connects by name: what the name means must be seen before. */
  check(url: URL): Promise<void>
  /** Drops all connections. */
  close(): Promise<void>
}

export interface GuardedAgentOptions {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly network: Network
  readonly connectMs: number
}

/** To one origin at a time. An answer's pictures mostly lie at one. */
const CONNECTIONS = 16
/** Pictures come in bursts; nobody waits for the next one. */
const KEEP_ALIVE_MS = 10_000
/** The machine itself is never behind a proxy. */
const ALWAYS_DIRECT = 'localhost,127.0.0.1,::1,[::1]'

export function createGuardedAgent({ env, network, connectMs }: GuardedAgentOptions): GuardedAgent {
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const proxies = { httpProxy: read('HTTP_PROXY'), httpsProxy: read('HTTPS_PROXY') }
  const hasProxy = proxies.httpProxy !== '' || proxies.httpsProxy !== ''
  const noProxy = [read('NO_PROXY'), ALWAYS_DIRECT].filter((part) => part !== '').join(',')

  const open = (connect: NonNullable<Agent.Options['connect']>): Dispatcher => {
    const pool = {
      connect,
      connectTimeout: connectMs,
      connections: CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      allowH2: false,
      // The caller's own watch ends what is slow, by the clock it was handed.
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    return hasProxy ? new EnvHttpProxyAgent({ ...pool, ...proxies, noProxy }) : new Agent(pool)
  }

  const allowed = open({ timeout: connectMs })
  // `connect` is for connections we make to the place itself: the proxy, mostly private, is not judged by it.
  const direct = open({ timeout: connectMs, lookup: checkedLookup(network.resolve, network.isForbidden) })
  return {
    allowed,
    guarded: direct.compose(refuseForbidden(network)),
    async check(url) {
      // A direct connection checks the name by itself, and uses what it has checked.
      if (!hasProxy || isNumeric(url)) return
      await resolveChecked(url.hostname, network.resolve, network.isForbidden)
    },
    async close() {
      await Promise.all([allowed.destroy(), direct.destroy()])
    },
  }
}

/** A lookup is never called for an address in numbers: it is seen here, where nothing can pass by. */
function refuseForbidden({ isForbidden }: Network): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const origin = String(options.origin)
    const refusal = URL.canParse(origin) ? refusalOf(new URL(origin), isForbidden) : 'no address'
    if (refusal !== undefined) throw new ForbiddenAddressError(refusal)
    return dispatch(options, handler)
  }
}

function isNumeric({ hostname }: URL): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname)
}
