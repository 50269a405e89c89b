// How does a response body become events?

import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'

export interface SseEvent {
  /** '' when the server named none. */
  readonly event: string
  readonly data: string
  /** Its number in the stream, where the server counts: workflows from 0. */
  readonly id?: string
  /** It came unterminated at the end of the body: it may be cut. */
  readonly unfinished?: true
}

/** Events of several hundred kB are ordinary (tool results); this is where we stop believing. In characters. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024

/** Reads a body in any pieces. A pure machine: bytes in, events out. */
export interface SseReader {
  /** The events that these bytes complete. Throws `RangeError` when one event outgrows every measure. */
  take(bytes: Uint8Array): readonly SseEvent[]
  /** At the end of the body: what came without its closing blank line. */
  end(): readonly SseEvent[]
}

export function createSseReader(): SseReader {
  // One decoder for the whole body: a character may lie across two network chunks.
  const decoder = new StringDecoder('utf8')
  let events: SseEvent[] = []
  let overflowed = false
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ id, event = '', data }) =>
      void events.push(id === undefined ? { event, data } : { event, data, id }),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') overflowed = true
    },
  })

  function feed(text: string): readonly SseEvent[] {
    if (text !== '') parser.feed(text)
    if (overflowed) throw new RangeError(`an event of more than ${MAX_EVENT_CHARS} characters`)
    if (events.length === 0) return NONE
    const taken = events
    events = []
    return taken
  }

  return {
    take: (bytes) => feed(decoder.write(bytes)),
    end: () => feed(`${decoder.end()}\n\n`).map((event) => ({ ...event, unfinished: true })),
  }
}

const NONE: readonly SseEvent[] = []
