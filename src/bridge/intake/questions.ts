// A person asks: the question is stored, joined to one that waits, or refused with a sentence.

import type { AskingEvent, MessageEvent } from '../../contract/event.ts'
import type { Ack } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import type { AskedMessage, TurnRecord } from '../../contract/turn.ts'
import { acceptedTurn, inOrder, mergedTurn, type Taken } from './accept.ts'
import type { Decision } from '../decide.ts'
import { NOTHING, refusalOf, refuse, WAITING, type Hall } from './hall.ts'
import { routeFor, scopeKey } from '../route.ts'
import { MOST_FILES } from '../media/uploads.ts'
import { STOPPED } from '../turn/turn.ts'
import type { LiveTurn } from '../world.ts'

/** A question in words. */
export async function takeQuestion(
  hall: Hall,
  event: MessageEvent,
  decision: Extract<Decision, { do: 'ask' }>,
): Promise<Ack> {
  const { route, scopeKey: lane, text, files } = decision
  const { journal, conversations } = hall.world
  if (await journal.seenBefore(event.id)) return NOTHING
  const agent = await agentFor(hall, route, lane)
  if (decision.onlyIfKnown && !(await conversations.get(agent, lane))) return NOTHING
  const taken = { route, scopeKey: lane, agent, text, attachments: files }
  return await takeTurn(hall, event, withAlbum(taken, hall.albums.take(event)))
}

/** An item that says nothing to us by itself: it belongs to one that does, or may yet. */
export async function takeAlbumItem(hall: Hall, event: MessageEvent): Promise<void> {
  const { world } = hall
  const route = routeFor(event, undefined, world.policy)
  if (event.groupKey === undefined || !route) return
  const scope = scopeKey(event, route)
  const text = event.text.trim()
  const taken = { route, scopeKey: scope, agent: route.agent, text, attachments: event.attachments }
  const record = acceptedTurn(event, taken, hall.nextSeq(), world.clock.now())
  const held = heldFor(hall, record)
  if (held?.record.asked.groupKey === event.groupKey && (await join(hall, record, held))) return
  hall.albums.remember(event)
}

/** Items that came before the one that speaks to us. */
function withAlbum(taken: Taken, items: readonly MessageEvent[]): Taken {
  if (items.length === 0) return taken
  const { text, attachments = [] } = taken
  const words = [...items.map((item) => item.text.trim()), text].filter((each) => each !== '')
  const files = [...items.flatMap((item) => item.attachments), ...attachments]
  return { ...taken, text: words.join('\n'), attachments: inOrder(files) }
}

/** Stored in one atomic write, then begun. Rejects when it could not be stored. */
export async function takeTurn(hall: Hall, event: AskingEvent, taken: Taken): Promise<Ack> {
  const { route, scopeKey: lane } = taken
  const { journal, clock } = hall.world
  if (await journal.seenBefore(taken.id ?? event.id)) return NOTHING
  const record = acceptedTurn(event, taken, hall.nextSeq(), clock.now())
  const isQuestion = taken.command === undefined && event.kind === 'message'
  // More of a question that has been let in already.
  if (isQuestion && (await joinHeld(hall, record))) return WAITING
  const refusal = await refusalOf(hall, event, lane)
  if (refusal) return await refuse(hall, event, route, lane, refusal)
  if (isQuestion && route.whileBusy === 'merge' && (await mergeInto(hall, record))) return WAITING
  if (!(await journal.accept(record))) return NOTHING
  if (isQuestion && route.whileBusy === 'interrupt') hall.lanes.running(lane)?.stop.abort(STOPPED)
  hall.begin(record, false)
  return WAITING
}

/** The agent of a scope: its people's choice, where the route gives one, else the route's. */
export async function agentFor({ world }: Hall, route: Route, lane: string): Promise<string> {
  if (route.agents.length < 2) return route.agent
  const chosen = await world.choices.get(lane)
  return chosen !== undefined && route.agents.includes(chosen) ? chosen : route.agent
}

/** The rest of an album, or the words to pictures that came without any. */
async function joinHeld(hall: Hall, record: TurnRecord): Promise<boolean> {
  const held = heldFor(hall, record)
  if (!held || !belongsTo(record.asked, held.record.asked)) return false
  return await join(hall, record, held)
}

/** This person's question of which more may come. */
function heldFor({ lanes }: Hall, { scopeKey: lane, asked }: TurnRecord): LiveTurn | undefined {
  return lanes
    .waiting(lane)
    .findLast((turn) => lanes.isHeld(turn) && turn.record.asked.sender.id === asked.sender.id)
}

function belongsTo(asked: AskedMessage, held: AskedMessage): boolean {
  if (asked.groupKey !== undefined && asked.groupKey === held.groupKey) return true
  return held.text === ''
}

/** Joins a question to the one that waits in its lane; false when none does. */
async function mergeInto(hall: Hall, record: TurnRecord): Promise<boolean> {
  const waiting = hall.lanes
    .waiting(record.scopeKey)
    .findLast((turn) => turn.record.asked.sender.id === record.asked.sender.id)
  return waiting !== undefined && (await join(hall, record, waiting))
}

/** One commit: neither is lost, neither asked twice. False where they are no one question. */
async function join({ lanes, world, begin }: Hall, record: TurnRecord, waiting: LiveTurn): Promise<boolean> {
  const { asked, command } = waiting.record
  // What is still to be fetched belongs to one message; a command is not a sentence of a question.
  if (record.asked.incomplete ?? asked.incomplete ?? command) return false
  if (asked.attachments.length + record.asked.attachments.length > MOST_FILES) return false
  if (!lanes.remove(record.scopeKey, waiting)) return false
  world.uploads.leave(waiting)
  const merged = mergedTurn(waiting.record, record)
  try {
    await world.journal.merge([waiting.record], merged)
  } catch (error) {
    begin(waiting.record, false)
    throw error
  }
  begin(merged, false)
  return true
}
