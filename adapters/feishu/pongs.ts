// How often may the server have us ping? Its answers to pings say so, and a wrong one would have us ping without a pause.
import type { Logger } from '../../src/contract/runtime.ts'
import { fieldsOf } from '../common/read.ts'

/** Feishu wants 120 s. Far more often is a fault, far less often leaves a dead line unnoticed. */
const LEAST_MS = 500
const MOST_SECONDS = 600

/** Seconds. */
export function longestPing(seconds: number): number {
  return Math.min(MOST_SECONDS, seconds)
}

/**
 * For a client that has not been started. The SDK takes what the server says as it comes: nothing, zero and more than 24
 * days all mean "at once" to a timer.
 */
export function guardPongs(client: object, log: Logger): void {
  // Border: private in the SDK (1.74.0).
  const config: unknown = Reflect.get(client, 'wsConfig')
  const update: unknown = fieldsOf(config)['updateWs']
  if (typeof config !== 'object' || config === null || typeof update !== 'function') {
    log.warn(
      {},
      'this version of the Feishu SDK keeps its settings elsewhere: what the server says is not looked at',
    )
    return
  }
  Reflect.set(config, 'updateWs', (given: unknown): unknown => {
    const { pingInterval, ...rest } = fieldsOf(given)
    const isSound =
      typeof pingInterval === 'number' && pingInterval >= LEAST_MS && pingInterval <= MOST_SECONDS * 1_000
    return update.call(config, isSound ? { ...rest, pingInterval } : rest) as unknown
  })
}
