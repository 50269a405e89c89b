// Where in a text do pictures and files stand, and may they stand for what is written there?

import type { Block } from '../contract/document.ts'
import { isMediaAlone, mediaIn, withImageUrls, type FoundMedia } from './media.ts'

export interface PlacedMedia {
  /** The block they stand in: offsets of the reply's source. */
  readonly from: number
  readonly to: number
  readonly media: readonly FoundMedia[]
  /** The block says nothing else. */
  readonly alone: boolean
  /** No later text can change the block. */
  readonly settled: boolean
}

/** Offsets of the text that was read. */
interface Read {
  readonly starts: readonly number[]
  readonly end: number
  readonly settledTo: number
  /** Where the reply's own text begins in it. */
  readonly first: number
  /** From there to offsets of the reply's source. */
  readonly shift: number
}

/** Remembers what is in a block: a block that stands is looked through once. */
export function createMediaFinder(isFile: (url: string) => boolean) {
  const known = new WeakMap<Block, readonly FoundMedia[]>()
  return (blocks: readonly Block[], { starts, end, settledTo, first, shift }: Read): readonly PlacedMedia[] =>
    blocks.flatMap((block, at) => {
      const media = lookThrough(block)
      const from = starts[at] ?? 0
      if (media.length === 0 || from < first) return []
      const to = starts[at + 1] ?? end
      const alone = isMediaAlone(block, isFile)
      return [{ from: from + shift, to: to + shift, media, alone, settled: to <= settledTo }]
    })

  function lookThrough(block: Block): readonly FoundMedia[] {
    const found = known.get(block) ?? mediaIn(block, isFile)
    known.set(block, found)
    return found
  }
}

/** Errs on the side of yes. */
export function mayHoldMedia(text: string, from: number): boolean {
  return text.indexOf('://', from) >= 0
}

interface Drawn {
  readonly by: string
  readonly block: Block
}
/** What a block looked like last; 'bare': it holds no pictures. */
const looks = new WeakMap<Block, Drawn | 'bare'>()

/** Blocks with pictures' addresses as they are to be shown. A block that looks as before keeps its identity. */
export function drawn(blocks: readonly Block[], urls: ReadonlyMap<string, string>): readonly Block[] {
  return urls.size === 0 ? blocks : blocks.map((block) => drawnOne(block, urls))
}

function drawnOne(block: Block, urls: ReadonlyMap<string, string>): Block {
  const known = looks.get(block)
  if (known === 'bare') return block
  const seen: string[] = []
  const next = withImageUrls(block, (url) => {
    const shown = urls.get(url)
    seen.push(shown ?? '')
    return shown
  })
  const by = seen.join(' ')
  if (known?.by === by) return known.block
  looks.set(block, seen.length === 0 ? 'bare' : { by, block: next })
  return next
}
