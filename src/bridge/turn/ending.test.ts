// What a person reads below a reply that did not simply end.

import { expect, test } from 'vitest'
import type { FailureKind } from '../../contract/errors.ts'
import type { NoticeKey } from '../../contract/notice.ts'
import { composeReply, noticeFor, withoutHalfMark } from './ending.ts'

const noticeOf = (kind: FailureKind, stands: boolean): NoticeKey =>
  noticeFor({ kind, detail: '', outcome: 'not-sent' }, { isCommand: false, somethingStands: stands }).key

test.each<[FailureKind, NoticeKey, NoticeKey]>([
  ['rate-limited', 'failure.busy', 'failure.brokenOff'],
  ['occupied', 'failure.busy', 'failure.brokenOff'],
  ['unavailable', 'failure.unavailable', 'failure.brokenOff'],
  ['gone', 'failure.unavailable', 'failure.brokenOff'],
  ['lost', 'failure.unavailable', 'failure.brokenOff'],
  ['garbled', 'failure.unavailable', 'failure.brokenOff'],
  ['denied', 'failure.owner', 'failure.owner'],
  ['misconfigured', 'failure.owner', 'failure.owner'],
  ['rejected', 'failure.owner', 'failure.owner'],
  ['quota', 'failure.quota', 'failure.quota'],
  ['too-long', 'failure.tooLong', 'failure.tooLong'],
  ['refused', 'failure.refused', 'failure.refused'],
  ['unsupported', 'failure.unsupported', 'failure.unsupported'],
  ['cancelled', 'turn.stopped', 'turn.stopped'],
])('%s says %s, and %s below part of an answer', (kind, alone, below) => {
  expect(noticeOf(kind, false)).toBe(alone)
  expect(noticeOf(kind, true)).toBe(below)
})

test.each<[string, string, readonly string[], string]>([
  ['nothing to say leaves the answer', 'All good. ', [], 'All good. '],
  ['no answer leaves the sentence', ' \n', ['Sorry.'], 'Sorry.'],
  ['a sentence stands in a paragraph of its own', 'Half an', ['Sorry.'], 'Half an\n\nSorry.'],
  ['so does each of two', 'Half', ['One.', 'Two.'], 'Half\n\nOne.\n\nTwo.'],
  ['an open fence is closed first', '```js\nlet a', ['Sorry.'], '```js\nlet a\n```\n\nSorry.'],
  ['on a line of its own', '~~~~\na\n', ['Sorry.'], '~~~~\na\n~~~~\n\nSorry.'],
  ['a closed fence is not closed again', '```\na\n```', ['Sorry.'], '```\na\n```\n\nSorry.'],
  ['a shorter fence closes nothing', '````\n```', ['Sorry.'], '````\n```\n````\n\nSorry.'],
  ['a line of code is no fence', 'say ``` here', ['Sorry.'], 'say ``` here\n\nSorry.'],
])('%s', (_what, answer, sentences, expected) => {
  expect(composeReply(answer, sentences)).toBe(expected)
})

test.each<[string, string, string]>([
  ['two backticks of a fence to come', 'Words.\n\n``', 'Words.\n\n'],
  ['a mark of a list without an item', 'One:\n- ', 'One:\n'],
  ['the stars of bold words to come', 'Then **', 'Then'],
])('a stopped answer shows nothing of %s', (_what, answer, shown) => {
  expect(withoutHalfMark(answer).trimEnd()).toBe(shown.trimEnd())
})

test.each(['Half a word', 'see [the docs](https://exam', 'a **bold begin', '```js\nlet a', '| a | b'])(
  'a stopped answer keeps its words: %s',
  (answer) => {
    const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '')
    expect(letters(withoutHalfMark(answer))).toBe(letters(answer))
  },
)
