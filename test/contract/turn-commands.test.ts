// A command of a workflow, from what was typed to its result on the screen.

import { expect, test } from 'vitest'
import { command, route, slashCommand } from '../support/bridge-events.ts'
import { openTurns, setUp } from '../support/bridge-harness.ts'
import { labelsOf, option, policyWith, press, tokenOf, workflow } from '../support/bridge-people.ts'
import {
  completed,
  createGate,
  at,
  delta,
  fails,
  says,
  started,
  wait,
  whole,
} from '../support/scripted-assistant.ts'

const weather = workflow('weather', {
  options: [option('city'), option('days', { type: 'integer', required: false, max: 7 })],
})

test('typed options reach the workflow as what they are, and its words the screen', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([delta('Rain'), wait(2_000), delta(' in Oslo.'), completed])
  await h.take(command('weather', { rest: 'city=Oslo days:3' }))
  await h.run(3_000)
  expect(h.assistant.ran.map(({ parameters, workflow: spec }) => [spec.workflow, parameters])).toEqual([
    ['wf-weather', { city: 'Oslo', days: 3 }],
  ])
  expect(h.screen).toEqual(['Rain in Oslo.'])
  expect(await openTurns(h)).toBe(0)
})

test('constants of the configuration go along, and what the person says wins', async () => {
  const spec = workflow('weather', { options: [option('city')], parameters: { city: 'Bergen', unit: 'C' } })
  const h = await setUp({ policy: policyWith([spec]) })
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run()
  expect(h.assistant.ran[0]?.parameters).toEqual({ city: 'Oslo', unit: 'C' })
})

test.each([
  ['Oslo days=many', 'option.integer'],
  ['Oslo days=9', 'option.max'],
])('/weather %s is answered with one sentence, and nothing runs', async (rest, sentence) => {
  const h = await setUp({ policy: policyWith([weather]) })
  await h.take(command('weather', { rest }))
  await h.run()
  expect(h.screen).toEqual([sentence])
  expect(h.assistant.ran).toEqual([])
})

test('where the answer is waited for, the sentence is that answer', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  const ack = await h.take(slashCommand('weather', { options: { city: 'Oslo', days: 9 }, opensForm: true }))
  expect(ack).toMatchObject({ show: 'notice', notice: { key: 'option.max' } })
  await h.run()
  expect(h.screen).toEqual([])
})

test('what is missing is asked for with a form, where one can be opened; sent twice it runs once', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  const ack = await h.take(slashCommand('weather', { opensForm: true }))
  if (ack.show !== 'form') throw new Error('no form')
  expect(ack.form.fields.map(({ name }) => name)).toEqual(['city'])
  await h.kill()
  expect(await h.take(press(ack.form.token, { values: { city: 'Oslo' } }))).toMatchObject({ show: 'waiting' })
  await h.run()
  expect(await h.take(press(ack.form.token, { values: { city: 'Oslo' } }))).toMatchObject({
    notice: { key: 'action.done' },
  })
  await h.run()
  expect(h.assistant.ran.map(({ parameters }) => parameters)).toEqual([{ city: 'Oslo' }])
  expect(h.screen).toEqual(['Ran.'])
})

test('somebody else cannot send the form', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  const ack = await h.take(slashCommand('weather', { opensForm: true }))
  if (ack.show !== 'form') throw new Error('no form')
  const other = await h.take(press(ack.form.token, { user: 'bob', values: { city: 'Oslo' } }))
  expect(other).toMatchObject({ notice: { key: 'action.notYours' } })
})

test('where there are no forms, what is missing is asked for by a message, and the next words are it', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  await h.take(command('weather'))
  await h.run()
  expect(h.screen).toEqual(['ask.options\ncity'])
  expect(labelsOf(h)).toEqual(['reply'])
  await h.say('Oslo')
  await h.run()
  expect(h.assistant.ran[0]?.parameters).toEqual({ city: 'Oslo' })
  expect(h.screen).toEqual(['ask.options\ncity', 'Ran.'])
})

