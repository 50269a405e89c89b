// What the circuit promises: nobody hammers a dead house, one goes first, and everybody goes again when it lives.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createCircuit, DEFAULT_CIRCUIT, type Pass } from './circuit.ts'

const live = new AbortController().signal

function setUp() {
  const time = createManualClock()
  const changes: boolean[] = []
  const circuit = createCircuit(time.clock, DEFAULT_CIRCUIT, (isOpen) => changes.push(isOpen))
  const fail = (times: number): void => {
    for (let n = 0; n < times; n += 1) circuit.tryEnter()?.down()
  }
  return { time, circuit, changes, fail }
}

test('it opens after five failures in a row, and not when one answered in between', () => {
  const { circuit, fail, changes } = setUp()
  fail(4)
  circuit.tryEnter()?.alive()
  fail(4)
  expect(circuit.isClosed).toBe(true)
  fail(1)
  expect(circuit.isClosed).toBe(false)
  expect(changes).toEqual([true])
})

test('failures that lie far apart do not open it', async () => {
  const { circuit, time } = setUp()
  for (let n = 0; n < 20; n += 1) {
    circuit.tryEnter()?.down()
    await time.advance(10_000)
  }
  expect(circuit.isClosed).toBe(true)
})

test('open, nobody goes; after the pause exactly one does, and its end decides for the others', async () => {
  const { circuit, time, fail, changes } = setUp()
  fail(5)
  const went: Pass[] = []
  for (let n = 0; n < 10; n += 1)
    void circuit.enter(60_000, live).then((pass) => pass !== undefined && went.push(pass))
  await time.advance(1_999)
  expect(went).toHaveLength(0)
  await time.advance(1)
  expect(went).toHaveLength(1)
  await time.advance(10_000)
  expect(went).toHaveLength(1)
  went[0]?.alive()
  await time.settle()
  expect(went).toHaveLength(10)
  expect(changes).toEqual([true, false])
})

test('each probe that fails doubles the pause, up to ten seconds', async () => {
  const { circuit, time, fail } = setUp()
  fail(5)
  const pauses: number[] = []
  for (let n = 0; n < 7; n += 1) {
    pauses.push(circuit.nextTryInMs())
    await time.advance(circuit.nextTryInMs())
    circuit.tryEnter()?.down()
  }
  expect(pauses).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000])
})

test('what the other side says itself counts where it is longer', async () => {
  const { circuit, time, fail } = setUp()
  fail(4)
  circuit.tryEnter()?.down(90_000)
  expect(circuit.nextTryInMs()).toBe(90_000)
  await time.advance(90_000)
  circuit.tryEnter()?.down(300_000)
  expect(circuit.nextTryInMs()).toBe(300_000)
})

test('a probe we ended ourselves leaves its place to the next', async () => {
  const { circuit, time, fail } = setUp()
  fail(5)
  await time.advance(2_000)
  circuit.tryEnter()?.unknown()
  expect(circuit.tryEnter()).toBeDefined()
  expect(circuit.tryEnter()).toBeUndefined()
})

test('who cannot wait so long hears so at once; who gives up leaves; nothing is left asleep', async () => {
  const { circuit, time, fail } = setUp()
  fail(5)
  expect(await circuit.enter(1_500, live)).toBeUndefined()
  const stop = new AbortController()
  const waiting = circuit.enter(60_000, stop.signal)
  await time.settle()
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await time.settle()
  expect(time.sleepers).toBe(0)
})

test('patience also ends while a probe hangs, and when a failed one makes the pause too long', async () => {
  const { circuit, time, fail } = setUp()
  fail(5)
  await time.advance(2_000)
  const probe = circuit.tryEnter()
  const ends: (readonly [string, number])[] = []
  const noted = (name: string) => (pass: Pass | undefined) =>
    void ends.push([`${name} ${pass === undefined ? 'told' : 'went'}`, time.clock.elapsed()])
  void circuit.enter(5_000, live).then(noted('short'))
  void circuit.enter(9_000, live).then(noted('long'))
  await time.advance(5_000)
  expect(ends).toEqual([['short told', 7_000]])
  probe?.down()
  await time.advance(4_000)
  expect(ends).toEqual([
    ['short told', 7_000],
    ['long told', 7_000 + 4_000 - 4_000],
  ])
})

test('never two probes at once, and nobody waits for ever, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          pauseMs: fc.nat(5_000),
          patienceMs: fc.nat(40_000),
          ends: fc.constantFrom('alive', 'down', 'unknown'),
          lastsMs: fc.nat(3_000),
        }),
        { maxLength: 40 },
      ),
      async (calls) => {
        const { circuit, time, fail } = setUp()
        fail(5)
        let probes = 0
        let settled = 0
        for (const { pauseMs, patienceMs, ends, lastsMs } of calls) {
          void circuit.enter(patienceMs, live).then(async (pass) => {
            settled += 1
            if (pass === undefined) return
            const isProbe = !circuit.isClosed
            probes += isProbe ? 1 : 0
            expect(probes).toBeLessThanOrEqual(1)
            await time.clock.sleep(lastsMs)
            probes -= isProbe ? 1 : 0
            pass[ends]()
          })
          await time.advance(pauseMs)
        }
        await time.advance(200_000)
        expect(settled).toBe(calls.length)
      },
    ),
    { numRuns: 30 },
  )
})
