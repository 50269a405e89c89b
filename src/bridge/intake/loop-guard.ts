// Do two bots talk to each other? Each answers the other's answer, for ever, and at the owner's cost.
//
// In memory: after a restart a loop is stopped a few answers later.

import { createHash } from 'node:crypto'
import type { AskingEvent, EventId } from '../../contract/event.ts'
import type { Clock } from '../../contract/runtime.ts'

export interface LoopGuard {
  /** What a person says in a chat lets bots speak there again. Call with every event, before anything else. */
  hear(event: AskingEvent): void
  /** Whether this is one of a bot's that gets no answer; `first`: the first one there since a person spoke. */
  stops(event: AskingEvent): { readonly first: boolean } | undefined
  /** A bot's event that is being answered. Counted once, however often it is offered. */
  answering(event: AskingEvent): void
}

/** Our choice: bots that work with each other need few rounds without a person. */
const MOST_IN_A_ROW = 5
const SILENT_FOR_MS = 60 * 60_000
const SAME_WITHIN_MS = 60_000
const MOST_CHATS = 1_000
const MOST_TEXTS = 5_000

interface Row {
  readonly answered: number
  readonly sinceMs: number
  readonly last: EventId
  readonly told: boolean
}

export function createLoopGuard(clock: Clock): LoopGuard {
  const rows = new Map<string, Row>()
  const said = new Map<string, { readonly atMs: number; readonly by: EventId }>()
  return {
    hear(event) {
      if (!event.sender.isBot) rows.delete(chatOf(event))
    },

    stops(event) {
      if (!event.sender.isBot || !(isTooLong(event) || isRepeated(event))) return undefined
      const row = rows.get(chatOf(event))
      if (row) put(rows, MOST_CHATS, chatOf(event), { ...row, told: true })
      return { first: row?.told !== true }
    },

    answering(event) {
      if (!event.sender.isBot) return
      const row = rowOf(event)
      if (row?.last !== event.id) {
        const answered = (row?.answered ?? 0) + 1
        put(rows, MOST_CHATS, chatOf(event), {
          answered,
          sinceMs: clock.elapsed(),
          last: event.id,
          told: false,
        })
      }
      const key = saidKey(event)
      if (key !== undefined) put(said, MOST_TEXTS, key, { atMs: clock.elapsed(), by: event.id })
    },
  }

  /** Forgotten when nobody spoke to us there for an hour. */
  function rowOf(event: AskingEvent): Row | undefined {
    const row = rows.get(chatOf(event))
    return row && clock.elapsed() - row.sinceMs < SILENT_FOR_MS ? row : undefined
  }

  function isTooLong(event: AskingEvent): boolean {
    const row = rowOf(event)
    return row !== undefined && row.answered >= MOST_IN_A_ROW && row.last !== event.id
  }

  function isRepeated(event: AskingEvent): boolean {
    const before = said.get(saidKey(event) ?? '')
    return before !== undefined && before.by !== event.id && clock.elapsed() - before.atMs < SAME_WITHIN_MS
  }
}

/** The oldest gives way. */
function put<Value>(map: Map<string, Value>, most: number, key: string, value: Value): void {
  map.delete(key)
  const oldest = map.size < most ? undefined : map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

function chatOf({ address: { account, chatId } }: AskingEvent): string {
  return `${account} ${chatId}`
}

/** Who said what where, without the words. Undefined where there are none: two pictures are two pictures. */
function saidKey(event: AskingEvent): string | undefined {
  const words = wordsOf(event)
  if (words === '') return undefined
  return createHash('sha256')
    .update(`${chatOf(event)} ${event.sender.id} ${words}`)
    .digest('base64url')
}

function wordsOf(event: AskingEvent): string {
  switch (event.kind) {
    case 'message':
      return event.text.trim()
    case 'command':
      return `/${event.name} ${event.rest} ${JSON.stringify(event.options)}`
    case 'action':
      return ''
  }
}
