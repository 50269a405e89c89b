// Buttons below a reply, the bridge's own commands, and the first words to somebody.

import { expect, test } from 'vitest'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { ReplyControls, Route } from '../../src/contract/policy.ts'
import { address, brand, command, policy, route, slashCommand } from '../support/bridge-events.ts'
import { paced, setUp, type BridgeHarness } from '../support/bridge-harness.ts'
import { buttonsOf, labelsOf, policyWith, press, tokenOf, workflow } from '../support/bridge-people.ts'
import { completed, delta, fails, says, started, wait } from '../support/scripted-assistant.ts'

const NONE: ReplyControls = { suggestions: false, stop: false, again: false, thumbs: false, listen: false }
const withControls = (controls: Partial<ReplyControls>, more: Partial<Route> = {}) => ({
  policy: policy({ routes: [route({ controls: { ...NONE, ...controls }, ...more })] }),
})
const suggests = (...texts: readonly string[]) => [
  started,
  delta('An answer.'),
  { kind: 'suggestions', texts } as const,
  completed,
]

async function told(h: BridgeHarness, name: string, rest = ''): Promise<string> {
  await h.take(command(name, { rest }))
  await h.run()
  return h.screen.at(-1) ?? ''
}

test('a reply can be stopped by its button while it grows, by who asked; whole, it has none', async () => {
  const h = await setUp(withControls({ stop: true }))
  h.assistant.onAnswer(
    [started, delta('One, two,'), wait(60_000), delta(' three.'), completed],
    says('Whole.'),
  )
  await h.say('count')
  await h.run(2_000)
  const token = tokenOf(h, 'control.stop')
  expect(await h.take(press(token, { user: 'bob' }))).toMatchObject({ notice: { key: 'action.notYours' } })
  expect(await h.take(press(token))).toEqual({ show: 'nothing' })
  await h.run()
  expect(h.screen).toEqual(['One, two,\n\nturn.stopped'])
  expect(h.assistant.cancelled).toHaveLength(1)
  expect(labelsOf(h)).toEqual([])
  await h.say('again')
  await h.run()
  expect(h.screen.at(-1)).toBe('Whole.')
  expect(labelsOf(h)).toEqual([])
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.expired' } })
})

test('the stop button works on after a restart', async () => {
  const h = await setUp(withControls({ stop: true }))
  h.assistant.onAnswer([started, delta('One, two,'), wait(60_000)])
  h.assistant.onFollow([wait(60_000), delta(' three.'), completed])
  await h.say('count')
  await h.run(2_000)
  const token = tokenOf(h, 'control.stop')
  await h.kill()
  await h.run(1_000)
  await h.take(press(token))
  await h.run()
  expect(h.screen.at(-1)).toContain('turn.stopped')
})

test('a suggestion is asked as who pressed it: once, also after a restart', async () => {
  const h = await setUp(withControls({ suggestions: true }))
  h.assistant.onAnswer(suggests('And *then*?', 'Why?'), says('Then this.'))
  await h.say('what?')
  await h.run()
  expect(labelsOf(h)).toEqual(['And *then*?', 'Why?'])
  const token = tokenOf(h, 'And *then*?')
  await h.kill()
  expect(await h.take(press(token, { user: 'bob' }))).toMatchObject({ notice: { key: 'action.notYours' } })
  expect(await h.take(press(token))).toMatchObject({ show: 'waiting' })
  await h.run()
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.done' } })
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['what?', 'And *then*?'])
  expect(h.assistant.asked[1]?.conversation.conversationId).toBe('conversation-1')
  expect(h.screen.at(-1)).toContain('Then this.')
})

test('where everybody shares the conversation, everybody may press', async () => {
  const h = await setUp(withControls({ suggestions: true }, { conversation: 'per-chat' }))
  h.assistant.onAnswer(suggests('Why?'), says('Because.'))
  await h.say('what?', { chatKind: 'group', mentionsBot: true })
  await h.run()
  await h.take(press(tokenOf(h, 'Why?'), { user: 'bob', chatKind: 'group' }))
  await h.run()
  expect(h.screen.at(-1)).toContain('Because.')
})

