// How is an interaction of the gateway answered? Its callback, within three seconds, and what comes too late for it.
// https://discord.com/developers/docs/interactions/receiving-and-responding
import type { Ack } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callbackTypes, noticeData, type Callback } from './ack.ts'
import { callAs, type DiscordApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { readString, type Fields } from '../common/read.ts'
import { isInteractionOver } from './errors.ts'
import type { Asked } from './inbound-interaction.ts'
import type { FirstAnswer } from './interaction.ts'

export interface RespondParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  /** Told how the first answer went: whether "thinking…" stands there, waiting for the reply. */
  answered(interactionId: string, how: FirstAnswer): void
  readonly signal: AbortSignal
}

/** Later Discord refuses it. */
const ANSWER_WITHIN_MS = 3_000
const ANSWER_LATE_WITHIN_MS = 10_000

/** Never rejects: the event itself is stored, and the reply finds another way. */
export async function answerInteraction(
  parts: RespondParts,
  asked: Asked,
  callback: Callback,
): Promise<void> {
  const route =
    `/interactions/${encodeURIComponent(asked.id)}/${encodeURIComponent(asked.token)}/callback` as const
  const call = { method: 'POST', route, body: callback, auth: false } as const
  try {
    await tryTwice(parts, (within) => callAs(parts.account, parts.api, call, within))
    parts.answered(asked.id, firstAnswer(callback))
  } catch (error) {
    tell(parts, asked, 'an interaction could not be answered in time', error)
    parts.answered(asked.id, isInteractionOver(error) ? 'refused' : 'unknown')
  }
}

/** What stands there once `callback` was taken. */
export function firstAnswer(callback: Callback | undefined): FirstAnswer {
  return callback?.type === callbackTypes.deferredMessage ? 'deferred' : 'unknown'
}

/** The deferral stands already: a notice takes its place, or follows where nothing stands. */
export async function answerLate(
  parts: RespondParts,
  asked: Asked,
  interaction: Fields,
  ack: Ack,
): Promise<void> {
  const applicationId = readString(interaction['application_id'])
  if (ack.show === 'form') parts.log.warn({ interaction: asked.id }, 'a form came too late to be shown')
  if (ack.show !== 'notice' || applicationId === undefined) return
  const webhook = `/webhooks/${encodeURIComponent(applicationId)}/${encodeURIComponent(asked.token)}` as const
  const body = noticeData(ack, asked, parts.words)
  const call = asked.onMessage
    ? ({ method: 'POST', route: webhook, body, auth: false } as const)
    : ({ method: 'PATCH', route: `${webhook}/messages/@original`, body, auth: false } as const)
  const limit = { account: parts.account, clock: parts.clock, ms: ANSWER_LATE_WITHIN_MS, what: 'late notice' }
  try {
    await withDeadline(limit, parts.signal, (within) => callAs(parts.account, parts.api, call, within))
  } catch (error) {
    tell(parts, asked, 'a notice could not follow a late answer', error)
  }
}

/** Once more where nothing can have happened: there are seconds left, and no second chance. */
async function tryTwice(parts: RespondParts, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const limit = {
    account: parts.account,
    clock: parts.clock,
    ms: ANSWER_WITHIN_MS,
    what: 'interaction callback',
  }
  await withDeadline(limit, parts.signal, async (within) => {
    try {
      await call(within)
    } catch (error) {
      const isPassing = error instanceof PlatformError && error.kind === 'unavailable'
      if (!isPassing || error.outcome !== 'not-sent') throw error
      await call(within)
    }
  })
}

function tell({ log }: RespondParts, asked: Asked, message: string, error: unknown): void {
  const kind = error instanceof PlatformError ? error.kind : 'unknown'
  log.warn({ interaction: asked.id, kind }, message)
}
