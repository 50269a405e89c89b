// How does a run of a workflow read as a reply: streamed, awaited, or followed?

import type { PersonsAnswer, ReplyEvent, WorkflowRun } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { CozeClient, WaitTurn } from './client.ts'
import { garbledFailure } from './errors.ts'
import { toRunHandle } from './handle.ts'
import type { RunHandle } from './handle.ts'
import { isForPlugin } from './interrupt.ts'
import type { Interrupt } from './interrupt.ts'
import { readOutput } from './output.ts'
import { runAsks, runCompleted } from './run-closing.ts'
import { pluginFailure, runFailureOf } from './run-failure.ts'
import { followRun } from './run-history.ts'
import { MAX_PLUGIN_ROUNDS, NO_PLUGIN, readRun } from './run-stream.ts'
import { toResumeData } from './waiting.ts'
import type { RunAbout, WaitingRun } from './waiting.ts'
import { resumeWorkflow, runWorkflow, streamResume, streamWorkflow } from './workflows.ts'
import type { ResumeOptions, RunResult } from './workflows.ts'

/** Never throws. Only an asynchronous run can be found again: any other that is cut off fails as `lost`. */
export async function* runAsReply(
  client: CozeClient,
  run: WorkflowRun,
  waitTurn: WaitTurn,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const { workflow: spec, parameters, asker } = run
  const { workflow, mode, show } = spec
  const options = { spec, parameters, userId: asker.userId, waitTurn }
  const about = { workflow, mode, userId: asker.userId, ...(show === undefined ? {} : { show }) }
  if (mode === 'stream') {
    yield* readRun(
      client,
      {
        about,
        open: () => streamWorkflow(client, options, signal),
        goOn: streamOn(client, about, waitTurn, signal),
      },
      signal,
    )
    return
  }
  try {
    const result = await runWorkflow(client, options, signal)
    yield* goOn(client, result, about, waitTurn, signal)
  } catch (error) {
    yield { kind: 'failed', failure: runFailureOf(error, 'POST /v1/workflow/run', signal) }
  }
}

/** The person's answer to an interrupt of `runAsReply`. Never throws. */
export async function* resumeRun(
  client: CozeClient,
  waiting: WaitingRun,
  answer: PersonsAnswer,
  waitTurn: WaitTurn,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  const resuming = resumeOptions(waiting, waiting, toResumeData(waiting, answer), waitTurn)
  if (waiting.mode === 'stream') {
    yield* readRun(
      client,
      {
        about: waiting,
        open: () => streamResume(client, resuming, signal),
        goOn: streamOn(client, waiting, waitTurn, signal),
      },
      signal,
    )
    return
  }
  try {
    const result = await resumeWorkflow(client, resuming, signal)
    yield* goOn(client, result, waiting, waitTurn, signal, waiting.eventId)
  } catch (error) {
    yield { kind: 'failed', failure: runFailureOf(error, 'POST /v1/workflows/resume', signal) }
  }
}

/** What came back without a stream: all of it, or how to find the rest. */
async function* goOn(
  client: CozeClient,
  result: RunResult,
  about: RunAbout,
  waitTurn: WaitTurn,
  signal: AbortSignal,
  answered?: string,
): AsyncGenerator<ReplyEvent> {
  // Who wanted to wait for it and got all of it at once has it all the same.
  const hasAll = result.interrupt !== undefined || (result.data !== undefined && result.data !== '')
  if (about.mode === 'run' || hasAll) {
    yield* toReply(client, result, about, waitTurn, signal)
    return
  }
  const executeId = result.executeId || (about.executeId ?? '')
  if (executeId === '') throw new AssistantError(garbledFailure('workflow run', 'a run without an id'))
  const { workflow, userId, show, told } = about
  const handle: RunHandle = {
    kind: 'run',
    workflow,
    executeId,
    userId,
    startedAtMs: client.clock.now(),
    ...(show === undefined ? {} : { show }),
    ...(told === undefined ? {} : { told }),
    ...(answered === undefined ? {} : { answered }),
  }
  yield { kind: 'started', handle: toRunHandle(handle), conversation: { conversationId: '', userId } }
  yield* followRun(client, handle, signal)
}

async function* toReply(
  client: CozeClient,
  first: RunResult,
  about: RunAbout,
  waitTurn: WaitTurn,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  let result = first
  for (let round = 0; result.interrupt !== undefined && isForPlugin(result.interrupt); round += 1) {
    if (round >= MAX_PLUGIN_ROUNDS) throw new AssistantError(pluginFailure('workflow run'))
    result = await resumeWorkflow(client, resumeOptions(about, result.interrupt, NO_PLUGIN, waitTurn), signal)
  }
  const { text, files } = readOutput(result.data, about.show)
  if (text !== '') yield { kind: 'whole', text }
  if (files.length > 0) yield { kind: 'files', files }
  const { interrupt, debugUrl, usage, executeId } = result
  if (interrupt === undefined) yield runCompleted(debugUrl, usage)
  else {
    client.log.info({ debugUrl }, 'a workflow waits for a person')
    yield runAsks(interrupt, executeId === '' ? about : { ...about, executeId }, text)
  }
}

function streamOn(client: CozeClient, about: RunAbout, waitTurn: WaitTurn, signal: AbortSignal) {
  return (interrupt: Interrupt, answer: string): ReturnType<typeof streamResume> =>
    streamResume(client, resumeOptions(about, interrupt, answer, waitTurn), signal)
}

function resumeOptions(
  { workflow, userId }: RunAbout,
  at: { readonly eventId: string; readonly type: number } | WaitingRun,
  answer: string,
  waitTurn: WaitTurn,
): ResumeOptions {
  const interruptType = 'type' in at ? at.type : at.interruptType
  return { workflowId: workflow, userId, eventId: at.eventId, interruptType, answer, waitTurn }
}
