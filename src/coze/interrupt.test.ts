import { expect, test } from 'vitest'
import { isForPlugin, promptAsText, readInterrupt, readMarkedPrompt } from './interrupt.ts'

const prompt = (data: unknown, more: object = {}) =>
  readInterrupt({
    event_id: '1/2',
    type: 2,
    data: typeof data === 'string' ? data : JSON.stringify(data),
    ...more,
  })?.prompt
const studioQuestion = (content_type: string, content: unknown, id = 'n_0') => ({
  type: 'question',
  content_type,
  content,
  id,
})

test.each([
  ['nothing', '', { text: '' }],
  ['plain words', 'Which?', { text: 'Which?' }],
  ['words', { content_type: 'text', content: 'Which?' }, { text: 'Which?' }],
  [
    'choices (Studio)',
    { messages: [studioQuestion('option', { question: 'Pick', options: [{ name: 'A1' }, { name: 'B1' }] })] },
    { text: 'Pick', choices: ['A1', 'B1'] },
  ],
  [
    'choices without a wrapper',
    { question: 'Pick', options: ['A1', { text: 'B1' }] },
    { text: 'Pick', choices: ['A1', 'B1'] },
  ],
  ['words (Studio)', { messages: [studioQuestion('text', 'Which?')] }, { text: 'Which?' }],
  [
    'the second question of a dialogue',
    {
      messages: [
        studioQuestion('text', 'Which?'),
        { type: 'answer', content: 'x' },
        studioQuestion('text', 'Really?'),
      ],
    },
    { text: 'Really?' },
  ],
  [
    'fields (cloud)',
    { content_type: 'text', content: '[{"type":"string","name":"img","required":true,"assistType":2}]' },
    { text: '', fields: [{ name: 'img', type: 'image', required: true }] },
  ],
  [
    'fields (Studio)',
    { content_type: 'form_schema', content: '[{"type":"float","name":"n","defaultValue":"1.5"}]' },
    { text: '', fields: [{ name: 'n', type: 'number', required: false, default: 1.5 }] },
  ],
  ['infos', { infos: ['city'] }, { text: '', fields: [{ name: 'city', type: 'string', required: true }] }],
])('an interrupt that asks with %s', (_how, data, expected) => {
  expect(prompt(data)).toEqual(expected)
})

test('a list of lines is not taken for choices', () => {
  expect(prompt({ content_type: 'text', content: 'Which?\nA. one\nB. two' })).toEqual({
    text: 'Which?\nA. one\nB. two',
  })
})

test('fields keep the order of the list, and take what the map knows more', () => {
  const list = JSON.stringify([{ name: 'days' }, { name: 'city', description: 'Where?' }])
  const required_parameters = {
    city: { type: 'string', required: true },
    days: { type: 'integer', default_value: '3' },
    extra: { type: 'boolean', default_value: 'true' },
    photos: { type: 'array', items: { type: 'image' }, description: 'Pictures' },
    place: {
      type: 'object',
      properties: { lat: { type: 'number' }, tags: { type: 'array', items: { type: 'string' } } },
    },
    at: { type: 'string', assistType: 10000 },
  }
  const more = { type: 5, required_parameters }
  expect(prompt({ content_type: 'text', content: list }, more)?.fields).toEqual([
    { name: 'days', type: 'integer', required: false, default: 3 },
    { name: 'city', type: 'string', required: true, description: 'Where?' },
    { name: 'extra', type: 'boolean', required: false, default: true },
    { name: 'photos', type: 'array', required: false, description: 'Pictures [image]' },
    { name: 'place', type: 'object', required: false, description: '{lat: number, tags: [string]}' },
    { name: 'at', type: 'time', required: false },
  ])
})

test.each([
  [
    'words around it',
    'Please sign in: https://a.b/oauth?x=1 。',
    { text: 'Please sign in:  。', link: 'https://a.b/oauth?x=1' },
  ],
  [
    'a text of its own',
    { content_type: 'text', content: 'https://a.b/c' },
    { text: '', link: 'https://a.b/c' },
  ],
  [
    'a key of its own, beside others',
    { plugin_name: 'Docs', icon: 'https://i.b/i.png', auth_url: 'https://a.b/c', need_auth: true },
    { text: 'Docs', link: 'https://a.b/c' },
  ],
  ['JSON in JSON', { content: '{"data":{"url":"https://a.b/c"}}' }, { text: '', link: 'https://a.b/c' }],
  ['nothing to press', { plugin_name: 'Docs', need_auth: true }, { text: 'Docs' }],
])('a plugin that wants access tells the page as %s', (_how, data, expected) => {
  expect(prompt(data, { type: 7 })).toEqual(expected)
})

test('a question that names a page is no request for access', () => {
  expect(prompt('Is https://a.b/c right?')).toEqual({ text: 'Is https://a.b/c right?' })
})

test('what has no id waits for nobody, and odd shapes do no harm', () => {
  for (const odd of [undefined, null, 1, 'x', [], {}, { event_id: '' }])
    expect(readInterrupt(odd)).toBeUndefined()
  for (const data of ['null', '[1]', '{"messages":[1]}', '{"content":{"options":3}}', '{"options":[{}]}']) {
    expect(prompt(data)?.text).toBeTypeOf('string')
  }
  expect(readInterrupt({ event_id: '1/2', data: { question: 'Q' } })).toMatchObject({
    type: 2,
    prompt: { text: 'Q' },
  })
})

test('only clearly marked messages are questions with choices or fields', () => {
  const card = JSON.stringify(
    studioQuestion('option', { question: 'Pick', options: [{ name: 'a' }, { name: 'b' }] }),
  )
  expect(readMarkedPrompt(card)).toEqual({ text: 'Pick', choices: ['a', 'b'] })
  expect(promptAsText({ text: 'Pick', choices: ['a', 'b'] })).toBe('Pick\n\nA. a\nB. b')
  for (const content of [
    'Pick\nA. a',
    '{"question":"Pick","options":["a"]}',
    '{"content_type":"text","content":"[]"}',
  ]) {
    expect(readMarkedPrompt(content)).toBeUndefined()
  }
})

test('plugins on a device are told from people', () => {
  const types = [1, 2, 3, 4, 5, 6, 7].filter((type) =>
    isForPlugin({ eventId: 'e', type, prompt: { text: '' } }),
  )
  expect(types).toEqual([1, 6])
})
