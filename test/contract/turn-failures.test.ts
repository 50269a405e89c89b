// The assistant or the store fails amid a turn: what does the person see? Over fakes.

import { expect, test } from 'vitest'
import type { FailureKind } from '../../src/contract/errors.ts'
import { command } from '../support/bridge-events.ts'
import { openTurns, paced, setUp } from '../support/bridge-harness.ts'
import {
  at,
  calls,
  completed,
  createGate,
  delta,
  failure,
  fails,
  says,
  started,
  wait,
  whole,
} from '../support/scripted-assistant.ts'

const lost = fails('lost', { outcome: 'unknown' })

// Failures of the assistant

test.each<[FailureKind, string]>([
  ['rate-limited', 'failure.busy'],
  ['rejected', 'failure.owner'],
  ['denied', 'failure.owner'],
  ['misconfigured', 'failure.owner'],
  ['quota', 'failure.quota'],
  ['too-long', 'failure.tooLong'],
  ['refused', 'failure.refused'],
  ['unsupported', 'failure.unsupported'],
  ['unavailable', 'failure.unavailable'],
  ['garbled', 'failure.unavailable'],
])('%s before any text says %s, and the turn is over', async (kind, notice) => {
  const h = await setUp()
  h.assistant.onAnswer([fails(kind)])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual([notice])
  expect(h.assistant.asked).toHaveLength(1)
  expect(await openTurns(h)).toBe(0)
})

test.each<[FailureKind, string]>([
  ['rate-limited', 'failure.brokenOff'],
  ['unavailable', 'failure.brokenOff'],
  ['garbled', 'failure.brokenOff'],
  ['quota', 'failure.quota'],
  ['refused', 'failure.refused'],
])('%s amid the answer keeps what stands and says %s below', async (kind, notice) => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half an answer'), wait(1_000), fails(kind)])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual([`Half an answer\n\n${notice}`])
  expect(await openTurns(h)).toBe(0)
})

test('a conversation that cannot be begun just now is told', async () => {
  const h = await setUp()
  h.assistant.failConversations(failure('unavailable'))
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['failure.unavailable'])
  expect(h.assistant.asked).toHaveLength(0)
})

test('where no conversation may be begun, it is asked without one', async () => {
  const h = await setUp()
  h.assistant.failConversations(failure('denied'))
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['Hello.'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('a defect in the assistant ends in a sentence, not in silence', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half')])
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['Half\n\nfailure.brokenOff'])
  expect(await openTurns(h)).toBe(0)
})

test('a stream lost amid the answer is followed and ends in the same message', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), wait(1_000), lost])
  h.assistant.onFollow([wait(5_000), whole('One two three'), completed])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual(['One two three'])
  expect(h.assistant.followed.map(({ handle }) => handle)).toEqual([{ chat: 'chat-1' }])
  expect(h.assistant.asked).toHaveLength(1)
})

test('a reply the assistant has forgotten is marked as broken off', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), wait(1_000), lost])
  h.assistant.onFollow([fails('gone')])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual(['One\n\nfailure.brokenOff'])
})

