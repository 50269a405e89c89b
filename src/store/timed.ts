// How long does the journal take to write, and how often does the store not take it?

import type { Clock, Metrics } from '../contract/runtime.ts'
import type { Journal } from './journal.ts'

/** What was written comes back unchanged, and fails unchanged. */
export function timedJournal(
  journal: Journal,
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
): Journal {
  return {
    ...journal,
    accept: (record) => timed(journal.accept(record)),
    save: (record, also) => timed(journal.save(record, also)),
    answer: (event, record) => timed(journal.answer(event, record)),
    merge: (from, into) => timed(journal.merge(from, into)),
    finish: (record, options) => timed(journal.finish(record, options)),
  }

  async function timed<T>(writing: Promise<T>): Promise<T> {
    const sinceMs = clock.elapsed()
    try {
      const result = await writing
      metrics.observe('bridge_journal_write_seconds', clock.elapsed() - sinceMs)
      return result
    } catch (error) {
      metrics.count('bridge_journal_errors_total')
      throw error
    }
  }
}
