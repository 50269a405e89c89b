// Does the bot know who it is when Feishu does not tell it just now?
import { expect, test } from 'vitest'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSelfNotes } from './self-notes.ts'

test('what an earlier start was told is known at the next, by the same app alone', async () => {
  const memory = createMemoryNotes()
  const log = createQuietLogger()
  await createSelfNotes('cli_a', memory, log).write({ openId: 'ou_me', name: 'Emu' })
  expect(await createSelfNotes('cli_a', memory, log).read()).toEqual({ openId: 'ou_me', name: 'Emu' })
  expect(await createSelfNotes('cli_b', memory, log).read()).toBeUndefined()
})

test('a store that is away costs a line of the log', async () => {
  const away = () => Promise.reject(new Error('away'))
  const log = createQuietLogger()
  const notes = createSelfNotes('cli_a', { get: away, set: away, delete: away }, log)
  expect(await notes.read()).toBeUndefined()
  await notes.write({ openId: 'ou_me' })
  expect(log.lines).toHaveLength(1)
})
