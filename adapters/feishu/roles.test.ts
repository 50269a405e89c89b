// Are a person's departments known in time, kept, and done without where they cannot be read?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { FeishuApi } from './api.ts'
import { FeishuAnswerError } from './errors.ts'
import { createRoles, DEPARTMENTS_SCOPE } from './roles.ts'
import type { Fields } from '../common/read.ts'

const WITH = (...department_ids: readonly string[]): Fields => ({
  user: { open_id: 'ou_ann', department_ids },
})

function setUp() {
  const time = createManualClock()
  const log = createQuietLogger()
  const ending = new AbortController()
  const asked: string[] = []
  let answer: () => Promise<Fields> = async () => WITH('od-1')
  const api: FeishuApi = {
    call: (request) => {
      asked.push(`${request.ids?.['user_id'] ?? ''} ${request.query?.['department_id_type'] ?? ''}`)
      return answer()
    },
    download: () => Promise.reject(new Error('no')),
  }
  const roles = createRoles({ account: 'fs', api, clock: time.clock, log, signal: ending.signal })
  return {
    time,
    roles,
    asked,
    ending,
    answers(next: () => Promise<Fields>) {
      answer = next
    },
    warnings: () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
  }
}

test('asked once in ten minutes, by open_department_id', async () => {
  const { time, roles, asked, answers } = setUp()
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
  answers(async () => WITH('od-2'))
  await time.advance(9 * 60_000)
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
  await time.advance(2 * 60_000)
  expect(await roles.of('ou_ann')).toEqual(['od-2'])
  expect(asked).toEqual(Array.from({ length: 2 }, () => 'ou_ann open_department_id'))
  expect(time.sleepers).toBe(0)
})

test('nobody waits longer than 800 ms, and what comes later is there for the next event', async () => {
  const { time, roles, answers } = setUp()
  const came = Promise.withResolvers<Fields>()
  answers(() => came.promise)
  const first = roles.of('ou_ann')
  await time.advance(800)
  expect(await first).toBeUndefined()
  came.resolve(WITH('od-1'))
  await roles.settled()
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
})

test.each([
  ['the call is refused', () => Promise.reject(new FeishuAnswerError(400, { code: 99991672 }))],
  ['the field is hidden', async () => ({ user: { open_id: 'ou_ann' } })],
])('where %s, that is said once, with the scope, and not asked for a while', async (_, answer) => {
  const { time, roles, asked, answers, warnings } = setUp()
  answers(answer)
  expect([await roles.of('ou_ann'), await roles.of('ou_ben')]).toEqual([undefined, undefined])
  expect(asked).toHaveLength(1)
  answers(async () => WITH('od-1'))
  await time.advance(10 * 60_000)
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
  expect(warnings()).toEqual([expect.stringContaining(DEPARTMENTS_SCOPE) as string])
})

test('what was known is used for an hour while the directory does not answer, which is not asked each time', async () => {
  const { time, roles, asked, answers } = setUp()
  await roles.of('ou_ann')
  answers(() => Promise.reject(new Error('down')))
  await time.advance(11 * 60_000)
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
  expect(await roles.of('ou_ann')).toEqual(['od-1'])
  expect(asked).toHaveLength(2)
  await time.advance(60 * 60_000)
  expect(await roles.of('ou_ann')).toBeUndefined()
})

test('an id that is no open_id is not asked about', async () => {
  const { roles, asked } = setUp()
  expect(await roles.of('on_union')).toBeUndefined()
  expect(asked).toEqual([])
})

test('the end does not wait for an answer', async () => {
  const { time, roles, ending, answers } = setUp()
  answers(() => new Promise(() => undefined))
  const waiting = roles.of('ou_ann')
  ending.abort()
  await roles.settled()
  expect(await waiting).toBeUndefined()
  expect(time.sleepers).toBe(0)
})
