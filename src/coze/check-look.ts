// How is something of Coze looked at, so that its failure is told instead of thrown?

import type { AssistantFinding } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { CozeClient } from './client.ts'
import type { Paths } from './check-words.ts'
import { failureOf } from './errors.ts'

/** What every look needs. */
export interface CheckWorld {
  readonly client: CozeClient
  readonly apiBase: string
  readonly paths: Paths
  readonly signal: AbortSignal
}

export type Look<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

export async function look<T>(at: () => Promise<T>, signal: AbortSignal): Promise<Look<T>> {
  try {
    return { ok: true, value: await at() }
  } catch (error) {
    return { ok: false, failure: failureOf(error, 'check', signal) }
  }
}

/** A few at a time: a burst of its own would be turned away by the limit of calls a second. */
export async function inTurns<T, R>(
  things: readonly T[],
  atOnce: number,
  run: (thing: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  for (let from = 0; from < things.length; from += atOnce) {
    results.push(...(await Promise.all(things.slice(from, from + atOnce).map(run))))
  }
  return results
}

/** It says nothing about how things are set up, only that they could not be looked at. */
export function isPassing({ kind }: Failure): boolean {
  return (
    kind === 'unavailable' ||
    kind === 'rate-limited' ||
    kind === 'lost' ||
    kind === 'cancelled' ||
    kind === 'garbled'
  )
}

export function notNow(subject: string, { detail }: Failure): AssistantFinding {
  const remedy =
    'Try again in a minute; if it stays, look at the status page of Coze, or at the log of your Coze Studio.'
  return { verdict: 'warning', subject, reason: `could not be looked at: ${detail}`, remedy }
}

export function creditGone({ detail }: Failure, paths: Paths): AssistantFinding {
  return {
    verdict: 'fault',
    subject: 'Coze credit',
    reason: `is used up, nobody gets an answer: ${detail}`,
    remedy: `${paths.credit}.`,
  }
}
