// What does the page know and show now, and who may change it? What comes in is gathered and drawn once per frame.

import type { PageAction, PageAnswer, PageEvent, PageMessage, PagePlatform, PageUpload } from '../protocol.ts'
import { afterPaint, createLatencies, nowMs } from './latency.ts'
import { announce } from './spoken.ts'
import { AT_FIRST, next, type PageState } from './state.ts'
import { openRoom, type View } from './view.ts'
import { say } from './words.ts'
import { createWireLog } from './wire.ts'

/** A page in the background gets no frames; it still must not gather for ever. */
const HIDDEN_EVERY_MS = 500
const TOAST_MS = 5_000

export const wire = createWireLog()
export const latencies = createLatencies()
let page = AT_FIRST
let view: View
let draw: (page: PageState, view: View) => void
let waiting: PageEvent[] = []
let isScheduled = false
/** What changed before belongs to the story told at the beginning. */
let helloAtMs = 0

export function begin(first: View, drawWith: typeof draw): void {
  view = first
  draw = drawWith
  schedule()
}

export function look(change: Partial<View>): void {
  view = { ...view, ...change }
  schedule()
}

/** Open a room in its pane; a phone goes to that pane. */
export function open(platform: PagePlatform, roomId: string): void {
  const unread = view.unread.filter((id) => id !== roomId)
  look({ platform, rooms: { ...view.rooms, [platform]: roomId }, unread })
}

/** Whom the person in front of the page is now. */
export const me = () => view.personId

export function reply(roomId: string, to: View['replies'][string]): void {
  look({ replies: { ...view.replies, [roomId]: to } })
}

export function closeForm(formId: string): void {
  page = { ...page, forms: page.forms.filter(({ form }) => form.id !== formId) }
  schedule()
}

export function take(event: PageEvent): void {
  waiting.push(event)
  schedule()
}

/** Rejects with a sentence. All addresses are relative: the key in the page's own is never looked at. */
export async function ask(action: PageAction): Promise<PageAnswer & { ok: true }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch('do', { method: 'POST', headers, body: JSON.stringify(action) })
  const answer = (await response.json()) as PageAnswer
  if (answer.ok) return answer
  throw new Error(answer.because)
}

/** Never rejects: what went wrong pops up on this platform, and false is answered. */
export async function post(action: PageAction, platform = view.platform): Promise<boolean> {
  try {
    await ask(action)
    return true
  } catch (error) {
    const text = (error instanceof Error && error.message) || say('failed')
    take({ kind: 'toast', platform, personId: view.personId, text })
    return false
  }
}

/** Rejects with a sentence. */
export async function upload(body: File): Promise<PageUpload> {
  const headers = { 'content-type': 'application/octet-stream' }
  const response = await fetch(`files?name=${encodeURIComponent(body.name)}`, {
    method: 'POST',
    headers,
    body,
  })
  const answer = (await response.json()) as PageUpload & { readonly because?: string }
  if (response.ok) return answer
  throw new Error(answer.because ?? say('failed'))
}

export function isSeen(platform: PagePlatform): boolean {
  return document.querySelector(`.pane.${platform}`)?.checkVisibility() === true
}

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  if (document.hidden) setTimeout(frame, HIDDEN_EVERY_MS)
  else requestAnimationFrame(frame)
}

function frame(): void {
  isScheduled = false
  const events = waiting
  waiting = []
  const shown: PageMessage[] = []
  for (const event of events) apply(event, shown)
  const { people } = page
  if (people[0] && !people.some(({ id }) => id === view.personId)) view = { ...view, personId: people[0].id }
  draw(page, view)
  if (shown.length === 0 || document.hidden) return
  afterPaint(() => {
    const atMs = nowMs()
    for (const { changedAtMs } of shown) latencies.push(atMs - changedAtMs)
  })
}

/** Adds to `shown` what this frame brings before the reader's eyes. */
function apply(event: PageEvent, shown: PageMessage[]): void {
  if (event.kind === 'wire') {
    wire.add(event.calls)
    return
  }
  page = next(page, event)
  if (event.kind === 'hello') {
    wire.clear()
    helloAtMs = nowMs()
  }
  if (event.kind === 'toast')
    setTimeout(() => {
      page = { ...page, toasts: page.toasts.filter((toast) => toast !== event) }
      schedule()
    }, TOAST_MS)
  if (event.kind !== 'message' || event.message.changedAtMs < helloAtMs) return
  const { roomId, message } = event
  const room = page.rooms.find(({ id }) => id === roomId)
  if (!room || (message.onlyFor ?? view.personId) !== view.personId) return
  if (message.author.personId === view.personId) reply(roomId, undefined)
  // What asks to be answered is answered, as the platform's own client would do it.
  if (message.wantsReply && message.edits === 0)
    reply(roomId, { id: message.id, author: message.author.name, text: '' })
  if (openRoom(page, view, room.platform)?.id === roomId && isSeen(room.platform)) {
    shown.push(message)
    announce(message, room.platform)
  } else if (message.author.personId !== view.personId && !view.unread.includes(roomId))
    view = { ...view, unread: [...view.unread, roomId] }
}
