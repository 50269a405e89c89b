// Do those who watch hear of a turn's steps in their order, and of nothing that is somebody's own?

import { expect, test } from 'vitest'
import {
  shortTurn,
  watchedByAll,
  type TurnFacts,
  type TurnMark,
  type Watch,
} from '../../src/contract/watch.ts'
import { policy, route } from '../support/bridge-events.ts'
import { setUp } from '../support/bridge-harness.ts'
import { completed, delta, failure, fails, started, wait } from '../support/scripted-assistant.ts'

interface Told {
  readonly facts: TurnFacts
  readonly marks: TurnMark[]
}

function createListener(): { readonly watch: Watch; readonly told: readonly Told[] } {
  const told: Told[] = []
  return {
    told,
    watch: {
      turn(facts) {
        const marks: TurnMark[] = []
        told.push({ facts, marks })
        return { note: (mark) => marks.push(mark) }
      },
    },
  }
}
const names = ({ marks }: Told): readonly string[] => marks.map(({ at }) => at)

test('a question is told from its lane to its last edit', async () => {
  const { watch, told } = createListener()
  const h = await setUp({ watch })
  h.assistant.onAnswer([started, delta('One'), wait(2_000), delta(' two'), completed])
  await h.say('a secret question')
  await h.run(10_000)
  expect(told).toHaveLength(1)
  expect(told[0]!.facts).toMatchObject({
    account: 'fake',
    chatKind: 'direct',
    asks: 'question',
    resumed: false,
  })
  expect(names(told[0]!).filter((name) => name !== 'call')).toEqual([
    'begun',
    'admitted',
    'asking',
    'started',
    'words',
    'heard',
    'delivering',
    'ended',
  ])
  expect(told[0]!.marks.at(-1)).toEqual({ at: 'ended', outcome: 'answered' })
  expect(names(told[0]!).filter((name) => name === 'call').length).toBeGreaterThan(1)
  expect(JSON.stringify(told)).not.toMatch(/secret question|One|Ann/)
})

test('a failure is told with its kind, and that its person got a sentence', async () => {
  const { watch, told } = createListener()
  const h = await setUp({ watch })
  h.assistant.onAnswer([started, fails('refused')])
  await h.say('hello')
  await h.run(10_000)
  expect(told[0]!.marks).toContainEqual(expect.objectContaining({ at: 'failed', kind: 'refused' }))
  expect(told[0]!.marks.at(-1)).toEqual({ at: 'ended', outcome: 'told' })
  expect(failure('refused').kind).toBe('refused')
})

test('who waits behind another is known, and who leaves the line unbegun is heard of no more', async () => {
  const { watch, told } = createListener()
  const h = await setUp({ watch, policy: policy({ routes: [route({ whileBusy: 'merge' })] }) })
  h.assistant.onAnswer([started, wait(5_000), delta('One'), completed])
  await h.say('first')
  await h.run()
  await h.say('second')
  await h.say('third')
  await h.run()
  expect(told.map(names).map((marks) => marks.includes('begun'))).toEqual([true, false, false])
  expect(told[1]!.marks).toEqual([{ at: 'ended', outcome: 'dropped' }])
  await h.run(20_000)
  expect(told[2]!.marks.at(-1)).toEqual({ at: 'ended', outcome: 'answered' })
})

test('who still waits in line when the bridge closes is heard of no more, and counted as open all the same', async () => {
  const { watch, told } = createListener()
  const h = await setUp({ watch })
  h.assistant.onAnswer([started, wait(5_000), delta('One'), completed])
  await h.say('first')
  await h.run()
  await h.say('second')
  await h.run()
  const closed = h.bridge.close()
  await h.run()
  expect(told[1]!.marks).toEqual([])
  await h.run(20_000)
  await closed
  expect(told[0]!.marks.at(-1)).toEqual({ at: 'ended', outcome: 'answered' })
  expect(told[1]!.marks).toEqual([{ at: 'ended', outcome: 'left' }])
  expect(h.bridge.turnsOpen).toBe(1)
})

test('a turn taken up after a restart is told anew', async () => {
  const { watch, told } = createListener()
  const h = await setUp({ watch })
  h.assistant.onAnswer([started, delta('Half'), wait(60_000), completed])
  h.assistant.onFollow([{ kind: 'whole', text: 'Half and whole' }, completed])
  await h.say('hello')
  await h.run(1_000)
  await h.kill()
  await h.run(10_000)
  expect(told.map(({ facts }) => facts.resumed)).toEqual([false, true])
  expect(told[1]!.facts.turn).toBe(told[0]!.facts.turn)
  expect(told[1]!.marks.at(-1)).toEqual({ at: 'ended', outcome: 'answered' })
})

test('several listen to one turn, and nobody costs nothing', () => {
  const [a, b] = [createListener(), createListener()]
  expect(watchedByAll([])).toBeUndefined()
  expect(watchedByAll([a.watch])).toBe(a.watch)
  const facts = {
    turn: 'x:1:2',
    account: 'x',
    chatKind: 'group',
    asks: 'command',
    acceptedAtMs: 0,
    resumed: false,
  }
  watchedByAll([a.watch, b.watch])!
    .turn(facts as TurnFacts)
    .note({ at: 'begun' })
  expect([a.told, b.told].map((told) => told[0]!.marks)).toEqual([[{ at: 'begun' }], [{ at: 'begun' }]])
})

test.each([
  ['telegram:424242:17', 'telegram:…17'],
  ['discord:1100000000000000009:1100000000000000123', 'discord:…00000123'],
  ['odd', 'odd:…'],
])('%s is shortened, so that no chat stands in it', (turn, short) => {
  expect(shortTurn(turn)).toBe(short)
})
