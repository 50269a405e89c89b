// Who is let in, and when: never more than there is room for, everybody's first before anybody's second.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createLobby, type LobbyPlace } from './lobby.ts'

const live = new AbortController().signal

function setUp(most: number, expectedWaitMs = 60_000) {
  const time = createManualClock()
  const lobby = createLobby({ assistant: { expectedWaitMs: () => expectedWaitMs }, clock: time.clock, most })
  const inside: { readonly who: string; readonly leave: () => void }[] = []
  const told: (readonly [string, LobbyPlace])[] = []
  const come = (who: string, stop: AbortSignal = live, letGo: AbortSignal = live): Promise<void> =>
    lobby
      .enter({
        account: 'a',
        person: who.slice(0, 1),
        stop,
        letGo,
        tell: async (place) => void told.push([who, place]),
      })
      .then((leave) => void inside.push({ who, leave }))
  return { time, lobby, inside, told, come }
}

test('so many are let in, the next when one has been asked, a new person before anybody’s second', async () => {
  const { time, lobby, inside, come } = setUp(2)
  for (const who of ['a1', 'a2', 'a3', 'a4', 'b1']) void come(who)
  await time.settle()
  expect([inside.map(({ who }) => who), lobby.size]).toEqual([['a1', 'a2'], 3])
  inside[0]?.leave()
  inside[0]?.leave()
  await time.settle()
  inside[1]?.leave()
  await time.settle()
  expect(inside.map(({ who }) => who)).toEqual(['a1', 'a2', 'a3', 'b1'])
})

test('who waits hears their place after a while, and again when they have moved up by a quarter', async () => {
  const { time, inside, told, come } = setUp(1)
  for (const who of ['a1', 'b1', 'c1', 'd1', 'e1']) void come(who)
  await time.advance(5_000)
  expect(told.map(([who, { ahead }]) => [who, ahead])).toEqual([
    ['b1', 1],
    ['c1', 2],
    ['d1', 3],
    ['e1', 4],
  ])
  await time.advance(30_000)
  expect(told).toHaveLength(4)
  inside[0]?.leave()
  await time.advance(5_000)
  expect(told.slice(4).map(([who]) => who)).toEqual(['c1', 'd1'])
})

test('stopped, one goes on at once; let go, one is left to the journal; and nothing stays asleep', async () => {
  const { time, lobby, inside, come } = setUp(1)
  const [stop, letGo] = [new AbortController(), new AbortController()]
  void come('a1')
  void come('b1', stop.signal)
  const left = come('c1', live, letGo.signal)
  await time.settle()
  stop.abort()
  letGo.abort(new Error('stopping'))
  await expect(left).rejects.toThrow('stopping')
  await time.settle()
  expect(inside.map(({ who }) => who)).toEqual(['a1', 'b1'])
  expect([lobby.size, time.sleepers]).toEqual([0, 0])
})

test('where those inside are busy with something else, others are let in all the same', async () => {
  const { time, lobby, come } = setUp(1, 0)
  for (const who of ['a1', 'b1', 'c1']) void come(who)
  await time.advance(10_000)
  expect(lobby.size).toBe(0)
})

test('everybody gets in, in any order of coming and leaving, and never too many at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }),
      async (most, people) => {
        const { time, inside, come } = setUp(most)
        for (const [n, person] of people.entries()) void come(`${person}${n}`)
        let left = 0
        while (left < people.length) {
          await time.settle()
          expect(inside.length - left).toBeLessThanOrEqual(most)
          inside[left]?.leave()
          left += 1
        }
        expect(inside).toHaveLength(people.length)
      },
    ),
    { numRuns: 30 },
  )
})
