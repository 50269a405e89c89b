// What a turn does about each kind of failure, and for how long.

import { expect, test } from 'vitest'
import { failure } from '../../../test/support/scripted-assistant.ts'
import type { FailureKind } from '../../contract/errors.ts'
import { remedyFor, type Situation } from './remedy.ts'
import type { Answering, AskedState, Step } from './step.ts'

const conversation = { conversationId: 'c', userId: 'u' }
const asked: AskedState = { phase: 'asked', conversation, askedAtMs: 0, text: 'hi' }
const answering: Answering = { ...asked, phase: 'answering', handle: { chat: '1' } }
const fresh = { renewed: 0, madeWay: 0, searched: 0 }
const situation = (overrides: Partial<Situation> = {}): Situation => ({
  state: asked,
  from: { do: 'ask' },
  tries: fresh,
  isCommand: false,
  somethingStands: false,
  recovered: true,
  ...overrides,
})

const unknown = { outcome: 'unknown' } as const

test('a reply lost while it is answered is followed', () => {
  expect(remedyFor(failure('lost', unknown), situation({ state: answering }))).toMatchObject({
    do: 'search',
    step: { do: 'follow', answering },
    pauseMs: 0,
  })
})

test('a question lost on its way is looked for before it is asked again', () => {
  expect(remedyFor(failure('lost', unknown), situation())).toMatchObject({
    do: 'search',
    step: { do: 'look', asked },
  })
})

test('a question that surely was not sent is not looked for', () => {
  expect(remedyFor(failure('unavailable'), situation())).toMatchObject({ do: 'tell' })
})

test('looking goes on with growing pauses, about ten minutes in all, and then the person is told', () => {
  let tries = fresh
  let waitedMs = 0
  const pauses: number[] = []
  for (;;) {
    const remedy = remedyFor(failure('unavailable'), situation({ from: { do: 'look', asked }, tries }))
    if (remedy.do !== 'search') {
      expect(remedy).toEqual({ do: 'tell', notice: { key: 'failure.unavailable' } })
      break
    }
    pauses.push(remedy.pauseMs)
    waitedMs += remedy.pauseMs
    tries = { ...tries, searched: tries.searched + 1 }
  }
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(waitedMs).toBeGreaterThan(8 * 60_000)
  expect(waitedMs).toBeLessThan(15 * 60_000)
})

test('what following gives up on is over', () => {
  const from = { do: 'follow', answering } as const
  expect(
    remedyFor(failure('lost', unknown), situation({ state: answering, from, somethingStands: true })),
  ).toEqual({ do: 'tell', notice: { key: 'failure.brokenOff' } })
})

test('a conversation that is gone is renewed once, and never when its reply is gone with it', () => {
  expect(remedyFor(failure('gone'), situation())).toEqual({ do: 'renew' })
  expect(remedyFor(failure('gone'), situation({ tries: { ...fresh, renewed: 1 } }))).toMatchObject({
    do: 'tell',
  })
  const from = { do: 'follow', answering } as const
  expect(remedyFor(failure('gone'), situation({ state: answering, from }))).toMatchObject({ do: 'tell' })
})

test('an occupied conversation is waited for, and not for ever', () => {
  expect(remedyFor(failure('occupied'), situation())).toEqual({ do: 'makeWay' })
  expect(remedyFor(failure('occupied'), situation({ tries: { ...fresh, madeWay: 30 } }))).toEqual({
    do: 'tell',
    notice: { key: 'failure.busy' },
  })
})

test.each<FailureKind>([
  'rejected',
  'denied',
  'misconfigured',
  'quota',
  'too-long',
  'refused',
  'unsupported',
  'cancelled',
  'garbled',
])('%s is told, whatever step it met', (kind) => {
  for (const from of [{ do: 'ask' }, { do: 'look', asked }, { do: 'follow', answering }] as const) {
    expect(remedyFor(failure(kind, unknown), situation({ state: answering, from })).do).toBe('tell')
  }
})

test('told to come back later, whoever looks for a question does; who asked is told', () => {
  const remedyAt = (from: Step) =>
    remedyFor(failure('rate-limited', { ...unknown, retryAfterMs: 45_000 }), situation({ from }))
  expect(remedyAt({ do: 'look', asked })).toMatchObject({ do: 'search', pauseMs: 45_000 })
  expect(remedyAt({ do: 'ask' }).do).toBe('tell')
})

test('somebody at the screen hears within half a minute what a restart may search for ten', () => {
  const pausesMs = (recovered: boolean): number => {
    let sumMs = 0
    for (let searched = 0; ; searched += 1) {
      const remedy = remedyFor(
        failure('unavailable', unknown),
        situation({ from: { do: 'look', asked }, tries: { ...fresh, searched }, recovered }),
      )
      if (remedy.do !== 'search') return sumMs
      sumMs += remedy.pauseMs
    }
  }
  expect(pausesMs(false)).toBe(31_000)
  expect(pausesMs(true)).toBeGreaterThan(500_000)
})
