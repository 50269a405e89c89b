// The calls about workflows and chatflows.

import type { Usage } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Json, JsonObject } from '../contract/event.ts'
import type { WorkflowSpec } from '../contract/policy.ts'
import type { EventStream } from './body.ts'
import type { Call, CozeClient } from './client.ts'
import { unsupportedFailure } from './errors.ts'
import { readInterrupt } from './interrupt.ts'
import type { Interrupt } from './interrupt.ts'
import { compact, toId, toList, toNumber, toObject, toText } from './json.ts'
import type { Unknowns } from './json.ts'
import { readUsage } from './wire.ts'
import { debugUrlOf } from './workflow-events.ts'

type WaitTurn = NonNullable<Call['waitTurn']>

/** `POST /v1/workflows/chat`: always a stream, of the same events as a chat. Coze docs: run chatflow. */
export function streamChatflow(
  client: CozeClient,
  options: { readonly body: JsonObject; readonly userId: string; readonly waitTurn?: WaitTurn },
  signal: AbortSignal,
): Promise<EventStream> {
  const { body, ...rest } = options
  return client.events(
    { method: 'POST', path: '/v1/workflows/chat', json: body, repeat: 'costly', patience: 'short', ...rest },
    signal,
  )
}

export interface RunOptions {
  readonly spec: WorkflowSpec
  readonly parameters: Readonly<Record<string, Json>>
  readonly userId?: string
  readonly waitTurn?: WaitTurn
}

/** What a run without stream came to. */
export interface RunResult {
  /** Empty when the run has none (yet). */
  readonly executeId: string
  /** What the end node gave, as it was sent: see `readOutput`. */
  readonly data: unknown
  readonly interrupt?: Interrupt
  readonly usage?: Usage
  /** '' when there is none. */
  readonly debugUrl: string
}

/**
 * `POST /v1/workflow/run`. `spec.mode` `async` begins it in the background: look with `getRunHistory`. Else the gateway
 * cuts the answer off after about 90 s. Coze docs: run workflow.
 */
export async function runWorkflow(
  client: CozeClient,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const isAsync = options.spec.mode === 'async' ? { is_async: true } : {}
  const json = { ...runBody(options), ...isAsync }
  const call: Call = { ...post('/v1/workflow/run', json, options), ...WHEN_DONE }
  return toRunResult((await client.json(call, signal)).body)
}

/** `POST /v1/workflow/stream_run`: read with `readWorkflowEvent`. */
export function streamWorkflow(
  client: CozeClient,
  options: RunOptions,
  signal: AbortSignal,
): Promise<EventStream> {
  return client.events(post('/v1/workflow/stream_run', runBody(options), options), signal)
}

export interface ResumeOptions {
  readonly workflowId: string
  readonly eventId: string
  readonly interruptType: number
  /** Free text for a question; JSON of `{name: value}` for an input node. */
  readonly answer: string
  readonly userId?: string
  readonly waitTurn?: WaitTurn
}

/** `POST /v1/workflow/stream_resume`: goes on after an interrupt of `streamWorkflow`. */
export function streamResume(
  client: CozeClient,
  options: ResumeOptions,
  signal: AbortSignal,
): Promise<EventStream> {
  return client.events(post('/v1/workflow/stream_resume', resumeBody(options), options), signal)
}

/** `POST /v1/workflows/resume` (plural): goes on after an interrupt of `runWorkflow`. */
export async function resumeWorkflow(
  client: CozeClient,
  options: ResumeOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const path = '/v1/workflows/resume'
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure(`POST ${path}`))
  const call = { ...post(path, resumeBody(options), options), ...WHEN_DONE }
  return toRunResult((await client.json(call, signal)).body)
}

export interface RunHistory {
  readonly status: 'running' | 'success' | 'failed' | 'cancelled' | 'interrupted'
  /** JSON text of the outputs, by node. */
  readonly output: string
  /** When each output node was done, by its title in `output`; in seconds. */
  readonly nodeTimes: Readonly<Record<string, number>>
  /** Coze gives 1 MB at most. */
  readonly isTrimmed: boolean
  readonly usage?: Usage
  readonly debugUrl: string
  readonly logid: string
  readonly errorCode: string
  readonly errorMessage: string
  readonly interrupt?: Interrupt
}

