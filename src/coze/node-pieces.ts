// In which order do the pieces of one node make its text: doubled, early, late, or lost?

import type { NodeMessage } from './workflow-events.ts'

/** So many pieces wait for a missing one; then it counts as lost. Our choice. */
const MAX_EARLY = 16

export interface NodePieces {
  /** Where a further piece belongs; `again`: it is the first one of the node's next execution. */
  placeOf(message: NodeMessage, isSeen: boolean, isFinished: boolean): number | 'double' | 'again'
  /** What the text gained at its end ('' when the piece waits); undefined when it changed elsewhere. */
  put(place: number, text: string): string | undefined
  /** All that is known in order. */
  text(): string
  /** Nothing is waited for any longer: what came early is part of the text from now on. */
  settle(): void
  /** Places without a piece. Coze counts from 0 without gaps. Coze docs: stream run. */
  missing(): number
}

export function createNodePieces(first: number): NodePieces {
  const pieces = new Map<number, string>()
  let last = first
  /** All pieces before this place are in `text`, but for lost ones. */
  let next = first
  let text = ''
  /** Pieces that wait for a missing one. */
  let early = 0
  let isSettled = false

  function goOn(): string {
    let added = ''
    for (let piece = pieces.get(next); piece !== undefined; piece = pieces.get(next)) {
      added += piece
      next += 1
    }
    text += added
    return added
  }

  function rewrite(): void {
    const known = [...pieces].filter(([place]) => place < next)
    text = known
      .toSorted(([a], [b]) => a - b)
      .map(([, piece]) => piece)
      .join('')
  }

  /** The earliest place at or behind `next` that has a piece. */
  function nextKnown(): number {
    let found = Infinity
    for (const place of pieces.keys()) if (place >= next && place < found) found = place
    return found
  }

  return {
    placeOf({ seq, text: piece, isExact }, isSeen, isFinished) {
      if (seq === undefined) return isSeen && pieces.get(last) === piece ? 'double' : last + 1
      if (!pieces.has(seq)) return seq
      if (!isExact && isFinished && !isSeen) return 'again'
      // A server that does not count: better all of it than nothing.
      return pieces.get(seq) === piece ? 'double' : last + 1
    },

    put(place, piece) {
      pieces.set(place, piece)
      last = Math.max(last, place)
      if (place < next) {
        rewrite()
        return undefined
      }
      if (place > next) {
        early += 1
        if (!isSettled && early <= MAX_EARLY) return ''
        next = nextKnown()
      }
      const added = goOn()
      if (next > last) early = 0
      return added
    },

    text: () => text,

    settle() {
      isSettled = true
      next = last + 1
      early = 0
      rewrite()
    },

    missing: () => Math.max(0, last + 1 - pieces.size),
  }
}
