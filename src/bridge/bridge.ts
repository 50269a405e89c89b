// The bridge itself: events in, turns in their lanes, the journal underneath.
//
// An event is decided on, accepted in one atomic write, put in its lane; then the platform may be told it is safe.
// At start the journal is read back first, so that yesterday's questions stand before today's.

import { NotStoredError } from '../contract/errors.ts'
import type { AskingEvent, ChatEvent, EventId, LifeEvent } from '../contract/event.ts'
import type { Ack, Inbox } from '../contract/platform.ts'
import type { Route } from '../contract/policy.ts'
import type { TurnRecord } from '../contract/turn.ts'
import type { PersonBudget } from './allowance.ts'
import { runBuiltin } from './builtin.ts'
import { decide, type Decision, type IgnoreReason } from './decide.ts'
import { createErrands, type Addressee } from './errands.ts'
import { languageFor, saidIn } from './language.ts'
import { createLanes, LANE_BOUND } from './lane.ts'
import { movedScopeKey, routeFor } from './route.ts'
import { inItsThread, wantsThread } from './thread.ts'
import { createTold } from './told.ts'
import { runTurn, STOPPED } from './turn.ts'
import { acceptedTurn, mergedTurn } from './accept.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

export interface Bridge {
  readonly inbox: Inbox
  /** Takes up what an earlier process left. Call before platforms start. Resolves with how many turns there were. */
  recover(): Promise<number>
  /** No turn begins any more; resolves when the running ones have ended. `world.letGo` cuts that short. */
  close(): Promise<void>
  /** Turns running or waiting. */
  readonly turnsOpen: number
}

const NOTHING: Ack = { show: 'nothing' }
const WAITING: Ack = { show: 'waiting', private: false }