test('a question whose asking is unknown is looked for; found, it is followed and not asked again', async () => {
  const h = await setUp()
  h.assistant.onAnswer([lost])
  h.assistant.onFind('found')
  h.assistant.onFollow([whole('There it is.'), completed])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual(['There it is.'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('not found, it is looked for once more, and only then asked again', async () => {
  const h = await setUp()
  h.assistant.onAnswer([lost], says('Second try.'))
  h.assistant.onFind('absent')
  await h.say('?')
  await h.run(1_000)
  expect(h.assistant.finds).toBe(1)
  expect(h.assistant.asked).toHaveLength(1)
  await h.run(60_000)
  expect(h.assistant.finds).toBe(2)
  expect(h.assistant.asked).toHaveLength(2)
  expect(h.screen).toEqual(['Second try.'])
})

test('where nobody can tell, the person is told, and it is never asked twice', async () => {
  const h = await setUp()
  h.assistant.onAnswer([lost])
  h.assistant.onFind('cannotTell')
  await h.say('?')
  await h.run(3_600_000)
  expect(h.screen).toEqual(['failure.cannotTell'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('a question that gets lost again and again is not asked for ever', async () => {
  const h = await setUp()
  h.assistant.onAnswer([lost])
  h.assistant.onFind('absent')
  await h.say('?')
  await h.run(3_600_000)
  expect(h.assistant.asked.length).toBeLessThanOrEqual(4)
  expect(h.screen).toEqual(['failure.unavailable'])
})

test('stop works while the bridge waits to look for a lost question', async () => {
  const h = await setUp()
  h.assistant.onAnswer([lost])
  h.assistant.onFind(failure('unavailable', { outcome: 'unknown' }))
  await h.say('?')
  await h.run(10_000)
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['turn.stopped'])
  expect(await openTurns(h)).toBe(0)
})

test('a conversation that is gone is replaced, and the question asked there once more', async () => {
  const h = await setUp()
  h.assistant.onAnswer([fails('gone')], says('Here.'))
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['Here.'])
  expect(h.assistant.asked.map(({ conversation }) => conversation.conversationId)).toEqual([
    'conversation-1',
    'conversation-2',
  ])
})

test('gone again is told', async () => {
  const h = await setUp()
  h.assistant.onAnswer([fails('gone')])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual(['failure.unavailable'])
  expect(h.assistant.asked).toHaveLength(2)
})

test('a chat we left behind is ended when it stands in the way', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), fails('garbled')], [fails('occupied')], says('Two'))
  await h.say('one')
  await h.run()
  await h.say('two')
  await h.run()
  expect(h.assistant.cancelled).toEqual([{ chat: 'chat-1' }])
  expect(h.screen).toEqual(['One\n\nfailure.brokenOff', 'Two'])
})

test('a chat we left behind that cannot be ended is waited for', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), fails('garbled')], [fails('occupied')], says('Two'))
  h.assistant.failCancels(failure('rejected'))
  await h.say('one')
  await h.run()
  await h.say('two')
  await h.run(2_000)
  expect(h.screen).toEqual(['One\n\nfailure.brokenOff', 'Two'])
})

test('a chat nobody knows of is waited for', async () => {
  const h = await setUp()
  h.assistant.onAnswer([fails('occupied')], [fails('occupied')], says('At last.'))
  await h.say('?')
  await h.run(3_999)
  expect(h.assistant.asked).toHaveLength(2)
  await h.run(1)
  expect(h.screen).toEqual(['At last.'])
})

test('an agent that wants tools is told they are not here, and goes on in the same message', async () => {
  const h = await setUp()
  const call = { id: 't1', kind: 'function', name: 'lamp', argumentsJson: '{}' } as const
  h.assistant.onAnswer([started, delta('Let me see. '), calls(call)])
  h.assistant.onSubmit([delta('I cannot.'), completed])
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['Let me see. I cannot.'])
  expect(h.assistant.submitted).toEqual([
    [{ id: 't1', output: expect.stringContaining('not available') as string }],
  ])
})

test('an agent that wants tools for ever is left, and its conversation with it', async () => {
  const h = await setUp()
  const call = { id: 't1', kind: 'function', name: 'lamp', argumentsJson: '{}' } as const
  h.assistant.onAnswer([started, calls(call)], says('Two'))
  h.assistant.onSubmit([calls(call)])
  await h.say('one')
  await h.run(1_000)
  expect(h.assistant.submitted).toHaveLength(8)
  expect(h.screen).toEqual(['turn.empty'])
  await h.say('two')
  await h.run()
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('conversation-2')
})

