// Pictures in a growing reply, whenever they come: no word and no picture is lost, and none stands twice.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createPlainRenderer } from '../../test/support/plain-renderer.ts'
import type { OutgoingFile } from '../contract/platform.ts'
import { createReplyDocument } from './document.ts'
import { createGallery } from './gallery.ts'
import { isMediaPart, type LaidPart } from './laid.ts'
import type { MediaSource, MediaState } from './media.ts'

const file: OutgoingFile = {
  kind: 'image',
  name: 'a.png',
  mimeType: 'image/png',
  sizeBytes: 1,
  async *open() {
    yield new Uint8Array(1)
  },
}

/** A picture alone in its block, one among words, or words. */
const block = fc.oneof(
  fc.constantFrom('Some words here.', '# A heading', '- one\n- two', '```js\ncode()\n```', '一些中文。'),
  fc.integer({ min: 0, max: 5 }).map((n) => `![picture ${n}](https://p.test/${n}.png)`),
  fc.integer({ min: 0, max: 5 }).map((n) => `Look at ![picture ${n}](https://p.test/${n}.png) now.`),
)
const answers = fc.array(block, { minLength: 1, maxLength: 12 }).map((blocks) => blocks.join('\n\n'))

test('whenever pictures come, the parts join to the reply and each picture stands once', () => {
  fc.assert(
    fc.property(
      answers,
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.record({ n: fc.integer({ min: 0, max: 5 }), ok: fc.boolean() }), { maxLength: 12 }),
      fc.boolean(),
      (answer, sizes, arrivals, filesLast) => {
        const states = new Map<string, MediaState>()
        const wanted = new Set<string>()
        const source: MediaSource = {
          isFile: () => false,
          want: ({ url }) => void wanted.add(url),
          stateOf: (url) => states.get(url) ?? { is: 'pending' },
          onChange: () => undefined,
          giveUp: () => undefined,
          close: async () => undefined,
        }
        const time = createManualClock()
        const renderer = createPlainRenderer(120)
        const imageUrls = new Map<string, string>()
        const text = createReplyDocument(renderer, undefined, {
          looks: { isFile: () => false, imageUrls },
        })
        let isOver = false
        const gallery = createGallery({
          source,
          text,
          imageUrls,
          filesLast,
          clock: time.clock,
          signal: new AbortController().signal,
          leavesNothing: () => false,
          changed: () => undefined,
        })
        const laid: LaidPart<unknown>[] = []
        const grow = (): void => {
          const { sealed, limit } = gallery.advance(isOver)
          laid.push(...sealed)
          laid.push(...text.frame(limit).sealed)
        }
        const settle = (n: number, ok: boolean): void => {
          const url = `https://p.test/${n}.png`
          if (wanted.has(url) && !states.has(url))
            states.set(url, ok ? { is: 'ready', file } : { is: 'failed' })
        }
        const coming = [...arrivals]
        for (let at = 0, turn = 0; at < answer.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1
          text.append(answer.slice(at, at + size))
          at += size
          grow()
          const next = coming.shift()
          if (next) settle(next.n, next.ok)
        }
        isOver = true
        grow()
        for (let n = 0; n <= 5; n += 1) settle(n, n % 2 === 0)
        grow()
        expect(gallery.isPending).toBe(false)
        gallery.takeRest()
        text.finish()
        laid.push(...text.frame().sealed)

        let at = 0
        for (const [index, part] of laid.entries()) {
          expect(part.index).toBe(index)
          expect(part.from).toBe(at)
          at = part.to
        }
        expect(at).toBe(answer.length)
        const shown = laid
          .flatMap((part) => (isMediaPart(part) ? part.media.map(({ url }) => url) : []))
          .filter((url) => states.get(url)?.is === 'ready')
        const ready = [...states].filter(([, { is }]) => is === 'ready').map(([url]) => url)
        expect([...shown].sort()).toEqual([...ready].sort())
        for (const part of laid) {
          if (!isMediaPart(part) || part.from === part.to) continue
          // What a picture stands for is pictures and nothing else.
          const replaced = answer.slice(part.from, part.to).replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
          expect(replaced.trim()).toBe('')
        }
      },
    ),
    { numRuns: 400 },
  )
})
