// What is stored when a question is accepted, and what when it joins one that still waits.

import type { AskingEvent, EventId, MessageEvent } from '../../contract/event.ts'
import type { Route } from '../../contract/policy.ts'
import type { AskedMessage, CommandRun, TurnRecord } from '../../contract/turn.ts'

/** What a turn is made of. */
export interface Taken {
  readonly route: Route
  readonly scopeKey: string
  readonly agent: string
  readonly text: string
  readonly attachments?: MessageEvent['attachments']
  readonly command?: CommandRun
  /** The turn's id where the event's own would let it be done twice: several presses of one button. */
  readonly id?: EventId
  /** What stands in the reply before the answer. */
  readonly preface?: string
}

export function acceptedTurn(
  event: AskingEvent,
  { scopeKey, agent, text, attachments = [], command, id, preface }: Taken,
  seq: number,
  acceptedAtMs: number,
): TurnRecord {
  const asked: AskedMessage = {
    address: event.address,
    chatKind: event.chatKind,
    sender: event.sender,
    replyTarget: event.replyTarget,
    text,
    attachments,
    sentAtMs: event.sentAtMs,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(event.kind === 'message' && event.incomplete === true ? { incomplete: event } : {}),
    ...(event.kind === 'message' && event.groupKey !== undefined ? { groupKey: event.groupKey } : {}),
  }
  return {
    version: 1,
    id: id ?? event.id,
    seq,
    acceptedAtMs,
    scopeKey,
    agent,
    asked,
    ...(command === undefined ? {} : { command }),
    ...(preface === undefined ? {} : { preface }),
    joined: id === undefined ? [] : [event.id],
    state: { phase: 'accepted' },
    parts: [],
  }
}

/** Both questions as one, in the order they came; the reply hangs on the newer. */
export function mergedTurn(older: TurnRecord, newer: TurnRecord): TurnRecord {
  return {
    ...newer,
    joined: [...older.joined, older.id, ...newer.joined],
    asked: {
      ...newer.asked,
      text: [older.asked.text, newer.asked.text].filter((text) => text !== '').join('\n'),
      attachments: [...older.asked.attachments, ...newer.asked.attachments],
    },
  }
}
