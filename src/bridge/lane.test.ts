// One at a time, in order, and nothing begun after the end.

import { expect, test } from 'vitest'
import { createLanes } from './lane.ts'

function setUp() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const lanes = createLanes<string>((turn) => {
    begun.push(turn)
    return new Promise((resolve) => ends.set(turn, resolve))
  })
  const end = async (turn: string): Promise<void> => {
    ends.get(turn)?.()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { lanes, begun, end }
}

test('turns of one lane run one at a time, in order', async () => {
  const { lanes, begun, end } = setUp()
  for (const turn of ['1', '2', '3']) lanes.add('a', turn)
  expect(begun).toEqual(['1'])
  expect(lanes.running('a')).toBe('1')
  expect(lanes.waiting('a')).toEqual(['2', '3'])
  await end('1')
  expect(begun).toEqual(['1', '2'])
  await end('2')
  await end('3')
  expect(begun).toEqual(['1', '2', '3'])
  expect(lanes.size).toBe(0)
  expect(lanes.running('a')).toBeUndefined()
})

test('lanes do not wait for each other', () => {
  const { lanes, begun } = setUp()
  lanes.add('a', '1')
  lanes.add('b', '2')
  expect(begun).toEqual(['1', '2'])
  expect(lanes.size).toBe(2)
})

test('a lane counts what runs and what waits', () => {
  const { lanes } = setUp()
  lanes.add('a', '1')
  lanes.add('a', '2')
  expect(lanes.length('a')).toBe(2)
  expect(lanes.length('b')).toBe(0)
})

test('what waits can be taken out or replaced in its place; what runs cannot', async () => {
  const { lanes, begun, end } = setUp()
  for (const turn of ['1', '2', '3', '4']) lanes.add('a', turn)
  expect(lanes.remove('a', '1')).toBe(false)
  expect(lanes.replace('a', '1', 'x')).toBe(false)
  expect(lanes.remove('a', '2')).toBe(true)
  expect(lanes.remove('a', '2')).toBe(false)
  expect(lanes.replace('a', '3', 'x')).toBe(true)
  await end('1')
  await end('x')
  expect(begun).toEqual(['1', 'x', '4'])
})

test('closing waits for those that run and begins no other', async () => {
  const { lanes, begun, end } = setUp()
  for (const turn of ['1', '2']) lanes.add('a', turn)
  lanes.add('b', '3')
  let isClosed = false
  const closed = lanes.close().then(() => (isClosed = true))
  await end('1')
  expect(isClosed).toBe(false)
  await end('3')
  await closed
  expect(isClosed).toBe(true)
  expect(begun).toEqual(['1', '3'])
  expect(lanes.waiting('a')).toEqual(['2'])
  expect(lanes.unbegun()).toEqual(['2'])
  expect(lanes.size).toBe(1)
})

test('closing idle lanes takes no time', async () => {
  await expect(setUp().lanes.close()).resolves.toBeUndefined()
})

test('a held turn does not begin, nor what stands behind it, before it is released', () => {
  const begun: string[] = []
  const lanes = createLanes<string>(async (turn) => {
    begun.push(turn)
  })
  lanes.addHeld('a', '1')
  lanes.add('a', '2')
  lanes.add('b', '3')
  expect(begun).toEqual(['3'])
  expect(lanes.isHeld('1')).toBe(true)
  expect(lanes.waiting('a')).toEqual(['1', '2'])
  lanes.release('a', '1')
  expect(begun).toEqual(['3', '1'])
  expect(lanes.isHeld('1')).toBe(false)
})

test('what a held turn held up begins when it is taken out', () => {
  const begun: string[] = []
  const lanes = createLanes<string>(async (turn) => {
    begun.push(turn)
  })
  lanes.addHeld('a', '1')
  lanes.add('a', '2')
  expect(lanes.remove('a', '1')).toBe(true)
  expect(begun).toEqual(['2'])
  lanes.addHeld('b', '3')
  lanes.add('b', '4')
  expect(lanes.take((turn) => turn === '3')).toEqual(['3'])
  expect(begun).toEqual(['2', '4'])
})
