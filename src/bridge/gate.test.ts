// Do many share a few places fairly?
import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

const never = new AbortController().signal
const tooMany = (): Error => new Error('too many')

function job() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { work: () => promise, end: () => resolve(undefined) }
}

test('as many as there are places at once, the others in order', async () => {
  const gate = createGate(2, { waiting: 10, tooMany })
  const begun: number[] = []
  const jobs = [job(), job(), job(), job()]
  const all = jobs.map(({ work }, index) =>
    gate(never, async () => {
      begun.push(index)
      await work()
      return index
    }),
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
  const gate = createGate(1, { waiting: 10, tooMany })
  await expect(gate(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate(never, async () => 'yes')).toBe('yes')
})

test('who stops waiting leaves the others their order, and no place is lost', async () => {
  const gate = createGate(1, { waiting: 10, tooMany })
  const stop = new AbortController()
  const first = job()
  const one = gate(never, first.work)
  const two = gate(stop.signal, async () => 'two')
  const three = gate(never, async () => 'three')
  stop.abort(new Error('gone'))
  await expect(two).rejects.toThrow('gone')
  first.end()
  await one
  expect(await three).toBe('three')
  expect(await gate(never, async () => 'four')).toBe('four')
  await expect(gate(stop.signal, async () => 'five')).rejects.toThrow('gone')
})

test('too many are turned away at once', async () => {
  const gate = createGate(1, { waiting: 1, tooMany })
  const first = job()
  const one = gate(never, first.work)
  const two = gate(never, async () => 'two')
  await expect(gate(never, async () => 'three')).rejects.toThrow('too many')
  first.end()
  await one
  expect(await two).toBe('two')
})

async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