export function createBridge(world: BridgeWorld, budget: PersonBudget): Bridge {
  const { journal, log, metrics, clock, policy } = world
  const lanes = createLanes<LiveTurn>((turn) => runTurn(turn, world).finally(gauge))
  const errands = createErrands(world)
  const told = createTold(clock)
  /** Turns on their way to a lane: their thread is being opened. */
  const underWay = new Map<EventId, Promise<void>>()
  let lastSeq = 0
  let closed = false

  return {
    inbox,
    recover,
    async close() {
      closed = true
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
    const decision = decide(event, policy)
    metrics.count('bridge_events_total', { platform: accountOf(event), do: decision.do })
    switch (decision.do) {
      case 'ignore':
        log.debug({ event: event.id, because: decision.because }, 'event ignored')
        return refusal(event, decision.because)
      case 'ask':
        return await ask(asking(event), decision)
      case 'builtin': {
        const person = asking(event)
        if (!(await isFirst(person))) return NOTHING
        errands.run(decision.builtin, () =>
          runBuiltin(
            decision,
            { ...world, lanes, tell: (notices) => errands.tell(to(person, decision.route), notices) },
            person,
          ),
        )
        return comingTo(person)
      }
      case 'tell': {
        const person = asking(event)
        if (!(await isFirst(person, albumOf(person)))) return NOTHING
        errands.tell(to(person), [decision.notice])
        return comingTo(person)
      }
      case 'life':
        await live(decision.event)
        return NOTHING
    }
  }

  async function ask(event: AskingEvent, decision: Extract<Decision, { do: 'ask' }>): Promise<Ack> {
    const { route, scopeKey } = decision
    if (await journal.seenBefore(event.id)) return NOTHING
    if (decision.onlyIfKnown && !(await world.conversations.get(route.agent, scopeKey))) return NOTHING
    const refusal = await refusalOf(event, scopeKey)
    if (refusal) {
      const isNew = await isFirst(event)
      if (isNew && told.first(scopeKey, refusal.key)) errands.tell(to(event, route), [refusal])
      return NOTHING
    }
    const record = acceptedTurn(event, decision, nextSeq(), clock.now())
    if (route.whileBusy === 'merge' && (await mergeInto(record))) return WAITING
    if (!(await journal.accept(record))) return NOTHING
    if (route.whileBusy === 'interrupt') lanes.running(scopeKey)?.stop.abort(STOPPED)
    begin(record, false)
    return WAITING
  }

  /** Why this person may not ask now; undefined when they may. */
  async function refusalOf(event: AskingEvent, scopeKey: string) {
    if (lanes.length(scopeKey) >= LANE_BOUND)
      return { key: 'lane.full', params: { count: LANE_BOUND } } as const
    return await budget.take(event)
  }

  /** Joins a question to the one that waits in its lane; false when none does. One commit: neither is lost, neither asked twice. */
  async function mergeInto(record: TurnRecord): Promise<boolean> {
    const waiting = lanes
      .waiting(record.scopeKey)
      .findLast((turn) => turn.record.asked.sender.id === record.asked.sender.id)
    // What is still to be fetched belongs to one message.
    if (record.asked.incomplete ?? waiting?.record.asked.incomplete) return false
    if (!waiting || !lanes.remove(record.scopeKey, waiting)) return false
    const merged = mergedTurn(waiting.record, record)
    try {
      await journal.merge([waiting.record], merged)
    } catch (error) {
      lanes.add(record.scopeKey, waiting)
      throw error
    }
    begin(merged, false)
    return true
  }

  function begin(record: TurnRecord, recovered: boolean): void {
    const route = routeFor(record.asked, undefined, policy)
    if (!route || !wantsThread(record, route)) {
      enter(record, recovered)
      return
    }
    const way = inItsThread(record, route, world)
      .then((moved) => enter(moved, recovered))
      .catch((error: unknown) => {
        if (!world.letGo.aborted) log.error({ turn: record.id }, 'a turn did not reach its lane', error)
      })
      .finally(() => underWay.delete(record.id))
    underWay.set(record.id, way)
  }

  function enter(record: TurnRecord, recovered: boolean): void {
    lanes.add(record.scopeKey, { record, recovered, stop: new AbortController() })
    gauge()
  }

  async function recover(): Promise<number> {
    const open = await journal.open()
    for (const record of open) {
      lastSeq = Math.max(lastSeq, record.seq)
      begin(record, true)
    }
    if (open.length > 0) log.info({ turns: open.length }, 'taking up the turns an earlier process left')
    return open.length
  }

  async function live(event: LifeEvent): Promise<void> {
    switch (event.kind) {
      case 'moved':
        await world.conversations.move((key) => movedScopeKey(key, event.from, event.to))
        log.info({ account: event.to.account }, 'a chat moved: its conversations went along')
        return
      case 'retracted':
        await retract(event)
        return
      case 'joined':
      case 'gone':
        log.debug({ event: event.id, kind: event.kind }, 'noted')
    }
  }

  /** Somebody took their message back: what has not been asked yet is dropped, without a word. */
  async function retract({ address, messageId }: Extract<LifeEvent, { kind: 'retracted' }>): Promise<void> {
    const turns = lanes.take(
      ({ record: { asked } }) =>
        asked.messageId === messageId &&
        asked.address.account === address.account &&
        asked.address.chatId === address.chatId,
    )
    for (const { record } of turns) {
      await journal.finish(record)
      log.info({ turn: record.id }, 'the question was taken back before it was asked')
    }
    gauge()
  }

  function to(event: AskingEvent, route?: Route): Addressee {
    return toPerson(event, languageFor(saidIn(event), route, policy))
  }

  /** True the first time this event is handled: redelivery of a command must not do it twice. */
  function isFirst(event: AskingEvent, id = event.id): Promise<boolean> {
    return journal.markSeen(id)
  }

  /** Rises with time and never falls behind what the journal holds. */
  function nextSeq(): number {
    lastSeq = Math.max(lastSeq + 1, clock.now() * 1_000)
    return lastSeq
  }

  function gauge(): void {
    metrics.gauge('bridge_turns_open', lanes.size)
  }
}

/** A command or a button waits to be answered; a message does not. */
function comingTo(event: AskingEvent): Ack {
  return event.kind === 'message' ? NOTHING : WAITING
}

/** What waits to be answered is told why nothing comes; a message is met with silence. */
function refusal(event: ChatEvent, because: IgnoreReason): Ack {
  if (event.kind !== 'command' && event.kind !== 'action') return NOTHING
  const key = because === 'not-handled' ? 'action.expired' : 'access.denied'
  return { show: 'notice', notice: { key } }
}

function asking(event: ChatEvent): AskingEvent {
  if (event.kind === 'message' || event.kind === 'command' || event.kind === 'action') return event
  throw new Error(`nobody asked anything in a "${event.kind}" event`)
}

/** The pictures of one album are told about once. */
function albumOf(event: AskingEvent): EventId {
  const key = event.kind === 'message' ? event.groupKey : undefined
  return key === undefined ? event.id : (`${event.address.account}:album:${key}` as EventId)
}

function accountOf(event: ChatEvent): string {
  if (event.kind === 'moved') return event.to.account
  return event.address.account
}

function toPerson(event: AskingEvent, locale: string): Addressee {
  return {
    id: event.id,
    sender: event.sender,
    replyTarget: event.replyTarget,
    chatKind: event.chatKind,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    locale,
  }
}
