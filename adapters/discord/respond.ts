// How is an interaction of the gateway answered? Its callback, within three seconds, and what comes too late for it.
// https://discord.com/developers/docs/interactions/receiving-and-responding
import type { Ack } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callbackTypes, EPHEMERAL, formButtonData, noticeData, type Callback } from './ack.ts'
import { callAs, type DiscordApi, type DiscordCall } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { readString, type Fields } from '../common/read.ts'
import { isInteractionOver } from './errors.ts'
import type { Asked } from './inbound-interaction.ts'
import type { FirstAnswer, Interactions } from './interaction-notes.ts'
import { segment } from './segment.ts'

export interface RespondParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  /** Told how the first answer went: whether "thinking…" stands there, waiting for the reply. */
  readonly interactions: Pick<Interactions, 'answered' | 'cleared' | 'elsewhere' | 'over' | 'settled'>
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
  const route = `/interactions/${segment(asked.id)}/${segment(asked.token)}/callback` as const
  const call = { method: 'POST', route, body: callback, auth: false } as const
  try {
    await tryTwice(parts, (within) => callAs(parts.account, parts.api, call, within))
    parts.interactions.answered(asked.id, firstAnswer(callback))
  } catch (error) {
    tell(parts, asked, 'an interaction could not be answered in time', error)
    parts.interactions.answered(asked.id, isInteractionOver(error) ? 'refused' : 'unknown')
  }
}

/** What stands there once `callback` was taken. */
export function firstAnswer(callback: Callback | undefined): FirstAnswer {
  if (callback === undefined) return 'unknown'
  return callback.type === callbackTypes.deferredMessage ? 'deferred' : 'elsewhere'
}

/**
 * The deferral stands already: a notice takes its place, or follows where nothing stands; so does a button for a form,
 * as the form itself cannot be opened any more. What only the person shall see cannot stand where all see it.
 */
export async function answerLate(
  parts: RespondParts,
  asked: Asked,
  interaction: Fields,
  ack: Ack,
): Promise<void> {
  const applicationId = readString(interaction['application_id'])
  const webhook = `/webhooks/${segment(applicationId ?? '')}/${segment(asked.token)}` as const
  const original = `${webhook}/messages/@original` as const
  const call = lateCall(parts, asked, ack, { webhook, original })
  if (call === undefined || applicationId === undefined) return
  const { cleared, elsewhere, over, settled } = parts.interactions
  // What follows "thinking…" would take its place, for all to see.
  if (ack.show === 'waiting') cleared(asked.id)
  const limit = { account: parts.account, clock: parts.clock, ms: ANSWER_LATE_WITHIN_MS, what: 'late answer' }
  try {
    await withDeadline(limit, parts.signal, async (within) => {
      // A notice that took the place of a deferral still on its way would be written over by it.
      if (ack.show !== 'waiting') await settled(asked.id)
      await onceItStands(
        parts,
        (until) => callAs(parts.account, parts.api, { ...call, auth: false }, until),
        within,
      )
    })
    if (ack.show !== 'notice') elsewhere(asked.id)
  } catch (error) {
    if (ack.show === 'waiting') over(asked.id)
    tell(parts, asked, 'what came late could not be shown', error)
  }
}

function lateCall(
  { words }: RespondParts,
  asked: Asked,
  ack: Ack,
  { original, webhook }: Readonly<Record<'original' | 'webhook', DiscordCall['route']>>,
): DiscordCall | undefined {
  const said = (data: Readonly<Record<string, unknown>>): DiscordCall =>
    asked.onMessage
      ? { method: 'POST', route: webhook, body: { ...data, flags: EPHEMERAL } }
      : { method: 'PATCH', route: original, body: data }
  switch (ack.show) {
    case 'nothing':
      return undefined
    case 'waiting':
      return ack.private && !asked.onMessage ? { method: 'DELETE', route: original } : undefined
    case 'notice':
      return said(noticeData(ack, asked, words))
    case 'form':
      return said(formButtonData(ack.form, asked, words))
  }
}

/** Over HTTP the deferral is the answer to Discord's own call, and may arrive after this. */
async function onceItStands(
  { clock }: RespondParts,
  call: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.elapsed() + ANSWER_WITHIN_MS
  for (;;) {
    try {
      await call(signal)
      return
    } catch (error) {
      if (!isInteractionOver(error) || clock.elapsed() >= untilMs) throw error
      await clock.sleep(AGAIN_AFTER_MS, signal)
    }
  }
}

const AGAIN_AFTER_MS = 250
/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json: interaction has already been acknowledged. */
const ALREADY_ACKNOWLEDGED = 40060

/** Once more where the way there failed: there are seconds left, and no second chance. That it had arrived after all is well. */
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
      if (!(error instanceof PlatformError) || error.kind !== 'unavailable') throw error
      await parts.clock.sleep(AGAIN_AFTER_MS, within)
      await call(within).catch((again: unknown) => {
        const arrived = again instanceof PlatformError && again.code === ALREADY_ACKNOWLEDGED
        if (!arrived || error.outcome !== 'unknown') throw again
      })
    }
  })
}

function tell({ log }: RespondParts, asked: Asked, message: string, error: unknown): void {
  const kind = error instanceof PlatformError ? error.kind : 'unknown'
  log.warn({ interaction: asked.id, kind }, message)
}
