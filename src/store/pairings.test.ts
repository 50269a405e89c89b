// Codes: who gets one, how long it is good, whom it lets in, and how often one may guess.

import { beforeEach, expect, test } from 'vitest'
import { brand } from '../../test/support/bridge-events.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { openStore, type Store } from './open.ts'
import {
  ALPHABET,
  CODE_LASTS_MS,
  createPairings,
  MOST_WAITING,
  MOST_WRONG,
  plainCode,
  type Pairings,
  type Stranger,
} from './pairings.ts'

let time: ReturnType<typeof createManualClock>
let store: Store
let pairings: Pairings
beforeEach(async () => {
  time = createManualClock()
  store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '/' })
  pairings = createPairings(store, time.clock)
  return () => store.close()
})

function stranger(userId: string, account = 'fake'): Stranger {
  return {
    account,
    userId: brand(userId),
    name: `Name of ${userId}`,
    replyTarget: { account, place: { chat: userId } },
    locale: 'en',
  }
}

async function codeOf(userId: string, account?: string): Promise<string> {
  return (await pairings.request(stranger(userId, account)))?.code ?? 'none'
}

const WRONG = 'ZZZZZZZZ'

test('a code is eight characters that nobody takes for one another', async () => {
  const codes = await Promise.all(Array.from({ length: 40 }, (_, n) => codeOf(`user${n}`)))
  expect(new Set(codes).size).toBe(40)
  for (const code of codes) expect(code).toMatch(new RegExp(`^[${ALPHABET}]{8}$`))
  expect(ALPHABET).not.toMatch(/[01IO]/)
})

test('who asks again hears the same code while it is good, and a new one afterwards', async () => {
  const first = await codeOf('ann')
  time.jump(CODE_LASTS_MS - 1)
  expect(await codeOf('ann')).toBe(first)
  time.jump(1)
  expect(await codeOf('ann')).not.toBe(first)
  expect(await pairings.letIn(first)).toBeUndefined()
})

test('two messages at once get one code', async () => {
  const codes = await Promise.all([codeOf('ann'), codeOf('ann'), codeOf('ann')])
  expect(new Set(codes).size).toBe(1)
  expect(await pairings.waiting()).toHaveLength(1)
})

test('a code lets in its person, at their account, once, and for good', async () => {
  const code = await codeOf('ann')
  expect(await pairings.isPaired('fake', brand('ann'))).toBe(false)
  const found = await pairings.letIn(code, 'admin')
  expect(found).toMatchObject({ account: 'fake', userId: 'ann', name: 'Name of ann' })
  expect(await pairings.letIn(code, 'admin')).toBeUndefined()
  time.jump(400 * 24 * 3_600_000)
  expect(await pairings.isPaired('fake', brand('ann'))).toBe(true)
  expect(await pairings.isPaired('other', brand('ann'))).toBe(false)
  expect(await pairings.waiting()).toEqual([])
})

test('of two admins with the same code at once, one lets the person in', async () => {
  const code = await codeOf('ann')
  const found = await Promise.all([pairings.letIn(code, 'a'), pairings.letIn(code, 'b')])
  expect(found.filter((one) => one !== undefined)).toHaveLength(1)
})

test.each([
  ['in small letters', (code: string) => code.toLowerCase()],
  [
    'with blanks and dashes',
    (code: string) => ` ${code.slice(0, 4)}-${code.slice(4, 6)} – ${code.slice(6)}\n`,
  ],
])('a code is understood %s', async (_how, typed) => {
  expect(await pairings.letIn(typed(await codeOf('ann')))).toMatchObject({ userId: 'ann' })
})

test('what is no code is none, whatever else stands in the store', async () => {
  await codeOf('ann')
  for (const odd of ['', 'of fake ann', '__proto__', 'ABCDEFG', 'ABCDEFGHJ', 'ABCDEFG0']) {
    expect(plainCode(odd)).toBe('')
    expect(await pairings.letIn(odd)).toBeUndefined()
  }
})

test('so many strangers of an account may wait, and others wait until there is room', async () => {
  for (let n = 0; n < MOST_WAITING; n += 1) await codeOf(`user${n}`)
  expect(await codeOf('late')).toBe('none')
  expect(await codeOf('user0')).not.toBe('none')
  expect(await codeOf('late', 'other')).not.toBe('none')
  expect(await pairings.waiting()).toHaveLength(MOST_WAITING + 1)
  time.jump(CODE_LASTS_MS)
  expect(await codeOf('late')).not.toBe('none')
})

test('after too many wrong codes an admin has to wait, with a right one, too; others do not', async () => {
  const code = await codeOf('ann')
  for (let n = 0; n < MOST_WRONG; n += 1) await pairings.letIn(WRONG, 'guesser')
  expect(await pairings.letIn(code, 'guesser')).toBeUndefined()
  time.jump(3_600_000)
  const again = await codeOf('ann')
  expect(await pairings.letIn(again, 'guesser')).toMatchObject({ userId: 'ann' })
})

test('one wrong code fewer, and the right one works; right codes are not counted', async () => {
  for (let n = 0; n < MOST_WRONG - 1; n += 1) await pairings.letIn(WRONG, 'admin')
  for (let n = 0; n < 12; n += 1)
    expect(await pairings.letIn(await codeOf(`user${n}`), 'admin')).toBeDefined()
  for (let n = 0; n < 2 * MOST_WRONG; n += 1) await pairings.letIn(WRONG)
  expect(await pairings.letIn(await codeOf('ann'))).toBeDefined()
})

test('who was let in can be put out again; of them no name is kept', async () => {
  await pairings.letIn(await codeOf('ann'))
  expect(await pairings.paired()).toEqual([{ account: 'fake', userId: 'ann', pairedAtMs: time.clock.now() }])
  expect(await pairings.remove('fake', brand('ann'))).toBe(true)
  expect(await pairings.remove('fake', brand('ann'))).toBe(false)
  expect(await pairings.isPaired('fake', brand('ann'))).toBe(false)
})

test('codes and people survive a restart', async () => {
  const code = await codeOf('ann')
  pairings = createPairings(store, time.clock)
  expect(await pairings.letIn(code)).toBeDefined()
  expect(await createPairings(store, time.clock).isPaired('fake', brand('ann'))).toBe(true)
})
