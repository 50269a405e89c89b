// What do the histories tell of an emulated workflow's runs?
import { expect, test } from 'vitest'
import { emulator, send } from '../../../test/support/coze-wire.ts'
import type { Answered } from '../../../test/support/coze-wire.ts'
import { defaults } from './index.ts'
import type { CozeEmulator, WorkflowScript } from './index.ts'
import { objectOf, parseJson } from './json.ts'

const { workflowId } = defaults

async function scripted(script: WorkflowScript, options = {}) {
  const coze = await emulator(options)
  coze.setWorkflowScript(workflowId, script)
  return coze
}

const runOnce = (coze: CozeEmulator, beside = {}) =>
  send(coze, 'POST', '/v1/workflow/run', { workflow_id: workflowId, parameters: {}, ...beside })

function history(coze: CozeEmulator, run: Answered) {
  const path = `/v1/workflows/${workflowId}/run_histories/${String(run.json['execute_id'])}`
  return send(coze, 'GET', path)
}

const stateOf = (answered: Answered) =>
  objectOf(Array.isArray(answered.json['data']) ? (answered.json['data'] as unknown[])[0] : {})

test('tells how a run in the background stands, from hidden to done', async () => {
  let nowMs = 1_760_000_000_000
  const coze = await scripted(
    function* () {
      yield { message: 'half way', node: 'Out' }
      yield { gate: 'go' }
      const city = yield { ask: 'Which city?' }
      yield { message: 'again', node: 'Out' }
      yield { output: { city } }
    },
    { historyDelayMs: 50, nowMs: () => nowMs },
  )
  const run = await runOnce(coze, { is_async: true, ext: { user_id: 'u1', other: 'dropped' } })
  expect(run.json['data']).toBeUndefined()
  expect((await history(coze, run)).json['code']).toBe(4314)
  nowMs += 50
  expect(stateOf(await history(coze, run))).toMatchObject({
    execute_status: 'Running',
    run_mode: 2,
    connector_uid: 'u1',
  })
  coze.release('go')
  await expect.poll(async () => stateOf(await history(coze, run))['execute_status']).toBe('Interrupted')
  const waiting = objectOf(stateOf(await history(coze, run))['interrupt_data'])
  const { event_id, type } = waiting
  const body = { workflow_id: workflowId, event_id, interrupt_type: type, resume_data: 'Oslo' }
  const resumed = await send(coze, 'POST', '/v1/workflows/resume', body)
  expect(resumed.json).toMatchObject({ code: 0, execute_id: run.json['execute_id'] })
  await expect.poll(async () => stateOf(await history(coze, run))['execute_status']).toBe('Success')
  const state = stateOf(await history(coze, run))
  const output = objectOf(parseJson(String(state['output'])))
  expect(output).toMatchObject({ Output: '{"city":"Oslo"}', Out: 'half way' })
  expect(Object.values(output)).toContain('again')
  expect(state).toMatchObject({ error_code: '', is_output_trimmed: false })
})

test('trims an output above 1 MB, and gives the node whole', async () => {
  const long = '长'.repeat(400_000)
  const coze = await scripted(() => [
    { message: long, node: 'Out' },
    { workflowError: { code: 720701013, message: 'later' } },
  ])
  const run = await runOnce(coze)
  const state = stateOf(await history(coze, run))
  expect(state).toMatchObject({ execute_status: 'Fail', error_code: '720701013', is_output_trimmed: true })
  const node = objectOf(objectOf(state['node_execute_status'])['Out'])
  expect(node).toMatchObject({ is_finish: true })
  const path = `/v1/workflows/${workflowId}/run_histories/${String(run.json['execute_id'])}/execute_nodes/`
  const whole = await send(coze, 'GET', path + String(node['node_execute_uuid']))
  expect(objectOf(whole.json['data'])['node_output']).toBe(long)
  expect((await send(coze, 'GET', `${path}1`)).json['code']).toBe(4314)
})
