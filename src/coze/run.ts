// How does a run of a workflow read as a reply?

import type { ReplyEvent, WorkflowRun } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import type { EventStream } from './body.ts'
import type { CozeClient } from './client.ts'
import { failureOf, garbledFailure } from './errors.ts'
import { isObject, readJson } from './json.ts'
import { spokenFailure } from './stream.ts'
import { decodeOutput, readWorkflowEvent } from './workflow-events.ts'
import type { Interrupt, WorkflowEvent } from './workflow-events.ts'
import { getRunHistory, resumeWorkflow, runWorkflow, streamResume, streamWorkflow } from './workflows.ts'
import type { RunResult } from './workflows.ts'

type WaitTurn = (signal: AbortSignal) => Promise<void>

const BLANK_LINE = '\n\n'
/** An asynchronous run is looked at this often; each look is a call that counts. Our choice. */
const ASYNC_POLL_MS = 3_000

/** Never throws. A run that is cut off cannot be followed: it fails as `lost`, without a handle. */
export async function* runAsReply(
  client: CozeClient,
  run: WorkflowRun,
  waitTurn: WaitTurn,
  limitMs: number,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const { workflow: spec, parameters, asker } = run
  const options = { spec, parameters, userId: asker.userId, waitTurn }
  const about = { workflow: spec.workflow, mode: spec.mode, userId: asker.userId }
  if (spec.mode === 'stream') {
    yield* readRun(() => streamWorkflow(client, options, signal), about, signal)
    return
  }
  try {
    const result = await runWorkflow(client, options, signal)
    if (spec.mode === 'run') yield* toReply(result, about)
    else yield* awaitRun(client, about, result.executeId, limitMs, signal)
  } catch (error) {
    yield { kind: 'failed', failure: failureOf(error, 'POST /v1/workflow/run', signal) }
  }
}

/** The person's answer to an interrupt of `runAsReply`. Never throws. */
export async function* resumeRun(
  client: CozeClient,
  resume: JsonObject,
  answer: string,
  waitTurnOf: (userId: string) => WaitTurn,
  limitMs: number,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  try {
    const known = readResume(resume)
    const options = { ...known, workflowId: known.workflow, answer, waitTurn: waitTurnOf(known.userId) }
    if (known.mode === 'stream') {
      yield* readRun(() => streamResume(client, options, signal), known, signal)
      return
    }
    const result = await resumeWorkflow(client, options, signal)
    if (known.mode === 'run') yield* toReply(result, known)
    else yield* awaitRun(client, known, result.executeId, limitMs, signal)
  } catch (error) {
    yield { kind: 'failed', failure: failureOf(error, 'resuming a workflow', signal) }
  }
}

interface About {
  readonly workflow: string
  readonly mode: WorkflowRun['workflow']['mode']
  readonly userId: string
}

async function* readRun(
  open: () => Promise<EventStream>,
  about: About,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  let what = 'running a workflow'
  let closing: ReplyEvent | undefined
  let said = ''
  let nodeKey = ''
  try {
    const stream = await open()
    what = stream.what
    for await (const events of stream.batches) {
      for (const raw of events) {
        const event = readWorkflowEvent(raw, what, stream.logid)
        if (event === undefined || closing !== undefined) continue
        if (event.kind !== 'message') {
          closing = closingOf(event, about, said)
          continue
        }
        const text = visibleText(event, said)
        if (text === '') continue
        const isNext = said !== '' && nodeKey !== event.nodeKey
        nodeKey = event.nodeKey
        said += (isNext ? BLANK_LINE : '') + text
        yield { kind: 'delta', text: isNext ? BLANK_LINE + text : text }
      }
      if (closing !== undefined) {
        stream.wrapUp()
        break
      }
    }
    closing ??= { kind: 'failed', failure: lostRun(what) }
  } catch (error) {
    closing = { kind: 'failed', failure: failureOf(error, what, signal) }
  }
  yield closing
}

/** The end node repeats, as JSON, what an output node may have said already. */
function visibleText(event: Extract<WorkflowEvent, { kind: 'message' }>, said: string): string {
  const isEnd = event.nodeTitle === '' || event.nodeTitle === 'End'
  if (!isEnd) return event.text
  const text = decodeOutput(event.text)
  return said.includes(text) ? '' : text
}

function closingOf(
  event: Exclude<WorkflowEvent, { kind: 'message' }>,
  about: About,
  said: string,
): ReplyEvent {
  switch (event.kind) {
    case 'done':
      return { kind: 'completed' }
    case 'failed':
      return { kind: 'failed', failure: event.failure }
    case 'interrupt':
      return toQuestion(event.interrupt, about, said)
  }
}

function toQuestion(interrupt: Interrupt, about: About, said: string): ReplyEvent {
  const { eventId, type, prompt } = interrupt
  // A message said it before: it is on the screen already.
  const text = said !== '' && said.endsWith(prompt.text) ? '' : prompt.text
  return { kind: 'question', prompt: { ...prompt, text }, resume: { ...about, eventId, interruptType: type } }
}

function* toReply(result: RunResult, about: About): Generator<ReplyEvent> {
  if (result.output !== '') yield { kind: 'whole', text: result.output }
  yield result.interrupt === undefined ? { kind: 'completed' } : toQuestion(result.interrupt, about, '')
}

async function* awaitRun(
  client: CozeClient,
  about: About,
  executeId: string,
  limitMs: number,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const deadlineMs = client.clock.elapsed() + limitMs
  const what = 'workflow run history'
  for (;;) {
    const { workflow: workflowId, userId } = about
    const history = await getRunHistory(client, { workflowId, executeId, userId }, signal)
    switch (history?.status) {
      case 'success': {
        const output = readOutput(history.output)
        yield* toReply({ executeId, output }, about)
        return
      }
      case 'interrupted':
        if (history.interrupt === undefined)
          throw new AssistantError(garbledFailure(what, 'an interrupt without data'))
        yield toQuestion(history.interrupt, about, '')
        return
      case 'failed':
        yield { kind: 'failed', failure: runFailure(history.errorCode, history.errorMessage, what) }
        return
      case 'running':
      case undefined:
        if (client.clock.elapsed() >= deadlineMs) throw new AssistantError(lostRun(what))
        await client.clock.sleep(ASYNC_POLL_MS, signal)
    }
  }
}

/** `{"Output":"<what the end node gave>", …}`. Coze docs: workflow history. */
function readOutput(output: string): string {
  const nodes = readJson(output)
  return decodeOutput(isObject(nodes) && 'Output' in nodes ? nodes['Output'] : output)
}

function runFailure(code: string, msg: string, what: string): Failure {
  return spokenFailure({ code: /^\d+$/.test(code) ? Number(code) : undefined, msg, what, logid: '' })
}

function lostRun(what: string): Failure {
  return { kind: 'lost', detail: `${what}: the run was lost from sight`, outcome: 'unknown' }
}

function readResume(
  resume: JsonObject,
): About & { readonly eventId: string; readonly interruptType: number } {
  const { workflow, mode, userId, eventId, interruptType } = resume
  const isKnownMode = mode === 'stream' || mode === 'run' || mode === 'async'
  if (
    typeof workflow !== 'string' ||
    typeof userId !== 'string' ||
    typeof eventId !== 'string' ||
    typeof interruptType !== 'number' ||
    !isKnownMode
  ) {
    throw new AssistantError(garbledFailure('resume', 'not a resume of this assistant'))
  }
  return { workflow, mode, userId, eventId, interruptType }
}
