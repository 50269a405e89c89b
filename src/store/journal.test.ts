// Is every event asked once, and none lost, through accept, merge, finish and a restart?

import { beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { ChatId, EventId, SenderId } from '../contract/event.ts'
import type { TurnRecord } from '../contract/turn.ts'
import type { Journal } from './journal.ts'
import { createJournal } from './journal.ts'
import type { Store } from './open.ts'
import { openStore } from './open.ts'

const time = createManualClock()
const log = createQuietLogger()
let store: Store
let journal: Journal
beforeEach(async () => {
  store = await openStore('memory:', { clock: time.clock, log, baseDir: '/' })
  journal = createJournal(store, log)
  return () => store.close()
})

test('accepts an event once, while it is open and after it was finished', async () => {
  expect(await journal.seenBefore(id('a'))).toBe(false)
  expect(await journal.accept(turn('a'))).toBe(true)
  expect(await journal.accept(turn('a'))).toBe(false)
  expect(await journal.seenBefore(id('a'))).toBe(true)
  await journal.finish(turn('a'))
  expect(await journal.open()).toEqual([])
  expect(await journal.accept(turn('a'))).toBe(false)
  expect(await journal.seenBefore(id('a'))).toBe(true)
})

test('remembers for two days what it has seen', async () => {
  await journal.accept(turn('a'))
  await journal.finish(turn('a'))
  time.jump(48 * 3_600_000 - 1)
  expect(await journal.seenBefore(id('a'))).toBe(true)
  time.jump(1)
  expect(await journal.seenBefore(id('a'))).toBe(false)
})

test('keeps nothing of a finished turn but its id', async () => {
  const record = turn('a', { asked: { ...turn('a').asked, text: 'a private matter' } })
  await journal.accept(record)
  await journal.finish(record)
  expect(await store.keyv('journal').has('a')).toBe(false)
  expect(await store.keyv('seen').get('a')).toBe(1)
})

test('finds open turns in the order they were accepted, as they were last saved', async () => {
  await Promise.all(
    [turn('c', { seq: 3 }), turn('a', { seq: 20 }), turn('b', { seq: 1 })].map(journal.accept),
  )
  const answering: TurnRecord = turn('c', {
    seq: 3,
    state: { phase: 'asked', conversation: { conversationId: '1', userId: 'u' }, askedAtMs: 5, text: 'hi' },
  })
  await journal.save(answering)
  expect(await journal.open()).toEqual([turn('b', { seq: 1 }), answering, turn('a', { seq: 20 })])
})

test('merges questions in one commit: the joined ones are gone from the journal and seen', async () => {
  await Promise.all([turn('a'), turn('b')].map(journal.accept))
  const into = turn('b', { joined: [id('a'), id('never-stored')] })
  await journal.merge([turn('a'), turn('b')], into)
  expect(await journal.open()).toEqual([into])
  expect(await journal.accept(turn('a'))).toBe(false)
  expect(await journal.accept(turn('never-stored'))).toBe(false)
  expect(await store.keyv('seen').has('b')).toBe(false)
})

test('writes what belongs to the end of a turn in the same commit', async () => {
  await journal.accept(turn('a'))
  const before = store.statistics().commits
  await journal.finish(turn('a', { joined: [id('b')] }), {
    also: [{ set: { namespace: 'conversations', key: 'k' }, value: 1 }],
  })
  expect(store.statistics().commits - before).toBe(1)
  expect(await store.keyv('conversations').get('k')).toBe(1)
  expect(await journal.seenBefore(id('b'))).toBe(true)
})

test('tells one of many that an event without a turn is new, and none while a turn is open for it', async () => {
  const told = await Promise.all([1, 2, 3].map(() => journal.markSeen(id('life'))))
  expect(told).toEqual([true, false, false])
  await journal.accept(turn('a'))
  expect(await journal.markSeen(id('a'))).toBe(false)
})

test('leaves a turn of another version where it is, and says so', async () => {
  await store.keyv('journal').set('future', { version: 2, secret: 'x' })
  await journal.accept(turn('a'))
  expect(await journal.open()).toEqual([turn('a')])
  expect(await store.keyv('journal').has('future')).toBe(true)
  expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { turn: 'future' } })
})

const id = (text: string): EventId => text as EventId

function turn(name: string, changes: Partial<TurnRecord> = {}): TurnRecord {
  return {
    version: 1,
    id: id(name),
    seq: 1,
    acceptedAtMs: 1_000,
    scopeKey: 'telegram/1/user/2',
    agent: 'default',
    asked: {
      address: { account: 'telegram', chatId: '1' as ChatId },
      chatKind: 'direct',
      sender: { id: '2' as SenderId, isBot: false },
      replyTarget: { account: 'telegram', place: {} },
      text: '你好',
      attachments: [],
      sentAtMs: 999,
    },
    joined: [],
    state: { phase: 'accepted' },
    parts: [],
    ...changes,
  }
}
