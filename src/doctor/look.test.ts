import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import type { Finding } from '../contract/platform.ts'
import { lookAtAll, type Look, type Progress } from './look.ts'
import { lineOf, progressOn } from './progress.ts'

const fine = (subject: string): Finding => ({ verdict: 'ok', subject, reason: 'is fine' })
const never = new AbortController().signal
const unheard = (): void => undefined

function look(what: string, run: Look['run']): Look {
  return { about: 'machine', what, withinMs: 5_000, run }
}

test('looks are taken side by side, and told in their own order', async () => {
  const { clock, settle } = createManualClock()
  const slow = Promise.withResolvers<readonly Finding[]>()
  const seen: Progress[] = []
  const all = lookAtAll([look('slow', () => slow.promise), look('fast', async () => [fine('fast')])], {
    clock,
    signal: never,
    tell: (progress) => void seen.push(progress),
  })
  await settle()
  expect(seen.at(-1)).toEqual({ done: 1, all: 2, open: ['slow'] })
  slow.resolve([fine('slow')])
  expect((await all).map(({ subject, about }) => `${about} ${subject}`)).toEqual([
    'machine slow',
    'machine fast',
  ])
})

test('a look that hangs, whatever it is told, costs its own finding and nobody else’s', async () => {
  const { clock, advance } = createManualClock()
  let told: AbortSignal | undefined
  const hanging = look('deaf', (signal) => {
    told = signal
    return new Promise(() => undefined)
  })
  const all = lookAtAll([hanging, look('well', async () => [fine('well')])], {
    clock,
    signal: never,
    tell: unheard,
  })
  await advance(5_000)
  expect((await all).map(({ subject, verdict }) => `${verdict} ${subject}`)).toEqual([
    'warning deaf',
    'ok well',
  ])
  expect(told?.aborted).toBe(true)
})

test('a look that throws is a warning with its words', async () => {
  const { clock } = createManualClock()
  const all = await lookAtAll([look('broken', () => Promise.reject(new Error('no way')))], {
    clock,
    signal: never,
    tell: unheard,
  })
  expect(all).toMatchObject([
    { verdict: 'warning', subject: 'broken', reason: expect.stringContaining('no way') as string },
  ])
})

test('whoever is told to stop ends every look', async () => {
  const { clock, settle } = createManualClock()
  const stop = new AbortController()
  const all = lookAtAll([look('long', () => new Promise(() => undefined))], {
    clock,
    signal: stop.signal,
    tell: unheard,
  })
  await settle()
  stop.abort(new Error('stopped'))
  expect(await all).toMatchObject([{ verdict: 'warning', subject: 'long' }])
})

test('progress is one line, no longer than the terminal, and gone at the end', () => {
  const written: string[] = []
  const line = progressOn({ isTTY: true, columns: 30, write: (text) => written.push(text) })
  line.show({ done: 1, all: 3, open: ['Coze', 'a-very-long-account-name'] })
  line.clear()
  line.clear()
  expect(written).toEqual(['\r\u001b[2KLooking: 1 of 3, still at Co…', '\r\u001b[2K'])
  expect(lineOf({ done: 3, all: 3, open: [] }, 80)).toBe('Looking: 3 of 3')
})

test('what is no terminal gets no progress', () => {
  const written: string[] = []
  const line = progressOn({ write: (text) => written.push(text) })
  line.show({ done: 0, all: 1, open: ['x'] })
  line.clear()
  expect(written).toEqual([])
})