/** How an asynchronous run stands. Undefined when Coze has no record of it. Coze docs: workflow history. */
export async function getRunHistory(
  client: CozeClient,
  run: { readonly workflowId: string; readonly executeId: string; readonly userId?: string },
  signal: AbortSignal,
): Promise<RunHistory | undefined> {
  const whose = run.userId === undefined ? {} : { userId: run.userId }
  const workflow = encodeURIComponent(run.workflowId)
  const call: Call =
    client.flavor === 'studio'
      ? {
          method: 'GET',
          path: '/v1/workflow/get_run_history',
          query: { workflow_id: run.workflowId, execute_id: run.executeId },
          repeat: 'harmless',
          patience: 'long',
          ...whose,
        }
      : {
          method: 'GET',
          path: `/v1/workflows/${workflow}/run_histories/${encodeURIComponent(run.executeId)}`,
          repeat: 'harmless',
          patience: 'long',
          ...whose,
        }
  // The output itself may be 1 MB.
  const { body } = await client.json({ ...call, maxBytes: 8 * 1024 * 1024 }, signal)
  const first = toList(body['data'])[0]
  return first === undefined ? undefined : toHistory(toObject(first))
}

function runBody({ spec, parameters, userId }: RunOptions): JsonObject {
  const ext = { ...(userId === undefined ? {} : { user_id: userId }), ...spec.ext }
  return compact({
    workflow_id: spec.workflow,
    parameters,
    // One of the two: both together are refused (4000).
    app_id: spec.app,
    bot_id: spec.app === undefined ? spec.bot : undefined,
    ext: Object.keys(ext).length === 0 ? undefined : ext,
    workflow_version: spec.version,
    connector_id: spec.connector,
  })
}

function resumeBody({ workflowId, eventId, interruptType, answer }: ResumeOptions): JsonObject {
  return { workflow_id: workflowId, event_id: eventId, resume_data: answer, interrupt_type: interruptType }
}

/** A workflow may do things in the world: never begun twice by ourselves. */
function post(path: string, json: JsonObject, options: Pick<RunOptions, 'userId' | 'waitTurn'>): Call {
  const { userId, waitTurn } = options
  return {
    method: 'POST',
    path,
    json,
    repeat: 'dangerous',
    patience: 'short',
    ...(userId === undefined ? {} : { userId }),
    ...(waitTurn === undefined ? {} : { waitTurn }),
  }
}

/** The head of such an answer comes when the run is over: the gateway waits about 90 s. Coze docs: run workflow. */
const WHEN_DONE = { firstByteMs: 100_000, maxBytes: 8 * 1024 * 1024 }

function toRunResult(body: Unknowns): RunResult {
  const interrupt = readInterrupt(body['interrupt_data'])
  const usage = readUsage(body['usage'])
  return {
    executeId: toId(body['execute_id']),
    data: body['data'],
    debugUrl: debugUrlOf(body),
    ...(interrupt === undefined ? {} : { interrupt }),
    ...(usage === undefined ? {} : { usage }),
  }
}

function toHistory(history: Unknowns): RunHistory {
  const interrupt = readInterrupt(history['interrupt_data'])
  const usage = readUsage(history['usage'])
  const errorCode = toId(history['error_code'])
  const output = history['output']
  return {
    // A run that waits may be called anything: that it waits is told by what it waits for.
    status: interrupt !== undefined ? 'interrupted' : toRunStatus(toText(history['execute_status'])),
    output: typeof output === 'string' ? output : JSON.stringify(output ?? ''),
    nodeTimes: toNodeTimes(history['node_execute_status']),
    isTrimmed: history['is_output_trimmed'] === true,
    errorCode: errorCode === '0' ? '' : errorCode,
    errorMessage: toText(history['error_message']) || toText(history['error_msg']),
    debugUrl: debugUrlOf(history),
    logid: toText(history['logid']) || toText(history['log_id']),
    ...(interrupt === undefined ? {} : { interrupt }),
    ...(usage === undefined ? {} : { usage }),
  }
}

function toNodeTimes(value: unknown): Readonly<Record<string, number>> {
  const times: Record<string, number> = {}
  for (const [title, node] of Object.entries(toObject(value))) {
    const at = toNumber(toObject(node)['update_time'])
    if (at !== undefined) times[title] = at
  }
  return times
}

function toRunStatus(status: string): RunHistory['status'] {
  if (/^success/i.test(status)) return 'success'
  if (/interrupt/i.test(status)) return 'interrupted'
  if (/cancel/i.test(status)) return 'cancelled'
  // A word we do not know, or none, is no end: the run is looked at again, for as long as runs last.
  return /fail|error|timeout|timed/i.test(status) ? 'failed' : 'running'
}
