// What the owner sees of pairing at the machine.

import { beforeEach, expect, test } from 'vitest'
import { brand } from '../../test/support/bridge-events.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { openStore } from '../store/open.ts'
import { createPairings, type Pairings } from '../store/pairings.ts'
import { managePairings, type PairOptions } from './pair.ts'

const { clock } = createManualClock()
let pairings: Pairings
beforeEach(async () => {
  const store = await openStore('memory:', { clock, log: createQuietLogger(), baseDir: '/' })
  pairings = createPairings(store, clock)
  return () => store.close()
})

async function codeOf(user: string, name?: string): Promise<string> {
  const replyTarget = { account: 'telegram', place: {} }
  const who = { account: 'telegram', userId: brand<'SenderId'>(user), replyTarget, locale: 'en' }
  return (await pairings.request(name === undefined ? who : { ...who, name }))?.code ?? ''
}

const run = (code?: string, options: PairOptions = {}) => managePairings(pairings, clock, code, options)

test('lists who waits, with the code and the time that is left, and who was let in', async () => {
  expect((await run()).lines).toEqual(['Nobody waits to be let in.'])
  const ann = await codeOf('1', 'Ann')
  await run(await codeOf('2'))
  expect((await run()).lines).toEqual([
    'Waiting',
    `  ${ann}  Ann (telegram/user:1), 60 min left`,
    'Let in',
    expect.stringMatching(/^ {2}telegram\/user:2, since \d{4}-\d\d-\d\d$/),
  ])
})

test('lets in by a code, as it was typed, and says whom to tell', async () => {
  const code = await codeOf('1', 'Ann')
  const answer = await run(`${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`)
  expect(answer).toMatchObject({
    lines: ['Let in: Ann (telegram/user:1)'],
    exitCode: 0,
    letIn: { userId: '1', replyTarget: { account: 'telegram' } },
  })
  expect(await pairings.isPaired('telegram', brand('1'))).toBe(true)
})

test('says that a code is nobody’s', async () => {
  const answer = await run('ABCDEFGH')
  expect(answer).toMatchObject({ exitCode: 1, lines: [expect.stringContaining('Nobody waits') as string] })
  expect(answer.letIn).toBeUndefined()
})

test('puts out whom it let in, by the name it shows them under', async () => {
  await run(await codeOf('1'))
  expect(await run(undefined, { remove: 'telegram/user:1' })).toMatchObject({ exitCode: 0 })
  expect(await pairings.isPaired('telegram', brand('1'))).toBe(false)
  expect(await run(undefined, { remove: 'telegram/user:1' })).toMatchObject({ exitCode: 1 })
  expect(await run(undefined, { remove: 'user:1' })).toMatchObject({ exitCode: 1 })
})

test('as JSON each fact is a line', async () => {
  const code = await codeOf('1', 'Ann')
  const waiting = (await run(undefined, { json: true })).lines.map((line): unknown => JSON.parse(line))
  expect(waiting).toEqual([
    { kind: 'waiting', account: 'telegram', user: '1', name: 'Ann', code, minutesLeft: 60 },
  ])
  const done = (await run(code, { json: true })).lines.map((line): unknown => JSON.parse(line))
  expect(done).toEqual([{ kind: 'letIn', account: 'telegram', user: '1', name: 'Ann' }])
})

test('a stranger’s name cannot steer the terminal', async () => {
  await codeOf('1', 'A\u001b[2Jn\u0007n\r\n\u202e')
  const [, line = ''] = (await run()).lines
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(line).toContain('(telegram/user:1)')
})
