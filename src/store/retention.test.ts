// What people go on with is kept; what nobody uses for so long is forgotten, by itself.

import { beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createChoices } from './choices.ts'
import { createConversations } from './conversations.ts'
import { createForgetting } from './forgetting.ts'
import { openStore, type Store } from './open.ts'

const DAY_MS = 24 * 3_600_000
let time: ReturnType<typeof createManualClock>
let store: Store
beforeEach(async () => {
  time = createManualClock()
  store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '/' })
  return () => store.close()
})

const keeping = (conversationsDays = 10) => ({ clock: time.clock, retention: { conversationsDays } })
const talk = (conversationId: string) => ({
  conversation: { conversationId, userId: 'u' },
  createdAtMs: time.clock.now(),
  usedAtMs: time.clock.now(),
})

test('a conversation is there for as long as it may be unused, and gone a little later', async () => {
  const conversations = createConversations(store, keeping())
  await conversations.put('a', 's', talk('1'))
  await store.coordination.commit([conversations.write('a', 'written', talk('2'))])
  time.jump(10 * DAY_MS)
  const left = []
  for await (const [key] of store.keyv('conversations').iterator()) left.push(key)
  expect(left).toEqual(['a s', 'a written'])
  time.jump(DAY_MS)
  expect(await conversations.get('a', 's')).toBeUndefined()
  expect(await conversations.get('a', 'written')).toBeUndefined()
})

test('a use renews it, with all that is kept with it', async () => {
  const conversations = createConversations(store, keeping())
  const began = { ...talk('1'), parameters: { city: 'Berlin' } }
  await conversations.put('a', 's', began)
  for (let day = 0; day < 60; day += 9) {
    time.jump(9 * DAY_MS)
    expect(await conversations.get('a', 's')).toMatchObject({
      conversation: began.conversation,
      createdAtMs: began.createdAtMs,
      parameters: { city: 'Berlin' },
    })
  }
})

test('a chat that moves takes the time that is left along', async () => {
  const conversations = createConversations(store, keeping())
  await conversations.put('a', 'old', talk('1'))
  time.jump(9 * DAY_MS)
  await conversations.move(() => 'new')
  time.jump(2 * DAY_MS)
  expect(await conversations.get('a', 'new')).toBeUndefined()
})

test('what was kept for ever by an earlier version is found once more, unless it is too old', async () => {
  await createConversations(store).put('a', 's', talk('1'))
  await store.keyv('choices').set('s', 'helper')
  time.jump(5 * DAY_MS)
  expect(await createConversations(store, keeping()).get('a', 's')).toMatchObject({
    conversation: { conversationId: '1' },
  })
  expect(await createChoices(store, keeping()).get('s')).toBe('helper')
  time.jump(11 * DAY_MS)
  expect(await createConversations(store, keeping()).get('a', 's')).toBeUndefined()
  expect(await createChoices(store, keeping()).get('s')).toBeUndefined()
  const old = { ...talk('2'), usedAtMs: time.clock.now() - 11 * DAY_MS }
  await createConversations(store).put('a', 'old', old)
  expect(await createConversations(store, keeping()).get('a', 'old')).toBeUndefined()
})

test('the agent people chose is kept like their conversation', async () => {
  const choices = createChoices(store, keeping())
  await choices.put('s', 'helper')
  time.jump(9 * DAY_MS)
  expect(await choices.get('s')).toBe('helper')
  time.jump(9 * DAY_MS)
  expect(await choices.get('s')).toBe('helper')
  time.jump(11 * DAY_MS)
  expect(await choices.get('s')).toBeUndefined()
})

test('forgetting deletes what is theirs, in all rooms, and names the conversations', async () => {
  const conversations = createConversations(store)
  const choices = createChoices(store)
  const actions = store.keyv('actions')
  for (const scope of ['mine/1', 'mine/2', 'other']) {
    await conversations.put('a b', scope, talk(scope))
    await choices.put(scope, 'helper')
    await actions.set(`token ${scope}`, { owner: scope.slice(0, 4), text: 'what was asked' })
  }
  const gone = await createForgetting(store).forget('me', {
    isTheirScope: (scope) => scope.startsWith('mine/'),
    isTheirButton: ({ owner }) => owner === 'mine',
  })
  expect(gone.map(({ conversationId }) => conversationId)).toEqual(['mine/1', 'mine/2'])
  for (const scope of ['mine/1', 'mine/2']) {
    expect(await conversations.get('a b', scope)).toBeUndefined()
    expect(await choices.get(scope)).toBeUndefined()
    expect(await actions.get(`token ${scope}`)).toBeUndefined()
  }
  expect(await conversations.get('a b', 'other')).toBeDefined()
  expect(await choices.get('other')).toBe('helper')
  expect(await actions.get('token other')).toBeDefined()
})

test('who asks to be forgotten again and again at once is served twice, and what came between goes, too', async () => {
  const conversations = createConversations(store)
  const forgetting = createForgetting(store)
  let looks = 0
  const all = {
    isTheirScope: () => {
      looks += 1
      return true
    },
    isTheirButton: () => true,
  }
  await conversations.put('a', 's', talk('1'))
  const first = forgetting.forget('me', all)
  await conversations.put('a', 's', talk('2'))
  const more = Array.from({ length: 20 }, () => forgetting.forget('me', all))
  await Promise.all([first, ...more])
  expect(await conversations.get('a', 's')).toBeUndefined()
  expect(looks).toBeLessThanOrEqual(2)
  expect(await forgetting.forget('me', all)).toEqual([])
})
