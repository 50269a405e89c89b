import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHub, type Sink } from './hub.ts'
import type { PageEvent, PageMessage } from './protocol.ts'

interface Page {
  readonly sink: Sink
  readonly got: PageEvent[]
  drain(): void
  readonly ended: boolean
}

/** Takes `room` events, then is full until it is drained. */
function pageWith(room: number): Page {
  const got: PageEvent[] = []
  const drains: (() => void)[] = []
  let left = room
  let ended = false
  return {
    got,
    get ended() {
      return ended
    },
    drain() {
      left = room
      for (const listener of drains) listener()
    },
    sink: {
      write(text) {
        const data = /^data: (.*)$/m.exec(text)?.[1]
        if (data !== undefined) got.push(JSON.parse(data) as PageEvent)
        left -= 1
        return left > 0
      },
      onDrain: (listener) => void drains.push(listener),
      onClose: () => undefined,
      end: () => {
        ended = true
      },
    },
  }
}

function message(id: string, edits: number): PageEvent {
  const content: PageMessage = {
    id,
    author: { name: 'bot', isBot: true },
    postedAtMs: 0,
    changedAtMs: 0,
    edits,
    state: 'final',
    blocks: [],
    files: [],
    controls: [],
  }
  return { kind: 'message', roomId: 'r', message: content }
}

test('a slow page misses states, never the last one of anything', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      (changes, room) => {
        const page = pageWith(room)
        const hub = createHub(() => [])
        hub.open(page.sink)
        const last = new Map<string, number>()
        for (const [n, [id, drains]] of changes.entries()) {
          hub.publish(message(id, n))
          last.set(id, n)
          if (drains) page.drain()
        }
        for (let n = 0; n < changes.length; n += 1) page.drain()
        hub.close()
        const shown = new Map<string, number>()
        for (const event of page.got) {
          if (event.kind !== 'message') continue
          // Never back to an older state.
          expect(event.message.edits).toBeGreaterThan(shown.get(event.message.id) ?? -1)
          shown.set(event.message.id, event.message.edits)
        }
        expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(last))
      },
    ),
  )
})

test('a page that reads nothing any more is closed before it fills the memory', () => {
  const page = pageWith(1)
  const hub = createHub(() => [])
  hub.open(page.sink)
  for (let n = 0; n < 2_100; n += 1)
    hub.publish({ kind: 'toast', platform: 'feishu', personId: 'x', text: String(n) })
  expect(page.ended).toBe(true)
  hub.close()
})

test('a page is told everything first', () => {
  const page = pageWith(100)
  const hub = createHub(() => [message('old', 1)])
  hub.open(page.sink)
  hub.publish(message('new', 1))
  expect(page.got.map((event) => (event.kind === 'message' ? event.message.id : ''))).toEqual(['old', 'new'])
  hub.close()
})

test('however long the story is, a page that takes it slowly is told all of it', () => {
  const page = pageWith(1)
  const story = Array.from({ length: 5_000 }, (_, n) => message(String(n), 1))
  const hub = createHub(() => story)
  hub.open(page.sink)
  hub.publish(message('new', 1))
  for (let n = 0; n <= story.length; n += 1) page.drain()
  expect(page.ended).toBe(false)
  expect(page.got).toEqual([...story, message('new', 1)])
  hub.close()
})
