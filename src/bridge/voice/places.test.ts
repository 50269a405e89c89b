import { expect, test } from 'vitest'
import { createPlaces } from './places.ts'

const never = new AbortController().signal
const tooMany = (): Error => new Error('too many')

function job() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { work: () => promise, end: () => resolve(undefined) }
}

test('as many as there are places at once, the others in order', async () => {
  const places = createPlaces(2, 10, tooMany)
  const begun: number[] = []
  const jobs = [job(), job(), job(), job()]
  const all = jobs.map(({ work }, index) =>
    places.within(async () => {
      begun.push(index)
      await work()
      return index
    }, never),
  )
  await settle()
  expect(begun).toEqual([0, 1])
  jobs[1]!.end()
  await settle()
  expect(begun).toEqual([0, 1, 2])
  for (const { end } of jobs) end()
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3])
})

test('a place is free again after a failure', async () => {
  const places = createPlaces(1, 10, tooMany)
  await expect(places.within(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
  expect(await places.within(async () => 'yes', never)).toBe('yes')
})

test('who stops waiting leaves the others their order, and no place is lost', async () => {
  const places = createPlaces(1, 10, tooMany)
  const stop = new AbortController()
  const first = job()
  const one = places.within(first.work, never)
  const two = places.within(async () => 'two', stop.signal)
  const three = places.within(async () => 'three', never)
  stop.abort(new Error('gone'))
  await expect(two).rejects.toThrow('gone')
  first.end()
  await one
  expect(await three).toBe('three')
  expect(await places.within(async () => 'four', never)).toBe('four')
  await expect(places.within(async () => 'five', stop.signal)).rejects.toThrow('gone')
})

test('too many are turned away at once', async () => {
  const places = createPlaces(1, 1, tooMany)
  const first = job()
  const one = places.within(first.work, never)
  const two = places.within(async () => 'two', never)
  await expect(places.within(async () => 'three', never)).rejects.toThrow('too many')
  first.end()
  await one
  expect(await two).toBe('two')
})

async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
