// Who may talk to the bot, list by list.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { message } from '../../test/support/bridge-events.ts'
import type { Access } from '../contract/policy.ts'
import { isAdmin, isAllowed, verdictOn, type Who } from './access.ts'

const open: Access = { direct: 'open', groups: 'open', allow: [], deny: [], admins: [] }
const closed: Access = { ...open, direct: 'closed', groups: 'listed' }
const direct = message('hi', { user: 'ann', chat: 'c1' })
const group = message('hi', {
  user: 'ann',
  chat: 'c1',
  chatKind: 'group',
  sender: { roles: ['helper'] },
})

test('an open bridge lets everybody in', () => {
  expect(isAllowed(direct, open)).toBe(true)
  expect(isAllowed(group, open)).toBe(true)
})

test('a closed one lets nobody in who is not listed', () => {
  expect(isAllowed(direct, closed)).toBe(false)
  expect(isAllowed(group, closed)).toBe(false)
})

test('closed to strangers in private does not close the groups', () => {
  const access: Access = { ...open, direct: 'closed' }
  expect(isAllowed(direct, access)).toBe(false)
  expect(isAllowed(group, access)).toBe(true)
})

test.each(['user:ann', 'chat:c1', 'fake/user:ann'])('"%s" lets in', (entry) => {
  expect(isAllowed(direct, { ...closed, allow: [entry] })).toBe(true)
})

test.each(['user:an', 'user:anna', 'chat:ann', 'other/user:ann', 'ann', 'role:helper'])(
  '"%s" lets nobody else in',
  (entry) => {
    expect(isAllowed(direct, { ...closed, allow: [entry] })).toBe(false)
  },
)

test('a role lets in where the platform tells roles', () => {
  expect(isAllowed(group, { ...closed, allow: ['role:helper'] })).toBe(true)
  expect(isAllowed(direct, { ...closed, allow: ['role:helper'] })).toBe(false)
})

test('ids may hold a colon', () => {
  const matrix = message('hi', { user: '@ann:example.org' })
  expect(isAllowed(matrix, { ...closed, allow: ['user:@ann:example.org'] })).toBe(true)
})

test('deny beats allow, and an admin beats both', () => {
  const access: Access = { ...open, allow: ['user:ann'], deny: ['chat:c1'] }
  expect(isAllowed(direct, access)).toBe(false)
  const admins: Access = { ...access, admins: ['user:ann'] }
  expect(isAllowed(direct, admins)).toBe(true)
  expect(isAdmin(direct, admins)).toBe(true)
  expect(isAdmin(direct, access)).toBe(false)
})

test.each([
  ['fake/*', true],
  ['other/*', false],
  ['*', false],
  ['/*', false],
  ['fake/', false],
  ['fake/user:', false],
])('"%s" lets in everybody of its account: %s', (entry, expected) => {
  expect(isAllowed(direct, { ...closed, allow: [entry] })).toBe(expected)
  expect(isAllowed(group, { ...closed, allow: [entry] })).toBe(expected)
})

test('an id may hold a slash, too', () => {
  const odd = message('hi', { user: 'team/ann' })
  expect(isAllowed(odd, { ...closed, allow: ['user:team/ann'] })).toBe(true)
  expect(isAllowed(odd, { ...closed, allow: ['fake/user:team/ann'] })).toBe(true)
})

test('a denied role holds also where the chat is listed, and where the person was let in', () => {
  const access: Access = { ...closed, direct: 'pairing', allow: ['chat:c1'], deny: ['role:helper'] }
  expect(isAllowed(group, access)).toBe(false)
  const inPrivate = message('hi', { sender: { roles: ['helper'] } })
  expect(isAllowed(inPrivate, access, true)).toBe(false)
})

test('a role may be an admin', () => {
  expect(isAdmin(group, { ...open, admins: ['fake/role:helper'] })).toBe(true)
  expect(isAdmin(group, { ...open, admins: ['other/role:helper'] })).toBe(false)
})

test.each([
  ['direct', 'open', 'in'],
  ['direct', 'pairing', 'ifPaired'],
  ['direct', 'closed', 'out'],
  ['group', 'open', 'in'],
  ['group', 'listed', 'out'],
] as const)('nothing said of a person, a %s chat that is %s: %s', (chatKind, rule, expected) => {
  const access = chatKind === 'direct' ? { ...open, direct: rule } : { ...open, groups: rule }
  expect(verdictOn(message('hi', { chatKind }), access as Access)).toBe(expected)
})

test('another bot is never asked for a code', () => {
  const bot = message('hi', { sender: { isBot: true } })
  expect(verdictOn(bot, { ...open, direct: 'pairing' })).toBe('out')
  expect(verdictOn(bot, { ...open, direct: 'pairing', allow: ['user:ann'] })).toBe('in')
})

/** Few names, so that lists and people meet. */
const name = fc.constantFrom('a', 'b')
const entry = fc.oneof(
  fc
    .tuple(fc.constantFrom('', 'x/', 'y/'), fc.constantFrom('user', 'chat', 'role'), name)
    .map(([account, kind, value]) => `${account}${kind}:${value}`),
  fc.constantFrom('x/*', 'y/*'),
)
const list = fc.array(entry, { maxLength: 3 })
const someAccess: fc.Arbitrary<Access> = fc.record({
  direct: fc.constantFrom('open', 'pairing', 'closed'),
  groups: fc.constantFrom('open', 'listed'),
  allow: list,
  deny: list,
  admins: list,
})
const somebody = fc
  .record({
    account: fc.constantFrom('x', 'y'),
    chat: name,
    user: name,
    chatKind: fc.constantFrom('direct', 'group'),
    sender: fc.record({ roles: fc.array(name, { maxLength: 2 }), isBot: fc.boolean() }),
  })
  .map((who) => message('hi', who))

/** The law, said once more in other words: each list by what its entries literally name. */
function names(who: Who, entries: readonly string[]): boolean {
  const { account, chatId } = who.address
  const plain = [
    `user:${who.sender.id}`,
    `chat:${chatId}`,
    ...(who.sender.roles ?? []).map((r) => `role:${r}`),
  ]
  const literal = new Set([...plain, ...plain.map((one) => `${account}/${one}`), `${account}/*`])
  return entries.some((one) => literal.has(one))
}

test('law: admins always may, then deny beats allow, then allow, then the rule of the place', () => {
  fc.assert(
    fc.property(somebody, someAccess, fc.boolean(), (who, access, paired) => {
      const ofPlace =
        who.chatKind === 'group'
          ? access.groups === 'open'
          : access.direct === 'open' || (access.direct === 'pairing' && paired && !who.sender.isBot)
      const expected =
        names(who, access.admins) || (!names(who, access.deny) && (names(who, access.allow) || ofPlace))
      expect(isAllowed(who, access, paired)).toBe(expected)
    }),
  )
})

test('law: a longer deny list lets in nobody more, a longer allow list nobody less', () => {
  fc.assert(
    fc.property(somebody, someAccess, entry, fc.boolean(), (who, access, more, paired) => {
      const before = isAllowed(who, access, paired)
      if (!before) expect(isAllowed(who, { ...access, deny: [...access.deny, more] }, paired)).toBe(false)
      if (before) expect(isAllowed(who, { ...access, allow: [...access.allow, more] }, paired)).toBe(true)
    }),
  )
})

test('law: pairing opens private chats alone', () => {
  fc.assert(
    fc.property(somebody, someAccess, (who, access) => {
      fc.pre(who.chatKind === 'group' || access.direct !== 'pairing')
      expect(isAllowed(who, access, true)).toBe(isAllowed(who, access, false))
    }),
  )
})