test('two missing options are asked for one after the other, choices as buttons', async () => {
  const spec = workflow('order', {
    options: [
      option('size', {
        type: 'choice',
        choices: [
          { value: 's', label: { en: 'Small' } },
          { value: 'l', label: { en: 'Large' } },
        ],
      }),
      option('name'),
    ],
  })
  const h = await setUp({ policy: policyWith([spec]) })
  await h.take(command('order'))
  await h.run()
  expect(labelsOf(h)).toEqual(['Small', 'Large'])
  await h.take(press(tokenOf(h, 'Large')))
  await h.run()
  expect(h.screen).toEqual(['ask.answered', 'ask.options\nname'])
  await h.say('Ann')
  await h.run()
  expect(h.assistant.ran[0]?.parameters).toEqual({ size: 'l', name: 'Ann' })
})

test('a file goes along under the id the assistant gave it', async () => {
  const spec = workflow('read', { options: [option('page', { type: 'file' })] })
  const h = await setUp({ policy: policyWith([spec]) })
  await h.take(command('read', { options: { page: { kind: 'file', name: 'a.pdf', ref: {} } } }))
  await h.run()
  expect(h.assistant.uploaded).toEqual(['a.pdf'])
  expect(h.assistant.ran[0]?.parameters).toEqual({ page: '{"file_id":"file-1"}' })
})

test('a file that cannot be fetched is told of by its name, and nothing runs', async () => {
  const spec = workflow('read', { options: [option('page', { type: 'file' })] })
  const h = await setUp({ policy: policyWith([spec]) })
  await h.take(command('read', { options: { page: { kind: 'file', name: 'a.pdf', ref: { lost: true } } } }))
  await h.run()
  expect(h.screen).toEqual(['file.notSent'])
  expect(h.assistant.ran).toEqual([])
})

test.each([
  ['misconfigured', 4200, 'run.missing'],
  ['misconfigured', 720702011, 'run.missing'],
  ['rejected', 720702002, 'run.refused'],
  ['misconfigured', 720702017, 'run.failed'],
  ['unavailable', 720702085, 'run.failed'],
  ['quota', 4028, 'failure.quota'],
  ['unsupported', 6003, 'failure.owner'],
] as const)('a run that fails as %s (%i) says %s', async (kind, code, sentence) => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([fails(kind, { code, outcome: 'unknown' })])
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run()
  expect(h.screen).toEqual([sentence])
})

test('a command that is no longer configured when its turn comes says so', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), completed])
  await h.say('hold the lane')
  await h.take(command('weather', { rest: 'Oslo', sentAtMs: h.time.clock.now() }))
  await h.run()
  await h.kill(policyWith([]))
  gate.open()
  h.assistant.onFollow([whole('held'), completed])
  await h.run(60_000)
  expect(h.screen).toContain('run.missing')
})

test('in a chat a command is not meant for, it is unknown', async () => {
  const h = await setUp({ policy: policyWith([{ ...weather, where: ['group'] }]) })
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run()
  expect(h.screen).toEqual(['command.unknown'])
})

// Lost from sight

test('a run that is cut off keeps what stands, says so, and can be run again by its person: once', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([delta('Half'), fails('lost', { outcome: 'unknown' })], [delta('All of it.'), completed])
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run()
  expect(h.screen).toEqual(['Half\n\nrun.lost'])
  const token = tokenOf(h, 'control.runAgain')
  expect(await h.take(press(token, { user: 'bob' }))).toMatchObject({ notice: { key: 'action.notYours' } })
  await h.take(press(token))
  await h.run()
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.done' } })
  await h.run()
  expect(h.screen).toEqual(['Half\n\nrun.lost', 'All of it.'])
  expect(h.assistant.ran.map(({ parameters }) => parameters)).toEqual([{ city: 'Oslo' }, { city: 'Oslo' }])
})

test('killed while a run thinks, all it had said stays on the screen', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([delta('It'), wait(50), delta(' begins'), wait(50), delta(' with rain.'), wait(60_000)])
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run(5_000)
  await h.kill()
  await h.run()
  expect(h.screen).toEqual(['It begins with rain.\n\nrun.lost'])
})

test('what a run said last is not written down once its reply is whole: it would be delivered again', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([delta('It'), wait(50), delta(' rains.'), completed])
  const finish = h.journal.finish.bind(h.journal)
  h.journal.finish = async (record) => {
    await finish(record)
    await h.time.clock.sleep(2_000)
  }
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run(5_000)
  expect(h.screen).toEqual(['It rains.'])
  expect(await openTurns(h)).toBe(0)
})

