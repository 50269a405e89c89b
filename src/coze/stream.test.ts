import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClosingEvent, ReplyEvent } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import { createReplyReader } from './stream.ts'
import type { ReplyReaderOptions } from './stream.ts'

interface Spoken {
  readonly out: readonly ReplyEvent[]
  readonly shown: string
  readonly closing: ClosingEvent
}
type Line = readonly [event: string, data: unknown]

const lost: Failure = { kind: 'lost', detail: 'cut', outcome: 'unknown' }
const ids = { conversation_id: 'c1', chat_id: 'x1', role: 'assistant', content_type: 'text' }
const created: Line = ['conversation.chat.created', { id: 'x1', conversation_id: 'c1', status: 'created' }]
const completed: Line = [
  'conversation.chat.completed',
  {
    id: 'x1',
    conversation_id: 'c1',
    status: 'completed',
    usage: { token_count: 3, output_count: 2, input_count: 1 },
  },
]
const done: Line = ['done', '[DONE]']
const delta = (id: string, content: string, more: object = {}): Line => [
  'conversation.message.delta',
  { id, type: 'answer', content, ...ids, ...more },
]
const message = (id: string, content: string, more: object = {}): Line => [
  'conversation.message.completed',
  { id, type: 'answer', content, ...ids, ...more },
]

function read(lines: readonly Line[], options: Partial<ReplyReaderOptions> = {}, broke?: Failure): Spoken {
  const reader = createReplyReader({
    what: 'POST /v3/chat',
    logid: 'L',
    kind: 'chat',
    userId: 'u',
    conversationId: '',
    trustDone: false,
    ...options,
  })
  const out: ReplyEvent[] = []
  for (const [event, data] of lines) {
    reader.take({ event, data: typeof data === 'string' ? data : JSON.stringify(data) }, out)
  }
  const closing = reader.close(out, broke)
  return { out, shown: shownBy(out), closing }
}

function shownBy(events: readonly ReplyEvent[]): string {
  let shown = ''
  for (const event of events) {
    if (event.kind === 'delta') shown += event.text
    if (event.kind === 'whole') shown = event.text
  }
  return shown
}

test('a plain reply: started, text once, completed with usage', () => {
  const { out, shown, closing } = read([
    created,
    delta('m', 'Hel'),
    delta('m', 'lo'),
    message('m', 'Hello'),
    completed,
    done,
  ])
  expect(out[0]).toEqual({
    kind: 'started',
    handle: { kind: 'chat', conversationId: 'c1', chatId: 'x1' },
    conversation: { conversationId: 'c1', userId: 'u' },
  })
  expect(shown).toBe('Hello')
  expect(out.some(({ kind }) => kind === 'whole')).toBe(false)
  expect(closing).toEqual({ kind: 'completed', usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } })
})

test('several answers are joined by a blank line', () => {
  const lines = [
    created,
    delta('a', 'one'),
    message('a', 'one'),
    delta('b', 'two'),
    message('b', 'two'),
    completed,
    done,
  ]
  expect(read(lines).shown).toBe('one\n\ntwo')
})

test('an answer that comes only whole is shown, one without content changes nothing', () => {
  expect(read([created, message('a', 'all'), completed, done]).shown).toBe('all')
  expect(read([created, delta('a', 'all'), message('a', ''), completed, done]).shown).toBe('all')
})

test('only what is missing comes with the whole message; what differs replaces', () => {
  const missing = read([created, delta('a', 'Hel'), message('a', 'Hello'), completed, done])
  expect(missing.out.filter(({ kind }) => kind === 'whole')).toEqual([])
  expect(missing.shown).toBe('Hello')
  expect(read([created, delta('a', 'Help'), message('a', 'Hello'), completed, done]).shown).toBe('Hello')
})

test('however answers come, interleaved or not, the screen ends with all of them in order', () => {
  const script = fc
    .array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), text: fc.string({ maxLength: 5 }) }), {
      maxLength: 20,
    })
    .chain((pieces) => fc.record({ pieces: fc.constant(pieces), told: fc.subarray(['a', 'b', 'c']) }))
  fc.assert(
    fc.property(script, ({ pieces, told }) => {
      const texts = new Map<string, string>()
      for (const { id, text } of pieces) texts.set(id, (texts.get(id) ?? '') + text)
      const ends = told.filter((id) => texts.has(id)).map((id) => message(id, texts.get(id) ?? ''))
      const lines = [created, ...pieces.map(({ id, text }) => delta(id, text)), ...ends, completed, done]
      const expected = [...texts.values()].filter((text) => text !== '').join('\n\n')
      expect(read(lines).shown).toBe(expected)
    }),
  )
})