test('an agent that asks the person for words gets their next message, and goes on in the same reply', async () => {
  const h = await setUp()
  const ask = { id: 't1', kind: 'ask', name: 'ask', argumentsJson: '{"content":"Which one?"}' } as const
  const lamp = { id: 't2', kind: 'function', name: 'lamp', argumentsJson: '{}' } as const
  h.assistant.onAnswer([started, delta('I see two.'), calls(ask, lamp)], says('Three.'))
  h.assistant.onSubmit([delta('Good.'), completed])
  await h.say('one')
  await h.run()
  expect(h.screen).toEqual(['I see two.\n\nWhich one?'])
  await h.kill()
  await h.say('the red one')
  await h.run()
  expect(h.screen).toEqual(['I see two.\n\nWhich one?\n\nGood.'])
  expect(h.assistant.submitted).toEqual([
    [
      { id: 't1', output: 'the red one' },
      { id: 't2', output: expect.stringContaining('not available') as string },
    ],
  ])
  await h.say('three')
  await h.run()
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('conversation-1')
})

test("a person's words that a kill kept from the agent are told to it after the start, and not asked for again", async () => {
  const h = await setUp()
  const ask = { id: 't1', kind: 'ask', name: 'ask', argumentsJson: '{}' } as const
  h.assistant.onAnswer([started, delta('Which one?'), calls(ask)])
  const gate = createGate()
  h.assistant.onSubmit([{ kind: 'gate', gate }, completed], [delta('The red one it is.'), completed])
  // Coze still waits for them, and tells all it said so far.
  h.assistant.onFollow([whole('Which one?'), calls(ask)])
  await h.say('one')
  await h.run()
  await h.say('the red one')
  await h.run()
  await h.kill()
  await h.run(60_000)
  expect(h.assistant.submitted).toEqual([
    [{ id: 't1', output: 'the red one' }],
    [{ id: 't1', output: 'the red one' }],
  ])
  expect(h.screen).toEqual(['Which one?\n\nThe red one it is.'])
})

test('an agent left waiting for words is cancelled when nobody answers, and its conversation is over', async () => {
  const h = await setUp()
  const ask = { id: 't1', kind: 'ask', name: 'ask', argumentsJson: '{}' } as const
  h.assistant.onAnswer([started, delta('Which one?'), calls(ask)], says('Two.'))
  await h.say('one')
  await h.run(1_800_000)
  expect(h.screen).toEqual(['Which one?\n\nturn.expired'])
  expect(h.assistant.cancelled).toEqual([{ chat: 'chat-1' }])
  await h.say('two')
  await h.run()
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('conversation-2')
})

// The store fails

test('a journal that cannot be written costs safety, not the reply', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Still'), wait(1_000), delta(' here.'), completed])
  await h.say('?')
  h.journal.save = () => Promise.reject(new Error('disk full'))
  await h.run(10_000)
  expect(h.screen).toEqual(['Still here.'])
})

test('a conversation that cannot be kept costs its memory, not the reply', async () => {
  const h = await setUp()
  h.conversations.put = () => Promise.reject(new Error('disk full'))
  h.assistant.onAnswer([{ kind: 'started', conversationId: 'theirs' }, delta('Still here.'), completed])
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['Still here.'])
})

test('a question that cannot be stored is not taken, so that the platform offers it again', async () => {
  const h = await setUp()
  h.journal.accept = () => Promise.reject(new Error('disk full'))
  await expect(h.say('?')).rejects.toThrow('disk full')
  await h.run()
  expect(h.assistant.asked).toHaveLength(0)
})

test('a bridge that closes takes nothing more, and ends what runs', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('Done.'), completed])
  await h.say('one')
  await h.say('two')
  await h.run()
  const closed = h.bridge.close()
  await expect(h.say('three')).rejects.toThrow('stopping')
  gate.open()
  await h.run()
  await closed
  expect(h.screen).toEqual(['Done.'])
  expect(await openTurns(h)).toBe(1)
})

test('where the platform takes no more of a reply, not even as plain text, the person is told so', async () => {
  const h = await setUp(paced)
  const gate = createGate()
  h.assistant.onAnswer([started, delta('One'), at(gate), delta(' two'), completed])
  await h.say('hi')
  await h.run()
  h.platform.fail('edit', { kind: 'rejected' }, 10)
  gate.open()
  await h.run(60_000)
  expect(h.screen).toEqual(['One', 'failure.notShown'])
  expect(await openTurns(h)).toBe(0)
})
