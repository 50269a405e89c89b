// How does an asynchronous run, which nobody streams to us, come to its end?

import type { ReplyEvent } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Failure, FailureKind } from '../contract/errors.ts'
import type { CozeClient } from './client.ts'
import { unsupportedFailure } from './errors.ts'
import type { RunHandle } from './handle.ts'
import { isForPlugin } from './interrupt.ts'
import { isObject, readJson, toText } from './json.ts'
import { readOutput } from './output.ts'
import { runAsks, runCompleted } from './run-closing.ts'
import { lostRun, pluginFailure, runFailure, runFailureOf } from './run-failure.ts'
import { MAX_PLUGIN_ROUNDS, NO_PLUGIN } from './run-stream.ts'
import { cancelledThere, spokenFailure } from './spoken.ts'
import type { AnswerFile } from './file-url.ts'
import type { RunAbout } from './waiting.ts'
import { getRunHistory, resumeWorkflow } from './workflows.ts'
import type { RunHistory } from './workflows.ts'

/** Each look is a call that counts: often at first, then once a minute. Our choice. */
const SHORTEST_PAUSE_MS = 3_000
const LONGEST_PAUSE_MS = 60_000
/** An asynchronous run may take so long. Coze docs: run workflow. */
const LONGEST_RUN_MS = 24 * 3_600_000
/** Coze may know nothing of a run yet (4314), or of the answer to its question. Our choice. */
const SETTLING_MS = 60_000
/** Answers in a row that made no sense. */
const MAX_GARBLED = 10
const WHAT = 'workflow run history'

/** Looks until the run is over or waits, then yields its text and closes. Never throws. */
export async function* followRun(
  client: CozeClient,
  handle: RunHandle,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  try {
    for (let run = handle, round = 0; ; round += 1) {
      const history = await untilOver(client, run, signal)
      const { interrupt } = history
      if (interrupt === undefined || !isForPlugin(interrupt)) {
        yield* toReply(history, run)
        return
      }
      if (round >= MAX_PLUGIN_ROUNDS) throw new AssistantError(pluginFailure(WHAT))
      const { workflow: workflowId, userId } = run
      const { eventId, type: interruptType } = interrupt
      const resuming = { workflowId, userId, eventId, interruptType, answer: NO_PLUGIN }
      const { executeId } = await resumeWorkflow(client, resuming, signal)
      run = {
        ...run,
        executeId: executeId || run.executeId,
        answered: eventId,
        startedAtMs: client.clock.now(),
      }
    }
  } catch (error) {
    yield { kind: 'failed', failure: runFailureOf(error, WHAT, signal) }
  }
}

/** The record of a run that goes on no further by itself. */
async function untilOver(client: CozeClient, run: RunHandle, signal: AbortSignal): Promise<RunHistory> {
  const { clock } = client
  // A wall clock that was set meanwhile must neither end a run nor follow it for ever.
  const ageAtFirstMs = Math.min(LONGEST_RUN_MS, Math.max(0, clock.now() - run.startedAtMs))
  const fromMs = clock.elapsed()
  let garbled = 0
  for (;;) {
    const ageMs = ageAtFirstMs + clock.elapsed() - fromMs
    const look = await lookAt(client, run, signal)
    if ('failure' in look) {
      garbled = look.failure.kind === 'garbled' ? garbled + 1 : 0
      const mayCome = look.failure.kind === 'gone' && ageMs < SETTLING_MS
      if (!mayCome && (!PASSING.includes(look.failure.kind) || garbled > MAX_GARBLED)) {
        throw new AssistantError(look.failure)
      }
    } else if (!isUnderWay(look.history, run, ageMs)) return look.history
    if (ageMs >= LONGEST_RUN_MS) throw new AssistantError(lostRun(WHAT))
    const waitMs = 'failure' in look ? (look.failure.retryAfterMs ?? 0) : 0
    await clock.sleep(
      Math.max(waitMs, Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, ageMs / 10))),
      signal,
    )
  }
}

