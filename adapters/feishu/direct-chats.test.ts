// Is a person's own chat known when it has to be, also after a restart?
import { expect, test } from 'vitest'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createDirectChats } from './direct-chats.ts'

test('the person’s chat is known again after a restart', async () => {
  const memory = createMemoryNotes()
  await createDirectChats(() => memory).learn('ou_ann', 'oc_1')
  const chats = createDirectChats(() => memory)
  expect(chats.of('ou_ann')).toBeUndefined()
  await chats.load('ou_ann')
  expect(chats.of('ou_ann')).toBe('oc_1')
})

test('that an id stood in for the chat is known until the chat is learned', async () => {
  const memory = createMemoryNotes()
  await createDirectChats(() => memory).standIn('ou_ann')
  const chats = createDirectChats(() => memory)
  await chats.load('ou_ann')
  expect([chats.standsIn('ou_ann'), chats.of('ou_ann')]).toEqual([true, undefined])
  await chats.learn('ou_ann', 'oc_1')
  expect([chats.standsIn('ou_ann'), chats.of('ou_ann')]).toEqual([false, 'oc_1'])
})

test('a memory that cannot be read costs only the knowledge', async () => {
  const broken = { ...createMemoryNotes(), get: () => Promise.reject(new Error('disk')) }
  const chats = createDirectChats(() => broken)
  await chats.load('ou_ann')
  expect(chats.of('ou_ann')).toBeUndefined()
})

test('what another process learns is known here too', async () => {
  const memory = createMemoryNotes()
  const chats = createDirectChats(() => memory)
  await chats.load('ou_ann')
  expect(chats.of('ou_ann')).toBeUndefined()
  await createDirectChats(() => memory).learn('ou_ann', 'oc_1')
  await chats.load('ou_ann')
  expect(chats.of('ou_ann')).toBe('oc_1')
})
