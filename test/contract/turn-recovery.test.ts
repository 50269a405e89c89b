// The process dies amid a turn, in each of its phases: what stands on the screen in the end? Over fakes.

import { expect, test } from 'vitest'
import { policy, route } from '../support/bridge-events.ts'
import { openTurns, setUp } from '../support/bridge-harness.ts'
import {
  at,
  completed,
  createGate,
  delta,
  fails,
  says,
  started,
  wait,
  whole,
} from '../support/scripted-assistant.ts'

test('killed after acceptance: the question is asked by the next process', async () => {
  const h = await setUp()
  h.assistant.failConversations()
  const h2 = h.assistant.assistant.startConversation
  h.assistant.assistant.startConversation = () => new Promise(() => undefined)
  await h.say('?')
  await h.run()
  h.assistant.assistant.startConversation = h2
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['Hello.'])
  expect(h.assistant.asked).toHaveLength(1)
  expect(await openTurns(h)).toBe(0)
})

test('killed while it asked, and found: followed, not asked again', async () => {
  const h = await setUp()
  h.assistant.onAnswer([at(createGate())])
  h.assistant.onFind('found')
  h.assistant.onFollow([whole('Found it.'), completed])
  await h.say('?')
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['Found it.'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('killed while it asked, and surely not there: asked after a second look', async () => {
  const h = await setUp()
  h.assistant.onAnswer([at(createGate())], says('Now.'))
  h.assistant.onFind('absent')
  await h.say('?')
  await h.run()
  await h.kill()
  await h.run(10_000)
  expect(h.assistant.finds).toBe(2)
  expect(h.screen).toEqual(['Now.'])
})

test('killed while it asked, and nobody can tell: the person is told, and it is not asked again', async () => {
  const h = await setUp()
  h.assistant.onAnswer([at(createGate())])
  h.assistant.onFind('cannotTell')
  await h.say('?')
  await h.run()
  await h.kill()
  await h.run(60_000)
  expect(h.screen).toEqual(['failure.cannotTell'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('killed amid a reply: it is finished in the same message', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), at(createGate())])
  h.assistant.onFollow([wait(1_000), whole('One two'), completed])
  await h.say('?')
  await h.run()
  expect(h.screen).toEqual(['One'])
  await h.kill()
  await h.run(10_000)
  expect(h.screen).toEqual(['One two'])
  expect(h.platform.callsOf('post')).toHaveLength(1)
  expect(h.assistant.asked).toHaveLength(1)
  expect(h.assistant.followed.map(({ handle }) => handle)).toEqual([{ chat: 'chat-1' }])
})

const paragraphs = Array.from({ length: 12 }, (_, n) => `Paragraph ${n}: ${'lorem ipsum '.repeat(6).trim()}.`)
const longText = paragraphs.join('\n\n')

test('killed amid a long reply: sealed parts stay untouched, the open one goes on', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta(longText.slice(0, 700)), at(createGate())])
  h.assistant.onFollow([whole(longText), completed])
  await h.say('?')
  await h.run()
  const before = h.platform.messages.map(({ states }) => states.length)
  expect(before.length).toBe(2)
  await h.kill()
  await h.run()
  expect(h.platform.messages[0]?.states).toHaveLength(before[0] ?? 0)
  expect(h.platform.messages[1]?.states.length).toBeGreaterThan(before[1] ?? 0)
  expect(h.screen.join('\n\n')).toBe(longText)
})

test('killed amid a reply that nobody can follow: what stands stays, and the person is told', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('Half an answer'), at(createGate())])
  h.assistant.onFollow([fails('gone')])
  await h.say('?')
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['Half an answer', 'failure.brokenOff'])
  expect(await openTurns(h)).toBe(0)
})

test('killed again while it says so: said once more, and what stands still stands', async () => {
  const h = await setUp({ findsPosted: true })
  h.assistant.onAnswer([started, delta('Half an answer'), at(createGate())])
  h.assistant.onFollow([fails('gone')])
  await h.say('?')
  await h.run()
  h.platform.fail('post', { kind: 'done-then-hang' })
  await h.kill()
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['Half an answer', 'failure.brokenOff'])
  expect(await openTurns(h)).toBe(0)
})

