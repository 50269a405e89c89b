// A person asks: the question is stored, joined to one that waits, or refused with a sentence.

import type { AskingEvent, MessageEvent } from '../../contract/event.ts'
import type { Ack } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import type { AskedMessage, TurnRecord } from '../../contract/turn.ts'
import { acceptedTurn, mergedTurn, type Taken } from './accept.ts'
import type { Decision } from '../decide.ts'
import { NOTHING, refusalOf, refuse, WAITING, type Hall } from './hall.ts'
import { MOST_FILES } from '../media/uploads.ts'
import { STOPPED } from '../turn/turn.ts'
import type { LiveTurn } from '../world.ts'

/** A question in words. */
export async function takeQuestion(
  hall: Hall,
  event: MessageEvent,
  decision: Extract<Decision, { do: 'ask' }>,
): Promise<Ack> {
  const { route, scopeKey, text, files } = decision
  const { journal, conversations } = hall.world
  if (await journal.seenBefore(event.id)) return NOTHING
  const agent = await agentFor(hall, route, scopeKey)
  if (decision.onlyIfKnown && !(await conversations.get(agent, scopeKey))) return NOTHING
  return await takeTurn(hall, event, { route, scopeKey, agent, text, attachments: files })
}

/** Stored in one atomic write, then begun. Rejects when it could not be stored. */
export async function takeTurn(hall: Hall, event: AskingEvent, taken: Taken): Promise<Ack> {
  const { route, scopeKey } = taken
  const { journal, clock } = hall.world
  if (await journal.seenBefore(taken.id ?? event.id)) return NOTHING
  const record = acceptedTurn(event, taken, hall.nextSeq(), clock.now())
  const isQuestion = taken.command === undefined && event.kind === 'message'
  // More of a question that has been let in already.
  if (isQuestion && (await joinHeld(hall, record))) return WAITING
  const refusal = await refusalOf(hall, event, scopeKey)
  if (refusal) return await refuse(hall, event, route, scopeKey, refusal)
  if (isQuestion && route.whileBusy === 'merge' && (await mergeInto(hall, record))) return WAITING
  if (!(await journal.accept(record))) return NOTHING
  if (isQuestion && route.whileBusy === 'interrupt') hall.lanes.running(scopeKey)?.stop.abort(STOPPED)
  hall.begin(record, false)
  return WAITING
}

/** The agent of a scope: its people's choice, where the route gives one, else the route's. */
export async function agentFor({ world }: Hall, route: Route, scopeKey: string): Promise<string> {
  if (route.agents.length < 2) return route.agent
  const chosen = await world.choices.get(scopeKey)
  return chosen !== undefined && route.agents.includes(chosen) ? chosen : route.agent
}

/** The rest of an album, or the words to pictures that came without any. */
async function joinHeld(hall: Hall, record: TurnRecord): Promise<boolean> {
  const { lanes } = hall
  const { asked } = record
  const held = lanes
    .waiting(record.scopeKey)
    .findLast((turn) => lanes.isHeld(turn) && turn.record.asked.sender.id === asked.sender.id)
  if (!held || !belongsTo(asked, held.record.asked)) return false
  return await join(hall, record, held)
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
