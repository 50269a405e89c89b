// Many questions: doubles are answered once, lanes keep their order, budgets hold. Over fakes.

import { expect, test } from 'vitest'
import { message, policy, route } from '../support/bridge-events.ts'
import { openTurns, setUp, type HarnessOptions } from '../support/bridge-harness.ts'
import { at, completed, createGate, delta, says, started } from '../support/scripted-assistant.ts'

const routed = (overrides: Parameters<typeof route>[0]): HarnessOptions => ({
  policy: policy({ routes: [route(overrides)] }),
})

test('an event that comes twice asks once: at once, while it is open, and after it has ended', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('Yes'), completed])
  const event = message('hi', { sentAtMs: h.time.now() })
  await Promise.all([h.take(event), h.take(event)])
  await h.run()
  expect(await h.take(event)).toEqual({ show: 'nothing' })
  gate.open()
  await h.run()
  expect(await h.take(event)).toEqual({ show: 'nothing' })
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
  expect(h.screen).toEqual(['Yes'])
})

test('questions of one person are answered one after the other', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('A'), completed], says('B'))
  await h.say('one')
  await h.say('two')
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['one'])
  gate.open()
  await h.run()
  expect(h.screen).toEqual(['A', 'B'])
})

test('twenty questions may wait; the one after them gets a sentence and is not asked', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('ok'), completed])
  for (let n = 1; n <= 20; n += 1) await h.say(`question ${n}`)
  expect(await h.say('one too many', { id: 'late' })).toEqual({ show: 'nothing' })
  expect(await h.say('one too many', { id: 'late' })).toEqual({ show: 'nothing' })
  await h.run()
  expect(h.screen).toEqual(['lane.full'])
  gate.open()
  await h.run(1_000)
  expect(h.assistant.asked).toHaveLength(20)
})

test('who floods a chat hears once a minute that it is too much, so that others are not kept waiting', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('ok'), completed])
  for (let n = 1; n <= 100; n += 1) await h.say(`question ${n}`)
  await h.run()
  expect(h.screen).toEqual(['lane.full'])
  await h.run(60_000)
  await h.say('one more')
  await h.run()
  expect(h.screen).toEqual(['lane.full', 'lane.full'])
})

test('the question beyond the hour’s budget is refused once, in a sentence', async () => {
  const budgets = { ...policy().budgets, questionsPerHour: 20 }
  const h = await setUp({ policy: policy({ budgets }) })
  for (let n = 1; n <= 20; n += 1) {
    await h.say(`question ${n}`)
    await h.run()
  }
  expect(h.assistant.asked).toHaveLength(20)
  await h.say('one more', { id: 'more' })
  await h.say('one more', { id: 'more' })
  await h.run()
  expect(h.assistant.asked).toHaveLength(20)
  expect(h.screen.filter((text) => text === 'budget.spent')).toHaveLength(1)
})

test('with merge, what waits is joined into one question that hangs on the newest message', async () => {
  const h = await setUp(
    routed({
      whileBusy: 'merge',
      reply: { minChars: 1, maxWaitMs: 0, quote: 'always', reasoning: false, status: true },
    }),
  )
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('A'), completed], says('B'))
  await h.say('one', { id: 'e1' })
  await h.run()
  await h.say('two', { id: 'e2' })
  await h.say('three', { id: 'e3' })
  await h.run()
  gate.open()
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['one', 'two\nthree'])
  expect(h.platform.messages.map(({ replyTo }) => replyTo)).toEqual(['asked-e1', 'asked-e3'])
  await h.say('two', { id: 'e2' })
  await h.say('three', { id: 'e3' })
  await h.run()
  expect(h.assistant.asked).toHaveLength(2)
  expect(await openTurns(h)).toBe(0)
})

test('with merge, questions of two people in one chat are not joined', async () => {
  const h = await setUp(routed({ whileBusy: 'merge', conversation: 'per-chat' }))
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('A'), completed], says('B'))
  await h.say('one')
  await h.run()
  await h.say('two', { user: 'ann' })
  await h.say('three', { user: 'ben' })
  gate.open()
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
})

test('with interrupt, the running reply is cancelled and marked, and then the new question is asked', async () => {
  const h = await setUp(routed({ whileBusy: 'interrupt' }))
  const gate = createGate()
  h.assistant.onAnswer([started, delta('A long'), at(gate), completed], says('B'))
  await h.say('one')
  await h.run()
  await h.say('two')
  await h.run()
  expect(h.assistant.cancelled).toEqual([{ chat: 'chat-1' }])
  expect(h.screen).toEqual(['A long\n\nturn.stopped', 'B'])
})
