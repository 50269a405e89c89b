// The bridge itself: events in, turns in their lanes, the journal underneath.
//
// An event is decided on, accepted in one atomic write, put in its lane; then the platform may be told it is safe.
// At start the journal is read back first, so that yesterday's questions stand before today's.

import { NotStoredError } from '../contract/errors.ts'
import type { AskingEvent, ChatEvent, EventId } from '../contract/event.ts'
import type { Ack, Inbox } from '../contract/platform.ts'
import type { Route } from '../contract/policy.ts'
import type { TurnRecord } from '../contract/turn.ts'
import type { PersonBudget } from './intake/allowance.ts'
import { closeQuestion, takeWords } from './intake/answers.ts'
import { takeBuiltin } from './intake/builtin.ts'
import { takeCommand } from './intake/commands.ts'
import { isAllowed, verdictOn } from './access.ts'
import { decide, type Decision } from './decide.ts'
import { createErrands } from './errands.ts'
import { accountOf, albumOf, asking, isAsking, refusal } from './intake/events.ts'
import { isFirst, NOTHING, tell, type Hall } from './intake/hall.ts'
import { createLanes } from './lane.ts'
import { takeLife } from './intake/life.ts'
import { createLoopGuard } from './intake/loop-guard.ts'
import { giveCode, refuseStranger } from './intake/pairing.ts'
import { takePress } from './intake/presses.ts'
import { takeAlbumItem, takeQuestion } from './intake/questions.ts'
import { routeFor } from './route.ts'
import { inItsThread, wantsThread } from './turn/thread.ts'
import { createAlbums } from './intake/albums.ts'
import { createTold } from './intake/told.ts'
import { runTurn } from './turn/turn.ts'
import { createUploads } from './media/uploads.ts'
import { uploadsWorld } from './media/how.ts'
import { holdMs } from './hold.ts'
import { createWaiting, waitingState } from './waiting.ts'
import { watchedLanes, watchOf } from './watching.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

export interface Bridge {
  readonly inbox: Inbox
  /** Takes up what an earlier process left. Call before platforms start. Resolves with how many turns there were. */
  recover(): Promise<number>
  /** No turn begins any more; resolves when the running ones have ended. `world.letGo` cuts that short. */
  close(): Promise<void>
  /** Turns running or waiting for their lane; those that wait for a person are not among them. */
  readonly turnsOpen: number
}

/** What the roof hands in; what lives with one bridge is made here. */
export type BridgeParts = Omit<
  BridgeWorld,
  'waiting' | 'stops' | 'lastQuestions' | 'uploads' | 'running' | 'underWay' | 'dropped'
>

