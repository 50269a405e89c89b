// Which pictures and files are put in their place now, and up to where may the text be shown? Pure.
//
// 1. A block of pictures alone is waited for, a little: nothing of it is shown before it is known what it will be. Then
//    the pictures stand for it, those of several such blocks as one album.
// 2. What stands among words is shown behind its block, once it is there; nobody waits for it.
// 3. What failed stays the link that is written there.

import type { FoundMedia, MediaState } from './media.ts'
import type { PlacedMedia } from './placed.ts'

export interface Arranged {
  /** The part for `media` stands between `from` and `to`; what of it failed keeps its place among the others. */
  readonly take?: { readonly from: number; readonly to: number; readonly media: readonly FoundMedia[] }
  /** What comes from here on is not shown yet. */
  readonly limit?: number
}

export interface ArrangeWorld {
  stateOf(url: string): MediaState
  /** How long it has been fetched. */
  waitedMs(url: string): number
  /** It stands on the screen already. */
  isTaken(url: string): boolean
  /** No more text comes. */
  readonly isOver: boolean
  /** A message that would be left without a word stands already, if the text were cut here. */
  leavesNothing(from: number): boolean
}

/** So long the text waits for a picture that stands in it. Our choice: most are there in a second. */
export const PATIENCE_MS = 6_000

export function arrange(placed: readonly PlacedMedia[], world: ArrangeWorld): Arranged {
  for (const run of runsOf(placed)) {
    const arranged = run.alone ? arrangeAlone(run, world) : arrangeAmongWords(run, world)
    if (arranged) return arranged
  }
  return {}
}

function arrangeAlone(run: PlacedMedia, world: ArrangeWorld): Arranged | undefined {
  const { from, to, media } = run
  const pending = media.filter(({ url }) => world.stateOf(url).is === 'pending')
  if (pending.length > 0) {
    return pending.some(({ url }) => world.waitedMs(url) < PATIENCE_MS) ? { limit: from } : undefined
  }
  const { ready, all } = untaken(media, world)
  const mayChange = !run.settled && !world.isOver
  // Addresses of files may still go on: they are wanted once they stand.
  if (mayChange && media.some(({ kind }) => kind === 'file')) return { limit: from }
  if (ready.length === 0) return undefined
  // It may still become a picture among words.
  if (mayChange) return { limit: from }
  const standsForAll = ready.length === media.length && !world.leavesNothing(from)
  return { take: { from: standsForAll ? from : to, to, media: all } }
}

function arrangeAmongWords({ to, media, settled }: PlacedMedia, world: ArrangeWorld): Arranged | undefined {
  if (!settled && !world.isOver) return undefined
  if (media.some(({ url }) => world.stateOf(url).is === 'pending')) return undefined
  const { ready, all } = untaken(media, world)
  return ready.length === 0 ? undefined : { take: { from: to, to, media: all } }
}

function untaken(media: readonly FoundMedia[], { stateOf, isTaken }: ArrangeWorld) {
  const all = media.filter(({ url }) => !isTaken(url))
  return { all, ready: all.filter(({ url }) => stateOf(url).is === 'ready') }
}

/** Blocks of pictures that follow each other are one. */
function runsOf(placed: readonly PlacedMedia[]): readonly PlacedMedia[] {
  const runs: PlacedMedia[] = []
  for (const next of placed) {
    const last = runs.at(-1)
    if (last && isGallery(last) && isGallery(next) && last.to === next.from) {
      const known = new Set(last.media.map(({ url }) => url))
      const more = next.media.filter(({ url }) => !known.has(url))
      runs[runs.length - 1] = { ...next, from: last.from, media: [...last.media, ...more] }
    } else runs.push(next)
  }
  return runs
}

function isGallery({ alone, media }: PlacedMedia): boolean {
  return alone && media.every(({ kind }) => kind === 'image')
}
