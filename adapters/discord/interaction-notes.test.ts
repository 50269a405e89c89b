// What stands in the first answer of an interaction, whatever is learned first?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createInteractions } from './interaction-notes.ts'

function open() {
  const interactions = createInteractions(createManualClock().clock)
  interactions.asked('i')
  return { ...interactions, stage: () => interactions.notes.get('i')?.stage }
}

test('a deferral that is to be taken away is not filled, also when its arrival is heard of only then', async () => {
  const { answered, cleared, elsewhere, notes, stage } = open()
  const note = notes.get('i')
  let isTold = false
  void (note?.stage === 'asked' ? note.answered : undefined)?.then(() => (isTold = true))
  cleared('i')
  answered('i', 'deferred')
  await Promise.resolve()
  expect(stage()).toBe('asked')
  expect(isTold).toBe(false)
  elsewhere('i')
  await Promise.resolve()
  expect(stage()).toBe('elsewhere')
  expect(isTold).toBe(true)
})

test('a deferral that stood and is taken away makes what follows wait', () => {
  const { answered, cleared, over, stage } = open()
  answered('i', 'deferred')
  expect(stage()).toBe('deferred')
  cleared('i')
  expect(stage()).toBe('asked')
  over('i')
  expect(stage()).toBe('over')
})

test('what Discord refused is over, also while it was to be taken away', () => {
  const { answered, cleared, stage } = open()
  cleared('i')
  answered('i', 'refused')
  expect(stage()).toBe('over')
})
