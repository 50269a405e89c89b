// Who may talk to the bot, list by list.

import { expect, test } from 'vitest'
import { message } from '../../test/support/bridge-events.ts'
import type { Access } from '../contract/policy.ts'
import { isAdmin, isAllowed } from './access.ts'

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