test('a button expires politely', async () => {
  const h = await setUp(withControls({ suggestions: true }))
  h.assistant.onAnswer(suggests('Why?'))
  await h.say('what?')
  await h.run()
  const token = tokenOf(h, 'Why?')
  await h.run(4 * 24 * 3_600_000)
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.expired' } })
  expect(await h.take(press('never-heard-of'))).toMatchObject({ notice: { key: 'action.expired' } })
})

test('"again" asks the same question once more', async () => {
  const h = await setUp(withControls({ again: true }))
  h.assistant.onAnswer(says('First.'), says('Second.'))
  await h.say('what?')
  await h.run()
  await h.take(press(tokenOf(h, 'control.again')))
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['what?', 'what?'])
  expect(h.screen).toEqual(['First.', 'Second.'])
})

test('a verdict reaches the assistant, may be changed, and is not repeated', async () => {
  const h = await setUp(withControls({ thumbs: true }))
  await h.say('what?')
  await h.run()
  const [thumbs] = buttonsOf(h)
  if (thumbs?.kind !== 'thumbs') throw new Error('no thumbs')
  const { upToken, downToken } = thumbs
  for (const token of [upToken, upToken, downToken]) {
    expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.thanks' } })
  }
  expect(await h.take(press(upToken, { user: 'bob' }))).toMatchObject({ notice: { key: 'action.notYours' } })
  await h.run()
  expect(h.assistant.rated).toEqual(['like', 'unlike'])
})

test('a reply that failed has no buttons that praise it', async () => {
  const h = await setUp(withControls({ suggestions: true, again: true, thumbs: true }))
  h.assistant.onAnswer([started, delta('Half'), { kind: 'suggestions', texts: ['?'] }, fails('refused')])
  await h.say('what?')
  await h.run()
  expect(labelsOf(h)).toEqual([])
})

test('where a run can be looked at stands in the log, and below the reply for admins alone', async () => {
  const debugUrl = 'https://example.test/run'
  const commands = [workflow('trip')]
  const access = { direct: 'open', groups: 'open', allow: [], deny: [], admins: ['user:boss'] } as const
  const h = await setUp({ policy: policyWith(commands, { access }) })
  h.assistant.onRun([delta('Ran.'), { kind: 'completed', debugUrl }])
  await h.take(command('trip'))
  await h.run()
  expect(buttonsOf(h)).toEqual([])
  expect(JSON.stringify(h.log.lines)).toContain(debugUrl)
  await h.take(command('trip', { user: 'boss' }))
  await h.run()
  expect(buttonsOf(h)).toEqual([{ kind: 'link', url: debugUrl, label: 'control.debug' }])
})

// The bridge's own commands

test('/again asks the last question of this person here, and says when there is none', async () => {
  const h = await setUp()
  expect(await told(h, 'again')).toBe('again.nothing')
  await h.say('what?')
  await h.run()
  await h.take(command('again', { user: 'bob' }))
  await h.run()
  expect(h.screen.at(-1)).toBe('again.nothing')
  await told(h, 'again')
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['what?', 'what?'])
})

test('/agent tells, changes and refuses; each agent keeps its conversation', async () => {
  const agents = { default: { kind: 'bot', bot: '1' }, cook: { kind: 'bot', bot: '2' } } as const
  const h = await setUp({ policy: policy({ agents, routes: [route({ agents: ['default', 'cook'] })] }) })
  expect(await told(h, 'agent')).toBe('agent.current\nagent.choices')
  expect(await told(h, 'agent', 'plumber')).toBe('agent.unknown')
  expect(await told(h, 'agent', 'Cook')).toBe('agent.changed')
  await h.kill()
  await h.say('what is for dinner?')
  await h.run()
  await h.take(slashCommand('agent', { options: { name: 'default' } }))
  await h.run()
  await h.say('thank you')
  await h.run()
  expect(h.assistant.asked.map(({ agent, conversation }) => [agent, conversation.conversationId])).toEqual([
    [agents.cook, 'conversation-1'],
    [agents.default, 'conversation-2'],
  ])
})