test('killed amid a long reply that comes out shorter: it stands anew, whole, in messages of their own', async () => {
  const h = await setUp({ findsPosted: true })
  h.assistant.onAnswer([started, delta(longText), at(createGate())])
  const shorter = paragraphs.slice(6).join('\n\n')
  h.assistant.onFollow([whole(shorter), completed])
  await h.say('?')
  await h.run()
  const before = h.screen
  await h.kill()
  await h.run()
  expect(h.screen.slice(0, before.length)).toEqual(before)
  expect(h.screen.slice(before.length).join('\n\n')).toBe(shorter)
  const keys = h.platform.messages.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})

test('killed while the end was on its way: the whole reply is delivered, once', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, delta('One'), at(gate), delta(' two'), completed])
  await h.say('?')
  await h.run()
  h.platform.fail('edit', { kind: 'hang' })
  gate.open()
  await h.run()
  expect(h.screen).toEqual(['One'])
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['One two'])
  expect(h.assistant.followed).toEqual([])
  expect(await openTurns(h)).toBe(0)
})

test('killed after a post nobody heard of: found where the platform can tell, else posted again', async () => {
  for (const findsPosted of [true, false]) {
    const h = await setUp({ findsPosted })
    h.assistant.onAnswer([started, delta('One'), at(createGate())])
    h.assistant.onFollow([whole('One two'), completed])
    h.platform.fail('post', { kind: 'done-then-hang' })
    await h.say('?')
    await h.run()
    await h.kill()
    await h.run()
    expect(h.screen).toEqual(findsPosted ? ['One two'] : ['One', 'One two'])
  }
})

test('what waited in a lane is asked in order after a kill, once each', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('A'), at(createGate())], says('B'), says('C'))
  h.assistant.onFollow([whole('A!'), completed])
  await h.say('one')
  await h.say('two', { id: 'e2' })
  await h.say('three')
  await h.run()
  await h.kill()
  expect(await h.say('two', { id: 'e2' })).toEqual({ show: 'nothing' })
  await h.run()
  expect(h.screen).toEqual(['A!', 'B', 'C'])
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
})

test('a question found too late is not asked, and the person is told', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, at(createGate())])
  h.assistant.onFollow([whole('A'), completed])
  await h.say('one')
  await h.say('two')
  await h.run()
  h.time.jump(3_600_001)
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['A', 'turn.tooOld'])
  expect(h.assistant.asked).toHaveLength(1)
})

test('a turn whose agent is no longer configured ends in a sentence', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, at(createGate())])
  await h.say('?')
  await h.run()
  await h.kill(policy({ agents: { other: { kind: 'bot', bot: '2' } }, routes: [route({ agent: 'other' })] }))
  await h.run()
  expect(h.screen).toEqual(['failure.owner'])
  expect(await openTurns(h)).toBe(0)
})

test('a stop in mid-reply of the process leaves the turn in the journal; the next one ends it in the same message', async () => {
  const h = await setUp()
  h.assistant.onAnswer([started, delta('One'), at(createGate())])
  h.assistant.onFollow([whole('One two'), completed])
  await h.say('?')
  await h.run()
  await h.restart()
  await h.run()
  expect(h.screen).toEqual(['One two'])
  expect(h.assistant.cancelled).toEqual([])
  expect(await openTurns(h)).toBe(0)
})

test('a process that lets go leaves nothing that looks busy', async () => {
  const h = await setUp({ streams: true })
  h.assistant.onAnswer([started, delta('One'), at(createGate())])
  h.assistant.onFollow([at(createGate())])
  await h.say('?')
  await h.run()
  expect([...h.platform.drafts.values()]).toEqual(['One'])
  await h.restart()
  expect(h.platform.drafts.size).toBe(0)
  expect(await openTurns(h)).toBe(1)
})

test('killed amid a reply on a surface of the platform’s own: it is finished as one message', async () => {
  const h = await setUp({ streams: true })
  h.assistant.onAnswer([started, delta('One'), at(createGate())])
  h.assistant.onFollow([whole('One two'), completed])
  await h.say('?')
  await h.run()
  expect([...h.platform.drafts.values()]).toEqual(['One'])
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['One two'])
  expect(h.platform.drafts.size).toBe(0)
})
