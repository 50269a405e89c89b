// How are workflows run, resumed and looked up?
import { authorize } from './auth.ts'
import { answer, bodyOf, pageOf, queryNumber, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { objectOf, parseJson, textMap, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { echoWorkflow } from './options.ts'
import type { WorkflowSpec } from './options.ts'
import { badParameter, noSuch, Refusal } from './refusal.ts'
import type { WorkflowRunRecord } from './records.ts'
import { framings } from './sse.ts'
import { createWorkflowRun, debugUrl } from './workflow-run.ts'
import type { WorkflowOver, WorkflowRun } from './runs.ts'
import type { Token, World } from './world.ts'

const historyPath = '/v1/workflows/:workflow_id/run_histories/:execute_id'

export const workflowRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/workflow/run', studio: true, handle: runOnce },
  { method: 'POST', path: '/v1/workflow/stream_run', studio: true, handle: runStreamed },
  { method: 'POST', path: '/v1/workflow/stream_resume', studio: true, handle: resumeStreamed },
  { method: 'POST', path: '/v1/workflows/resume', studio: false, handle: resumeOnce },
  { method: 'GET', path: historyPath, studio: false, handle: history },
  { method: 'GET', path: '/v1/workflow/get_run_history', studio: true, handle: studioHistory },
  { method: 'GET', path: '/v1/workflows', studio: false, handle: list },
  { method: 'GET', path: '/v1/workflows/:workflow_id', studio: true, handle: getInfo },
]

/** A workflow that is there and published. */
export function knownWorkflow(world: World, id: string): WorkflowSpec {
  const spec = world.options.workflows[id]
  if (spec === undefined || spec.published === false) throw noSuch('workflow_id', id)
  return spec
}

async function runOnce(world: World, call: Call): Promise<Reply> {
  const body = bodyOf(call)
  const token = authorize(world, call, 'other', 'run')
  const isAsync = body['is_async'] === true
  if (isAsync && world.options.plan === 'free')
    throw new Refusal(6003, 'is_async is not available in this plan')
  const run = createRun(world, token, body, isAsync ? 'async' : 'sync')
  const { executeId } = run.record
  if (isAsync) {
    run.go(undefined, undefined, () => {})
    return answer(undefined, { execute_id: executeId, debug_url: debugUrl(executeId) })
  }
  return onceReply(world, run, await goOnce(run, undefined))
}

async function resumeOnce(world: World, call: Call): Promise<Reply> {
  authorize(world, call, 'other', 'run')
  const { run, resumeData } = takeInterrupted(world, call)
  return onceReply(world, run, await goOnce(run, resumeData))
}

function runStreamed(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'run')
  return streamed(world, createRun(world, token, bodyOf(call), 'stream'), undefined)
}

function resumeStreamed(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'run')
  const { run, resumeData } = takeInterrupted(world, call)
  return streamed(world, run, resumeData)
}

function streamed(world: World, run: WorkflowRun, resumeData: string | undefined): Reply {
  const framing = world.options.flavor === 'studio' ? framings.studioWorkflow : framings.workflow
  return { kind: 'stream', framing, open: (stream) => run.go(resumeData, stream, () => {}) }
}

function createRun(
  world: World,
  token: Token,
  body: JsonObject,
  mode: WorkflowRunRecord['mode'],
): WorkflowRun {
  const workflowId = textOf(body['workflow_id'])
  if (workflowId === undefined) throw badParameter('workflow_id is required')
  const spec = knownWorkflow(world, workflowId)
  if (body['bot_id'] !== undefined && body['app_id'] !== undefined)
    throw badParameter('bot_id and app_id cannot both be given')
  const given = body['parameters']
  const parameters = objectOf(typeof given === 'string' ? parseJson(given) : given)
  const script = world.workflowScripts.get(workflowId) ?? spec.script ?? echoWorkflow
  const record: WorkflowRunRecord = {
    executeId: world.ids.next(),
    workflowId,
    owner: token.owner,
    mode,
    parameters,
    startedAtS: world.nowS(),
    status: 'Running',
    output: '',
    error: undefined,
    messages: [],
  }
  const steps = script({ workflowId, parameters, ext: textMap(body['ext']) })
  return createWorkflowRun(world, record, steps[Symbol.iterator]())
}

