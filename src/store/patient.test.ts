// Does a reply wait for a store that is away, and no longer than is of use?

import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createPatience } from './patient.ts'
import { StoreError, type StoreProblem } from './store-error.ts'

test.for(['unreachable', 'full', 'occupied'] as const)(
  'waits while it is %s, then goes on',
  async (problem) => {
    const { time, patient } = world()
    let asked = 0
    const answer = patient(() => {
      asked += 1
      return time.clock.elapsed() < start(time) + 5_000
        ? Promise.reject(away(problem))
        : Promise.resolve('there')
    })
    await time.advance(10_000)
    expect(await answer).toBe('there')
    expect(asked).toBeLessThan(20)
  },
)

test.for(['invalid', 'superseded', 'closed', 'damaged'] as const)(
  'does not wait where it is %s',
  async (problem) => {
    const { patient } = world()
    await expect(patient(() => Promise.reject(away(problem)))).rejects.toMatchObject({ problem })
  },
)

test('gives up after a minute, and waits no more before something has succeeded', async () => {
  const { time, patient } = world()
  const first = settle(patient(() => Promise.reject(away('full'))))
  await time.advance(70_000)
  expect(await first).toMatchObject({ problem: 'full' })
  expect(await settle(patient(() => Promise.reject(away('full'))))).toMatchObject({ problem: 'full' })
  expect(await patient(() => Promise.resolve('there'))).toBe('there')
  const later = settle(patient(() => Promise.reject(away('full'))))
  await time.advance(30_000)
  let isOver = false
  void later.then(() => (isOver = true))
  await time.settle()
  expect(isOver).toBe(false)
  await time.advance(40_000)
  await later
})

test('lets go with the signal', async () => {
  const { time, patient, over } = world()
  const answer = settle(patient(() => Promise.reject(away('unreachable'))))
  await time.advance(1_000)
  over.abort(new Error('letting go'))
  expect(await answer).toMatchObject({ message: 'letting go' })
})

function world() {
  const time = createManualClock()
  const over = new AbortController()
  const patient = createPatience({ clock: time.clock, log: createQuietLogger(), signal: over.signal })
  started.set(time, time.clock.elapsed())
  return { time, over, patient }
}

type Time = ReturnType<typeof createManualClock>
const started = new Map<Time, number>()
const start = (time: Time): number => started.get(time) ?? 0

const away = (problem: StoreProblem): StoreError => new StoreError(problem, `it is ${problem}`)

const settle = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)