test('/status and /whoami tell what is so', async () => {
  const h = await setUp()
  expect(await told(h, 'status')).toBe('agent.current\nstatus.idle\nstatus.noConversation')
  h.assistant.onAnswer([started, delta('Hm'), wait(60_000), completed])
  await h.say('?')
  await h.run(1_000)
  expect(await told(h, 'status')).toBe('agent.current\nstatus.busy\nstatus.conversation')
  expect(await told(h, 'whoami')).toBe('whoami.person\nwhoami.chat\nwhoami.account')
})

test('what concerns one person in a group is for them alone, where the platform can do that', async () => {
  const h = await setUp()
  expect(await h.take(slashCommand('whoami'))).toEqual({ show: 'waiting', private: true })
  expect(await h.take(slashCommand('new'))).toEqual({ show: 'waiting', private: false })
})

// First words

const joined = (id: string): ChatEvent => ({
  kind: 'joined',
  id: brand(id),
  sentAtMs: 0,
  address: address('chat'),
  how: 'started',
  replyTarget: { account: 'fake', place: { chat: 'chat' } },
})
const greeter = { agents: { default: { kind: 'bot', bot: 'greeter' } } } as const

test('/start says the agent’s own opening words and what it suggests to ask', async () => {
  const on = route({ controls: { ...NONE, suggestions: true } })
  const h = await setUp({ policy: policy({ ...greeter, routes: [on] }) })
  await told(h, 'start')
  expect(h.screen).toEqual(['Welcome aboard.'])
  await h.take(press(tokenOf(h, 'What can you do?')))
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['What can you do?'])
})

test('an agent without opening words leaves /start to the help', async () => {
  const h = await setUp()
  expect(await told(h, 'start')).toContain('help.title')
})

test('who opens the chat for the first time is greeted, once', async () => {
  const h = await setUp({ policy: policy(greeter) })
  await h.take(joined('1'))
  await h.take(joined('1'))
  await h.run(2_000)
  expect(h.screen).toEqual(['Welcome aboard.'])
  await told(h, 'start')
  expect(h.screen).toEqual(['Welcome aboard.', 'Welcome aboard.'])
})

test('who comes in with /start, as on Telegram, is greeted once', async () => {
  const h = await setUp({ policy: policy(greeter) })
  await h.take(joined('1'))
  await told(h, 'start')
  await h.run(5_000)
  expect(h.screen).toEqual(['Welcome aboard.'])
})

test('of a reply that fills several messages at once, the last one alone has the buttons', async () => {
  const text = Array.from({ length: 60 }, (_, n) => `Line ${n} of a long answer.`).join('\n\n')
  const h = await setUp({ ...withControls({ again: true }), ...paced })
  h.assistant.onAnswer([started, { kind: 'whole', text }, wait(500), completed])
  h.platform.fail('post', { kind: 'rate-limited', retryAfterMs: 2_000 })
  await h.say('long')
  await h.run(60_000)
  expect(h.screen.length).toBeGreaterThan(2)
  const withButtons = h.platform.messages.map(({ controls }) => controls.length)
  expect(withButtons).toEqual([...withButtons.slice(1).map(() => 0), 1])
})

test('of a question below several messages, the last one alone has the choices, and goes on', async () => {
  const text = Array.from({ length: 60 }, (_, n) => `Line ${n} of a long answer.`).join('\n\n')
  const h = await setUp({ policy: policyWith([workflow('trip')]), ...paced })
  const prompt = { text: 'Where to?', choices: ['Oslo', 'Bergen'] }
  h.assistant.onRun([delta(text), wait(500), { kind: 'question', prompt, resume: {} }])
  h.platform.fail('post', { kind: 'rate-limited', retryAfterMs: 2_000 })
  await h.take(command('trip'))
  await h.run(60_000)
  const withButtons = h.platform.messages.map(({ controls }) => controls.length)
  expect(withButtons).toEqual([...withButtons.slice(1).map(() => 0), 2])
  const messages = h.screen.length
  await h.take(press(tokenOf(h, 'Oslo')))
  await h.run(60_000)
  expect(h.screen).toHaveLength(messages)
  expect(h.screen.at(-1)).toMatch(/Where to\?\n\n> Oslo\n\nWent on\.$/)
  expect(h.screen.join('\n\n')).toBe(`${text}\n\nWhere to?\n\n> Oslo\n\nWent on.`)
})
