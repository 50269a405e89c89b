// How are workflows run and resumed?
import { authorize } from './auth.ts'
import { answer, bodyOf } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { parseJson, textOf } from './json.ts'
import { badParameter, Refusal, WorkflowRefusal } from './refusal.ts'
import type { WorkflowOver, WorkflowRun } from './runs.ts'
import { framings } from './sse.ts'
import { accountOf, checkFiles } from './workflow-files.ts'
import { debugUrl } from './workflow-run.ts'
import { createRun } from './workflow-start.ts'
import type { Token, World } from './world.ts'

export const workflowRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/workflow/run', studio: true, handle: runOnce },
  { method: 'POST', path: '/v1/workflow/stream_run', studio: true, handle: runStreamed },
  { method: 'POST', path: '/v1/workflow/stream_resume', studio: true, handle: resumeStreamed },
  { method: 'POST', path: '/v1/workflows/resume', studio: false, handle: resumeOnce },
]

/** The gateway breaks a request that got no answer for so long. Coze docs: run workflow. */
const SYNC_RUN_MS = 90_000

async function runOnce(world: World, call: Call): Promise<Reply> {
  const body = bodyOf(call)
  const token = authorize(world, call, 'other', 'run')
  const isAsync = body['is_async'] === true
  if (isAsync && world.options.plan === 'free')
    throw new Refusal(
      6003,
      'Workflow execution with is_async=true is a premium feature available only to Coze Professional users',
    )
  return goOnce(world, createRun(world, call, token, body, isAsync ? 'async' : 'sync'), undefined)
}

async function resumeOnce(world: World, call: Call): Promise<Reply> {
  const token = authorize(world, call, 'other', 'run')
  const { run, resumeData } = takeInterrupted(world, call, token, 'plain')
  return goOnce(world, run, resumeData)
}

function runStreamed(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'run')
  return streamed(world, createRun(world, call, token, bodyOf(call), 'stream'), undefined)
}

function resumeStreamed(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'run')
  const { run, resumeData } = takeInterrupted(world, call, token, 'stream')
  return streamed(world, run, resumeData)
}

function streamed(world: World, run: WorkflowRun, resumeData: string | undefined): Reply {
  const framing = world.options.flavor === 'studio' ? framings.studioWorkflow : framings.workflow
  return { kind: 'stream', framing, open: (stream) => run.go(resumeData, stream, () => {}) }
}

/** A run in the background is answered at once; any other when it is over, waits, or took too long. */
async function goOnce(world: World, run: WorkflowRun, resumeData: string | undefined): Promise<Reply> {
  const { record } = run
  if (record.mode === 'async') {
    run.go(resumeData, undefined, () => {})
    return answer(undefined, { execute_id: record.executeId, debug_url: debugUrl(record) })
  }
  const over = await new Promise<WorkflowOver | undefined>((resolve) => {
    const limitMs = world.options.limits.syncRunMs ?? SYNC_RUN_MS
    const takeBack = world.ticker.after(limitMs, () => resolve(undefined))
    run.go(resumeData, undefined, (told) => {
      takeBack()
      resolve(told)
    })
  })
  return over === undefined ? { kind: 'cut' } : onceReply(world, run, over)
}

function onceReply(world: World, run: WorkflowRun, over: WorkflowOver): Reply {
  const { record } = run
  const isStudio = world.options.flavor === 'studio'
  const beside = {
    execute_id: record.executeId,
    debug_url: debugUrl(record),
    usage: { input_count: 1, output_count: 1, token_count: 2 },
    ...(isStudio ? { token: 2, cost: '0.00000' } : {}),
  }
  if (over.is === 'done') return answer(record.output, beside)
  if (over.is === 'interrupt') return answer('', { ...beside, interrupt_data: over.interruptData })
  if (isStudio) throw new WorkflowRefusal(over.code, over.message)
  return { kind: 'json', status: 200, body: { code: over.code, msg: over.message, ...beside } }
}

/**
 * The run an event id stands for. It is used up: an event resumes once. What is refused uses nothing up. The codes of
 * the refusals are not documented.
 */
function takeInterrupted(
  world: World,
  call: Call,
  token: Token,
  how: 'plain' | 'stream',
): { run: WorkflowRun; resumeData: string } {
  const body = bodyOf(call)
  const [workflowId, eventId] = [textOf(body['workflow_id']), textOf(body['event_id'])]
  const resumeData = body['resume_data']
  if (workflowId === undefined || eventId === undefined || typeof resumeData !== 'string')
    throw badParameter('workflow_id, event_id and resume_data are required')
  const type = body['interrupt_type']
  if (typeof type !== 'number') throw badParameter('interrupt_type is required')
  const waiting = world.interrupted.get(eventId)
  const record = waiting?.run.record
  if (record?.workflowId !== workflowId || accountOf(record.owner) !== accountOf(token.owner))
    throw badParameter('event_id is not waiting')
  if (waiting === undefined || isPast(world, waiting.expiresAtMs)) throw badParameter('event_id has expired')
  if (waiting.type !== type) throw badParameter(`interrupt_type must be ${waiting.type}`)
  if ((record.mode === 'stream') !== (how === 'stream'))
    throw badParameter('a run is resumed the way it was begun: streamed or not')
  checkFiles(world, token.owner, parseJson(resumeData))
  world.interrupted.delete(eventId)
  record.resumes.push({ eventId, type, answer: resumeData })
  return { run: waiting.run, resumeData }
}

function isPast(world: World, expiresAtMs: number | undefined): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= world.options.nowMs()
}
