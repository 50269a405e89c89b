// Bots among themselves: answered for a while, then not before a person speaks, or an hour has passed.

import { beforeEach, expect, test } from 'vitest'
import { command, message } from '../../../test/support/bridge-events.ts'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import type { AskingEvent } from '../../contract/event.ts'
import { createLoopGuard, type LoopGuard } from './loop-guard.ts'

let time: ReturnType<typeof createManualClock>
let loops: LoopGuard
let said = 0
beforeEach(() => {
  time = createManualClock()
  loops = createLoopGuard(time.clock)
})

const bot = { isBot: true } as const
const another = (more: Parameters<typeof message>[1] = {}): AskingEvent =>
  message(`text ${(said += 1)}`, { user: 'bot', sender: bot, ...more })

/** As the bridge does; whether it is answered. */
function take(event: AskingEvent): boolean {
  loops.hear(event)
  if (loops.stops(event)) return false
  loops.answering(event)
  return true
}

test('after five answers in a row a bot gets no more', () => {
  expect(Array.from({ length: 8 }, () => take(another()))).toEqual([
    ...[true, true, true, true, true],
    ...[false, false, false],
  ])
})

test('several bots in one chat count together; another chat counts for itself', () => {
  for (let n = 0; n < 5; n += 1) take(another({ user: `bot${n}` }))
  expect(take(another({ user: 'bot9' }))).toBe(false)
  expect(take(another({ chat: 'elsewhere' }))).toBe(true)
  expect(take(another({ account: 'other' }))).toBe(true)
})

test('a person who speaks there, to whomever, lets bots speak again', () => {
  for (let n = 0; n < 6; n += 1) take(another())
  take(message('hello all', { user: 'ann', chat: 'elsewhere' }))
  expect(take(another())).toBe(false)
  take(message('hello all', { user: 'ann' }))
  expect(take(another())).toBe(true)
})

test('an hour without an answer does, too', async () => {
  for (let n = 0; n < 5; n += 1) take(another())
  await time.advance(3_599_999)
  expect(take(another())).toBe(false)
  await time.advance(1)
  expect(take(another())).toBe(true)
})

test('the same words of the same bot are answered once a minute', async () => {
  const same = (more: Parameters<typeof message>[1] = {}) =>
    take(message('Sorry, I did not get that.', { user: 'bot', sender: bot, ...more }))
  expect(same()).toBe(true)
  expect(same()).toBe(false)
  expect(same({ user: 'another bot' })).toBe(true)
  expect(same({ chat: 'elsewhere' })).toBe(true)
  await time.advance(60_000)
  expect(same()).toBe(true)
})

test('commands count, and are compared with what was given along', () => {
  const run = (rest: string) => take(command('report', { rest, user: 'bot', sender: bot }))
  expect([run('a'), run('a'), run('b')]).toEqual([true, false, true])
})

test('two pictures without words are not the same', () => {
  const picture = () => take(message('', { user: 'bot', sender: bot }))
  expect([picture(), picture()]).toEqual([true, true])
})

test('an event that is offered again is no second one', () => {
  const event = another()
  expect([take(event), take(event), take(event)]).toEqual([true, true, true])
  expect(Array.from({ length: 5 }, () => take(another()))).toEqual([true, true, true, true, false])
})

test('people may repeat themselves', () => {
  for (let n = 0; n < 20; n += 1) expect(take(message('hi', { user: 'ann' }))).toBe(true)
})

test('says which one is the first that goes unanswered, until bots may speak again', () => {
  for (let n = 0; n < 5; n += 1) take(another())
  expect(loops.stops(another())).toEqual({ first: true })
  expect(loops.stops(another())).toEqual({ first: false })
  take(message('hi', { user: 'ann' }))
  for (let n = 0; n < 5; n += 1) take(another())
  expect(loops.stops(another())).toEqual({ first: true })
})
