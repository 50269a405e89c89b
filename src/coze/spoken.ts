// Coze said in the middle of its work that it failed: as what kind of failure is that told?

import type { Failure } from '../contract/errors.ts'
import { refusalToFailure, scrub } from './errors.ts'

/** A failure told inside a stream or a record: Coze worked on it, and it is over. */
export function spokenFailure(spoken: {
  readonly code?: number | undefined
  readonly msg: string
  readonly what: string
  readonly logid: string
  readonly debugUrl?: string
}): Failure {
  const { code, msg, what, logid, debugUrl = '' } = spoken
  if (code === undefined || code === 0) {
    const said = msg === '' ? '' : ` "${scrub(msg)}"`
    return {
      kind: 'unavailable',
      detail: `${what}: an error without code${said}`,
      outcome: 'unknown',
      ...known(logid),
      ...(debugUrl === '' ? {} : { debugUrl }),
    }
  }
  return { ...refusalToFailure({ what, code, msg, logid, debugUrl }), outcome: 'unknown' }
}

export function cancelledThere(what: string, logid: string): Failure {
  return { kind: 'cancelled', detail: `${what}: it was cancelled`, outcome: 'unknown', ...known(logid) }
}

/** The connection ended, the work did not. */
export function brokenOff(what: string, logid: string): Failure {
  return {
    kind: 'lost',
    detail: `${what}: the stream ended before the reply did`,
    outcome: 'unknown',
    ...known(logid),
  }
}

function known(logid: string): { readonly logid?: string } {
  return logid === '' ? {} : { logid }
}