test('nothing but answers is ever shown', () => {
  const secret = 'PRIVATE'
  const hidden = ['verbose', 'knowledge', 'tool_response', 'tool_output', 'question', 'novelty'].flatMap(
    (type) => [delta('h', secret, { type }), message('h', secret, { type })],
  )
  const fromUser = message('u', secret, { role: 'user' })
  const { out, shown } = read([created, ...hidden, fromUser, message('a', 'ok'), completed, done])
  expect(shown).toBe('ok')
  expect(JSON.stringify(out)).not.toContain(secret)
})

test('a tool at work is told by name, its arguments are not', () => {
  const call = message('t', '{"name":"search","arguments":{"q":"PRIVATE"}}', { type: 'function_call' })
  const { out } = read([created, call, completed, done])
  expect(out).toContainEqual({ kind: 'status', status: 'tool', tool: 'search' })
  expect(JSON.stringify(out)).not.toContain('PRIVATE')
})

test('thinking is told once, whether it came in pieces or not', () => {
  const reasoning = (content: string) => ({ reasoning_content: content })
  const pieces = read([
    created,
    delta('a', '', reasoning('hm')),
    message('a', 'ok', reasoning('hm')),
    completed,
    done,
  ])
  expect(pieces.out.filter(({ kind }) => kind === 'reasoning')).toEqual([{ kind: 'reasoning', text: 'hm' }])
  const whole = read([created, message('a', 'ok', reasoning('hm')), completed, done])
  expect(whole.out).toContainEqual({ kind: 'reasoning', text: 'hm' })
})

test('suggestions come together, right before the end', () => {
  const followUp = (text: string) => message('f' + text, text, { type: 'follow_up' })
  const { out } = read([created, message('a', 'x'), followUp('A?'), completed, followUp('B?'), done])
  expect(out.at(-1)).toEqual({ kind: 'suggestions', texts: ['A?', 'B?'] })
})

test('a card is told by its own words or as a card, never as JSON', () => {
  const card = (content: string) => message('a', content, { content_type: 'card' })
  const half = delta('a', '{"card_', { content_type: 'card' })
  expect(read([created, half, card('{"response_for_model":"Sunny"}'), completed, done]).shown).toBe('Sunny')
  expect(read([created, half, card('{"card_type":3}'), completed, done]).shown).toBe('[card]')
})

test('items of an answer become text and files', () => {
  const items = [
    { type: 'text', text: 'look' },
    { type: 'image', file_url: 'https://x/y.png' },
  ]
  const answer = message('a', JSON.stringify(items), { content_type: 'object_string' })
  const { out, shown } = read([created, answer, completed, done])
  expect(shown).toBe('look\n\n![](https://x/y.png)')
  expect(out).toContainEqual({ kind: 'files', files: [{ url: 'https://x/y.png' }] })
})

test.each([
  [
    'a chat',
    {
      id: 'x1',
      conversation_id: 'c1',
      status: 'failed',
      last_error: { code: 5000, msg: 'event interval error' },
    },
  ],
  ['bare', { code: 5000, msg: 'event interval error' }],
])('chat.failed shaped as %s keeps code, message and logid', (_shape, data) => {
  const { closing } = read([created, ['conversation.chat.failed', data], done])
  expect(closing).toMatchObject({ kind: 'failed', failure: { kind: 'unavailable', code: 5000, logid: 'L' } })
  expect(closing.kind === 'failed' && closing.failure.detail).toContain('event interval error')
})

test.each(['error', 'conversation.error'])('the event %s ends the reply with its code', (event) => {
  expect(read([created, delta('a', 'x'), [event, { code: 4028, msg: 'no' }]]).closing).toMatchObject({
    failure: { kind: 'quota', code: 4028 },
  })
  expect(read([created, [event, {}]]).closing).toMatchObject({ failure: { kind: 'unavailable' } })
})

test('an error of plain text is an error', () => {
  expect(read([created, ['error', 'workflow broke']]).closing).toMatchObject({
    failure: { kind: 'unavailable' },
  })
})