function goOnce(run: WorkflowRun, resumeData: string | undefined): Promise<WorkflowOver> {
  return new Promise((resolve) => run.go(resumeData, undefined, resolve))
}

function onceReply(world: World, run: WorkflowRun, over: WorkflowOver): Reply {
  const { record } = run
  const beside = {
    execute_id: record.executeId,
    debug_url: debugUrl(record.executeId),
    usage: { input_count: 1, output_count: 1, token_count: 2 },
    ...(world.options.flavor === 'studio' ? { token: 2, cost: '0.00000' } : {}),
  }
  if (over.is === 'error')
    return { kind: 'json', status: 200, body: { code: over.code, msg: over.message, ...beside } }
  if (over.is === 'done') return answer(record.output, beside)
  if (world.options.flavor === 'studio') throw new Refusal(6039, 'Interrupts are not supported in a sync run')
  return answer('', { ...beside, interrupt_data: over.interruptData })
}

function takeInterrupted(world: World, call: Call): { run: WorkflowRun; resumeData: string } {
  const body = bodyOf(call)
  const [workflowId, eventId] = [textOf(body['workflow_id']), textOf(body['event_id'])]
  const resumeData = body['resume_data']
  if (workflowId === undefined || eventId === undefined || typeof resumeData !== 'string')
    throw badParameter('workflow_id, event_id and resume_data are required')
  if (typeof body['interrupt_type'] !== 'number') throw badParameter('interrupt_type is required')
  const run = world.interrupted.get(eventId)
  if (run?.record.workflowId !== workflowId) throw badParameter('event_id is not waiting')
  world.interrupted.delete(eventId)
  return { run, resumeData }
}

function history(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'listRunHistory')
  return answer([historyItem(ownRun(world, token, call.params['execute_id'] ?? ''))])
}

function studioHistory(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'listRunHistory')
  return answer([historyItem(ownRun(world, token, queryText(call, 'execute_id')))])
}

function ownRun(world: World, token: Token, executeId: string): WorkflowRunRecord {
  const record = world.store.workflowRuns.get(executeId)
  if (record?.owner !== token.owner) throw new Refusal(4314, `No run history of ${executeId}`)
  return record
}

function historyItem(record: WorkflowRunRecord): JsonObject {
  const outputs = Object.fromEntries(record.messages.map(({ title, content }) => [title, content]))
  return {
    execute_id: record.executeId,
    execute_status: record.status,
    bot_id: '0',
    connector_id: '1024',
    connector_uid: record.owner,
    run_mode: record.mode === 'sync' ? 0 : record.mode === 'stream' ? 1 : 2,
    output: JSON.stringify({ Output: record.output, ...outputs }),
    create_time: record.startedAtS,
    update_time: record.startedAtS,
    node_execute_status: {},
    error_code: record.error === undefined ? '' : String(record.error.code),
    error_message: record.error?.message ?? '',
    debug_url: debugUrl(record.executeId),
    is_output_trimmed: false,
    logid: '',
  }
}

function list(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'listWorkflow')
  queryText(call, 'workspace_id')
  const mode = call.query['workflow_mode']
  const found = Object.entries(world.options.workflows).filter(
    ([, spec]) => spec.published !== false && (mode === undefined || mode === (spec.kind ?? 'workflow')),
  )
  const page = pageOf(found, queryNumber(call, 'page_num', 1, 1000), queryNumber(call, 'page_size', 10, 30))
  return answer({ items: page.items.map(([id, spec]) => workflowInfo(id, spec)), has_more: page.hasMore })
}

function getInfo(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'getMetaData')
  const id = call.params['workflow_id'] ?? ''
  return answer({ workflow_detail: workflowInfo(id, knownWorkflow(world, id)) })
}

function workflowInfo(id: string, spec: WorkflowSpec): JsonObject {
  return {
    workflow_id: id,
    workflow_name: spec.name ?? `workflow_${id}`,
    description: 'An emulated workflow',
    icon_url: '',
    app_id: '0',
    creator: { id: '1', name: 'emulated' },
    created_at: '1700000000',
    updated_at: '1700000000',
  }
}
