import { expect, test } from 'vitest'
import { decodeOutput, readInterrupt, readWorkflowEvent } from './workflow-events.ts'

const read = (event: string, data: string) => readWorkflowEvent({ event, data }, 'w', 'L')

test('reads what a workflow says, and ignores its heartbeat', () => {
  const data = '{"content":"hi","node_title":"Out","node_id":"12","node_is_finish":true,"node_seq_id":"0"}'
  expect(read('Message', data)).toEqual({
    kind: 'message',
    text: 'hi',
    nodeKey: '12/',
    nodeTitle: 'Out',
    isFinish: true,
  })
  expect(read('PING', '{"content":"{}"}')).toBeUndefined()
  expect(read('Done', '{}')).toEqual({ kind: 'done' })
})

test('reads errors as JSON and as plain text', () => {
  expect(read('Error', '{"error_code":4000,"error_message":"no"}')).toMatchObject({
    failure: { kind: 'rejected', code: 4000 },
  })
  expect(read('error', 'it broke')).toMatchObject({ failure: { kind: 'unavailable' } })
})

test.each([
  ['nothing', '', { text: '' }],
  ['words', '{"content_type":"text","content":"Which?"}', { text: 'Which?' }],
  [
    'choices',
    '{"messages":[{"type":"question","content_type":"option","content":{"question":"Pick","options":[{"name":"A1"},{"name":"B1"}]}}]}',
    { text: 'Pick', choices: ['A1', 'B1'] },
  ],
  [
    'fields',
    '{"content_type":"text","content":"[{\\"type\\":\\"string\\",\\"name\\":\\"img\\",\\"required\\":true}]"}',
    { text: '', fields: [{ name: 'img', type: 'string', required: true }] },
  ],
])('an interrupt that asks with %s', (_how, data, prompt) => {
  expect(readInterrupt({ event_id: '1/2', type: 2, data })).toEqual({ eventId: '1/2', type: 2, prompt })
})

test('an output is unwrapped down to its only text', () => {
  expect(decodeOutput('{"output":"ok"}')).toBe('ok')
  expect(decodeOutput('{"content_type":1,"data":"ok","original_result":null,"type_for_model":2}')).toBe('ok')
  expect(decodeOutput('plain')).toBe('plain')
  expect(decodeOutput('{"a":1,"b":"x"}')).toBe('{"a":1,"b":"x"}')
  expect(decodeOutput(undefined)).toBe('')
})
