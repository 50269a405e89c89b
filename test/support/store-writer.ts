// A process that writes into a store as fast as it can and prints each key, with a full stop, once it was told that it is stored. For
// test/e2e/store-sigkill.test.ts, which kills it. Ends by itself when nobody reads it any more, or after a minute.

import { createJournal } from '../../src/store/journal.ts'
import { openStore } from '../../src/store/open.ts'
import { createManualClock } from './manual-clock.ts'
import { createQuietLogger } from './quiet-logger.ts'

const [, , path = ''] = process.argv
const log = createQuietLogger()

process.stdout.on('error', () => process.exit(0))
setTimeout(() => process.exit(0), 60_000).unref()

try {
  const store = await openStore(`sqlite:${path}`, { clock: createManualClock().clock, log, baseDir: '/' })
  const journal = createJournal(store, log)
  process.stdout.write('open\n')
  await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)))

  async function write(writer: number): Promise<void> {
    for (let n = 0; ; n++) {
      const key = `${writer}-${n}`
      const written = await store.coordination.accept(
        { namespace: 'journal', key, value: { n } },
        { also: [{ set: { namespace: 'pairs', key }, value: 'x'.repeat(500) }] },
      )
      if (written) process.stdout.write(`${key}.\n`)
      if (n % 50 === 0) await journal.open()
    }
  }
} catch (error) {
  process.stdout.write(`refused ${error instanceof Error ? error.message : String(error)}\n`)
}