export function createBridge(parts: BridgeParts, budget: PersonBudget): Bridge {
  const { journal, log, metrics, clock, policy } = parts
  const waiting = createWaiting(clock, expired)
  const uploads = createUploads(uploadsWorld(parts))
  const running = new Map<EventId, Promise<void>>()
  const underWay = new Map<EventId, Promise<void>>()
  const dropped = new Set<EventId>()
  const stops = new Map<string, LiveTurn>()
  const world: BridgeWorld = {
    ...parts,
    waiting,
    stops,
    lastQuestions: new Map(),
    uploads,
    running,
    underWay,
    dropped,
  }
  const lanes = watchedLanes(createLanes(run, gauge))
  const errands = createErrands(world)
  const loops = createLoopGuard(clock)
  const hall: Hall = {
    world,
    lanes,
    errands,
    told: createTold(clock),
    albums: createAlbums(clock),
    budget,
    begin,
    goOn,
    nextSeq,
  }
  let lastSeq = 0
  let closed = false

  return {
    inbox,
    recover,
    async close() {
      closed = true
      waiting.close()
      await Promise.all(underWay.values())
      await lanes.close()
      await errands.settle()
    },
    get turnsOpen() {
      return lanes.size + underWay.size
    },
  }

  async function inbox(event: ChatEvent, signal: AbortSignal): Promise<Ack> {
    signal.throwIfAborted()
    if (closed) throw new NotStoredError('the bridge is stopping')
    const asked = isAsking(event) ? event : undefined
    if (asked) loops.hear(asked)
    const paired = asked !== undefined && (await isPaired(asked))
    const answered = await asAnswer(event, paired)
    if (answered) return answered
    const decision = withoutLoops(event, decide(event, policy, paired))
    metrics.count('bridge_events_total', { platform: accountOf(event), do: decision.do })
    return await act(event, decision)
  }

  /** Asked only where the answer settles something. */
  async function isPaired({ address, sender, chatKind }: AskingEvent): Promise<boolean> {
    if (verdictOn({ address, sender, chatKind }, policy.access) !== 'ifPaired') return false
    return await parts.pairings.isPaired(address.account, sender.id)
  }

  /** Said once, and not once a message. */
  function withoutLoops(event: ChatEvent, decision: Decision): Decision {
    if (!isAsking(event) || decision.do === 'ignore') return decision
    const stopped = loops.stops(event)
    if (!stopped) {
      loops.answering(event)
      return decision
    }
    if (stopped.first) {
      metrics.count('bridge_events_total', { platform: accountOf(event), do: 'loop' })
      log.warn({ event: event.id }, 'another bot is not answered any more before a person speaks there')
    }
    return { do: 'ignore', because: 'loop' }
  }

  async function act(event: ChatEvent, decision: Decision): Promise<Ack> {
    switch (decision.do) {
      case 'ignore':
        if (event.kind === 'message' && decision.because === 'not-addressed') {
          await takeAlbumItem(hall, event)
        }
        log.debug({ event: event.id, because: decision.because }, 'event ignored')
        return decision.because === 'loop' ? NOTHING : refusal(event)
      case 'ask':
        return await takeQuestion(hall, decision.event, decision)
      case 'command':
        return await takeCommand(hall, decision.event, decision)
      case 'press':
        return await takePress(hall, decision.event, decision.route)
      case 'builtin':
        return await takeBuiltin(hall, asking(event), decision)
      case 'tell': {
        const person = asking(event)
        return (await isFirst(hall, albumOf(person))) ? tell(hall, person, decision.notice) : NOTHING
      }
      case 'refuse':
        return refuseStranger(hall, asking(event))
      case 'pair':
        return await giveCode(hall, asking(event))
      case 'life':
        await takeLife(hall, decision.event, gauge)
        return NOTHING
    }
  }

  /** What somebody was asked for comes first. */
  async function asAnswer(event: ChatEvent, paired: boolean): Promise<Ack | undefined> {
    if (event.kind !== 'message' || !isAllowed(event, policy.access, paired)) return undefined
    const ack = await takeWords(hall, event)
    if (ack) metrics.count('bridge_events_total', { platform: accountOf(event), do: 'answer' })
    return ack
  }

  function begin(record: TurnRecord, recovered: boolean): void {
    const found = route(record)
    if (!found || !wantsThread(record, found)) {
      enter(record, recovered)
      return
    }
    const way = inItsThread(record, found, world)
      .then((moved) => (dropped.has(moved.id) ? journal.finish(moved) : enter(moved, recovered)))
      .catch((error: unknown) => {
        if (!world.letGo.aborted) log.error({ turn: record.id }, 'a turn did not reach its lane', error)
      })
      .finally(() => arrived(record.id))
    underWay.set(record.id, way)
  }

  function enter(record: TurnRecord, recovered: boolean): void {
    const turn: LiveTurn = {
      record,
      recovered,
      watch: watchOf(record, recovered, parts),
      stop: new AbortController(),
      leaveLane: () => lanes.leave(record.scopeKey, turn),
    }
    uploads.begin(turn)
    const heldMs = holdMs(record, route(record), clock.now())
    if (isBesideLane(record)) lanes.addBeside(record.scopeKey, turn)
    else if (heldMs > 0) hold(turn, heldMs)
    else lanes.add(record.scopeKey, turn)
    gauge()
  }

  /** More of it may come: the rest of an album, the question to a picture. */
  function hold(turn: LiveTurn, heldMs: number): void {
    const { scopeKey } = turn.record
    lanes.addHeld(scopeKey, turn)
    clock.sleep(heldMs, parts.letGo).then(
      () => lanes.release(scopeKey, turn),
      () => undefined,
    )
  }

  function route(record: TurnRecord): Route | undefined {
    return routeFor(record.asked, record.command?.name, policy)
  }

  async function run(turn: LiveTurn): Promise<void> {
    const over = runTurn(turn, world).finally(() => {
      if (running.get(turn.record.id) === over) running.delete(turn.record.id)
    })
    running.set(turn.record.id, over)
    await over
  }

  function goOn(turn: LiveTurn): void {
    const { id, scopeKey } = turn.record
    const way = (running.get(id) ?? Promise.resolve())
      .then(() => {
        if (dropped.has(id)) return journal.finish(turn.record)
        turn.watch = watchOf(turn.record, true, parts)
        lanes.addBeside(scopeKey, turn)
        return undefined
      })
      .catch((error: unknown) => log.error({ turn: id }, 'a dropped turn is still in the journal', error))
      .finally(() => arrived(id))
    underWay.set(id, way)
  }

  function arrived(id: EventId): void {
    underWay.delete(id)
    dropped.delete(id)
  }

  function expired(turn: LiveTurn): void {
    const state = waitingState(turn.record)
    if (state) closeQuestion(hall, turn, state)
    log.info({ turn: turn.record.id }, 'nobody answered in time')
    goOn(turn)
  }

  async function recover(): Promise<number> {
    const open = await journal.open()
    for (const record of open) {
      lastSeq = Math.max(lastSeq, record.seq)
      const state = waitingState(record)
      // What stands on the screen only has to be answered.
      if (state?.shown === true) waiting.add(asWaiting(record))
      else begin(record, true)
    }
    if (open.length > 0) log.info({ turns: open.length }, 'taking up the turns an earlier process left')
    return open.length
  }

  function asWaiting(record: TurnRecord): LiveTurn {
    return { record, recovered: true, stop: new AbortController(), leaveLane: () => undefined }
  }

  function nextSeq(): number {
    lastSeq = Math.max(lastSeq + 1, clock.now() * 1_000)
    return lastSeq
  }

  function gauge(): void {
    metrics.gauge('bridge_turns_open', lanes.size)
    metrics.gauge('bridge_turns_waiting', waiting.size)
  }
}

/** It does not hold up others: a run in the background, an answer on its way. */
function isBesideLane({ command, state }: TurnRecord): boolean {
  return (
    (command !== undefined && state.phase === 'answering') ||
    state.phase === 'answered' ||
    state.phase === 'waiting'
  )
}
