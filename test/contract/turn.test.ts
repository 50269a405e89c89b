// Whole turns over fakes: a person asks, and what do they see? Verdicts are read from the fake platform's screen.

import { expect, test } from 'vitest'
import { command, message, policy, route, slashCommand } from '../support/bridge-events.ts'
import { openTurns, paced, setUp, type HarnessOptions } from '../support/bridge-harness.ts'
import {
  at,
  completed,
  createGate,
  delta,
  failure,
  says,
  started,
  wait,
} from '../support/scripted-assistant.ts'

const routed = (overrides: Parameters<typeof route>[0]): HarnessOptions => ({
  policy: policy({ routes: [route(overrides)] }),
})
const group = { chatKind: 'group', chat: 'room', mentionsBot: true } as const

// The plain road

test('the text grows in one message, and the final text is whole', async () => {
  const h = await setUp(paced)
  h.assistant.onAnswer([
    started,
    delta('One'),
    wait(2_000),
    delta(' two'),
    wait(2_000),
    delta(' three'),
    completed,
  ])
  expect(await h.say('count')).toEqual({ show: 'waiting', private: false })
  await h.run()
  expect(h.screen).toEqual(['One'])
  await h.run(2_000)
  expect(h.screen).toEqual(['One two'])
  await h.run(10_000)
  expect(h.screen).toEqual(['One two three'])
  expect(await openTurns(h)).toBe(0)
})

test('the first text waits until there is enough of it', async () => {
  const h = await setUp(
    routed({ reply: { minChars: 10, maxWaitMs: 5_000, quote: 'never', reasoning: false, status: true } }),
  )
  h.assistant.onAnswer([started, delta('Well'), wait(1_000), delta(', it depends'), wait(60_000), completed])
  await h.say('?')
  await h.run(999)
  expect(h.screen).toEqual([])
  await h.run(1)
  expect(h.screen).toEqual(['Well, it depends'])
})

test('the first text does not wait longer than it may', async () => {
  const h = await setUp(
    routed({ reply: { minChars: 100, maxWaitMs: 5_000, quote: 'never', reasoning: false, status: true } }),
  )
  h.assistant.onAnswer([started, wait(3_000), delta('Well'), wait(60_000), completed])
  await h.say('?')
  await h.run(7_999)
  expect(h.screen).toEqual([])
  await h.run(1)
  expect(h.screen).toEqual(['Well'])
})

test('typing is shown until the first text stands', async () => {
  const h = await setUp(paced)
  h.assistant.onAnswer([started, wait(12_000), delta('There.'), wait(60_000), completed])
  await h.say('?')
  await h.run(11_000)
  expect(h.platform.callsOf('typing').map(({ atMs }) => atMs)).toEqual([0, 4_500, 9_000])
  await h.run(60_000)
  expect(h.platform.callsOf('typing')).toHaveLength(3)
})

test('in a group the reply hangs on the question, in private it does not', async () => {
  const h = await setUp()
  await h.say('hi', { ...group, id: 'g' })
  await h.say('hi', { id: 'd' })
  await h.run()
  expect(h.platform.messages.map(({ replyTo }) => replyTo)).toEqual(['asked-g', undefined])
})

test('an answer without a visible word ends in a sentence', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta(' \n'), completed])
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['turn.empty'])
})

test('the next question goes on in the same conversation, another person’s does not', async () => {
  const h = await setUp()
  await h.say('one')
  await h.say('two')
  await h.say('three', { user: 'ben' })
  await h.run()
  const ids = h.assistant.asked.map(({ text, conversation }) => [text, conversation.conversationId])
  expect(Object.fromEntries(ids)).toEqual({
    one: 'conversation-1',
    two: 'conversation-1',
    three: 'conversation-2',
  })
})

test('the conversation the assistant names is the one that is kept', async () => {
  const h = await setUp()
  h.assistant.onAnswer([{ kind: 'started', conversationId: 'theirs' }, delta('Hi'), completed], says('Again'))
  await h.say('one')
  await h.run()
  await h.say('two')
  await h.run()
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('theirs')
})

// Built-ins and single sentences

