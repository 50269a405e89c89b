// Does a topic keep its name, also over a restart?
import { expect, test } from 'vitest'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createThreads } from './threads.ts'

test('a topic is known again after a restart', async () => {
  const memory = createMemoryNotes()
  await createThreads(() => memory).learn('om_root', 'omt_1')
  const threads = createThreads(() => memory)
  await threads.load('om_root')
  expect(threads.of('om_root')).toBe('omt_1')
})

test('what a topic was called first, it is called from then on', async () => {
  const threads = createThreads(createMemoryNotes)
  await threads.load('om_root')
  await threads.learn('om_root', 'om_root')
  await threads.learn('om_root', 'omt_1')
  expect(threads.of('om_root')).toBe('om_root')
})
