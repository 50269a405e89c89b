// Flood limits: what passes, what waits, and what is told.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from './errors.ts'
import { createFlood, floodKindOf, FLOOD_LIMITS } from './flood.ts'

function passes(run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 429) return false
    throw error
  }
}

test('no window ever holds more sends than allowed, whatever the timing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 150 }), (gaps) => {
      const flood = createFlood(FLOOD_LIMITS)
      let nowMs = 0
      const passed: number[] = []
      for (const gap of gaps) {
        nowMs += gap
        const at = nowMs
        if (passes(() => flood.take('send', -5, 1, at))) passed.push(at)
      }
      for (const end of passed) {
        expect(passed.filter((time) => time > end - 60_000 && time <= end).length).toBeLessThanOrEqual(20)
        expect(passed.filter((time) => time > end - 1_000 && time <= end).length).toBeLessThanOrEqual(4)
      }
    }),
  )
})

test('who waits as told is let through', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 60 }), (chats) => {
      const flood = createFlood(FLOOD_LIMITS)
      let nowMs = 0
      for (const chat of chats) {
        for (let tries = 0; ; tries += 1) {
          expect(tries).toBeLessThan(4)
          try {
            flood.take('send', -chat, 1, nowMs)
            break
          } catch (error) {
            nowMs += Number((error as ApiError).parameters?.['retry_after']) * 1000
          }
        }
      }
    }),
  )
})

test('drafts and typing share 20 calls in 5 seconds, apart from sends', () => {
  const flood = createFlood(FLOOD_LIMITS)
  for (let i = 0; i < 20; i += 1) flood.take('draft', 42, 1, i)
  expect(passes(() => flood.take('draft', 42, 1, 100))).toBe(false)
  expect(passes(() => flood.take('draft', 43, 1, 100))).toBe(true)
  expect(passes(() => flood.take('send', 42, 1, 100))).toBe(true)
})

test('methods take from the budget they belong to', () => {
  expect(['sendmessage', 'editmessagetext', 'sendphoto'].map(floodKindOf)).toEqual(['send', 'send', 'send'])
  expect(['sendmessagedraft', 'sendchataction'].map(floodKindOf)).toEqual(['draft', 'draft'])
  expect(['getupdates', 'answercallbackquery', 'editforumtopic'].map(floodKindOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('without limits everything passes', () => {
  const flood = createFlood(undefined)
  expect(Array.from({ length: 500 }, () => passes(() => flood.take('send', 1, 1, 0)))).not.toContain(false)
})
