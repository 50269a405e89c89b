// The laws of a growing reply, over any platform's renderer.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { Renderer } from '../../src/contract/platform.ts'
import { createReplyDocument } from '../../src/reply/document.ts'
import { isMediaPart } from '../../src/reply/laid.ts'
import type { LaidPart, ReplyPart } from '../../src/reply/laid.ts'
import { chunked } from './markdown-arbitrary.ts'

/** Streams a text; every open frame is checked on its way. `framesEvery`: frames are taken after so many chunks. */
export function stream<Body>(
  renderer: Renderer<Body>,
  text: string,
  sizes: readonly number[],
  framesEvery = 1,
): readonly ReplyPart<Body>[] {
  const document = createReplyDocument(renderer)
  const parts: ReplyPart<Body>[] = []
  chunked(text, sizes).forEach((chunk, at) => {
    document.append(chunk)
    if (at % framesEvery !== 0) return
    const { sealed, open } = document.frame()
    parts.push(...textParts(sealed))
    if (open === undefined) return
    expect(renderer.fill(open.body)).toBeLessThanOrEqual(1)
    expect(open.index).toBe(parts.length)
    expect(open.from).toBe(parts.at(-1)?.to ?? 0)
    expect(open.to).toBeLessThanOrEqual(document.source.length)
  })
  document.finish()
  parts.push(...textParts(document.frame().sealed))
  return parts
}

/** Those of text. */
export function textParts<Body>(parts: readonly LaidPart<Body>[]): readonly ReplyPart<Body>[] {
  return parts.flatMap((part) => (isMediaPart(part) ? [] : [part]))
}

export function cutsOf(parts: readonly ReplyPart<unknown>[]): readonly number[] {
  return parts.map((part) => part.to)
}

/** Fits, joins without a gap, cuts no line end in two. */
export function expectWhole<Body>(
  renderer: Renderer<Body>,
  text: string,
  parts: readonly ReplyPart<Body>[],
): void {
  let at = 0
  for (const [index, part] of parts.entries()) {
    expect(part.index).toBe(index)
    expect(part.from).toBe(at)
    expect(part.to).toBeGreaterThan(part.from)
    expect(renderer.fill(part.body)).toBeLessThanOrEqual(1)
    at = part.to
  }
  expect(at).toBe(text.length)
}

export function expectLaws<Body>(
  renderer: Renderer<Body>,
  texts: fc.Arbitrary<string>,
  sizes: fc.Arbitrary<number[]>,
  numRuns: number,
): void {
  fc.assert(
    fc.property(texts, sizes, sizes, fc.integer({ min: 1, max: 5 }), (text, some, others, every) => {
      const parts = stream(renderer, text, some)
      expectWhole(renderer, text, parts)
      expect(cutsOf(stream(renderer, text, others, every))).toEqual(cutsOf(parts))
      for (const part of parts.slice(1)) {
        const resumed = createReplyDocument(renderer, { from: part.from, index: part.index, source: text })
        resumed.finish()
        const sealed = textParts(resumed.frame().sealed)
        expect(sealed.map((each) => [each.from, each.to])).toEqual(
          parts.slice(part.index).map((each) => [each.from, each.to]),
        )
        expect(renderer.equal(sealed[0]!.body, part.body)).toBe(true)
      }
    }),
    { numRuns },
  )
}
