// One message on screen that grows, whatever the platform grows it with: its own stream, or a post and its edits.

import type { GrowingMessage, MessagePlace, MessageStart } from './message.ts'
import { isPosted, openPosted } from './posted.ts'
import { openStreamed } from './streamed.ts'

export type { GrowingMessage, MessagePlace, MessageStart, Shown } from './message.ts'

export function openMessage<Body>(place: MessagePlace<Body>, start: MessageStart): GrowingMessage<Body> {
  const open = place.outbox.openStream?.bind(place.outbox)
  if (!open || isPosted(start.resume)) return openPosted(place, start)
  return openStreamed(place, start, open)
}
