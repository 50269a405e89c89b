import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PageMessage } from '../protocol.ts'
import { AT_FIRST, next, type PageState } from './state.ts'

const said = (id: string, edits = 0, isBot = true): PageMessage => ({
  id,
  author: { name: 'Emu', isBot },
  postedAtMs: 1,
  changedAtMs: 2,
  edits,
  state: 'final',
  blocks: [],
  files: [],
  controls: [],
})
const take = (state: PageState, roomId: string, message: PageMessage): PageState =>
  next(state, { kind: 'message', roomId, message })

test('a message stands once, in the place where it was first, in its newest state', () => {
  const event = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), edits: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const state = events.reduce((now, { id, edits }) => take(now, 'room', said(id, edits)), AT_FIRST)
      const ids = [...new Set(events.map(({ id }) => id))]
      const newest = ids.map((id) => events.findLast((one) => one.id === id)?.edits)
      const { messages = [] } = state.talks['room'] ?? {}
      expect(messages.map(({ id }) => id)).toEqual(ids)
      expect(messages.map(({ edits }) => edits)).toEqual(newest)
    }),
  )
})

test('an edit leaves every other message and room as it was, so that they are not drawn anew', () => {
  const before = take(take(take(AT_FIRST, 'one', said('a')), 'one', said('b')), 'two', said('c'))
  const after = take(before, 'one', said('b', 1))
  expect(after.talks['one']?.messages[0]).toBe(before.talks['one']?.messages[0])
  expect(after.talks['two']).toBe(before.talks['two'])
  expect(after.rooms).toBe(before.rooms)
})

test('the bot stops typing when its message is there, not when a person writes', () => {
  const typing = next(AT_FIRST, { kind: 'typing', roomId: 'room', untilMs: 900 })
  expect(take(typing, 'room', said('a', 0, false)).talks['room']?.typingUntilMs).toBe(900)
  expect(take(typing, 'room', said('a')).talks['room']?.typingUntilMs).toBe(0)
})

test('a new beginning forgets what was there', () => {
  const state = next(take(AT_FIRST, 'room', said('a')), {
    kind: 'hello',
    people: [{ id: 'p', name: 'Ann', locale: 'en' }],
    rooms: [],
    commands: [],
    coze: { kind: 'emulated', behaviour: 'echo' },
    bridge: { state: 'ready' },
    behaviours: [],
    hints: [],
  })
  expect(state.talks).toEqual({})
  expect(state.people.map(({ name }) => name)).toEqual(['Ann'])
})

test('what is deleted is gone, and a form that opens again stands once', () => {
  const state = next(take(AT_FIRST, 'room', said('a')), { kind: 'deleted', roomId: 'room', messageId: 'a' })
  expect(state.talks['room']?.messages).toEqual([])
  const form = { id: 'f', title: '', fields: [], submitLabel: '' }
  const event = { kind: 'form', roomId: 'room', personId: 'p', form } as const
  expect(next(next(state, event), event).forms).toHaveLength(1)
})
