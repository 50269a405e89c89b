// How do events reach the pages that are open? One event stream each, and for each a queue with a bound.
//
// Every event replaces what was there under its key, so a page that is slow gets the newest state of each thing, and not
// every state. One that falls too far behind is closed: it comes again by itself and is told all there is.

import type { PageEvent } from './protocol.ts'

/** Where the events of one page are written. */
export interface Sink {
  /** False: it is full; `onDrain` tells when there is room again. */
  write(text: string): boolean
  onDrain(listener: () => void): void
  onClose(listener: () => void): void
  end(): void
}

export interface Hub {
  publish(event: PageEvent): void
  /** False: there are enough pages. */
  open(sink: Sink): boolean
  readonly pages: number
  close(): void
}

/** A browser opens six connections to one server of HTTP/1.1, over all tabs: one stays for what people do. */
export const MAX_PAGES = 5
/** Of what comes after the story a page is told first. */
const MAX_WAITING = 2_000
/** Nothing on the way may take the stream for dead. */
const BEAT_MS = 15_000

/** `everything`: what a page is told first, in order. */
export function createHub(everything: () => readonly PageEvent[]): Hub {
  const streams = new Set<Stream>()
  const beat = setInterval(() => streams.forEach((stream) => stream.beat()), BEAT_MS)
  beat.unref()
  return {
    publish: (event) => streams.forEach((stream) => stream.send(event)),
    open(sink) {
      if (streams.size >= MAX_PAGES) return false
      const story = everything()
      const stream = createStream(sink, story.length + MAX_WAITING)
      streams.add(stream)
      sink.onClose(() => streams.delete(stream))
      for (const event of story) stream.send(event)
      return true
    },
    get pages() {
      return streams.size
    },
    close() {
      clearInterval(beat)
      for (const stream of streams) stream.end()
    },
  }
}

interface Stream {
  send(event: PageEvent): void
  beat(): void
  end(): void
}

function createStream(sink: Sink, maxWaiting: number): Stream {
  const waiting = new Map<string, string>()
  const gate = { isFull: false }
  let isOpen = true
  let count = 0
  const end = (): void => {
    isOpen = false
    waiting.clear()
    sink.end()
  }
  const write = (text: string): void => {
    gate.isFull = !sink.write(text)
  }
  const writeNext = (): boolean => {
    const [key, text] = waiting.entries().next().value ?? []
    if (key === undefined || text === undefined) return false
    waiting.delete(key)
    write(text)
    return !gate.isFull
  }
  sink.onDrain(() => {
    gate.isFull = false
    while (writeNext());
  })
  sink.onClose(() => {
    isOpen = false
    waiting.clear()
  })
  return {
    end,
    beat() {
      if (isOpen && !gate.isFull) write(': here\n\n')
    },
    send(event) {
      if (!isOpen) return
      const text = `data: ${JSON.stringify(event)}\n\n`
      if (!gate.isFull && waiting.size === 0) {
        write(text)
        return
      }
      const key = keyOf(event) ?? `one of its own ${(count += 1)}`
      // Behind what it may rest on: a room before its messages.
      waiting.delete(key)
      waiting.set(key, text)
      if (waiting.size > maxWaiting) end()
    },
  }
}

/** Of two events with the same key, the later one says all. */
function keyOf(event: PageEvent): string | undefined {
  switch (event.kind) {
    case 'message':
      return `message ${event.roomId} ${event.message.id}`
    case 'deleted':
      return `message ${event.roomId} ${event.messageId}`
    case 'room':
      return `room ${event.room.id}`
    case 'typing':
      return `typing ${event.roomId}`
    case 'person':
      return `person ${event.person.id}`
    case 'commands':
    case 'coze':
    case 'bridge':
      return event.kind
    case 'hello':
    case 'form':
    case 'toast':
    case 'wire':
      return undefined
  }
}
