// What can a caller learn of workflows, and of runs that were begun?
import { authorize } from './auth.ts'
import { answer, pageOf, queryNumber, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import type { JsonObject } from './json.ts'
import type { WorkflowSpec } from './options.ts'
import { Refusal } from './refusal.ts'
import type { NodeOutput, WorkflowRunRecord } from './records.ts'
import { accountOf } from './workflow-files.ts'
import { debugUrl } from './workflow-run.ts'
import { knownWorkflow } from './workflow-start.ts'
import type { World } from './world.ts'

const historyPath = '/v1/workflows/:workflow_id/run_histories/:execute_id'
const nodePath = `${historyPath}/execute_nodes/:node_execute_uuid`

export const historyRoutes: readonly Route[] = [
  { method: 'GET', path: historyPath, studio: false, handle: history },
  { method: 'GET', path: nodePath, studio: false, handle: nodeOutput },
  { method: 'GET', path: '/v1/workflow/get_run_history', studio: true, handle: studioHistory },
  { method: 'GET', path: '/v1/workflows', studio: false, handle: list },
  { method: 'GET', path: '/v1/workflows/:workflow_id', studio: true, handle: getInfo },
]

/** An output above it is cut. Coze docs: workflow history. */
const MAX_OUTPUT_BYTES = 1024 * 1024

function history(world: World, call: Call): Reply {
  return answer([historyItem(ownRun(world, call, call.params))])
}

/** Only output nodes can be asked for, whole. */
function nodeOutput(world: World, call: Call): Reply {
  const record = ownRun(world, call, call.params)
  const uuid = call.params['node_execute_uuid']
  const node = record.messages.find((one) => one.executeUuid === uuid)
  if (node === undefined) throw new Refusal(4314, `No output of node ${uuid ?? ''}`)
  return answer({ is_finish: node.isFinished, node_output: node.content })
}

/** Studio's ids are numbers, and its names its own. */
function studioHistory(world: World, call: Call): Reply {
  const record = ownRun(world, call, {
    workflow_id: queryText(call, 'workflow_id'),
    execute_id: queryText(call, 'execute_id'),
  })
  const { logid, error_message, ...item } = historyItem(record)
  return answer([
    {
      ...item,
      execute_id: Number(record.executeId),
      bot_id: Number(record.botId),
      connector_id: Number(record.connectorId),
      input: JSON.stringify(record.parameters),
      log_id: logid,
      error_msg: error_message,
    },
  ])
}

function ownRun(
  world: World,
  call: Call,
  ids: Readonly<Record<string, string>>,
): Readonly<WorkflowRunRecord> {
  const { owner } = authorize(world, call, 'other', 'listRunHistory')
  const executeId = ids['execute_id'] ?? ''
  const record = world.store.workflowRuns.get(executeId)
  const isVisible =
    record !== undefined &&
    record.workflowId === ids['workflow_id'] &&
    accountOf(record.owner) === accountOf(owner) &&
    record.startedAtMs + world.options.historyDelayMs <= world.options.nowMs()
  if (!isVisible) throw new Refusal(4314, `No run history of ${executeId}`)
  return record
}

function historyItem(record: Readonly<WorkflowRunRecord>): JsonObject {
  const named = namedOutputs(record.messages)
  const outputs = [...named].map(([title, node]): [string, string] => [title, trimmed(node.content)])
  const isTrimmed = [record.output, ...record.messages.map((node) => node.content)].some(
    (content) => trimmed(content) !== content,
  )
  return {
    execute_id: record.executeId,
    execute_status: record.status,
    bot_id: record.botId === '' ? '0' : record.botId,
    connector_id: record.connectorId,
    connector_uid: record.ext['user_id'] ?? accountOf(record.owner),
    run_mode: { sync: 0, stream: 1, async: 2 }[record.mode],
    output: JSON.stringify({ Output: trimmed(record.output), ...Object.fromEntries(outputs) }),
    create_time: Math.floor(record.startedAtMs / 1000),
    update_time: Math.floor(record.updatedAtMs / 1000),
    node_execute_status: Object.fromEntries([...named].map(([title, node]) => [title, nodeStatus(node)])),
    // A text, empty when all is well.
    error_code: record.error === undefined ? '' : String(record.error.code),
    error_message: record.error?.message ?? '',
    debug_url: debugUrl(record),
    usage: { input_count: 1, output_count: 1, token_count: 2 },
    token: '2',
    cost: '0.00000',
    is_output_trimmed: isTrimmed,
    logid: record.logId,
    ...(record.interrupt === undefined ? {} : { interrupt_data: record.interrupt }),
  }
}

function nodeStatus(node: NodeOutput): JsonObject {
  return {
    node_id: node.nodeId,
    is_finish: node.isFinished,
    update_time: node.updatedAtS,
    node_execute_uuid: node.executeUuid,
    ...(node.loopIndex === undefined ? {} : { loop_index: node.loopIndex }),
    ...(node.batchIndex === undefined ? {} : { batch_index: node.batchIndex }),
    ...(node.subExecuteId === undefined ? {} : { sub_execute_id: node.subExecuteId }),
  }
}

/** By title; a node that ran again gets a name of its own. */
function namedOutputs(messages: readonly NodeOutput[]): ReadonlyMap<string, NodeOutput> {
  const named = new Map<string, NodeOutput>()
  for (const node of messages)
    named.set(named.has(node.title) ? `${node.title}_${node.executeUuid}` : node.title, node)
  return named
}

function trimmed(content: string): string {
  const bytes = Buffer.from(content)
  if (bytes.length <= MAX_OUTPUT_BYTES) return content
  // A character that the cut went through is left out.
  return bytes.toString('utf8', 0, MAX_OUTPUT_BYTES).replace(/\uFFFD+$/, '')
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
  const spec = knownWorkflow(world, id)
  const isWanted = call.query['include_input_output'] === 'true'
  const input = isWanted ? { input: { parameters: spec.inputs ?? {} } } : {}
  return answer({ workflow_detail: workflowInfo(id, spec), ...input })
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
