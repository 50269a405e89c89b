// A workflow asks its person something in the middle of its reply; they answer, and it goes on.

import { expect, test } from 'vitest'
import type { Prompt } from '../../src/contract/assistant.ts'
import { command, route } from '../support/bridge-events.ts'
import { openTurns, setUp, type BridgeHarness, type HarnessOptions } from '../support/bridge-harness.ts'
import { formOn, labelsOf, policyWith, press, tokenOf, workflow } from '../support/bridge-people.ts'
import { completed, delta, started, wait, type Beat } from '../support/scripted-assistant.ts'

const asks = (prompt: Prompt): Beat => ({ kind: 'question', prompt, resume: { event: prompt.text } })
const place = asks({ text: 'Where to?', choices: ['Oslo', 'Bergen'] })
const words = asks({ text: 'What is your name?' })
const fields = asks({
  text: '',
  fields: [
    { name: 'age', type: 'integer', required: true, description: 'Your age' },
    { name: 'town', type: 'string', required: true },
  ],
})
const buttons = { limits: { budgets: [], maxControls: 5 } }

async function begun(first: Beat, options: HarnessOptions = buttons): Promise<BridgeHarness> {
  const h = await setUp({ policy: policyWith([workflow('trip')]), ...options })
  h.assistant.onRun([delta('A trip.'), first])
  await h.take(command('trip'))
  await h.run()
  return h
}

test('choices are buttons below the reply; pressed, the reply goes on in the same message without them', async () => {
  const h = await begun(place)
  expect(h.screen).toEqual(['A trip.\n\nWhere to?'])
  expect(labelsOf(h)).toEqual(['Oslo', 'Bergen'])
  expect(await h.take(press(tokenOf(h, 'Oslo')))).toEqual({ show: 'nothing' })
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\n> Oslo\n\nWent on.'])
  expect(labelsOf(h)).toEqual([])
  expect(h.assistant.resumed).toEqual([{ text: 'Oslo' }])
  expect(await openTurns(h)).toBe(0)
})

test('a choice may be typed, whichever way it is written', async () => {
  const h = await begun(place)
  await h.say('bergen')
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Bergen' }])
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\nWent on.'])
})

test('words that are no choice reach the workflow as they are: it decides', async () => {
  const h = await begun(place)
  await h.say('somewhere warm')
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'somewhere warm' }])
})

test('pressed twice it acts once', async () => {
  const h = await begun(place)
  const token = tokenOf(h, 'Oslo')
  const [first, second] = await Promise.all([h.take(press(token)), h.take(press(token))])
  await h.run()
  const acks = [first, second].map((ack) => (ack.show === 'notice' ? ack.notice.key : ack.show))
  expect(acks.toSorted()).toEqual(['action.expired', 'nothing'])
  expect(h.assistant.resumed).toHaveLength(1)
})

test('the same press offered again by the platform acts once', async () => {
  const h = await begun(words)
  const said = 'Ann'
  await h.say(said, { id: 'same' })
  await h.say(said, { id: 'same' })
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Ann' }])
  expect(h.assistant.asked).toEqual([])
})

test('somebody else who presses is refused kindly, and their message is a question of their own', async () => {
  const h = await begun(place)
  const ack = await h.take(press(tokenOf(h, 'Oslo'), { user: 'bob' }))
  expect(ack).toMatchObject({ notice: { key: 'action.notYours' } })
  await h.say('Bergen', { user: 'bob' })
  await h.run()
  expect(h.assistant.resumed).toEqual([])
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['Bergen'])
})

test('where anybody may answer, anybody may', async () => {
  const shared = route({ questions: { whoMayAnswer: 'anyone', expiresMs: 60_000 } })
  const h = await begun(place, { ...buttons, policy: policyWith([workflow('trip')], { routes: [shared] }) })
  await h.take(press(tokenOf(h, 'Oslo'), { user: 'bob' }))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Oslo' }])
})

test('three questions in a row', async () => {
  const h = await begun(place)
  h.assistant.onResume([words], [delta('Hello Ann.'), place], [delta('Bon voyage.'), completed])
  await h.take(press(tokenOf(h, 'Oslo')))
  await h.run()
  await h.say('Ann')
  await h.run()
  await h.take(press(tokenOf(h, 'Bergen')))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Oslo' }, { text: 'Ann' }, { text: 'Bergen' }])
  expect(h.screen).toEqual([
    'A trip.\n\nWhere to?\n\n> Oslo\n\nWhat is your name?\n\nHello Ann.\n\nWhere to?\n\n> Bergen\n\nBon voyage.',
  ])
})

