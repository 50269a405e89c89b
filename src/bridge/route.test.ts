// Which agent answers where, and which messages belong to one dialogue.

import { expect, test } from 'vitest'
import { address, message, policy, route } from '../../test/support/bridge-events.ts'
import type { RouteCondition, Scope } from '../contract/policy.ts'
import { movedScopeKey, pseudonym, routeFor, scopeKey } from './route.ts'

const agentFor = (routes: readonly [RouteCondition, string][], act: Parameters<typeof message>[1]) =>
  routeFor(
    message('hi', act),
    undefined,
    policy({ routes: routes.map(([when, agent]) => route({ when, agent })) }),
  )?.agent

test('the first route that matches wins', () => {
  const routes: readonly [RouteCondition, string][] = [
    [{ chat: 'room' }, 'first'],
    [{ user: 'ann' }, 'second'],
    [{}, 'last'],
  ]
  expect(agentFor(routes, { chat: 'room', user: 'ann' })).toBe('first')
  expect(agentFor(routes, { chat: 'other', user: 'ann' })).toBe('second')
  expect(agentFor(routes, { chat: 'other', user: 'ben' })).toBe('last')
})

test.each<[string, RouteCondition, Parameters<typeof message>[1], Parameters<typeof message>[1]]>([
  ['platform', { platform: 'sales' }, { account: 'sales' }, { account: 'fake' }],
  ['chat', { chat: 'room' }, { chat: 'room' }, { chat: 'other' }],
  ['thread', { thread: 't1' }, { thread: 't1' }, {}],
  ['user', { user: 'ann' }, { user: 'ann' }, { user: 'ben' }],
  ['role', { role: 'helper' }, { sender: { roles: ['x', 'helper'] } }, { sender: { roles: ['x'] } }],
  ['kind of chat', { chatKind: 'group' }, { chatKind: 'group' }, { chatKind: 'direct' }],
])('a condition on the %s holds there and nowhere else', (_what, when, here, there) => {
  expect(agentFor([[when, 'here']], here)).toBe('here')
  expect(agentFor([[when, 'here']], there)).toBeUndefined()
})

test('all conditions of a route must hold', () => {
  const routes: readonly [RouteCondition, string][] = [[{ chat: 'room', user: 'ann' }, 'both']]
  expect(agentFor(routes, { chat: 'room', user: 'ann' })).toBe('both')
  expect(agentFor(routes, { chat: 'room', user: 'ben' })).toBeUndefined()
})

const key = (conversation: Scope, act: Parameters<typeof message>[1]) =>
  scopeKey(message('hi', act), route({ conversation }))

test('per user, two people and two threads each have their own', () => {
  const keys = [
    key('per-user', { user: 'ann' }),
    key('per-user', { user: 'ben' }),
    key('per-user', { user: 'ann', thread: 't1' }),
    key('per-user', { user: 'ben', thread: 't1' }),
    key('per-user', { user: 'ann', chat: 'other' }),
    key('per-user', { user: 'ann', account: 'sales' }),
  ]
  expect(new Set(keys).size).toBe(keys.length)
  expect(key('per-user', { user: 'ann' })).toBe(key('per-user', { user: 'ann', chatKind: 'group' }))
})

test('per chat, everybody in every thread of it has one', () => {
  expect(key('per-chat', { user: 'ann', thread: 't1' })).toBe(key('per-chat', { user: 'ben' }))
  expect(key('per-chat', { chat: 'other' })).not.toBe(key('per-chat', {}))
})

test('per thread, everybody in it has one, and another thread has another', () => {
  expect(key('per-thread', { user: 'ann', thread: 't1' })).toBe(
    key('per-thread', { user: 'ben', thread: 't1' }),
  )
  expect(key('per-thread', { thread: 't1' })).not.toBe(key('per-thread', { thread: 't2' }))
  expect(key('per-thread', { thread: 't1' })).not.toBe(key('per-thread', {}))
})

test.each<Scope>(['per-user', 'per-chat', 'per-thread'])('a moved chat takes its %s keys along', (scope) => {
  const [from, to] = [address('old'), address('new')]
  const moved = (act: Parameters<typeof message>[1]) => movedScopeKey(key(scope, act), from, to)
  expect(moved({ chat: 'old', thread: 't1' })).toBe(key(scope, { chat: 'new', thread: 't1' }))
  expect(moved({ chat: 'older' })).toBe(key(scope, { chat: 'older' }))
  expect(moved({ chat: 'old', account: 'sales' })).toBe(key(scope, { chat: 'old', account: 'sales' }))
})

test('a pseudonym is the same for one person in all chats, another for each other person, and names nobody', () => {
  const of = (act: Parameters<typeof message>[1], salt = 'salt') => pseudonym(salt, message('', act))
  expect(of({ user: 'ann', chat: 'a' })).toBe(of({ user: 'ann', chat: 'b' }))
  expect(of({ user: 'ann' })).not.toBe(of({ user: 'ben' }))
  expect(of({ user: 'ann' })).not.toBe(of({ user: 'ann', account: 'sales' }))
  expect(of({ user: 'ann' })).not.toBe(of({ user: 'ann' }, 'pepper'))
  expect(of({ user: 'ann' })).not.toContain('ann')
})
