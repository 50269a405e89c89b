// Conversations, actions, adapters' memory and the salt: the small rooms on top of a store.

import { beforeEach, describe, expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createActions, createToken } from './actions.ts'
import { createConversations } from './conversations.ts'
import { createMemory } from './memory.ts'
import type { Store } from './open.ts'
import { openStore } from './open.ts'
import { readSalt } from './salt.ts'

const time = createManualClock()
let store: Store
beforeEach(async () => {
  store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '/' })
  return () => store.close()
})

describe('conversations', () => {
  test('are kept apart by agent and scope, and dropped alone', async () => {
    const conversations = createConversations(store)
    await conversations.put('a', 'b c', talk('1'))
    await conversations.put('a b', 'c', talk('2'))
    expect(await conversations.get('a', 'b c')).toEqual(talk('1'))
    await conversations.drop('a', 'b c')
    expect(await conversations.get('a', 'b c')).toBeUndefined()
    expect(await conversations.get('a b', 'c')).toEqual(talk('2'))
  })

  test('follow a chat that got another id, in one commit; the one used last stays', async () => {
    const conversations = createConversations(store)
    await conversations.put('x y', 'old/1', talk('1', 10))
    await conversations.put('x y', 'old/2', talk('2', 10))
    await conversations.put('x y', 'new/2', talk('newer', 20))
    await conversations.put('x y', 'other/3', talk('3'))
    const before = store.statistics().commits
    expect(await conversations.move((scope) => scope.replace(/^old\//, 'new/'))).toBe(2)
    expect(store.statistics().commits - before).toBe(1)
    expect(await conversations.get('x y', 'old/1')).toBeUndefined()
    expect(await conversations.get('x y', 'new/1')).toEqual(talk('1', 10))
    expect(await conversations.get('x y', 'new/2')).toEqual(talk('newer', 20))
    expect(await conversations.get('x y', 'other/3')).toEqual(talk('3'))
  })

  test('can be written together with the end of a turn', async () => {
    const conversations = createConversations(store)
    await store.coordination.commit([conversations.write('a', 's', talk('1'))])
    expect(await conversations.get('a', 's')).toEqual(talk('1'))
  })
})

describe('actions', () => {
  test('give a meaning to one of many who press at once', async () => {
    const actions = createActions(store)
    const token = createToken()
    await actions.put(token, { do: 'again' }, 60_000)
    const taken = await Promise.all([1, 2, 3].map(() => actions.take(token)))
    expect(taken.filter((meaning) => meaning !== undefined)).toEqual([{ do: 'again' }])
    expect(await actions.get(token)).toBeUndefined()
  })

  test('run out', async () => {
    const actions = createActions(store)
    await actions.put('t', { do: 'stop' }, 1_000)
    expect(await actions.get('t')).toEqual({ do: 'stop' })
    time.jump(1_000)
    expect(await actions.take('t')).toBeUndefined()
  })

  test('have tokens that fit every platform and do not repeat', () => {
    const tokens = new Set(Array.from({ length: 1_000 }, createToken))
    expect(tokens.size).toBe(1_000)
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/)
  })
})

test("an adapter's memory is its account's own, and forgets in time", async () => {
  const [first, second] = [createMemory(store, 'sales'), createMemory(store, 'sales x')]
  await first.set('x last', 7)
  await first.set('brief', { id: '1' }, 1_000)
  expect(await second.get('last')).toBeUndefined()
  expect(await first.get('x last')).toBe(7)
  time.jump(1_000)
  expect(await first.get('brief')).toBeUndefined()
  await first.delete('x last')
  expect(await first.get('x last')).toBeUndefined()
})

test('the salt is made once, also when several ask at once', async () => {
  const salts = await Promise.all([readSalt(store), readSalt(store), readSalt(store)])
  expect(new Set([...salts, await readSalt(store)]).size).toBe(1)
  expect(Buffer.from(salts[0], 'base64url')).toHaveLength(32)
})

function talk(conversationId: string, usedAtMs = 5) {
  return { conversation: { conversationId, userId: 'u' }, createdAtMs: 1, usedAtMs }
}
