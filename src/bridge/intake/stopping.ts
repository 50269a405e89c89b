// Ends turns because a person wants them ended: one, or all of theirs.

import type { AskingEvent, EventId } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { closeQuestion } from './answers.ts'
import type { Hall } from './hall.ts'
import { STOPPED } from '../turn/turn.ts'
import { waitingState } from '../waiting.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/** What runs, else what waits for the person. */
export function stop(hall: Hall, event: AskingEvent, scopeKey: string): readonly Notice[] {
  const { lanes, world } = hall
  const running = lanes.running(scopeKey) ?? lanes.active(scopeKey).at(-1)
  const waiting = running === undefined ? world.waiting.inLane(scopeKey) : undefined
  if (waiting) stopWaiting(hall, waiting)
  running?.stop.abort(STOPPED)
  if (running === undefined && waiting === undefined) return stopHeld(hall, scopeKey)
  // The reply itself says that it was stopped; what came without a message waits for an answer of its own.
  return event.messageId === undefined ? [{ key: 'turn.stopped' }] : []
}

/** A picture that waits for its question: it is stopped before anybody asked about it. */
function stopHeld(hall: Hall, scopeKey: string): readonly Notice[] {
  const { lanes, errands } = hall
  const held = lanes.waiting(scopeKey).findLast((turn) => lanes.isHeld(turn))
  if (!held || !lanes.remove(scopeKey, held)) return [{ key: 'turn.nothingToStop' }]
  errands.run('stop', () => drop(hall, held))
  return [{ key: 'turn.stopped' }]
}

export function stopWaiting(hall: Hall, turn: LiveTurn): void {
  const state = waitingState(turn.record)
  if (!state || !hall.world.waiting.take(turn)) return
  turn.stop.abort(STOPPED)
  closeQuestion(hall, turn, state)
  hall.goOn(turn)
}

/**
 * What a person has asked anywhere on the account and is not answered yet: what has not begun is dropped without a word,
 * what runs says that it was stopped. Resolves when none of it writes of itself any more, or does not end.
 */
export async function stopAllOf(hall: Hall, { address, sender }: AskingEvent): Promise<void> {
  const { world, lanes } = hall
  const isTheirs = ({ asked }: TurnRecord): boolean =>
    asked.address.account === address.account && asked.sender.id === sender.id
  const open = (await world.journal.open()).filter(isTheirs)
  const ids = open.map(({ id }) => id)
  // A thread being opened for them, say: that can take longer than a person waits.
  const entering = new Set(ids.filter((id) => world.underWay.has(id)))
  for (const id of entering) world.dropped.add(id)
  for (const turn of lanes.take(({ record }) => isTheirs(record))) await drop(hall, turn)
  for (const lane of new Set(open.map(({ scopeKey }) => scopeKey))) {
    for (const turn of lanes.active(lane)) if (isTheirs(turn.record)) turn.stop.abort(STOPPED)
    for (const turn of world.waiting.allInLane(lane)) if (isTheirs(turn.record)) stopWaiting(hall, turn)
  }
  const others = ids.filter((id) => !entering.has(id))
  await within(world, ended(world, others))
}

/** A turn that has not begun, taken out of its lane. */
async function drop({ world }: Hall, turn: LiveTurn): Promise<void> {
  world.uploads.leave(turn)
  turn.stop.abort(STOPPED)
  await world.journal.finish(turn.record)
}

async function ended({ underWay, running }: BridgeWorld, ids: readonly EventId[]): Promise<void> {
  for (;;) {
    const going = ids.flatMap((id) => [underWay.get(id) ?? [], running.get(id) ?? []].flat())
    if (going.length === 0) return
    await Promise.all(going)
  }
}

/** Our choice: to cancel a reply takes Coze a second or two, and a message's last state a few. */
const ENDS_WITHIN_MS = 30_000

async function within({ clock, letGo, log }: BridgeWorld, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const tooLong = clock.sleep(ENDS_WITHIN_MS, AbortSignal.any([over.signal, letGo])).then(
    () => log.warn({}, 'a stopped turn does not end'),
    () => undefined,
  )
  await Promise.race([work, tooLong])
  over.abort()
  letGo.throwIfAborted()
}
