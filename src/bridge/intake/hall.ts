// What the rooms behind the inbox share: who takes an event in needs these, and nothing else.

import type { AskingEvent, ChatAddress, EventId } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Ack } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import type { PersonBudget } from './allowance.ts'
import type { Errands, Addressee } from '../errands.ts'
import { languageFor, saidIn } from '../language.ts'
import { LANE_BOUND, type Lanes } from '../lane.ts'
import type { Albums } from './albums.ts'
import type { Told } from './told.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

export interface Hall {
  readonly world: BridgeWorld
  readonly lanes: Lanes<LiveTurn>
  readonly errands: Errands
  readonly told: Told
  readonly albums: Albums
  readonly budget: PersonBudget
  /** A stored turn goes its way: into its thread, into its lane. */
  begin(record: TurnRecord, recovered: boolean): void
  /** A turn that waited goes on, beside its lane, as soon as what showed its question has ended. */
  goOn(turn: LiveTurn): void
  /** Rises with time and never falls behind what the journal holds. */
  nextSeq(): number
}

export const NOTHING: Ack = { show: 'nothing' }
export const WAITING: Ack = { show: 'waiting', private: false }

export function notice(key: Notice['key']): Ack {
  return { show: 'notice', notice: { key } }
}

/** True the first time this event is handled: redelivery of a command must not do it twice. */
export function isFirst({ world }: Hall, id: EventId): Promise<boolean> {
  return world.journal.markSeen(id)
}

/** Why this person may not ask now; undefined when they may. Takes from their budget. */
export async function refusalOf(
  { lanes, world, budget }: Hall,
  event: AskingEvent,
  scopeKey: string,
): Promise<Notice | undefined> {
  const open = lanes.length(scopeKey) + world.waiting.allInLane(scopeKey).length
  if (open >= LANE_BOUND) return { key: 'lane.full', params: { count: LANE_BOUND } }
  return await budget.take(event)
}

/** A refused question: the person hears so, once in a while. */
export async function refuse(
  hall: Hall,
  event: AskingEvent,
  route: Route,
  scopeKey: string,
  refusal: Notice,
): Promise<Ack> {
  const isNew = await isFirst(hall, event.id)
  if (isNew && hall.told.first(scopeKey, refusal.key)) return tell(hall, event, refusal, route)
  return NOTHING
}

/** One sentence: as the answer to what waits for one, else as a message. */
export function tell(hall: Hall, event: AskingEvent, sentence: Notice, route?: Route): Ack {
  if (event.kind === 'action' || (event.kind === 'command' && event.opensForm === true)) {
    return { show: 'notice', notice: sentence }
  }
  hall.errands.tell(addressee(hall, event, route), [sentence])
  return comingTo(event)
}

/** A command or a button waits to be answered; a message does not. */
export function comingTo(event: AskingEvent): Ack {
  return event.kind === 'message' ? NOTHING : WAITING
}

/** Where something was said, for what is said there once. */
export function placeOf({ account, chatId }: ChatAddress): string {
  return `${account} ${chatId}`
}

export function localeOf({ world }: Hall, event: AskingEvent, route?: Route): string {
  return languageFor(saidIn(event), route, world.policy)
}

export function addressee(hall: Hall, event: AskingEvent, route?: Route): Addressee {
  return {
    id: event.id,
    sender: event.sender,
    replyTarget: event.replyTarget,
    chatKind: event.chatKind,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    locale: localeOf(hall, event, route),
  }
}
