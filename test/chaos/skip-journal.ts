// Preload: the planted bug. What is accepted is not written: the journal says "stored" and keeps it in memory alone.
//
// A run with it must report lost questions. One that does not has looked away.

import { registerHooks } from 'node:module'

const JOURNAL = /\/src\/store\/journal\.[jt]s$/

/** The same journal, but its `accept` answers without writing. Events are still told apart, as a store would. */
const PLANTED = `
export function createJournal(...given) {
  const journal = createSoundJournal(...given)
  const known = new Set()
  return {
    ...journal,
    async accept(record) {
      if (known.has(record.id) || (await journal.seenBefore(record.id))) return false
      known.add(record.id)
      return true
    },
  }
}
`

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!JOURNAL.test(url)) return loaded
    const source = String(
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array),
    )
    const renamed = source.replace('export function createJournal(', 'function createSoundJournal(')
    if (renamed === source) throw new Error('the planted bug does not fit src/store/journal.ts any more')
    const untyped =
      loaded.format === 'module-typescript' ? PLANTED.replaceAll('...given', '...given') : PLANTED
    return { ...loaded, source: renamed + untyped }
  },
})
