// The laws of a growing reply, over any platform's renderer.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { Renderer } from '../../src/contract/platform.ts'
import { createReplyDocument } from '../../src/reply/document.ts'
import { isMediaPart } from '../../src/reply/laid.ts'
import { MOST_THOUGHT_CHARS, withAside } from '../../src/reply/thought.ts'
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

/** What stands beside a part never takes more room than there is, and takes none from the words. */
export function expectAsideLaws<Body>(
  renderer: Renderer<Body>,
  texts: fc.Arbitrary<string>,
  sizes: fc.Arbitrary<number[]>,
  numRuns: number,
): void {
  const words = fc.oneof(
    texts,
    fc.string({ unit: 'grapheme', maxLength: 1_200 }),
    fc.string({ unit: 'binary' }),
  )
  const thoughts = fc.record({
    title: fc.constantFrom('💭 Thought', '💭 思考过程', '**T**||h||'),
    text: words.map((text) => text.slice(0, MOST_THOUGHT_CHARS)),
    isOver: fc.boolean(),
  })
  const asides = fc.record({
    thought: fc.option(thoughts, { nil: undefined }),
    status: fc.option(
      words.map((text) => text.slice(0, 60)),
      { nil: undefined },
    ),
  })
  fc.assert(
    fc.property(texts, sizes, asides, (text, some, aside) => {
      for (const { body, plain } of stream(renderer, text, some)) {
        const shown = withAside(renderer, body, aside)
        expect(renderer.fill(shown)).toBeLessThanOrEqual(1)
        expect(renderer.isEmpty(shown) && !renderer.isEmpty(body)).toBe(false)
        const bare = renderer.plain(plain)
        if (renderer.fill(bare) <= 1) {
          expect(renderer.fill(renderer.plain(plain, aside.thought))).toBeLessThanOrEqual(1)
        }
      }
      const alone = withAside(renderer, renderer.render([]), aside)
      expect(renderer.fill(alone)).toBeLessThanOrEqual(1)
      const isSaid = /[\p{L}\p{N}]/u.test(aside.thought?.title ?? aside.status ?? '')
      if (isSaid) expect(renderer.isEmpty(alone)).toBe(false)
    }),
    { numRuns },
  )
}
