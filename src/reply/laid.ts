// What is a reply, laid out? Message-sized parts of text, with parts of pictures and files between them.

import type { FoundMedia } from './media.ts'
import type { PlacedMedia } from './placed.ts'

export interface ReplyPart<Body> {
  readonly index: number
  /** Source offsets, UTF-16 units. Of an open part, `to` is how far it is shown. */
  readonly from: number
  readonly to: number
  readonly sealed: boolean
  readonly body: Body
  /** The part's source with its fence or table head opened again: for when the platform refuses markup. */
  readonly plain: string
}

/** What stood there is no text: pictures, files. */
export interface MediaPart {
  readonly index: number
  readonly from: number
  readonly to: number
  readonly sealed: true
  readonly media: readonly FoundMedia[]
}
export type LaidPart<Body> = ReplyPart<Body> | MediaPart

export function isMediaPart<Body>(part: LaidPart<Body>): part is MediaPart {
  return 'media' in part
}

export interface ReplyDocument<Body> {
  append(text: string): void
  /**
   * The whole text, known better than by deltas. `grown`: it goes on from what is there; `replaced`: it differs in the
   * open part only; `appended`: it differs in what is sealed, so it stands whole after a blank line and nothing is lost.
   */
  replace(whole: string): 'same' | 'grown' | 'replaced' | 'appended'
  /**
   * The open part ends here, full or not: its message lives no longer. What is cut depends on when this is called, so the
   * cut must be journaled with the sealed part.
   */
  rotate(): void
  /** No more text will come: the next frame seals everything. */
  finish(): void
  readonly source: string
  /** Where the open part begins. */
  readonly openFrom: number
  /** Pictures and files in the open part, in reading order. `isOver`: no more text comes. */
  media(isOver: boolean): readonly PlacedMedia[]
  /**
   * The open part ends at `from`, and after a part for `media` the next one begins at `to`: with the next frame. When that
   * happens depends on the fetching, so the cut must be journaled with the sealed part, like that of `rotate`.
   */
  take(place: Pick<MediaPart, 'from' | 'to' | 'media'>): void
  /** Pictures are rendered with the addresses that `Looks.imageUrls` now holds. */
  redraw(): void
  /**
   * `sealed`: parts sealed since the last frame. `open`: the growing part as to be shown now, absent when it shows nothing.
   * `limit`: nothing behind this place is laid out or shown yet.
   */
  frame(limit?: number): {
    readonly sealed: readonly LaidPart<Body>[]
    readonly open: ReplyPart<Body> | undefined
  }
}

/** How media in the text look. */
export interface Looks {
  /** Whether a link leads to a file: a medium, and no mere link. */
  isFile(url: string): boolean
  /** What stands in the place of pictures' addresses. */
  readonly imageUrls: ReadonlyMap<string, string>
}

/** After a restart: parts before `index`, covering source[0..from), stand already. */
export interface Resume {
  readonly from: number
  readonly index: number
  readonly source: string
}

export interface DocumentOptions {
  /** Absent: media are links like any other. */
  readonly looks?: Looks
  /** Hears how many characters the parser reads: for tests that count work. */
  onRead?(chars: number): void
}
