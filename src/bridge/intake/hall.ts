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
import { routeFor } from '../route.ts'
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

/** Why a question is not taken, and for how long its person need not hear it again. */
export interface Refusal {
  readonly notice: Notice
  readonly whom: string
  readonly quietMs?: number
}

/** A person who floods hears it no more often. */
const QUIET_MS = 60_000

/** Why this person may not ask now; undefined when they may. Takes from their budget. */
export async function refusalOf(
  { lanes, world, budget }: Hall,
  event: AskingEvent,
  scopeKey: string,
): Promise<Refusal | undefined> {
  const open = lanes.length(scopeKey) + world.waiting.allInLane(scopeKey).length
  if (open >= LANE_BOUND) {
    return { notice: { key: 'lane.full', params: { count: LANE_BOUND } }, whom: scopeKey }
  }
  const route = routeFor(event, event.kind === 'command' ? event.name : undefined, world.policy)
  const spent = await budget.take(event, route)
  if (!spent) return undefined
  const { notice, waitMs } = spent
  return { notice, whom: `${event.address.account} ${event.sender.id}`, quietMs: Math.max(QUIET_MS, waitMs) }
}

/**
 * A refused question: the person hears so once, until it is otherwise. Who waits for an answer, having pressed a button or
 * given a command, gets one each time.
 */
export async function refuse(
  hall: Hall,
  event: AskingEvent,
  route: Route,
  _scopeKey: string,
  { notice: why, whom, quietMs }: Refusal,
): Promise<Ack> {
  if (!(await isFirst(hall, event.id))) return NOTHING
  hall.world.metrics.count('bridge_refused_total', { because: why.key })
  const isNews = hall.told.first(whom, why.key, quietMs)
  return isNews || waits(event) ? tell(hall, event, why, route) : NOTHING
}

/** Telegram's commands are messages like others; those of the platforms' own making leave a question open. */
function waits(event: AskingEvent): boolean {
  return event.kind === 'action' || (event.kind === 'command' && event.messageId === undefined)
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
