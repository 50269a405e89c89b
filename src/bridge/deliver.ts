// The last step of a turn: the whole reply is journaled, shown, and then forgotten.

import { PlatformError } from '../contract/errors.ts'
import type { Notice } from '../contract/notice.ts'
import type { Logger } from '../contract/runtime.ts'
import { composeReply } from './ending.ts'
import { tellPerson, type Addressee } from './errands.ts'
import type { Keeper } from './keep.ts'
import type { Screen } from './screen.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

export interface Delivery {
  readonly turn: LiveTurn
  readonly world: BridgeWorld
  readonly log: Logger
  readonly screen: Screen
  readonly save: Keeper['save']
}

/** Resolves when `answer` stands, with what has to be said below it, and the turn is closed. Rejects when the process lets go. */
export async function deliver(delivery: Delivery, answer: string, notice?: Notice): Promise<void> {
  const { turn, world, log, screen } = delivery
  const platform = turn.record.asked.address.account
  const reply = turn.record.state.phase === 'delivering' ? answer : await composed(delivery, answer, notice)
  try {
    await screen.finish(reply)
  } catch (error) {
    world.letGo.throwIfAborted()
    if (!(error instanceof PlatformError)) throw error
    log.warn({ kind: error.kind }, 'the reply cannot be delivered', error)
    world.metrics.count('bridge_undeliverable_total', { platform })
    // The place is there, but takes no more of this text (a word filter, mostly): silence would look like an end.
    if (error.kind === 'rejected')
      await tellPerson(askerOf(turn, screen), [{ key: 'failure.notShown' }], world)
  }
  await world.journal.finish(turn.record)
  world.metrics.observe('bridge_reply_ms', world.clock.now() - turn.record.acceptedAtMs, { platform })
}

function askerOf({ record: { id, asked } }: LiveTurn, { locale }: Screen): Addressee {
  const { messageId, ...who } = asked
  return { id: `${id} not shown`, ...who, locale, ...(messageId === undefined ? {} : { messageId }) }
}

/** The reply as it will stand, journaled: from here on a restart needs no assistant. */
async function composed(
  { turn, screen, save }: Delivery,
  answer: string,
  notice: Notice | undefined,
): Promise<string> {
  const isEmpty = answer.trim() === ''
  const notices: Notice[] = []
  if (turn.record.asked.attachments.length > 0) notices.push({ key: 'media.notYet' })
  if (notice) notices.push(notice)
  else if (isEmpty) notices.push({ key: 'turn.empty' })
  const sentences = notices.map((one) => screen.say(one))
  const reply = composeReply(answer, sentences)
  const { state } = turn.record
  const conversation = 'conversation' in state ? state.conversation : undefined
  if (isEmpty) screen.letStand()
  await save({ phase: 'delivering', reply, ...(conversation === undefined ? {} : { conversation }) })
  return reply
}
