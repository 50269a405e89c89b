// Who gets an answer, who gets one sentence, and who gets silence.

import { expect, test } from 'vitest'
import { command, message, policy, route } from '../../test/support/bridge-events.ts'
import type { ChatEvent } from '../contract/event.ts'
import type { Access, Policy, Route } from '../contract/policy.ts'
import { decide } from './decide.ts'

const groupMessage = (text: string, extra: Parameters<typeof message>[1] = {}) =>
  message(text, { chatKind: 'group', chat: 'room', ...extra })

function outcome(event: ChatEvent, given: Partial<Policy> = {}): string {
  const decision = decide(event, policy(given))
  switch (decision.do) {
    case 'ignore':
      return `ignore: ${decision.because}`
    case 'ask':
      return `ask: ${decision.text}`
    case 'command':
      return `command: ${decision.command.name}`
    case 'press':
      return `press: ${decision.event.token}`
    case 'builtin':
      return `builtin: ${decision.builtin}`
    case 'tell':
      return `tell: ${decision.notice.key}`
    case 'refuse':
    case 'pair':
    case 'life':
      return decision.do
  }
}

const accessWith = (overrides: Partial<Access>): Pick<Policy, 'access'> => ({
  access: { ...policy().access, ...overrides },
})
const routed = (...routes: readonly Partial<Route>[]): Pick<Policy, 'routes'> => ({
  routes: routes.map(route),
})
const attachment = { kind: 'image', ref: {} } as const

test('answers any message in a private chat', () => {
  expect(outcome(message('hi'))).toBe('ask: hi')
})

test.each([
  ['a mention', { mentionsBot: true }, 'ask: hi'],
  ['a reply to the bot', { repliesToBot: true }, 'ask: hi'],
  ['neither', {}, 'ignore: not-addressed'],
])('in a group, %s', (_what, extra, expected) => {
  expect(outcome(groupMessage('hi', extra))).toBe(expected)
})

test('answers everything where the route says always', () => {
  expect(outcome(groupMessage('hi'), routed({ triggers: ['always'] }))).toBe('ask: hi')
})

test('wakes for the triggers of its route only', () => {
  const onlyMention = routed({ triggers: ['mention'] })
  expect(outcome(message('hi'), onlyMention)).toBe('ignore: not-addressed')
  expect(outcome(groupMessage('hi', { repliesToBot: true }), onlyMention)).toBe('ignore: not-addressed')
  expect(outcome(groupMessage('hi', { mentionsBot: true }), onlyMention)).toBe('ask: hi')
})

test('answers another bot that its adapter was told to let in', () => {
  const sender = { isBot: true }
  expect(outcome(groupMessage('hi', { mentionsBot: true, sender }))).toBe('ask: hi')
  expect(outcome(groupMessage('just talking', { sender }))).toBe('ignore: not-addressed')
})

test('tells a stranger in a private chat that they may not, and is silent in a group', () => {
  const denied = accessWith({ deny: ['user:ann'] })
  expect(outcome(message('hi'), denied)).toBe('refuse')
  expect(outcome(groupMessage('hi', { mentionsBot: true }), denied)).toBe('ignore: not-allowed')
  expect(outcome(command('help'), denied)).toBe('refuse')
})

test('never tells another bot that it may not: it would answer', () => {
  const closed = accessWith({ direct: 'closed' })
  expect(outcome(message('hi', { sender: { isBot: true } }), closed)).toBe('ignore: not-allowed')
})

test('where strangers are let in by a code, gives one, whatever they do', () => {
  const pairing = policy(accessWith({ direct: 'pairing' }))
  expect(decide(message('hi'), pairing)).toEqual({ do: 'pair' })
  expect(decide(command('pair', { rest: 'ABCDEFGH' }), pairing)).toEqual({ do: 'pair' })
  expect(decide(message('hi'), pairing, true)).toMatchObject({ do: 'ask' })
  expect(decide(groupMessage('hi', { mentionsBot: true }), pairing)).toMatchObject({ do: 'ask' })
})

test('takes a bare mention for a call for help', () => {
  expect(outcome(groupMessage('  ', { mentionsBot: true }))).toBe('builtin: help')
})

test('ignores an empty message that does not mention it', () => {
  expect(outcome(message(' '))).toBe('ignore: nothing-said')
})

test('files are asked about, with words beside them and without', () => {
  expect(outcome(message('', { attachments: [attachment] }))).toBe('ask: ')
  expect(outcome(message('what is this?', { attachments: [attachment] }))).toBe('ask: what is this?')
})

test('refuses a text beyond the route’s limit, with the limit', () => {
  expect(outcome(message('x'.repeat(10)), routed({ maxInputChars: 10 }))).toBe(`ask: ${'x'.repeat(10)}`)
  expect(decide(message('x'.repeat(11)), policy(routed({ maxInputChars: 10 })))).toEqual({
    do: 'tell',
    notice: { key: 'input.tooLong', params: { limit: 10 } },
  })
})

test('puts what was quoted in front, with the name of who said it', () => {
  const quoted = { fromBot: false, senderName: 'Ben', text: 'It rains.\nAgain.' }
  expect(outcome(message('Is that so?', { quoted }))).toBe('ask: > Ben: It rains.\n> Again.\n\nIs that so?')
})

test('asks about a quote alone', () => {
  const quoted = { fromBot: false, text: 'It rains.' }
  expect(outcome(groupMessage('', { mentionsBot: true, quoted }))).toBe('ask: > It rains.')
})

test('does not quote the bot to itself: its conversation remembers', () => {
  const quoted = { fromBot: true, text: 'It rains.' }
  expect(outcome(groupMessage('Sure?', { repliesToBot: true, quoted }))).toBe('ask: Sure?')
})

test('knows its own commands, and says when it does not know one', () => {
  expect(outcome(command('stop'))).toBe('builtin: stop')
  expect(outcome(command('start'))).toBe('builtin: start')
  expect(outcome(command('dance'))).toBe('tell: command.unknown')
})

test('is silent where no route leads', () => {
  expect(outcome(message('hi'), routed({ when: { chat: 'elsewhere' } }))).toBe('ignore: no-route')
  expect(outcome(command('help'), { routes: [] })).toBe('ignore: no-route')
})

test('a route for one command does not catch messages', () => {
  expect(outcome(message('hi'), routed({ when: { command: 'help' } }))).toBe('ignore: no-route')
  expect(outcome(command('help'), routed({ when: { command: 'help' } }))).toBe('builtin: help')
})

test('what happens to a chat is passed on whoever is denied', () => {
  const moved = {
    kind: 'moved',
    id: message('').id,
    sentAtMs: 0,
    from: message('').address,
    to: message('').address,
  } as const
  expect(outcome(moved, accessWith({ direct: 'closed', groups: 'listed' }))).toBe('life')
})
