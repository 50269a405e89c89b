// How does a growing text stay parsed without reading it all again each time?

import type { Block } from '../contract/document.ts'
import { parsePlaced } from './parse.ts'
import type { InlineMemory } from './parse.ts'

export interface IncrementalParser {
  /**
   * The same as `parse(source)`. Blocks before the last safe boundary keep their identity, so that a renderer may
   * remember what it made of them. A shorter source is read from an earlier boundary, another one anew.
   */
  update(source: string): readonly Block[]
  /** How much of the last source stands for good: a line start at which nothing is open. */
  settledTo(): number
  /** Where each block of the last source begins. */
  starts(): readonly number[]
}

/** `onRead` hears how many characters each update really read: for tests that count work. */
export function createIncrementalParser(onRead?: (chars: number) => void): IncrementalParser {
  let stable: readonly Block[] = []
  let stableText = ''
  /** Where each stable block begins. */
  let stableStarts: readonly number[] = []
  /** Where the blocks behind them begin. */
  let tailStarts: readonly number[] = []
  let known: InlineMemory = new Map()

  return {
    update(source) {
      if (!source.startsWith(stableText)) stepBack(stableText.startsWith(source) ? source.length : 0)
      const tail = source.slice(stableText.length)
      onRead?.(tail.length)
      const found: InlineMemory = new Map()
      const placed = parsePlaced(tail, known, found)
      known = found
      const blocks = [...stable, ...placed.map((each) => each.block)]
      const starts = lineStarts(tail)
      const begins = placed.map((each) => stableText.length + (starts[each.line] ?? 0))
      tailStarts = begins
      const keep = countSettled(
        placed.map((each) => each.line),
        placed.map((each) => each.block),
        starts,
      )
      if (keep > 0) {
        stable = blocks.slice(0, stable.length + keep)
        stableStarts = [...stableStarts, ...begins.slice(0, keep)]
        tailStarts = begins.slice(keep)
        stableText = source.slice(0, stableText.length + (starts[placed[keep]?.line ?? 0] ?? 0))
      }
      return blocks
    },
    settledTo: () => stableText.length,
    starts: () => [...stableStarts, ...tailStarts],
  }

  /** Only the first `chars` of the stable text still hold: keeps the blocks before the last one wholly within them. */
  function stepBack(chars: number): void {
    const keep = Math.max(0, stableStarts.findLastIndex((start) => start <= chars) - 1)
    stable = stable.slice(0, keep)
    stableText = stableText.slice(0, stableStarts[keep] ?? 0)
    stableStarts = stableStarts.slice(0, keep)
  }
}

/**
 * How many blocks from the front no later text can change. A block ends for good when the next one has begun, and what
 * begins a block is told by its first line alone (a table's by its first two), once that line is complete.
 */
function countSettled(lines: readonly number[], blocks: readonly Block[], starts: readonly number[]): number {
  for (let at = lines.length - 1; at > 0; at -= 1) {
    const needs = blocks[at]?.kind === 'table' ? 2 : 1
    if ((lines[at] ?? 0) + needs < starts.length) return at
  }
  return 0
}

/** Offsets at which lines begin; the last may be the end of the text. */
function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const end of text.matchAll(/\r\n?|\n/gu)) starts.push(end.index + end[0].length)
  return starts
}
