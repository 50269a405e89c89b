import { expect, test } from 'vitest'
import { readWorkflowEvent } from './workflow-events.ts'

const read = (event: string, data: string) => readWorkflowEvent({ event, data }, 'w', 'L')
const message = (fields: object) => read('Message', JSON.stringify(fields))

test('reads what a workflow says, and ignores its heartbeat', () => {
  const fields = { content: 'hi', node_title: 'Out', node_id: '12', node_is_finish: true, node_seq_id: '0' }
  expect(message(fields)).toEqual({
    kind: 'message',
    text: 'hi',
    contentType: '',
    nodeKey: '12////',
    isExact: false,
    nodeTitle: 'Out',
    seq: 0,
    isFinish: true,
    isEnd: false,
  })
  expect(read('PING', '{"content":"{}"}')).toBeUndefined()
  expect(read('Done', '{}')).toEqual({ kind: 'done', debugUrl: '' })
})

test('each execution of a node, and each round of a loop or batch, speaks for itself', () => {
  const one = { content: 'x', node_id: '12', node_execute_uuid: '1', node_title: 'Out' }
  const others = [
    { node_execute_uuid: '2' },
    { loop_index: 1 },
    { batch_index: '1' },
    { sub_execute_id: '9' },
  ]
  const keys = [{}, ...others].map((other) => {
    const event = message({ ...one, ...other })
    return event?.kind === 'message' ? event.nodeKey : ''
  })
  expect(new Set(keys).size).toBe(keys.length)
})

test.each([
  [{ node_title: '' }, true],
  [{ node_title: 'End' }, true],
  [{ node_title: '结束' }, true],
  [{ node_title: 'Result', node_id: '900001' }, true],
  [{ node_title: 'Result', node_type: 'End' }, true],
  [{ node_title: 'Out' }, false],
  [{ node_title: '', node_type: 'Message' }, false],
])('the end node is known by id, type or title: %j', (fields, isEnd) => {
  expect(message({ content: 'x', ...fields })).toMatchObject({ isEnd })
})

test('a place in a node that is no number is none', () => {
  for (const node_seq_id of ['x', '-1', null, 1.5]) {
    expect(message({ content: 'x', node_seq_id })).toMatchObject({ seq: undefined })
  }
})

test('reads errors as JSON and as plain text, with where to look at the run', () => {
  const debug_url = 'https://www.coze.cn/work_flow?execute_id=1'
  const error = { error_code: 4000, error_message: 'no', debug_url }
  expect(read('Error', JSON.stringify(error))).toMatchObject({
    failure: { kind: 'rejected', code: 4000, logid: 'L', debugUrl: debug_url },
  })
  expect(read('error', 'it broke')).toMatchObject({ failure: { kind: 'unavailable' } })
  expect(read('Done', JSON.stringify({ debug_url }))).toEqual({ kind: 'done', debugUrl: debug_url })
  expect(read('Done', '{"debug_url":"javascript:x"}')).toEqual({ kind: 'done', debugUrl: '' })
})

test.each([
  [4999, 'unavailable'],
  [1, 'unavailable'],
  [5100, 'unavailable'],
  [6777, 'misconfigured'],
  [720712099, 'misconfigured'],
  [720702001, 'rejected'],
  [4200, 'misconfigured'],
] as const)('an error of code %i in a run is %s, never a defect', (error_code, kind) => {
  expect(read('Error', JSON.stringify({ error_code, error_message: 'm' }))).toMatchObject({
    failure: { kind, code: error_code, outcome: 'unknown' },
  })
})

test('an interrupt comes with the title of the node that asks', () => {
  const data = { interrupt_data: { event_id: '1/2', type: 2, data: '' }, node_title: 'Ask' }
  expect(read('Interrupt', JSON.stringify(data))).toEqual({
    kind: 'interrupt',
    interrupt: { eventId: '1/2', type: 2, prompt: { text: '' } },
    nodeTitle: 'Ask',
    debugUrl: '',
  })
  expect(read('Interrupt', '{}')).toBeUndefined()
})
