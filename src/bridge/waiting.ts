// Which turns wait for a person, and which of them does this message or button answer?
//
// A waiting turn is in the journal; here it can be found, and here its time runs out.

import type { EventId, MessageEvent } from '../contract/event.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Asking, TurnRecord, WaitingState } from '../contract/turn.ts'

/** Whatever holds a turn's record. */
interface Holder {
  readonly record: TurnRecord
}

export interface Waiting<Turn extends Holder> {
  /** From now on it can be answered, until `expiresAtMs`. */
  add(turn: Turn): void
  /** The newest whose question this message may answer. */
  forMessage(event: MessageEvent): Turn | undefined
  /** The turn that shows this button or form. */
  byToken(token: string): Turn | undefined
  /** The newest in a lane. */
  inLane(scopeKey: string): Turn | undefined
  /** Oldest first. */
  allInLane(scopeKey: string): readonly Turn[]
  /** Takes it out, and stops its clock: for whoever acts on it now. False when somebody else did. */
  take(turn: Turn): boolean
  /** Its question has been answered: who presses late hears that, and not that the button is too old. */
  answered(record: TurnRecord): void
  wasAnswered(token: string): boolean
  /** No time runs out any more. */
  close(): void
  readonly size: number
}

/** A waiting turn, by the compiler's word. */
export function waitingState({ state }: TurnRecord): WaitingState | undefined {
  return state.phase === 'waiting' ? state : undefined
}

/** `expired` is called once, with a turn that has been taken out. Must not throw. */
export function createWaiting<Turn extends Holder>(
  clock: Clock,
  expired: (turn: Turn) => void,
): Waiting<Turn> {
  const done = new Set<string>()
  const turns = new Map<EventId, { readonly turn: Turn; readonly over: AbortController }>()
  /** Newest last. */
  const all = (): readonly Turn[] => [...turns.values()].map(({ turn }) => turn)

  return {
    add(turn) {
      const state = waitingState(turn.record)
      if (state === undefined) return
      take(turn)
      const over = new AbortController()
      turns.set(turn.record.id, { turn, over })
      const leftMs = Math.max(0, state.expiresAtMs - clock.now())
      clock.sleep(leftMs, over.signal).then(
        () => {
          if (take(turn)) expired(turn)
        },
        () => undefined,
      )
    },
    forMessage: (event) => all().findLast((turn) => mayAnswer(turn.record, event)),
    byToken: (token) => all().find((turn) => shows(turn.record, token)),
    inLane: (scopeKey) => all().findLast(({ record }) => record.scopeKey === scopeKey),
    allInLane: (scopeKey) => all().filter(({ record }) => record.scopeKey === scopeKey),
    take,
    answered(record) {
      const asking = waitingState(record)?.asking
      for (const token of tokensOf(asking)) {
        const [oldest] = done
        if (done.size >= MOST_REMEMBERED && oldest !== undefined) done.delete(oldest)
        done.add(token)
      }
    },
    wasAnswered: (token) => done.has(token),
    close() {
      for (const { over } of turns.values()) over.abort()
    },
    get size() {
      return turns.size
    },
  }

  function take(turn: Turn): boolean {
    const known = turns.get(turn.record.id)
    if (known?.turn !== turn) return false
    known.over.abort()
    turns.delete(turn.record.id)
    return true
  }
}

/** The next message of who was asked, in that place. From anybody else, where that is allowed, only what is meant for us. */
function mayAnswer(record: TurnRecord, { address, sender, ...said }: MessageEvent): boolean {
  const { asked } = record
  const isHere =
    asked.address.account === address.account &&
    asked.address.chatId === address.chatId &&
    asked.address.threadId === address.threadId
  if (!isHere || (said.text.trim() === '' && said.attachments.length === 0)) return false
  if (asked.sender.id === sender.id) return true
  return waitingState(record)?.whoMayAnswer === 'anyone' && (said.mentionsBot || said.repliesToBot)
}

function shows(record: TurnRecord, token: string): boolean {
  return tokensOf(waitingState(record)?.asking).includes(token)
}

function tokensOf(asking: Asking | undefined): readonly string[] {
  if (asking === undefined) return []
  const { choices, formToken } = asking
  return [...choices.map(({ token }) => token), ...(formToken === undefined ? [] : [formToken])]
}

const MOST_REMEMBERED = 10_000
