// What is stored when a question is accepted, and what when it joins one that still waits.

import type { AskingEvent } from '../contract/event.ts'
import type { AskedMessage, TurnRecord } from '../contract/turn.ts'
import type { Decision } from './decide.ts'

export function acceptedTurn(
  event: AskingEvent,
  decision: Extract<Decision, { do: 'ask' }>,
  seq: number,
  acceptedAtMs: number,
): TurnRecord {
  const asked: AskedMessage = {
    address: event.address,
    chatKind: event.chatKind,
    sender: event.sender,
    replyTarget: event.replyTarget,
    text: decision.text,
    attachments: event.kind === 'message' ? event.attachments : [],
    sentAtMs: event.sentAtMs,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(event.kind === 'message' && event.incomplete === true ? { incomplete: event } : {}),
  }
  return {
    version: 1,
    id: event.id,
    seq,
    acceptedAtMs,
    scopeKey: decision.scopeKey,
    agent: decision.route.agent,
    asked,
    joined: [],
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
      text: `${older.asked.text}\n${newer.asked.text}`,
      attachments: [...older.asked.attachments, ...newer.asked.attachments],
    },
  }
}
