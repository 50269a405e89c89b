// A file could not be passed on: is it tried again, and what is the person told? Pure.

import { AssistantError, PlatformError } from '../../contract/errors.ts'
import type { TakenFile } from '../../contract/event.ts'
import type { FileNotices } from './notices.ts'

/** Fetching and sending again costs nobody anything but time. */
const TRIES = 4
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Undefined: no more. */
export function retryPauseMs(error: unknown, attempt: number): number | undefined {
  const failed =
    error instanceof AssistantError ? error.failure : error instanceof PlatformError ? error : undefined
  if (!failed || attempt + 1 >= TRIES) return undefined
  if (failed.kind !== 'rate-limited' && failed.kind !== 'unavailable' && failed.kind !== 'lost')
    return undefined
  return Math.min(LONGEST_PAUSE_MS, failed.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** attempt)
}

/** Coze docs: upload files. */
const TOO_LARGE = 4302
const WRONG_TYPE = 4303

export interface FileFacts {
  readonly ending: string
  /** As far as it is known. */
  readonly sizeBytes: number | undefined
}

export function leftOutBy(error: unknown, notices: FileNotices, facts: FileFacts): TakenFile {
  if (error instanceof PlatformError) {
    if (error.limitBytes !== undefined) return notices.tooLargeHere(error.limitBytes)
    return error.kind === 'gone' ? notices.expired() : notices.unavailable()
  }
  if (!(error instanceof AssistantError)) return notices.unavailable()
  const { kind, code } = error.failure
  if (code === WRONG_TYPE) return notices.wrongType(facts.ending)
  if (code === TOO_LARGE && facts.sizeBytes !== undefined) return notices.tooLargeThere(facts.sizeBytes)
  return kind === 'unsupported' ? notices.noFiles() : notices.unavailable()
}
