// Any tree of blocks, also such as no Markdown makes: what a renderer must turn into a body all the same.

import fc from 'fast-check'
import type { Block, Span } from '../../src/contract/document.ts'

/** `words`: what stands in it; each platform has words that tempt its own markup. */
export function blockTrees(words: fc.Arbitrary<string>): fc.Arbitrary<Block[]> {
  return fc.letrec<{ span: Span; spans: Span[]; block: Block; blocks: Block[] }>((tie) => ({
    span: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ kind: fc.constant('text' as const), text: words }),
      fc.record({ kind: fc.constant('code' as const), text: words }),
      fc.record({ kind: fc.constant('break' as const) }),
      fc.record({ kind: fc.constant('image' as const), url: fc.webUrl(), alt: words }),
      fc.record({ kind: fc.constantFrom('bold', 'italic', 'strike'), spans: tie('spans') }),
      fc.record({
        kind: fc.constant('link' as const),
        url: fc.oneof(fc.webUrl(), fc.constantFrom('mailto:a@b.c', 'foo.md', 'javascript:x', '')),
        spans: tie('spans'),
      }),
    ),
    spans: fc.array(tie('span'), { maxLength: 4 }),
    block: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ kind: fc.constant('paragraph' as const), spans: tie('spans') }),
      fc.record({
        kind: fc.constant('code' as const),
        language: fc.constantFrom('ts', 'c++', '!'),
        text: words,
      }),
      fc.record({
        kind: fc.constant('heading' as const),
        level: fc.constant(1 as const),
        spans: tie('spans'),
      }),
      fc.record({ kind: fc.constant('rule' as const) }),
      fc.record({ kind: fc.constant('quote' as const), blocks: tie('blocks') }),
      fc.record({
        kind: fc.constant('table' as const),
        align: fc.constant(['left', 'right'] as const),
        head: fc.array(tie('spans'), { maxLength: 2 }),
        rows: fc.array(fc.array(tie('spans'), { maxLength: 2 }), { maxLength: 2 }),
      }),
      fc.record({
        kind: fc.constant('list' as const),
        ordered: fc.boolean(),
        start: fc.nat(9),
        tight: fc.boolean(),
        items: fc.array(fc.record({ blocks: tie('blocks') }), { maxLength: 3 }),
      }),
    ),
    blocks: fc.array(tie('block'), { maxLength: 4 }),
  })).blocks
}
