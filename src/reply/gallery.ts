// The pictures and files of one reply: wanted as soon as they are found in its text, put in their place once they are there.

import type { Clock } from '../contract/runtime.ts'
import { arrange, PATIENCE_MS } from './arrange.ts'
import type { LaidPart, MediaPart, ReplyDocument } from './laid.ts'
import type { FoundMedia, MediaSource } from './media.ts'
import type { PlacedFile } from './send-media.ts'

export interface Gallery<Body> {
  /** Puts in place what is there. `sealed`: the parts that come of it. `limit`: text from there on has to wait. */
  advance(isOver: boolean): { readonly sealed: readonly LaidPart<Body>[]; readonly limit?: number }
  /** Something of the text is still being fetched. */
  readonly isPending: boolean
  /** What has no place in the text any more comes behind it, with the next frame. */
  takeRest(): void
  filesOf(part: MediaPart): readonly PlacedFile[]
}

export interface GalleryParts<Body> {
  readonly source: MediaSource
  readonly text: ReplyDocument<Body>
  /** The one `text` renders with. */
  readonly imageUrls: Map<string, string>
  /** Files have no place in the text: they come behind it. */
  readonly filesLast: boolean
  /** What an earlier life was about to send behind text that stands already. */
  readonly owed?: Pick<MediaPart, 'from' | 'to' | 'media'>
  readonly clock: Clock
  readonly signal: AbortSignal
  leavesNothing(from: number): boolean
  /** There may be something new to show. */
  changed(): void
}

export function createGallery<Body>(parts: GalleryParts<Body>): Gallery<Body> {
  const { source, text, imageUrls, filesLast, clock, signal, changed } = parts
  /** Since when. */
  const wanted = new Map<string, { readonly media: FoundMedia; readonly sinceMs: number }>()
  const taken = new Set<string>()
  let { owed } = parts
  source.onChange(() => {
    takeInline()
    changed()
  })

  return {
    advance(isOver) {
      const sealed: LaidPart<Body>[] = []
      if (owed) {
        const { from, to } = owed
        owed.media.forEach(want)
        if (owed.media.some(({ url }) => source.stateOf(url).is === 'pending')) return { sealed, limit: from }
        const { media } = owed
        owed = undefined
        if (media.some(({ url }) => source.stateOf(url).is === 'ready')) {
          place({ from, to, media })
          sealed.push(...text.frame(to).sealed)
        }
      }
      for (;;) {
        const placed = text.media(isOver)
        for (const { media, settled } of placed) {
          // A bare address may still go on; that of a picture ends with its bracket.
          for (const each of media) if (each.kind === 'image' || settled || isOver) want(each)
        }
        const { take, limit } = arrange(placed, {
          stateOf: (url) => source.stateOf(url),
          waitedMs: (url) => clock.elapsed() - (wanted.get(url)?.sinceMs ?? 0),
          isTaken: (url) => filesLast || taken.has(url),
          isOver,
          leavesNothing: (from) => parts.leavesNothing(from),
        })
        if (!take) return limit === undefined ? { sealed } : { sealed, limit }
        place(take)
        sealed.push(...text.frame(take.to).sealed)
      }
    },
    get isPending() {
      return wanted.values().some(({ media }) => source.stateOf(media.url).is === 'pending')
    },
    takeRest() {
      const rest = wanted
        .values()
        .map(({ media }) => media)
        .filter(({ url }) => source.stateOf(url).is === 'ready' && !taken.has(url))
        .toArray()
      const at = text.source.length
      if (rest.length > 0) place({ from: at, to: at, media: rest })
    },
    filesOf: ({ media }) =>
      media.flatMap(({ url }, at) => {
        const state = source.stateOf(url)
        return state.is === 'ready' ? [{ at, file: state.file }] : []
      }),
  }

  function want(media: FoundMedia): void {
    if (wanted.has(media.url)) return
    wanted.set(media.url, { media, sinceMs: clock.elapsed() })
    source.want(media)
    takeInline()
    clock.sleep(PATIENCE_MS, signal).then(changed, () => undefined)
  }

  function place(part: Pick<MediaPart, 'from' | 'to' | 'media'>): void {
    for (const { url } of part.media) taken.add(url)
    text.take(part)
  }

  function takeInline(): void {
    for (const url of wanted.keys()) {
      const state = source.stateOf(url)
      if (state.is !== 'inline' || imageUrls.get(url) === state.url) continue
      imageUrls.set(url, state.url)
      text.redraw()
    }
  }
}