/** Troubles on the way say nothing about the run. */
const PASSING: readonly FailureKind[] = ['unavailable', 'lost', 'rate-limited', 'garbled']

type Look = { readonly history: RunHistory } | { readonly failure: Failure }

async function lookAt(client: CozeClient, run: RunHandle, signal: AbortSignal): Promise<Look> {
  try {
    const { workflow: workflowId, executeId, userId } = run
    const history = await getRunHistory(client, { workflowId, executeId, userId }, signal)
    return history === undefined ? { failure: unknownRun() } : { history }
  } catch (error) {
    const failure = runFailureOf(error, WHAT, signal)
    const { kind, code, logid } = failure
    if (kind !== 'cancelled') client.log.debug({ kind, code, logid }, 'the run could not be looked at')
    return { failure }
  }
}

/** For a moment the record still shows the question that was answered. */
function isUnderWay({ status, interrupt }: RunHistory, run: RunHandle, ageMs: number): boolean {
  if (status === 'running') return true
  return interrupt !== undefined && interrupt.eventId === run.answered && ageMs < SETTLING_MS
}

function* toReply(history: RunHistory, run: RunHandle): Generator<ReplyEvent> {
  const { status, logid, debugUrl, interrupt, usage } = history
  const { text, files, titles } = readOutputs(history, run)
  if (text !== '') yield { kind: 'whole', text }
  if (files.length > 0) yield { kind: 'files', files }
  switch (status) {
    case 'success':
      yield runCompleted(debugUrl, usage)
      return
    case 'cancelled':
      yield { kind: 'failed', failure: cancelledThere(WHAT, logid) }
      return
    case 'interrupted':
      yield interrupt === undefined
        ? {
            kind: 'failed',
            failure: unsupportedFailure('answering a run that does not say what it waits for'),
          }
        : runAsks(interrupt, aboutOf(run, titles), text)
      return
    case 'failed':
    case 'running': {
      const code = /^\d+$/.test(history.errorCode) ? Number(history.errorCode) : undefined
      const spoken = { code, msg: history.errorMessage, what: WHAT, logid, debugUrl }
      yield { kind: 'failed', failure: runFailure(spokenFailure(spoken)) }
    }
  }
}

/**
 * What output nodes said, in order, then what the end node gave, unless one of them said it. The record is
 * `{"Output": <the end node>, "<title>": <an output node>, …}`. Coze docs: workflow history.
 */
function readOutputs(
  { output, nodeTimes }: RunHistory,
  { show, told = [] }: RunHandle,
): { readonly text: string; readonly files: readonly AnswerFile[]; readonly titles: readonly string[] } {
  const nodes = readJson(output)
  if (!isObject(nodes) || !('Output' in nodes)) {
    return { ...readOutput(output, show), titles: told }
  }
  const spoken = Object.entries(nodes)
    .filter(([title]) => title !== 'Output')
    .toSorted(([a], [b]) => (nodeTimes[a] ?? 0) - (nodeTimes[b] ?? 0))
  const fresh = spoken.filter(([title]) => !told.includes(title)).map(([, said]) => readOutput(said))
  const said = fresh.map(({ text }) => text).filter((text) => text !== '')
  const end = readOutput(nodes['Output'], show)
  const isSaid = [...said, said.join('\n\n')].some((text) => text.trim() === end.text.trim())
  const shown = isSaid || end.text === '' ? fresh : [...fresh, end]
  return {
    text: shown
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n'),
    files: [...new Map(shown.flatMap(({ files }) => files).map((file) => [file.url, file])).values()],
    titles: spoken.map(([title]) => toText(title)),
  }
}

function aboutOf({ workflow, userId, executeId, show }: RunHandle, told: readonly string[]): RunAbout {
  return { workflow, mode: 'async', userId, executeId, told, ...(show === undefined ? {} : { show }) }
}

function unknownRun(): Failure {
  return { kind: 'gone', detail: `${WHAT}: Coze has no record of this run`, outcome: 'unknown' }
}