test('stop ends the reply where it stands', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half an answer'), at(createGate())])
  await h.say('?')
  await h.run()
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['Half an answer\n\nturn.stopped'])
  expect(h.assistant.cancelled).toEqual([{ chat: 'chat-1' }])
  expect(await openTurns(h)).toBe(0)
})

test('a slash command that stops a reply is answered as well, so that nothing goes on thinking', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half'), at(createGate())])
  await h.say('?')
  await h.run()
  expect(await h.take(slashCommand('stop'))).toEqual({ show: 'waiting', private: false })
  await h.run()
  expect(h.screen).toEqual(expect.arrayContaining(['Half\n\nturn.stopped', 'turn.stopped']))
})

test('stop works also where the assistant cannot be told', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half'), at(createGate())])
  h.assistant.failCancels(failure('unavailable'))
  await h.say('?')
  await h.run()
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['Half\n\nturn.stopped'])
})

test('stop says so when there is nothing to stop', async () => {
  const h = await setUp()
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['turn.nothingToStop'])
})

test('new begins a new conversation, once for an event that comes twice', async () => {
  const h = await setUp()
  await h.say('one')
  await h.run()
  const event = command('new')
  await h.take(event)
  await h.take(event)
  await h.run()
  await h.say('two')
  await h.run()
  expect(h.screen).toEqual(['Hello.', 'conversation.new', 'Hello.'])
  expect(h.assistant.asked.map(({ conversation }) => conversation.conversationId)).toEqual([
    'conversation-1',
    'conversation-2',
  ])
})

test('a bare mention gets help, and a notice that cannot be posted harms nobody', async () => {
  const h = await setUp()
  h.platform.fail('post', { kind: 'denied' })
  await h.say('', group)
  await h.say('', group)
  await h.run()
  expect(h.screen).toEqual([expect.stringMatching(/^help.title\nhelp.group\nhelp.commands/)])
})

test('a chat that got another id keeps its conversations', async () => {
  const h = await setUp()
  await h.say('one', { chat: 'old' })
  await h.run()
  const { address: from } = message('', { chat: 'old' })
  const { id, address: to } = message('', { chat: 'new' })
  await h.take({ kind: 'moved', id, sentAtMs: 0, from, to })
  await h.say('two', { chat: 'new' })
  await h.run()
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('conversation-1')
})

// The platform fails

test('a place that may not be written to ends the turn, and the journal is empty', async () => {
  const h = await setUp()
  h.platform.fail('post', { kind: 'denied' })
  h.assistant.onAnswer([started, delta('To'), wait(1_000), delta(' nobody.'), completed], says('Next.'))
  await h.say('one')
  await h.say('two')
  await h.run(10_000)
  expect(h.screen).toEqual(['Next.'])
  expect(await openTurns(h)).toBe(0)
})

test('a rate limit amid the reply: nothing meanwhile, then the newest text, and the final text whole', async () => {
  const h = await setUp({ ...paced, maxChars: 1_000 })
  const words = Array.from({ length: 60 }, (_, n) => `word${n} `)
  h.assistant.onAnswer([started, ...words.flatMap((word) => [delta(word), wait(1_000)]), completed])
  await h.say('?')
  await h.run(2_500)
  h.platform.fail('edit', { kind: 'rate-limited', retryAfterMs: 30_000 })
  await h.run(57_500)
  const sent = h.platform.calls.filter(({ call }) => call === 'edit')
  const refused = sent.findIndex(({ atMs }) => atMs > 2_500)
  const [before, after] = [sent[refused], sent[refused + 1]]
  expect((after?.atMs ?? 0) - (before?.atMs ?? 0)).toBeGreaterThanOrEqual(30_000)
  expect(after?.text).toContain(`word${Math.floor((after?.atMs ?? 0) / 1_000) - 1}`)
  await h.run(60_000)
  expect(h.screen).toEqual([words.join('').trimEnd()])
})

test('the end of a reply waits out a rate limit', async () => {
  const h = await setUp(paced)
  h.assistant.onAnswer([started, delta('One'), wait(5_000), delta(' two'), completed])
  await h.say('?')
  await h.run()
  h.platform.fail('edit', { kind: 'rate-limited', retryAfterMs: 30_000 }, 2)
  await h.run(120_000)
  expect(h.screen).toEqual(['One two'])
})
