// What an agent's parameters say of the person who asks.

import { expect, test } from 'vitest'
import { message } from '../../../test/support/bridge-events.ts'
import { withPerson } from './person.ts'

const asked = message('hi', { sender: { name: 'Ann {chat.id}', locale: 'nb' }, chat: 'room' })

test('gaps are filled at any depth, unknown ones stay', () => {
  const given = {
    a: '{person.name} ({person.locale})',
    b: [{ c: '{person.id}@{platform}' }],
    d: '{else}',
    n: 1,
  }
  expect(withPerson(given, asked, { userId: 'u_1', locale: 'nb' })).toEqual({
    a: 'Ann {chat.id} (nb)',
    b: [{ c: 'u_1@fake' }],
    d: '{else}',
    n: 1,
  })
})

test('what is not known is left empty', () => {
  expect(withPerson('<{person.name}>', message('hi'), { userId: 'u_1', locale: 'en' })).toBe('<>')
})
