// Screens and chats find each other whatever the order; one chat never counts for two screens.

import { expect, test } from 'vitest'
import { matchUp } from './matching.ts'

test('each screen gets a chat of its own where there is one', () => {
  const fits = [
    [true, true, false],
    [true, false, false],
    [false, true, true],
  ]
  expect(matchUp(3, 3, (row, column) => fits[row]![column]!)).toEqual([1, 0, 2])
})

test('one chat does not count for two screens', () => {
  expect(matchUp(3, 1, () => true).filter((column) => column !== undefined)).toEqual([0])
})

test('a screen that shows nobody’s answer gets none', () => {
  expect(matchUp(2, 2, (row) => row === 1)).toEqual([undefined, 0])
})
