// Do numbers rise, within a life and from one to the next?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createSequence } from './sequence.ts'

const MOST = 2_147_483_647

test('numbers rise through any lives, as long as time goes on between them', async () => {
  const lives = fc.array(
    fc.record({
      downMs: fc.integer({ min: 1, max: 50_000_000 }),
      waits: fc.array(fc.nat(5_000), { maxLength: 8 }),
    }),
    { maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(lives, async (each) => {
      const time = createManualClock()
      const createdAtMs = time.now()
      let last = 0
      for (const { downMs, waits } of each) {
        const sequence = createSequence(time.clock, createdAtMs)
        for (const waitMs of waits) {
          // A call takes time: no two in one millisecond.
          await time.advance(waitMs + 1)
          const next = sequence.next()
          expect(next).toBeGreaterThan(last)
          expect(next).toBeLessThanOrEqual(MOST)
          last = next
        }
        await time.advance(downMs)
      }
    }),
    { numRuns: 25 },
  )
})

test('numbers rise while the clock goes back', () => {
  const time = createManualClock()
  const sequence = createSequence(time.clock, time.now())
  const first = sequence.next()
  time.jump(-60_000)
  expect([first, sequence.next(), sequence.next()]).toEqual([1, 2, 3])
})

test('a leap is remembered by the next life', () => {
  const time = createManualClock()
  const sequence = createSequence(time.clock, time.now())
  sequence.leap()
  const leapt = sequence.next()
  time.jump(10)
  expect(createSequence(time.clock, time.now() - 10, sequence.aheadMs).next()).toBe(leapt + 10)
})

test('fourteen days fit, leaps and all', () => {
  const time = createManualClock()
  const sequence = createSequence(time.clock, time.now() - 14 * 86_400_000)
  sequence.leap()
  sequence.leap()
  expect(sequence.next()).toBeLessThan(MOST)
})
