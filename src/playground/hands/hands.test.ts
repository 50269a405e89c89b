// Is a command typed as a person types it, and a screen told in words?

import { expect, test } from 'vitest'
import {
  choiceOf,
  mediaInWords,
  picturesInWords,
  pressInWords,
  screenInWords,
  sooner,
  typedCommand,
  type ShownReply,
} from './hands.ts'

const [OSLO, BERGEN] = ['Oslo', 'Bergen'].map((label) => ({ label, messageId: '2', key: label }))
const SHOWN: readonly ShownReply[] = [
  { messageId: '1', text: 'Hello', buttons: [], links: [] },
  { messageId: '2', text: 'Where\nto?', buttons: [OSLO!, BERGEN!], links: [] },
]

test.for([
  [{ name: 'help' }, '/help'],
  [{ name: 'weather', options: { city: 'Oslo', days: 3 } }, '/weather city=Oslo days=3'],
  [{ name: 'weather', options: { city: 'New York' } }, '/weather city="New York"'],
  [{ name: 'weather', options: { city: 'Oslo' }, typed: 'Oslo days:3' }, '/weather Oslo days:3'],
] as const)('types %j as %s', ([command, typed]) => {
  expect(typedCommand(command)).toBe(typed)
})

test('says what is pressed among what, and that it is gone', () => {
  expect(pressInWords(OSLO!, SHOWN, false)).toBe('presses [Oslo] of [Oslo] [Bergen]')
  expect(pressInWords(OSLO!, SHOWN, true)).toBe('presses [Oslo], which is gone')
})

test('finds an answer among the buttons of the newest message', () => {
  expect(choiceOf('Bergen', SHOWN)).toBe(BERGEN)
  expect(choiceOf('Bergen', SHOWN.slice(0, 1))).toBeUndefined()
})

test('tells a screen in a line', () => {
  expect(screenInWords(SHOWN)).toBe('“Hello” · “Where ⏎ to?” [Oslo] [Bergen]')
  expect(screenInWords([])).toBe('nothing of the bot')
})

test('tells of pictures and files by their sizes and words', () => {
  const picture = { name: 'a.png', bytes: Buffer.alloc(3) }
  expect(picturesInWords([picture], 'Who?')).toBe('sends a picture (3 bytes) with the words Who?')
  expect(picturesInWords([picture, picture])).toBe('sends 2 pictures (3 bytes, 3 bytes)')
  const seen = { messageId: '1', kind: 'file', name: 'b.pdf', words: '', sizeBytes: 9, sha256: '' } as const
  expect(mediaInWords([seen, { ...seen, kind: 'picture', words: 'A river' }])).toBe(
    'a file b.pdf (9 bytes) · a picture b.pdf (9 bytes) with the words A river',
  )
  expect(mediaInWords([])).toBe('neither pictures nor files')
})

test('looks once more where there is no time to wait', async () => {
  let looks = 0
  expect(await sooner(() => ((looks += 1) > 1 ? looks : undefined), -1)).toBeUndefined()
  expect(await sooner(() => (looks += 1), -1)).toBe(2)
})