test('waiting for tools ends the stream with all calls', () => {
  const tool = { id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const question = { id: 't2', type: 'reply_message', function: { name: '', arguments: '' } }
  const required_action = {
    type: 'submit_tool_outputs',
    submit_tool_outputs: { tool_calls: [tool, question] },
  }
  const chat = { id: 'x1', conversation_id: 'c1', status: 'requires_action', required_action }
  expect(read([created, ['conversation.chat.requires_action', chat], done]).closing).toEqual({
    kind: 'toolCalls',
    handle: { kind: 'chat', conversationId: 'c1', chatId: 'x1' },
    calls: [
      { id: 't1', kind: 'function', name: 'f', argumentsJson: '{}' },
      { id: 't2', kind: 'ask', name: '', argumentsJson: '' },
    ],
  })
})

test('a chatflow that waits has said its question: the next message answers it', () => {
  const chat: Line = ['conversation.chat.requires_action', { id: 'x1', conversation_id: 'c1' }]
  const lines = [created, message('a', 'Which city?'), chat, done]
  expect(read(lines, { kind: 'chatflow', trustDone: true })).toMatchObject({
    shown: 'Which city?',
    closing: { kind: 'completed' },
  })
})

test('a chatflow that can be answered asks, with what a card offers, and says nothing twice', () => {
  const chat: Line = ['conversation.chat.requires_action', { id: 'x1', conversation_id: 'c1' }]
  const resume = (conversationId: string, choices: readonly string[]) => ({ conversationId, choices })
  const options = { kind: 'chatflow', trustDone: true, resume } as const
  const question = { question: 'Pick', options: [{ name: 'a' }, { name: 'b' }] }
  const content = JSON.stringify({ type: 'question', content_type: 'option', content: question })
  const card = message('q', content, { content_type: 'card' })
  expect(read([created, message('a', 'Which city?'), chat, done], options)).toMatchObject({
    shown: 'Which city?',
    closing: { kind: 'question', prompt: { text: '' }, resume: { conversationId: 'c1', choices: [] } },
  })
  const asked = read([created, card, chat, done], options)
  expect(asked).toMatchObject({
    shown: 'Pick',
    closing: { kind: 'question', prompt: { text: '', choices: ['a', 'b'] }, resume: { choices: ['a', 'b'] } },
  })
  // A bot of Coze Studio never says that it waits: there the choices have to stand in the words.
  expect(read([created, card, completed, done]).shown).toBe('Pick\n\nA. a\nB. b')
})

test('where a chatflow can be looked at comes with its end, good or bad', () => {
  const debugUrl = 'https://www.coze.cn/work_flow?execute_id=1'
  const end: Line = ['done', { debug_url: debugUrl }]
  const failed: Line = ['conversation.chat.failed', { code: '720701013', msg: 'no' }]
  expect(read([created, message('a', 'x'), completed, end]).closing).toMatchObject({
    kind: 'completed',
    debugUrl,
  })
  expect(read([created, failed, end]).closing).toMatchObject({ failure: { code: 720701013, debugUrl } })
})

test('a stream that ends before its reply is lost, and keeps how it broke', () => {
  const lines = [created, delta('a', 'x')]
  expect(read(lines).closing).toMatchObject({ kind: 'failed', failure: { kind: 'lost', outcome: 'unknown' } })
  expect(read(lines, {}, lost).closing).toEqual({ kind: 'failed', failure: lost })
  expect(read([...lines, done]).closing).toMatchObject({ failure: { kind: 'lost' } })
})

test('a reply whose end was told is complete, however the stream ends', () => {
  expect(read([created, message('a', 'x'), completed], {}, lost).closing.kind).toBe('completed')
})

test('where the end is not always told, done after whole answers is the end', () => {
  const end: Line = ['conversation.stream.done', '']
  expect(read([created, message('a', 'x'), end], { trustDone: true }).closing.kind).toBe('completed')
  expect(read([created, delta('a', 'x'), end], { trustDone: true }).closing.kind).toBe('failed')
})

test('Studio tells of a cancelled chat', () => {
  expect(read([created, ['conversation.chat.cancelled', { id: 'x1' }]]).closing).toMatchObject({
    failure: { kind: 'cancelled' },
  })
})

test('unknown events and data of any shape do no harm', () => {
  const odd: readonly Line[] = [
    ['PING', '{}'],
    ['', 'x'],
    ['conversation.ack', 'null'],
    ['conversation.audio.delta', { ...ids, content: 'AAAA', content_type: 'audio' }],
    ['conversation.chat.in_progress', 'null'],
    ['conversation.chat.in_progress', '[1]'],
  ]
  const { shown, closing } = read([
    ...odd,
    created,
    ...odd,
    message('a', 'ok'),
    ...odd,
    completed,
    ...odd,
    done,
  ])
  expect({ shown, kind: closing.kind }).toEqual({ shown: 'ok', kind: 'completed' })
})

test('a piece that cannot be read makes a reply doubtful until its whole message came', () => {
  const broken: Line = ['conversation.message.delta', '{"id":"a","con']
  expect(read([created, delta('a', 'x'), broken, completed, done]).closing).toMatchObject({
    failure: { kind: 'lost' },
  })
  expect(read([created, delta('a', 'x'), broken, message('a', 'xy'), completed, done])).toMatchObject({
    shown: 'xy',
    closing: { kind: 'completed' },
  })
})

test('a chat that goes on after its tools does not start again', () => {
  const handle = { kind: 'chat', conversationId: 'c1', chatId: 'x1' }
  expect(read([created, message('a', 'x'), completed, done], { handle }).out[0]).toEqual({
    kind: 'delta',
    text: 'x',
  })
})

test('pieces that came together are told together', () => {
  const { out } = read([created, delta('a', 'x'), delta('a', 'y'), completed, done])
  expect(out.filter(({ kind }) => kind === 'delta')).toEqual([{ kind: 'delta', text: 'xy' }])
})

test('the media of an answer stand where they stood, and are told as files', () => {
  const items = [
    { type: 'image', file_url: 'https://x/a.png', name: 'A [cat]' },
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
    { type: 'file', file_url: 'https://x/b.pdf', file_name: 'b.pdf' },
    { type: 'image', file_id: '75' },
    { type: 'audio', file_url: 'https://x/c.mp3' },
    { type: 'image', file_url: 'javascript:alert(1)' },
  ]
  const answer = message('a', JSON.stringify(items), { content_type: 'object_string' })
  const half = delta('a', '[{"type"', { content_type: 'object_string' })
  const { out, shown } = read([created, half, answer, completed, done])
  expect(shown).toBe(
    '![A \\[cat\\]](https://x/a.png)\n\none\ntwo\n\n[b.pdf](https://x/b.pdf)\n\n[file](https://x/c.mp3)',
  )
  expect(out.filter(({ kind }) => kind === 'files')).toEqual([
    {
      kind: 'files',
      files: [
        { url: 'https://x/a.png', name: 'A [cat]' },
        { url: 'https://x/b.pdf', name: 'b.pdf' },
        { url: 'https://x/c.mp3' },
      ],
    },
  ])
})

test.each([
  ['an address', 'https://x/a.mp3', '[a.mp3](https://x/a.mp3)'],
  ['an item', '{"type":"audio","file_url":"https://x/a.mp3"}', '[file](https://x/a.mp3)'],
  ['bytes', 'UklGRiQAAABXQVZF', ''],
])('an answer of sound that holds %s never shows its bytes', (_what, content, text) => {
  expect(read([created, message('a', content, { content_type: 'audio' }), completed, done]).shown).toBe(text)
})

const sound = (content: string): Line => [
  'conversation.audio.delta',
  { id: 'a', type: 'answer', content, ...ids, content_type: 'audio' },
]
const soundOf = ({ out }: Spoken) =>
  Buffer.concat(out.flatMap((event) => (event.kind === 'audio' ? [event.bytes] : []))).toString()

test('sound is told piece by piece, also after the last word', () => {
  const bytes = ['RIFF', 'WAVE', 'data'].map((text) => Buffer.from(text).toString('base64'))
  const [one = '', two = '', three = ''] = bytes
  const spoken = read([created, sound(one), message('a', 'hi'), completed, sound(two), sound(three), done])
  expect(soundOf(spoken)).toBe('RIFFWAVEdata')
  expect(spoken).toMatchObject({ shown: 'hi', closing: { kind: 'completed' } })
})

test('sound that cannot be read, or is too much, is left out', () => {
  const broken = ['', 'a', 'ab*d', '=abc', 'YQ==YQ==', '{}'].map(sound)
  expect(soundOf(read([created, ...broken, sound('b2s'), completed, done]))).toBe('ok')
  const much = sound(Buffer.alloc(11 * 1024 * 1024, 'x').toString('base64'))
  expect(soundOf(read([created, much, much, sound('b2s='), completed, done]))).toHaveLength(
    11 * 1024 * 1024 + 2,
  )
})
