// What does a reply do while the store is away? It waits for it, a while: what is not written down could be done twice.

import type { Clock, Logger } from '../contract/runtime.ts'
import type { Conversations } from './conversations.ts'
import type { Files } from './files.ts'
import type { Journal } from './journal.ts'
import { StoreError, type StoreProblem } from './store-error.ts'

export interface PatienceWorld {
  readonly clock: Clock
  readonly log: Logger
  /** Ends the waiting: the journal, or another process, takes over. */
  readonly signal: AbortSignal
}

/** Runs what asks the store, again while the store is away. Rejects with what it rejects with otherwise, or with the signal's reason. */
export type Patient = <T>(ask: () => Promise<T>) => Promise<T>

/** One outage is waited out for so long in all; then calls fail at once until one succeeds. Our choice: a person's patience. */
const PATIENCE_MS = 60_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

export function createPatience({ clock, log, signal }: PatienceWorld): Patient {
  /** Since when nothing has succeeded. */
  let awaySinceMs: number | undefined
  return async (ask) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      try {
        const answer = await ask()
        awaySinceMs = undefined
        return answer
      } catch (error) {
        if (!isAway(error)) throw error
        awaySinceMs ??= clock.elapsed()
        if (clock.elapsed() - awaySinceMs >= PATIENCE_MS) throw error
        log.debug({ pauseMs }, 'the store is away; a reply waits for it')
        await clock.sleep(pauseMs, signal)
      }
    }
  }
}

/** What a running turn writes; what is being accepted is refused at once, so that the platform offers it again. */
export function patientJournal(journal: Journal, patient: Patient): Journal {
  return {
    ...journal,
    save: (record, also) => patient(() => journal.save(record, also)),
    finish: (record, options) => patient(() => journal.finish(record, options)),
  }
}

export function patientConversations(conversations: Conversations, patient: Patient): Conversations {
  return {
    ...conversations,
    get: (agent, scopeKey) => patient(() => conversations.get(agent, scopeKey)),
    put: (agent, scopeKey, record) => patient(() => conversations.put(agent, scopeKey, record)),
    drop: (agent, scopeKey) => patient(() => conversations.drop(agent, scopeKey)),
  }
}

export function patientFiles(files: Files, patient: Patient): Files {
  return { ...files, get: (print) => patient(() => files.get(print)) }
}

const PASSING: ReadonlySet<StoreProblem> = new Set<StoreProblem>([
  'unreachable',
  'occupied',
  'full',
  'inaccessible',
  'overloaded',
])

/** Whether the same call may succeed later. */
function isAway(error: unknown): boolean {
  return error instanceof StoreError && PASSING.has(error.problem)
}
