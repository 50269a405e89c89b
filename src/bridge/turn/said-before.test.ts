// Is what stood there before the person answered shown once?

import { expect, test } from 'vitest'
import { withoutSaid } from './said-before.ts'

test.for([
  [
    'the question, then the answer',
    'Which town?\n\n',
    'Which town?\n\nIt rains in Oslo.',
    'It rains in Oslo.',
  ],
  ['the question alone', 'Which town?\n\n', 'Which town?', ''],
  [
    'what was heard stands above it',
    '> hello\n\nWhich town?\n\n',
    'Which town?\n\nOslo it is.',
    'Oslo it is.',
  ],
  ['their answer stands below it', 'Which town?\n\n> Oslo\n\n', 'Which town?\n\nIt rains.', 'It rains.'],
  ['two were asked', 'Which town?\n\n> Oslo\n\nWhen?\n\n> Now\n\n', 'Which town?\n\nWhen?\n\nRain.', 'Rain.'],
  ['a quote was said', '> old\n\nWhich?\n\n', '> old\n\nWhich?\n\nThis.', 'This.'],
  ['several blocks were said', 'One.\n\nTwo?\n\n', 'One.\n\nTwo?\n\nThree.', 'Three.'],
  ['it says the same again', 'Which town?\n\n', 'Which town?\n\nWhich town?', 'Which town?'],
  ['only what came after is told', 'Which town?\n\n', 'It rains in Oslo.', 'It rains in Oslo.'],
  ['it only begins like that', 'Which town?\n\n', 'Which town? Oslo, I guess.', 'Which town? Oslo, I guess.'],
  ['nothing was said before', '', 'It rains.', 'It rains.'],
] as const)('%s', ([, preface, whole, rest]) => {
  expect(withoutSaid(preface, whole)).toBe(rest)
})
