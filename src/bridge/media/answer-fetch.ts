// How does one address in an answer become a file that can be sent: fetched, looked at, and drawn anew where it must be?

import type { FileLimits, ImageLimits, OutgoingFile } from '../../contract/platform.ts'
import type { Clock } from '../../contract/runtime.ts'
import { fitImage, MAX_DRAWN_BYTES, measureImage } from '../../media/fit.ts'
import { lookAt, type FileLook } from '../../media/look.ts'
import { endingOf } from '../../media/names.ts'
import { readOggOpus } from '../../media/ogg.ts'
import { SpoolFullError, TooLargeError, type Kept, type Spool } from '../../media/spool.ts'
import { DownloadError, type Download, type Downloader } from '../../net/download.ts'
import type { FoundMedia } from '../../reply/media.ts'
import { answerFileName, captionOf } from './answer-name.ts'

/** Why it stays a link. */
export type Unfit =
  | 'refused'
  | 'gone'
  | 'unavailable'
  | 'too-large'
  /** The spool is full. */
  | 'no-room'
  | 'empty'
  /** A page of the Web stands where a file should. */
  | 'page'
  /** A picture's address that gives something else. */
  | 'no-picture'
  /** Nothing here can show it. */
  | 'no-way'

export type Fetched =
  | { readonly ok: true; readonly file: OutgoingFile; readonly isImage: boolean; readonly kept: Kept }
  | { readonly ok: false; readonly because: Unfit }

export interface FetchParts {
  readonly downloader: Downloader
  readonly spool: Spool
  /** Absent: only pictures can be shown. */
  readonly limits?: FileLimits
  readonly clock: Clock
}

/** For a place that takes pictures into its text and tells no limits. Every platform takes these. */
const CAUTIOUS: ImageLimits = {
  maxBytes: 10_485_760,
  types: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
}
/** Stores have their moments. */
const AGAIN_AFTER_MS = 1_000

/** What a file is called, by whom. */
export interface Named {
  /** By the backend, together with the file. */
  readonly told?: string
  /** By its address. */
  readonly stored?: string
}

/** Whoever gets a file releases `kept`. Rejects with the signal's reason, or a defect. */
export async function fetchAnswerFile(
  media: FoundMedia,
  named: Named,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Fetched> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await fetchOnce(media, named, parts, signal)
    } catch (error) {
      signal.throwIfAborted()
      const because = unfitOf(error)
      if (because !== 'unavailable' || !isFirst) return { ok: false, because }
      await parts.clock.sleep(AGAIN_AFTER_MS, signal)
    }
  }
}

