// What is stored when a question is accepted, and what when it joins one that still waits.

import type { AskingEvent, Attachment, EventId, MessageEvent } from '../../contract/event.ts'
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
  const isAlbum = older.asked.groupKey !== undefined && older.asked.groupKey === newer.asked.groupKey
  // Each item of an album repeats what the album answers to.
  const isRepeated = isAlbum && older.asked.text.includes(newer.asked.text)
  const texts = [older.asked.text, isRepeated ? '' : newer.asked.text].filter((text) => text !== '')
  const known = new Set(older.asked.attachments.map(({ ref }) => JSON.stringify(ref)))
  const more = newer.asked.attachments.filter(({ ref }) => !known.has(JSON.stringify(ref)))
  return {
    ...newer,
    joined: [...older.joined, older.id, ...newer.joined],
    asked: {
      ...newer.asked,
      text: texts.join('\n'),
      attachments: inOrder([...older.asked.attachments, ...more]),
    },
  }
}

/** An album's items in the order people see them, however they came. */
export function inOrder(files: readonly Attachment[]): readonly Attachment[] {
  if (files.some(({ order }) => order === undefined)) return files
  return files.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
}
