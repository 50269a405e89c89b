// What kind of event is it, and whose?

import type { AskingEvent, ChatEvent, EventId } from '../../contract/event.ts'
import type { Ack } from '../../contract/platform.ts'
import { notice, NOTHING } from './hall.ts'

/** What waits to be answered is told why nothing comes; a message is met with silence. */
export function refusal(event: ChatEvent): Ack {
  return event.kind === 'command' || event.kind === 'action' ? notice('access.denied') : NOTHING
}

export function isAsking(event: ChatEvent): event is AskingEvent {
  return event.kind === 'message' || event.kind === 'command' || event.kind === 'action'
}

export function asking(event: ChatEvent): AskingEvent {
  if (isAsking(event)) return event
  throw new Error(`nobody asked anything in a "${event.kind}" event`)
}

/** The pictures of one album are told about once. */
export function albumOf(event: AskingEvent): EventId {
  const key = event.kind === 'message' ? event.groupKey : undefined
  return key === undefined ? event.id : (`${event.address.account}:album:${key}` as EventId)
}

export function accountOf(event: ChatEvent): string {
  if (event.kind === 'moved') return event.to.account
  return event.address.account
}