async function fetchOnce(
  media: FoundMedia,
  named: Named,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Fetched> {
  const { downloader, spool } = parts
  const mostBytes = parts.limits?.maxBytes ?? CAUTIOUS.maxBytes
  // A picture that is too large may be drawn smaller.
  const opts = { maxBytes: Math.max(mostBytes, MAX_DRAWN_BYTES), signal }
  const download = await downloader.open(media.url, opts)
  if ((download.sizeBytes ?? 0) > mostBytes && !mayBeImage(media, download)) {
    await download.stream[Symbol.asyncIterator]().return?.()
    return unfit('too-large')
  }
  const kept = await spool.keep(download.stream, opts)
  try {
    const made = await toFile({ media, names: namesOf(named, download), download, kept }, parts, signal)
    if (!made.ok || made.kept !== kept) await kept.release()
    return made
  } catch (error) {
    await kept.release()
    throw error
  }
}

interface Taken {
  readonly media: FoundMedia
  readonly names: { readonly told?: string; readonly served?: string }
  readonly download: Download
  readonly kept: Kept
}

async function toFile(taken: Taken, parts: FetchParts, signal: AbortSignal): Promise<Fetched> {
  const { media, download, kept } = taken
  if (kept.sizeBytes === 0) return unfit('empty')
  const called = taken.names.told ?? taken.names.served
  const look = await lookAt(kept.head, {
    ...(called === undefined ? {} : { name: called }),
    ...(download.mimeType === undefined ? {} : { mimeType: download.mimeType }),
  })
  if (isPage(look, download.mimeType, called)) return unfit('page')
  const isDrawing = look.mimeType === 'image/svg+xml' && media.kind === 'image'
  if (media.kind === 'image' && !isDrawing && !SHOWN_AS_PICTURES.includes(look.family)) {
    return unfit('no-picture')
  }
  if (look.family === 'image' || isDrawing) return await toImage(taken, look, parts, signal)
  return await toOther(taken, look, parts)
}

/** People write films, sounds and papers as pictures, too. */
const SHOWN_AS_PICTURES: readonly FileLook['family'][] = ['image', 'video', 'audio', 'document']

async function toImage(
  taken: Taken,
  look: FileLook,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Fetched> {
  const { kept } = taken
  const fitted = await fitImage(kept, look, parts.limits?.image ?? CAUTIOUS, signal)
  switch (fitted) {
    case 'fits':
      return outgoing(taken, { kind: 'image', look, kept, ...measureImage(kept.head) })
    case 'impossible':
      // What browsers draw, chat apps show as text.
      return look.mimeType === 'image/svg+xml' ? unfit('no-picture') : await toOther(taken, look, parts)
    default: {
      const { bytes, mimeType, extension, widthPx, heightPx } = fitted
      const drawn = await parts.spool.keep(inOnePiece(bytes), { maxBytes: bytes.byteLength, signal })
      const newLook = { mimeType, extension, family: 'image' } as const
      return outgoing(taken, { kind: 'image', look: newLook, kept: drawn, widthPx, heightPx })
    }
  }
}

async function toOther(taken: Taken, look: FileLook, { limits }: FetchParts): Promise<Fetched> {
  const { kept } = taken
  if (limits === undefined) return unfit('no-way')
  if (kept.sizeBytes > limits.maxBytes) return unfit('too-large')
  const kind = look.mimeType === 'video/mp4' ? 'video' : look.family === 'audio' ? 'audio' : 'file'
  // A player that is not told shows 0:00.
  const isRead = look.extension === 'ogg' && kept.sizeBytes <= MOST_HEARD_BYTES
  const facts = isRead ? readOggOpus(await wholeOf(kept)) : undefined
  return outgoing(taken, { kind, look, kept, ...facts })
}

/** Read whole for its length: an hour of speech. */
const MOST_HEARD_BYTES = 16 << 20

async function wholeOf(kept: Kept): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const bytes of kept.open()) pieces.push(bytes)
  return Buffer.concat(pieces)
}

function outgoing(
  { media, names }: Taken,
  made: Pick<OutgoingFile, 'kind' | 'widthPx' | 'heightPx' | 'durationMs' | 'loudness'> & {
    readonly look: FileLook
    readonly kept: Kept
  },
): Fetched {
  const { kind, look, kept, ...size } = made
  const { extension, mimeType = 'application/octet-stream' } = look
  const isImage = kind === 'image'
  const caption = captionOf(media, isImage)
  const file: OutgoingFile = {
    kind,
    name: answerFileName(media, { ...names, ...(extension === undefined ? {} : { extension }) }),
    mimeType,
    sizeBytes: kept.sizeBytes,
    open: () => kept.open(),
    ...size,
    ...(caption === undefined ? {} : { caption }),
  }
  return { ok: true, file, isImage, kept }
}

/** What a header says counts more than what an address says. */
function namesOf({ told, stored }: Named, { name, isNamed }: Download): Taken['names'] {
  const served = isNamed === true ? name : (stored ?? name)
  return { ...(told === undefined ? {} : { told }), ...(served === undefined ? {} : { served }) }
}

/** A login, an apology: unless a page is what was promised. */
function isPage(look: FileLook, servedAs: string | undefined, called: string | undefined): boolean {
  const isHtml = look.family === 'text' && (isHtmlEnding(look.extension ?? '') || servedAs === 'text/html')
  return isHtml && !isHtmlEnding(endingOf(called ?? ''))
}

function isHtmlEnding(ending: string): boolean {
  return ending === 'html' || ending === 'htm' || ending === 'xhtml'
}

function mayBeImage({ kind }: FoundMedia, { mimeType }: Download): boolean {
  return kind === 'image' || mimeType?.startsWith('image/') === true
}

function unfitOf(error: unknown): Unfit {
  if (error instanceof DownloadError) return error.kind
  if (error instanceof TooLargeError) return 'too-large'
  if (error instanceof SpoolFullError) return 'no-room'
  throw error
}

function unfit(because: Unfit): Fetched {
  return { ok: false, because }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
