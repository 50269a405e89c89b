// What does a running bridge say of itself? Plain data: /status.json gives it as it is, the page draws it. No text of
// anybody, no name; ids of turns are shortened.

import type { Health } from '../../contract/platform.ts'
import type { Series } from './pulse.ts'
import type { ActiveTurns } from './activity.ts'
import type { ConfigNote } from './config-notes.ts'
import type { Fault } from './faults.ts'

export interface StatusReport {
  readonly version: string
  readonly nowMs: number
  readonly startedAtMs: number
  readonly state: 'starting' | 'running' | 'stopping'
  readonly platforms: readonly AccountStatus[]
  readonly coze: CozeStatus
  readonly turns: TurnsStatus
  readonly queue: { readonly lobby: number; readonly coze: number; readonly uploads: number }
  /** Newest first. */
  readonly faults: readonly Fault[]
  /** By account, the last hour. */
  readonly hour: readonly AccountHour[]
  readonly tokens: { readonly sinceStart: number; readonly lastHour: number }
  readonly store: { readonly kind: string; readonly promise: string; readonly fault?: string }
  readonly config: ConfigNote
  readonly process: { readonly residentBytes: number; readonly fault?: string }
}

export interface AccountStatus {
  /** With `#part` where several processes share it. */
  readonly account: string
  /** What is configured, and not served here, another process serves. */
  readonly role: 'serves' | 'stands-by'
  readonly state: Health['state']
  readonly because?: string
  readonly sinceMs: number
}

export interface CozeStatus {
  readonly state: Health['state']
  readonly because?: string
  readonly sinceMs: number
  /** What this process has let go, by the span its limit counts over. */
  readonly limits: readonly { readonly perMs: number; readonly limit: number; readonly calls: number }[]
  /** Since when Coze says that the allowance is used up. Absent: not that we know. */
  readonly quotaGoneSinceMs?: number
  readonly errors: readonly { readonly kind: string; readonly code: string; readonly count: number }[]
  /** Calls are held back, to Coze or to an account, since then. */
  readonly circuits: readonly { readonly upstream: string; readonly sinceMs: number }[]
}

export interface TurnsStatus extends ActiveTurns {
  /** Accepted, their reply not finished. */
  readonly open: number
  /** For a person's answer. */
  readonly waitingForPeople: number
}

export interface AccountHour {
  readonly account: string
  readonly firstText: Series
  readonly reply: Series
  readonly framesSent: number
  readonly framesSkipped: number
  readonly rateLimited: number
  readonly rateLimitedMs: number
}
