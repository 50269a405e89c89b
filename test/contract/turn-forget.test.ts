// "Forget me": what is gone afterwards, what stays, and what others keep. Over fakes.

import { expect, test } from 'vitest'
import type { ConversationRef } from '../../src/contract/assistant.ts'
import type { Route } from '../../src/contract/policy.ts'
import { command, policy, route, slashCommand } from '../support/bridge-events.ts'
import {
  openTurns,
  paced,
  setUp,
  type BridgeHarness,
  type HarnessOptions,
} from '../support/bridge-harness.ts'
import { press, tokenOf } from '../support/bridge-people.ts'
import { at, completed, createGate, delta, says, started, wait } from '../support/scripted-assistant.ts'

const again = { suggestions: false, stop: false, again: true, thumbs: false, listen: false } as const
const routed = (overrides: Partial<Route> = {}): HarnessOptions => ({
  policy: policy({ routes: [route(overrides)] }),
})

function clears(h: BridgeHarness): readonly string[] {
  const cleared: string[] = []
  Object.assign(h.assistant.assistant, {
    clear: ({ conversationId }: ConversationRef) => Promise.resolve(void cleared.push(conversationId)),
  })
  return cleared
}

/** All keys of a namespace. */
async function keysOf(h: BridgeHarness, namespace: string): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const [key] of h.store.keyv(namespace).iterator()) keys.push(key)
  return keys
}

async function forget(h: BridgeHarness, act: Parameters<typeof command>[1] = {}): Promise<void> {
  await h.take(command('forget', act))
  await h.run()
}

test('all of their conversations on the account go, here and at the assistant; others keep theirs', async () => {
  const h = await setUp()
  const cleared = clears(h)
  const group = { chatKind: 'group', chat: 'room', mentionsBot: true } as const
  await h.say('private')
  await h.say('in the room', group)
  await h.say('in a topic', { ...group, thread: 't1' })
  await h.say('me, too', { ...group, user: 'ben' })
  await h.say('somebody like her', { ...group, user: 'joann' })
  await h.run()
  await forget(h)
  expect(h.screen.at(-1)).toBe('forget.done')
  expect(await keysOf(h, 'conversations')).toEqual(['default fake|room||u:ben', 'default fake|room||u:joann'])
  const asked = h.assistant.asked.slice(0, 3).map(({ conversation }) => conversation.conversationId)
  expect([...cleared].sort()).toEqual([...asked].sort())
})

test('the next question begins anew, and "again" finds nothing', async () => {
  const h = await setUp()
  await h.say('one')
  await h.run()
  await forget(h)
  await h.take(command('again'))
  await h.run()
  expect(h.screen.at(-1)).toBe('again.nothing')
  await h.say('two')
  await h.run()
  const [one, two] = h.assistant.asked.map(({ conversation }) => conversation.conversationId)
  expect(two).not.toBe(one)
})

test('said in a group, it goes for the private chat as well, and is answered for them alone', async () => {
  const h = await setUp()
  await h.say('private')
  await h.run()
  const act = { chatKind: 'group', chat: 'room' } as const
  expect(await h.take(slashCommand('forget', act))).toEqual({ show: 'waiting', private: true })
  await h.run()
  expect(await keysOf(h, 'conversations')).toEqual([])
})

test('a private chat is their own also where a chat has one conversation; a group’s stays', async () => {
  const h = await setUp(routed({ conversation: 'per-chat' }))
  await h.say('private', { chat: 'ann' })
  await h.say('to all', { chatKind: 'group', chat: 'room', mentionsBot: true })
  await h.say('another private one', { chat: 'ben', user: 'ben' })
  await h.run()
  await forget(h, { chatKind: 'group', chat: 'room' })
  expect(await keysOf(h, 'conversations')).toEqual(['default fake|ben', 'default fake|room'])
})

test('what they chose and what their buttons stand for goes; other people’s stays', async () => {
  const agents = ['default', 'helper']
  const h = await setUp({
    policy: policy({
      agents: { default: { kind: 'bot', bot: '1' }, helper: { kind: 'bot', bot: '2' } },
      routes: [route({ agents, controls: again })],
    }),
  })
  for (const user of ['ann', 'ben']) {
    await h.take(command('agent', { user, chat: user, rest: 'helper' }))
    await h.run()
    await h.say('what?', { user, chat: user })
    await h.run()
  }
  const bens = tokenOf(h, 'control.again')
  const before = await keysOf(h, 'actions')
  await forget(h, { chat: 'ann' })
  expect(await keysOf(h, 'choices')).toEqual(['fake|ben||u:ben'])
  expect(before).toHaveLength(2)
  expect(await keysOf(h, 'actions')).toEqual([bens])
  const [anns = ''] = before.filter((token) => token !== bens)
  expect(await h.take(press(anns, { chat: 'ann' }))).toMatchObject({ notice: { key: 'action.expired' } })
})

