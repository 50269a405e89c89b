// Is Coze there, as far as the line of questions and /readyz are concerned?

import type { Health } from '../contract/platform.ts'
import { awayFailure } from './client.ts'
import type { CozeClient } from './client.ts'
import type { Upstream } from './limiter.ts'

/** Who stands in line is kept there through an outage of so long; they see their place meanwhile. Our choice. */
const LINE_PATIENCE_MS = 60_000

export function upstreamOf({ circuit, clock }: CozeClient): Upstream {
  return {
    get isUp() {
      return circuit.isClosed
    },
    awayMs: () => (circuit.mayGo ? 0 : Math.max(1, circuit.nextTryInMs())),
    hopeless() {
      const sinceMs = circuit.downSinceMs
      if (sinceMs === undefined || circuit.mayGo) return undefined
      if (clock.elapsed() - sinceMs < LINE_PATIENCE_MS) return undefined
      return awayFailure('waiting for the upstream limit', circuit)
    },
  }
}

export function healthOf({ circuit, clock }: CozeClient): Health {
  const { downSinceMs } = circuit
  if (downSinceMs === undefined) return { state: 'up' }
  const seconds = Math.round((clock.elapsed() - downSinceMs) / 1_000)
  return { state: 'down', because: `Coze cannot be reached, for ${seconds} s now` }
}
