// A question that waits in line, for its budget, or for credit that is gone: what its person sees. Over fakes.

import { expect, test } from 'vitest'
import type { Budget } from '../../src/contract/policy.ts'
import { command, policy, slashCommand } from '../support/bridge-events.ts'
import { policyWith, workflow } from '../support/bridge-people.ts'
import { openTurns, paced, setUp } from '../support/bridge-harness.ts'
import {
  completed,
  delta,
  fails,
  itsTurn,
  queued,
  says,
  started,
  wait,
  type Script,
} from '../support/scripted-assistant.ts'

const inLine: Script = [
  queued(8, 40_000),
  wait(20_000),
  queued(3, 15_000),
  wait(15_000),
  itsTurn,
  started,
  delta('There.'),
  completed,
]

test('a long wait shows the place in line, and the answer takes its place in the same message', async () => {
  const h = await setUp(paced)
  h.assistant.expectWait(40_000)
  h.assistant.onAnswer(inLine)
  await h.say('?')
  await h.run(1_000)
  expect(h.screen).toEqual(['queue.position'])
  await h.run(60_000)
  expect(h.screen).toEqual(['There.'])
  expect(h.platform.messages).toHaveLength(1)
  const calls = h.platform.calls.filter(({ atMs }) => atMs < 34_000)
  expect(calls.filter(({ call }) => call === 'typing')).toHaveLength(1)
  expect(calls.filter(({ call }) => call === 'post')).toHaveLength(1)
})

test('killed in line it was never asked: it is asked after the restart, in the message that showed its place', async () => {
  const h = await setUp(paced)
  h.assistant.expectWait(40_000)
  h.assistant.onAnswer([queued(8, 40_000), wait(3_600_000)], says('Now.'))
  await h.say('?')
  await h.run(10_000)
  expect((await h.journal.open()).map(({ state }) => state.phase)).toEqual(['accepted'])
  await h.kill()
  await h.run(60_000)
  expect(h.assistant.finds).toBe(0)
  expect(h.screen).toEqual(['Now.'])
  expect(h.platform.messages).toHaveLength(1)
})

test('stopped in line it says so where its place stood, and asks nobody', async () => {
  const h = await setUp(paced)
  h.assistant.expectWait(40_000)
  h.assistant.onAnswer([queued(8, 40_000), wait(3_600_000)])
  await h.say('?')
  await h.run(5_000)
  await h.take(command('stop'))
  await h.run(5_000)
  expect(h.screen).toEqual(['turn.stopped'])
  expect(h.platform.messages).toHaveLength(1)
  expect(await openTurns(h)).toBe(0)
})

test('turned away in line the sentence says what to do, not that something broke off', async () => {
  const h = await setUp(paced)
  h.assistant.expectWait(40_000)
  h.assistant.onAnswer([queued(8, 40_000), wait(20_000), fails('unavailable')])
  await h.say('?')
  await h.run(60_000)
  expect(h.screen).toEqual(['failure.unavailable'])
  expect(h.platform.messages).toHaveLength(1)
})

test('a process that lets go while a question stands in line leaves it to the journal', async () => {
  const h = await setUp(paced)
  h.assistant.expectWait(40_000)
  h.assistant.onAnswer([queued(8, 40_000), wait(3_600_000)], says('Later.'))
  await h.say('?')
  await h.run(5_000)
  await h.restart()
  await h.run(60_000)
  expect(h.screen).toEqual(['Later.'])
})

// Budgets

const none: Budget = { questionsPerMinute: 0, questionsPerHour: 0, questionsPerDay: 0, tokensPerDay: 0 }

test('over their budget a person hears so once, until it frees', async () => {
  const h = await setUp({ policy: policy({ budgets: { ...none, questionsPerHour: 1, roles: {} } }) })
  for (let n = 0; n < 30; n += 1) {
    await h.say(`${n}`)
    await h.run(60_000)
  }
  expect(h.screen).toEqual(['Hello.', 'budget.spent'])
  await h.run(31 * 60_000)
  await h.say('again')
  await h.run()
  await h.say('and again')
  await h.run()
  expect(h.screen).toEqual(['Hello.', 'budget.spent', 'Hello.', 'budget.spent'])
})

test('what an answer cost is counted, and refused once it is used up', async () => {
  const h = await setUp({ policy: policy({ budgets: { ...none, tokensPerDay: 50, roles: {} } }) })
  const usage = { inputTokens: 10, outputTokens: 50, totalTokens: 60 }
  h.assistant.onAnswer([started, delta('Dear.'), { kind: 'completed', usage }])
  await h.say('one')
  await h.run()
  await h.say('two')
  await h.run()
  expect(h.screen).toEqual(['Dear.', 'budget.tokens'])
})

// Credit

test('when credit is gone each person gets a sentence, and admins are told once, until it has worked again', async () => {
  const admins = { ...policy().access, admins: ['user:owner', 'role:x'] }
  const h = await setUp({ policy: policy({ access: admins }), opensDirect: true })
  const gone: Script = [fails('quota', { detail: 'POST /v3/chat: code 4028 (credits used up)' })]
  h.assistant.onAnswer(gone, gone, says('It works.'), gone)
  for (const text of ['one', 'two', 'three', 'four']) {
    await h.say(text)
    await h.run(1_000)
  }
  const toldTo = () => h.platform.messages.filter(({ place }) => place === 'direct-owner').length
  expect(h.screen.filter((text) => text === 'failure.quota')).toHaveLength(3)
  expect(toldTo()).toBe(1)
  await h.run(25 * 3_600_000)
  await h.say('five')
  await h.run(1_000)
  expect(toldTo()).toBe(2)
  await h.run(25 * 3_600_000)
  await h.say('six')
  await h.run(1_000)
  expect(toldTo()).toBe(2)
})

test('whoever waits for an answer gets one each time, however often they are refused', async () => {
  const withCommand = policyWith([workflow('weather')])
  const h = await setUp({ policy: { ...withCommand, budgets: { ...none, questionsPerHour: 1, roles: {} } } })
  await h.say('one')
  await h.run()
  for (let n = 0; n < 3; n += 1) {
    expect(await h.take(slashCommand('weather'))).toMatchObject({ show: 'waiting' })
    await h.run()
  }
  expect(h.screen).toEqual(['Hello.', 'budget.spent', 'budget.spent', 'budget.spent'])
  expect(h.assistant.ran).toEqual([])
})