test('a reply that runs is stopped, here and elsewhere; questions behind it are dropped without a word', async () => {
  const h = await setUp(paced)
  h.assistant.onAnswer([started, delta('One, two,'), wait(600_000), delta(' three.'), completed])
  await h.say('count')
  await h.say('and again')
  await h.say('count there', { chatKind: 'group', chat: 'room', mentionsBot: true })
  await h.say('mine', { user: 'ben', chat: 'ben' })
  await h.run(5_000)
  await h.take(command('forget'))
  await h.run(10_000)
  expect(h.assistant.cancelled).toHaveLength(2)
  expect(h.assistant.asked.map(({ text }) => text)).not.toContain('and again')
  expect(h.screen.filter((text) => text.endsWith('turn.stopped'))).toHaveLength(2)
  expect(h.screen.at(-1)).toBe('forget.done')
  expect((await h.journal.open()).map(({ asked }) => asked.sender.id)).toEqual(['ben'])
  expect(await keysOf(h, 'conversations')).toEqual(['default fake|ben||u:ben'])
  await h.take(command('again'))
  await h.run(5_000)
  expect(h.screen.at(-1)).toBe('again.nothing')
})

test('a question that waits for their answer is closed', async () => {
  const h = await setUp()
  h.assistant.onAnswer([
    started,
    {
      kind: 'toolCalls',
      handle: { chat: 't' },
      calls: [{ id: '1', kind: 'ask', name: 'ask', argumentsJson: '{}' }],
    },
  ])
  await h.say('book a table')
  await h.run()
  expect(await openTurns(h)).toBe(1)
  await forget(h)
  await h.run(5_000)
  expect(await openTurns(h)).toBe(0)
  expect(h.screen.at(-1)).toBe('forget.done')
})

test('a question whose thread is still being opened is dropped, too', async () => {
  const h = await setUp({ opensThreads: true, ...routed({ threads: 'open' }) })
  const gate = createGate()
  h.platform.fail('thread', { kind: 'hang' })
  h.assistant.onAnswer([started, at(gate), delta('Yes'), completed])
  await h.say('is it so?', { chatKind: 'group', mentionsBot: true })
  await h.take(command('forget', { chatKind: 'group' }))
  await h.run(60_000)
  gate.open()
  await h.run(5_000)
  expect(h.screen).not.toContain('Yes')
  expect(h.screen.at(-1)).toBe('forget.done')
  expect(await openTurns(h)).toBe(0)
  expect(await keysOf(h, 'conversations')).toEqual([])
})

test('a reply that does not end does not keep what is stored', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), wait(600_000), completed])
  await h.say('count')
  await h.run()
  h.platform.fail('edit', { kind: 'hang' }, 100)
  await h.take(command('forget'))
  await h.run(30_000)
  expect(await keysOf(h, 'conversations')).toEqual([])
  expect(h.screen.at(-1)).toBe('forget.done')
})

test('what they may still ask today stays: forgetting does not refill a budget', async () => {
  const usual = policy()
  const h = await setUp({ policy: policy({ budgets: { ...usual.budgets, questionsPerHour: 1 } }) })
  await h.say('one')
  await h.run()
  await forget(h)
  await h.say('two')
  await h.run()
  expect(h.screen.at(-1)).toBe('budget.spent')
})

test('who was let in stays let in', async () => {
  const access = { direct: 'pairing', groups: 'open', allow: [], deny: [], admins: ['user:boss'] } as const
  const h = await setUp({ policy: policy({ access }) })
  await h.say('hi')
  for await (const [, value] of h.store.keyv('pairings').iterator()) {
    const code: unknown = Reflect.get(Object(value), 'code')
    if (typeof code === 'string') await h.take(command('pair', { user: 'boss', rest: code }))
  }
  await h.run()
  await forget(h)
  await h.say('a question')
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
})

test('an assistant that cannot be reached does not keep us from forgetting', async () => {
  const h = await setUp()
  Object.assign(h.assistant.assistant, { clear: () => Promise.reject(new Error('no route to host')) })
  h.assistant.onAnswer(says('Yes'))
  await h.say('one')
  await h.run()
  await forget(h)
  expect(h.screen.at(-1)).toBe('forget.done')
  expect(await keysOf(h, 'conversations')).toEqual([])
})