test('killed in mid-run, the run is not repeated silently', async () => {
  const h = await setUp({ policy: policyWith([weather]) })
  h.assistant.onRun([delta('Half'), wait(60_000)])
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run(2_000)
  await h.kill()
  await h.run()
  expect(h.assistant.ran).toHaveLength(1)
  expect(h.screen).toEqual(['Half\n\nrun.lost'])
})

test('where its owner says so, a run that is cut off is run again by itself: once', async () => {
  const h = await setUp({
    policy: policyWith([{ ...weather, does: { ...weather.does, onLost: 'rerun' } } as never]),
  })
  h.assistant.onRun([delta('Half'), fails('lost', { outcome: 'unknown' })])
  await h.take(command('weather', { rest: 'Oslo' }))
  await h.run()
  expect(h.assistant.ran).toHaveLength(2)
  expect(h.screen).toEqual(['Half\n\nrun.lost'])
  expect(labelsOf(h)).toEqual([])
})

// In the background

const report = workflow('report', { run: { workflow: 'wf-report', mode: 'async' } })

test('a run in the background frees its lane, and its result is a message of its own', async () => {
  const h = await setUp({ policy: policyWith([report]) })
  h.assistant.onRun([started, wait(7_200_000), whole('The report.'), completed])
  await h.take(command('report'))
  await h.run()
  expect(h.screen).toEqual(['run.started'])
  await h.say('meanwhile?')
  await h.run()
  expect(h.screen).toEqual(['run.started', 'Hello.'])
  await h.run(7_200_000)
  expect(h.screen).toEqual(['run.started', 'Hello.', 'The report.'])
  expect(await openTurns(h)).toBe(0)
})

test('a run in the background is followed after a restart', async () => {
  const h = await setUp({ policy: policyWith([report]) })
  h.assistant.onRun([started, wait(7_200_000)])
  h.assistant.onFollow([wait(3_600_000), whole('The report.'), completed])
  await h.take(command('report'))
  await h.run(60_000)
  await h.kill()
  await h.say('meanwhile?')
  await h.run(3_600_000)
  expect(h.assistant.ran).toHaveLength(1)
  expect(h.screen).toEqual(['run.started', 'Hello.', 'The report.'])
})

test('a run in the background can be stopped', async () => {
  const h = await setUp({ policy: policyWith([report]) })
  h.assistant.onRun([started, wait(7_200_000), whole('The report.'), completed])
  await h.take(command('report'))
  await h.run()
  await h.take(command('stop'))
  await h.run()
  expect(h.screen).toEqual(['run.started', 'turn.stopped'])
  expect(await openTurns(h)).toBe(0)
})

// Agents that want to know something first

test('an agent asks what it wants to know once, before the first question', async () => {
  const agents = {
    default: {
      kind: 'chatflow',
      workflow: '9',
      parameters: { who: '{person.name} on {platform}' },
      options: [option('team')],
    },
  } as const
  const h = await setUp({ policy: policyWith([], { agents, routes: [route()] }) })
  h.assistant.onAnswer(says('One.'), says('Two.'))
  await h.say('first', { sender: { name: 'Ann' } })
  await h.run()
  expect(h.screen).toEqual(['ask.parameters\nteam'])
  await h.say('Blue')
  await h.run()
  await h.say('second', { sender: { name: 'Ann' } })
  await h.run()
  expect(h.screen).toEqual(['ask.parameters\nteam', 'One.', 'Two.'])
  expect(h.assistant.asked.map(({ text, agent }) => [text, agent.parameters])).toEqual([
    ['first', { who: 'Ann on fake', team: 'Blue' }],
    ['second', { who: 'Ann on fake', team: 'Blue' }],
  ])
})

test('a command is answered where it was given, also where questions get threads', async () => {
  const h = await setUp({
    policy: policyWith([weather], { routes: [route({ threads: 'open' })] }),
    opensThreads: true,
  })
  await h.take(slashCommand('weather', { options: { city: 'Oslo' }, chatKind: 'group', chat: 'chat' }))
  await h.run()
  expect(h.platform.callsOf('thread')).toEqual([])
  expect(h.screen).toEqual(['Ran.'])
})