test('a restart between question and answer loses neither', async () => {
  const h = await begun(place)
  const token = tokenOf(h, 'Oslo')
  await h.kill()
  await h.take(press(token))
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\n> Oslo\n\nWent on.'])
})

test('killed right after the answer, the workflow is told of it by the next process', async () => {
  const h = await begun(words)
  await h.say('Ann')
  await h.kill()
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Ann' }])
  expect(h.screen).toEqual(['A trip.\n\nWhat is your name?\n\nWent on.'])
})

test('killed before the question stood, the next process shows it once', async () => {
  const h = await setUp({ policy: policyWith([workflow('trip')]), ...buttons, findsPosted: true })
  h.assistant.onRun([place])
  h.platform.fail('post', { kind: 'done-then-hang' })
  await h.take(command('trip'))
  await h.run()
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['Where to?'])
  await h.take(press(tokenOf(h, 'Oslo')))
  await h.run()
  expect(h.screen).toEqual(['Where to?\n\n> Oslo\n\nWent on.'])
})

test('unanswered it expires: the reply says so, the buttons are gone and answer politely', async () => {
  const h = await begun(place)
  const token = tokenOf(h, 'Oslo')
  await h.run(1_800_000)
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\nturn.expired'])
  expect(labelsOf(h)).toEqual([])
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.expired' } })
  expect(h.assistant.resumed).toEqual([])
  expect(await openTurns(h)).toBe(0)
})

test('it expires also while the bridge is down', async () => {
  const h = await begun(place)
  await h.kill()
  await h.run(900_000)
  await h.restart()
  await h.run(900_000)
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\nturn.expired'])
})

test('stopped while it waits', async () => {
  const h = await begun(place)
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\nturn.stopped'])
  expect(labelsOf(h)).toEqual([])
  expect(await openTurns(h)).toBe(0)
})

test('a command is no answer, and does not wait for one', async () => {
  const h = await begun(words)
  h.assistant.onRun([delta('Another.'), completed])
  await h.take(command('trip'))
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhat is your name?', 'Another.'])
  await h.say('Ann')
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhat is your name?\n\nWent on.', 'Another.'])
})

test('what people say to each other in a group is no answer to a choice', async () => {
  const h = await setUp({ policy: policyWith([workflow('trip')]), ...buttons })
  h.assistant.onRun([place])
  const group = { chatKind: 'group', chat: 'room' } as const
  await h.take(command('trip', group))
  await h.run()
  await h.say('see you at lunch', group)
  await h.run()
  expect(h.assistant.resumed).toEqual([])
  await h.say('Oslo', group)
  await h.run()
  expect(h.assistant.resumed).toEqual([{ text: 'Oslo' }])
})

// Typed fields

test('fields are a form where a message can hold one; sent, words stand in its place', async () => {
  const h = await begun(fields, { ...buttons, asks: true })
  const form = formOn(h)
  expect(form.fields.map(({ name, kind, label }) => [name, kind, label])).toEqual([
    ['age', 'integer', 'Your age'],
    ['town', 'text', 'town'],
  ])
  expect(await h.take(press(form.token, { values: { age: 'old', town: 'Oslo' } }))).toMatchObject({
    notice: { key: 'option.integer' },
  })
  await h.take(press(form.token, { values: { age: '41', town: 'Oslo' } }))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41, town: 'Oslo' } }])
  expect(h.screen).toEqual([
    'A trip.\n\n> Your age: 41\ntown: Oslo\n\nWent on.',
    'ask.answered\nask.answered',
  ])
})

test('fields are a button that opens a form, where buttons can', async () => {
  const h = await begun(fields, { limits: { budgets: [], maxFormFields: 5 } })
  expect(labelsOf(h)).toEqual(['control.answer'])
  const token = tokenOf(h, 'control.answer')
  const ack = await h.take(press(token, { opensForm: true }))
  expect(ack).toMatchObject({ show: 'form', form: { token } })
  await h.take(press(token, { values: { age: '41', town: 'Oslo' } }))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41, town: 'Oslo' } }])
  expect(labelsOf(h)).toEqual([])
})

test('more fields than a form shows are asked for in a second one', async () => {
  const h = await begun(fields, { limits: { budgets: [], maxFormFields: 1 } })
  await h.take(press(tokenOf(h, 'control.answer'), { values: { age: '41' } }))
  await h.run()
  const ack = await h.take(press(tokenOf(h, 'control.answer'), { opensForm: true }))
  expect(ack).toMatchObject({ form: { fields: [{ name: 'town' }] } })
  await h.take(press(tokenOf(h, 'control.answer'), { values: { town: 'Oslo' } }))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41, town: 'Oslo' } }])
})

