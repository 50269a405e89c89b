// What is a store to the rest of the house?

import type { Keyv } from 'keyv'
import type { Clock, Logger } from '../contract/runtime.ts'
import type { Coordination } from './coordination.ts'
import type { News } from './news.ts'

export interface Store {
  /** `redis`: several processes share it. The others belong to one process alone. */
  readonly kind: 'memory' | 'sqlite' | 'redis'
  /** What survives what: one English sentence or two, for `doctor` and the line at the start. */
  readonly promise: string
  /**
   * The records of one namespace; the same object each time. Rejects with `StoreError`; attach no 'error' listener, with one
   * Keyv would turn failures into misses. TTLs in milliseconds, positive or left out. Values as JSON can hold them.
   */
  keyv<Value>(namespace: string): Keyv<Value>
  readonly coordination: Coordination
  readonly news: News
  statistics(): BatchStatistics
  /** Finishes the writes asked for so far and lets go of the file or server. May be called again. */
  close(): Promise<void>
}

export interface BatchStatistics {
  /** Transactions committed: on a file, as many waits for the disk; on Redis, as many round trips. */
  readonly commits: number
  readonly operations: number
}

export interface StoreWorld {
  readonly clock: Clock
  readonly log: Logger
  /** Relative paths begin here. */
  readonly baseDir: string
}
