// How do many operations share one round trip, in the order they were asked for?
//
// 1. `run` queues an operation. One batch is under way at a time; what comes meanwhile is in the next one.
// 2. A batch is one call of the script: all at one instant, each harmed by nothing but itself.
// 3. It carries an end on the server's clock, so that a server that was frozen does not do late what was given up.
//    Refused as late though we still wait (the server's clock was set forward): sent once more.
// 4. It carries a number, so that one whose answer got lost can be sent again: it is done once.

import { randomUUID } from 'node:crypto'
import type { Clock } from '../contract/runtime.ts'
import { toRedisStoreError } from './redis-errors.ts'
import type { RedisLink } from './redis-link.ts'
import { CALL_LASTS_MS } from './redis-link.ts'
import type { BatchStatistics } from './store.ts'
import { StoreError } from './store-error.ts'

export interface RedisQueue {
  /** `words`: what the operation reads (see the script). The result is the script's. */
  run(operation: string, words: readonly string[]): Promise<string>
  /** Does what is queued, and refuses what comes after. */
  close(): Promise<void>
  statistics(): BatchStatistics
}

interface Waiting {
  readonly words: readonly string[]
  resolve(result: string): void
  reject(error: StoreError): void
}

/** The server does nothing else meanwhile: some 10 µs each. */
const MAX_OPERATIONS_PER_BATCH = 128
const MAX_WAITING = 10_000

export function createRedisQueue({
  link,
  base,
  where,
  clock,
}: {
  readonly link: RedisLink
  readonly base: string
  readonly where: string
  readonly clock: Clock
}): RedisQueue {
  /** This open store's, among all processes'. */
  const name = randomUUID()
  let waiting: Waiting[] = []
  let sending: Promise<void> | undefined
  let isClosed = false
  let batches = 0
  let commits = 0
  let operations = 0
  /** Server's time minus ours, at most: the answer was some time under way. */
  let aheadMs: number | undefined

  async function sendAll(): Promise<void> {
    // Whatever is asked for in the same turn of the loop goes together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_OPERATIONS_PER_BATCH)
      waiting = waiting.slice(MAX_OPERATIONS_PER_BATCH)
      await send(batch)
    }
    sending = undefined
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    try {
      const words = batch.flatMap((one) => one.words)
      const id = String(++batches)
      const results = (await apply(id, words)) ?? (await apply(id, words))
      if (results === undefined) throw new StoreError('unreachable', `The store ${where} does not keep time.`)
      commits += 1
      operations += batch.length
      batch.forEach((one, index) => settle(one, results[index] ?? '!'))
    } catch (cause) {
      const error = toRedisStoreError(cause, where)
      for (const one of batch) one.reject(error)
    }
  }

  /** Undefined: it came too late, and nothing was done. */
  async function apply(id: string, words: readonly string[]): Promise<readonly string[] | undefined> {
    const [serverMs, state, ...results] = await link.call((client) => {
      const end = aheadMs === undefined ? '' : String(Math.floor(clock.elapsed() + aheadMs + CALL_LASTS_MS))
      return client.applyOperations(base, [name, id, end, ...words])
    })
    aheadMs = Number(serverMs) - clock.elapsed()
    return state === 'done' ? results : undefined
  }

  function settle(one: Waiting, result: string): void {
    if (result.startsWith('!')) one.reject(toRedisStoreError(new Error(result.slice(1)), where))
    else one.resolve(result)
  }

  return {
    run(operation, words) {
      return new Promise((resolve, reject) => {
        if (isClosed) throw new StoreError('closed', 'The store is closed.')
        if (waiting.length >= MAX_WAITING) {
          throw new StoreError('overloaded', `More than ${MAX_WAITING} writes wait for the store ${where}.`)
        }
        waiting.push({ words: [operation, String(words.length), ...words], resolve, reject })
        sending ??= sendAll()
      })
    },
    async close() {
      isClosed = true
      await sending
    },
    statistics: () => ({ commits, operations }),
  }
}