test('where there is neither, fields are asked for one after the other; what does not fit is asked again', async () => {
  const h = await begun(fields)
  expect(h.screen).toEqual(['A trip.', 'Your age'])
  await h.say('old')
  await h.run()
  expect(h.screen.at(-1)).toBe('option.integer')
  await h.say('41')
  await h.run()
  await h.say('Oslo')
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41, town: 'Oslo' } }])
  expect(h.screen[0]).toBe('A trip.\n\nWent on.')
})

test('a page to visit is a link, and "done" goes on', async () => {
  const h = await begun(asks({ text: 'Please sign in.', link: 'https://example.test/login' }))
  expect(labelsOf(h)).toEqual(['control.open', 'control.done'])
  await h.take(press(tokenOf(h, 'control.done')))
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nPlease sign in.\n\n> control.done\n\nWent on.'])
})

test('what goes on after a question can be stopped', async () => {
  const h = await begun(words)
  h.assistant.onResume([delta('Going'), wait(60_000), completed])
  await h.say('Ann')
  await h.run(2_000)
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['A trip.\n\nWhat is your name?\n\nGoing\n\nturn.stopped'])
})

test('a late press after the answer hears that it is done', async () => {
  const h = await begun(place)
  const [oslo, bergen] = [tokenOf(h, 'Oslo'), tokenOf(h, 'Bergen')]
  await h.take(press(oslo))
  await h.run()
  expect(await h.take(press(bergen))).toMatchObject({ notice: { key: 'action.done' } })
})

test('"new" closes the question: what is said next is a question to the agent', async () => {
  const h = await begun(words)
  await h.take(command('new'))
  await h.run()
  await h.say('hello')
  await h.run()
  expect(h.assistant.resumed).toEqual([])
  expect(h.screen).toEqual(['A trip.\n\nWhat is your name?\n\nturn.stopped', 'conversation.new', 'Hello.'])
})

test('what is optional is asked, too, where fields are asked one by one, and can be skipped', async () => {
  const optional = asks({
    text: '',
    fields: [
      { name: 'age', type: 'integer', required: true },
      { name: 'note', type: 'string', required: false },
    ],
  })
  const h = await begun(optional)
  await h.say('41')
  await h.run()
  expect(labelsOf(h)).toEqual(['control.skip'])
  await h.take(press(tokenOf(h, 'control.skip')))
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41 } }])
})

test('a question that nobody put into words is put into words', async () => {
  const h = await setUp({ policy: policyWith([workflow('trip')]), limits: { budgets: [], maxFormFields: 5 } })
  h.assistant.onRun([fields])
  await h.take(command('trip'))
  await h.run()
  expect(h.screen).toEqual(['ask.fields'])
  expect(labelsOf(h)).toEqual(['control.answer'])
})

test('in the background it says once that it has begun', async () => {
  const report = workflow('report', { run: { workflow: 'wf-report', mode: 'async' } })
  const h = await setUp({ policy: policyWith([report]), ...buttons })
  h.assistant.onRun([started, words])
  h.assistant.onResume([started, delta('Done, Ann.'), completed])
  await h.take(command('report'))
  await h.run()
  await h.say('Ann')
  await h.run()
  expect(h.screen).toEqual(['run.started', 'What is your name?\n\nDone, Ann.'])
})

test('each question has its own time: one that was answered does not shorten the next', async () => {
  const h = await begun(fields)
  await h.run(1_700_000)
  await h.say('41')
  await h.run(1_700_000)
  await h.say('Oslo')
  await h.run()
  expect(h.assistant.resumed).toEqual([{ values: { age: 41, town: 'Oslo' } }])
})

test('stopped in the moment the question is being shown, it is stopped', async () => {
  const h = await setUp({ policy: policyWith([workflow('trip')]), ...buttons })
  h.assistant.onRun([delta('A trip.'), wait(500), place])
  await h.take(command('trip'))
  await h.run(100)
  h.platform.fail('edit', { kind: 'rate-limited', retryAfterMs: 3_000 })
  await h.run(500)
  await h.take(command('stop'))
  await h.run(10_000)
  expect(h.screen).toEqual(['A trip.\n\nWhere to?\n\nturn.stopped'])
  expect(labelsOf(h)).toEqual([])
  expect(await openTurns(h)).toBe(0)
})
