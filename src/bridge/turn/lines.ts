// Where does a turn's status line stand, with what below it? In the first message of its reply.

import { createHash } from 'node:crypto'
import type { MessageId } from '../../contract/event.ts'
import type { Control, Outbox } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { PartRecord } from '../../contract/turn.ts'
import { openMessage } from '../../reply/surface.ts'
import { firstPart } from '../../reply/write.ts'
import { languageFor } from '../language.ts'
import { createStatusLine, type StatusLine } from './status-line.ts'
import { stopToken } from './tokens.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/** `save`: durable before it resolves. */
export function openStatusLine(
  { record, recovered }: LiveTurn,
  world: BridgeWorld,
  route: Route | undefined,
  log: Logger,
  save: (parts: readonly PartRecord[]) => Promise<void>,
): StatusLine {
  const { asked, id, parts } = record
  const { account } = asked.address
  const { pacer, clock } = world
  // One of its own: a thousand listeners on the one signal of the process would each look through all others.
  const signal = AbortSignal.any([world.letGo])
  const hangsOn = quotedBy(record.asked, route)
  return createStatusLine(
    { account, outbox: outboxOf(record, world), pacer, clock, signal, log },
    {
      part: parts[0] ?? firstPart(keyBaseOf(id)),
      controls: growingControls(record, world, route),
      maybePosted: recovered,
      ...(hangsOn === undefined ? {} : { replyTo: hangsOn }),
      save: (part) => save([part]),
    },
  )
}

/** Below a reply that grows, or is to come. */
export function growingControls(
  { id, asked }: LiveTurn['record'],
  world: BridgeWorld,
  route: Route | undefined,
): readonly Control[] {
  if (route?.controls.stop !== true) return []
  const locale = languageFor(asked, route, world.policy)
  return [
    { kind: 'stop', token: stopToken(id, world), label: world.words.say({ key: 'control.stop' }, locale) },
  ]
}

/** The person may see that something is going on. Nothing is kept for it. */
export function hintTyping({ record }: LiveTurn, world: BridgeWorld, log: Logger): void {
  const outbox = outboxOf(record, world)
  const { account } = record.asked.address
  const plan = {
    account,
    limits: outbox.limits,
    kind: 'typing',
    urgency: 'typing',
    repeatable: true,
  } as const
  if (!outbox.showTyping) return
  const show = outbox.showTyping.bind(outbox)
  world.pacer
    .tryCall(plan, show, world.letGo)
    .catch((error: unknown) => log.debug({ reason: String(error) }, 'typing not shown'))
}

/** A message of an earlier life may still look busy. Best effort. */
export async function settleMessage(
  { record }: LiveTurn,
  world: BridgeWorld,
  log: Logger,
  part: PartRecord | undefined,
): Promise<void> {
  if (part?.surface === undefined) return
  const { pacer, clock, letGo: signal } = world
  const place = {
    account: record.asked.address.account,
    outbox: outboxOf(record, world),
    pacer,
    clock,
    signal,
  }
  await openMessage(place, { key: part.key, maybePosted: false, resume: part.surface })
    .abandon()
    .catch((error: unknown) => log.debug({ reason: String(error) }, 'a message may look busy for a while'))
}

/** The message the reply hangs on. */
export function quotedBy(
  { chatKind, messageId }: LiveTurn['record']['asked'],
  route: Route | undefined,
): MessageId | undefined {
  const quote = route?.reply.quote ?? 'groups'
  return quote === 'always' || (quote === 'groups' && chatKind === 'group') ? messageId : undefined
}

export function outboxOf({ asked }: LiveTurn['record'], { platforms }: BridgeWorld): Outbox {
  const platform = platforms.get(asked.address.account)
  if (!platform) throw new Error(`no platform is configured under "${asked.address.account}"`)
  return platform.outboxFor(asked.replyTarget)
}

/** Part of each post's idempotency key: the same after a restart. */
export function keyBaseOf(turnId: string): string {
  return createHash('sha256').update(turnId).digest('hex').slice(0, 18)
}
