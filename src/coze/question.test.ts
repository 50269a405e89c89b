import { expect, test } from 'vitest'
import { WORDS_FOR_MEDIA, textOfQuestion, toChatBody, toChatflowBody, toTurnMark } from './question.ts'

const question = { text: 'hi', media: [], turnId: 'turn-1', asker: { userId: 'u' } }

test('a question carries its turn on the chat and on the message, and is kept', () => {
  expect(toChatBody({ kind: 'bot', bot: '73' }, question)).toEqual({
    bot_id: '73',
    user_id: 'u',
    auto_save_history: true,
    additional_messages: [
      {
        role: 'user',
        type: 'question',
        content: 'hi',
        content_type: 'text',
        meta_data: { bridge_turn: 'turn-1' },
      },
    ],
    meta_data: { bridge_turn: 'turn-1' },
  })
})

test('media go with exactly one text item, also when the person said nothing', () => {
  for (const text of ['look', '  ']) {
    const media = [{ kind: 'image', fileId: '75' }] as const
    const body = toChatBody({ kind: 'bot', bot: '73' }, { ...question, text, media })
    const [message] = body['additional_messages'] as readonly { content: string; content_type: string }[]
    expect(message?.content_type).toBe('object_string')
    expect(JSON.parse(message?.content ?? '')).toEqual([
      { type: 'text', text: text.trim() || WORDS_FOR_MEDIA },
      { type: 'image', file_id: '75' },
    ])
    expect(textOfQuestion(message?.content ?? '', 'object_string')).toBe(text.trim() || WORDS_FOR_MEDIA)
  }
})

test('a chatflow has its conversation in the body, and app or bot but never both', () => {
  const both = { kind: 'chatflow', workflow: '74', app: 'A', bot: 'B' } as const
  expect(toChatflowBody(both, question, 'c1')).toMatchObject({
    workflow_id: '74',
    app_id: 'A',
    conversation_id: 'c1',
    parameters: {},
  })
  expect(toChatflowBody(both, question, 'c1')).not.toHaveProperty('bot_id')
  expect(toChatflowBody({ kind: 'chatflow', workflow: '74', bot: 'B' }, question, '')).toMatchObject({
    bot_id: 'B',
  })
})

test('a turn id longer than meta data takes is marked by its hash', () => {
  expect(toTurnMark('x'.repeat(512))).toHaveLength(512)
  expect(toTurnMark('x'.repeat(513))).toMatch(/^[0-9a-f]{64}$/)
})
