// One of several processes on one Redis, for test/redis/store.test.ts: raises a counter under leases and takes from a window, then
// prints what it got, as JSON. Reading, raising and writing the counter are separate calls: only the lease keeps the others out.

import { openStore } from '../../src/store/open.ts'
import { createQuietLogger } from './quiet-logger.ts'
import { createRealClock } from './real-clock.ts'

const [, , url = '', name = '', rounds = ''] = process.argv
const clock = createRealClock()
const store = await openStore(url, { clock, log: createQuietLogger(), baseDir: '/' })
const { coordination } = store
const counters = store.keyv<number>('counters')
const fences: number[] = []
let taken = 0

while (fences.length < Number(rounds)) {
  const lease = await coordination.lease('counter', name, 10_000)
  if (lease === undefined) {
    await clock.sleep(1)
    continue
  }
  fences.push(lease.fence)
  const count = (await counters.get('n')) ?? 0
  await coordination.commit([{ set: { namespace: 'counters', key: 'n' }, value: count + 1 }], lease)
  await lease.release()
  if ((await coordination.take('shared', [{ calls: 50, perMs: 3_600_000 }])).granted) taken += 1
}
await store.close()
process.stdout.write(JSON.stringify({ fences, taken }))
