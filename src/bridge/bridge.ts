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
import { decide, type Decision } from './decide.ts'
import { createErrands, type Addressee } from './errands.ts'
import { createLanes, LANE_BOUND } from './lane.ts'
import { movedScopeKey } from './route.ts'
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

export function createBridge(world: BridgeWorld, budget: PersonBudget): Bridge {
  const { journal, log, metrics, clock, policy } = world
  const lanes = createLanes<LiveTurn>((turn) => runTurn(turn, world).finally(gauge))
  const errands = createErrands(world)
  let lastSeq = 0
  let closed = false

  return {
    inbox,
    recover,
    async close() {
      closed = true
      await lanes.close()
      await errands.settle()
    },
    get turnsOpen() {
      return lanes.size
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
        return NOTHING
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
        return NOTHING
      }
      case 'tell': {
        const person = asking(event)
        if (await isFirst(person, albumOf(person))) errands.tell(to(person), [decision.notice])
        return NOTHING
      }
      case 'life':
        await live(decision.event)
        return NOTHING
    }
  }

  async function ask(event: AskingEvent, decision: Extract<Decision, { do: 'ask' }>): Promise<Ack> {
    const { route, scopeKey } = decision
    if (await journal.seenBefore(event.id)) return NOTHING
    const refusal = await refusalOf(event, scopeKey)
    if (refusal) {
      if (await isFirst(event)) errands.tell(to(event, route), [refusal])
      return NOTHING
    }
    const record = acceptedTurn(event, decision, nextSeq(), clock.now())
    if (route.whileBusy === 'merge' && (await mergeInto(record))) return { show: 'waiting', private: false }
    if (!(await journal.accept(record))) return NOTHING
    if (route.whileBusy === 'interrupt') lanes.running(scopeKey)?.stop.abort(STOPPED)
    begin(record, false)
    return { show: 'waiting', private: false }
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
      case 'joined':
      case 'gone':
        log.debug({ event: event.id, kind: event.kind }, 'noted')
    }
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

function to(event: AskingEvent, route?: Route): Addressee {
  return {
    id: event.id,
    sender: event.sender,
    replyTarget: event.replyTarget,
    chatKind: event.chatKind,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(route?.locale === undefined ? {} : { locale: route.locale }),
  }
}
