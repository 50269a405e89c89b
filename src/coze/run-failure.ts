// What does a failure mean where it is a workflow that failed?

import type { Failure } from '../contract/errors.ts'
import { failureOf } from './errors.ts'

/** A gateway gave up waiting, mostly after about 90 s; the workflow likely runs on. Coze docs: run workflow. */
const GATEWAY_STATUS: readonly number[] = [408, 502, 504, 524]

/** Whatever was thrown while a workflow was to be run or resumed. */
export function runFailureOf(error: unknown, what: string, signal: AbortSignal): Failure {
  const failure = runFailure(failureOf(error, what, signal))
  const isCutOff =
    failure.code === undefined &&
    failure.outcome === 'unknown' &&
    GATEWAY_STATUS.includes(failure.httpStatus ?? 0)
  return isCutOff ? { ...failure, kind: 'lost' } : failure
}

/** A code nobody knows is one of a node, a plugin, a model: the answer was well understood, the run failed. */
export function runFailure(failure: Failure): Failure {
  return failure.kind === 'garbled' && failure.code !== undefined
    ? { ...failure, kind: 'unavailable', outcome: 'unknown' }
    : failure
}

export function lostRun(what: string, logid = ''): Failure {
  return {
    kind: 'lost',
    detail: `${what}: the run was lost from sight`,
    outcome: 'unknown',
    ...(logid === '' ? {} : { logid }),
  }
}

/** It waits again and again for a plugin on a device that is not there. */
export function pluginFailure(what: string): Failure {
  return {
    kind: 'unsupported',
    detail: `${what}: it keeps waiting for a local plugin, which no chat app has`,
    outcome: 'unknown',
  }
}
