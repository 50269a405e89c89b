// What is kept of a question, alone and joined with another.

import { expect, test } from 'vitest'
import { message, policy } from '../../../test/support/bridge-events.ts'
import { acceptedTurn, mergedTurn } from './accept.ts'
import { decide } from '../decide.ts'
import type { MessageEvent } from '../../contract/event.ts'

function accepted(event: MessageEvent, seq = 1) {
  const decision = decide(event, policy())
  if (decision.do !== 'ask') throw new Error('not a question')
  return acceptedTurn(event, { agent: 'default', attachments: event.attachments, ...decision }, seq, 1_000)
}
const picture = { kind: 'image', ref: { file: '1' } } as const

test('a turn is told by its event and begins accepted', () => {
  const event = message('hi', { id: 'e1', attachments: [picture], sentAtMs: 5 })
  expect(accepted(event, 7)).toMatchObject({
    id: 'e1',
    seq: 7,
    acceptedAtMs: 1_000,
    agent: 'default',
    joined: [],
    state: { phase: 'accepted' },
    parts: [],
    asked: { text: 'hi', attachments: [picture], messageId: 'asked-e1', sentAtMs: 5 },
  })
})

test('what is stored is plain: it comes back from JSON as it was', () => {
  const turn = accepted(message('hi'))
  expect(JSON.parse(JSON.stringify(turn))).toEqual(turn)
})

test('a quote belongs to the question that is stored', () => {
  const quoted = { fromBot: false, text: 'It rains.' }
  expect(accepted(message('Sure?', { quoted })).asked.text).toBe('> It rains.\n\nSure?')
})

test('two joined questions keep both texts in order, hang on the newer, and remember every id', () => {
  const one = accepted(message('one', { id: 'e1', attachments: [picture] }), 1)
  const two = accepted(message('two', { id: 'e2' }), 2)
  const three = accepted(message('three', { id: 'e3' }), 3)
  const merged = mergedTurn(mergedTurn(one, two), three)
  expect(merged).toMatchObject({
    id: 'e3',
    seq: 3,
    joined: ['e1', 'e2'],
    asked: { text: 'one\ntwo\nthree', messageId: 'asked-e3', attachments: [picture] },
  })
})
