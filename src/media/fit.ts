// How is a picture made to fit what a platform shows as one? Drawn anew, smaller or coarser, by sharp, where that is installed.

import type sharpModule from 'sharp'
import type { ImageLimits } from '../contract/platform.ts'
import type { FileLook } from './look.ts'
import { measureImage, type ImageSize } from './measure.ts'
import { planOf, scaleOf, type Plan } from './fit-plan.ts'
import type { Kept } from './spool.ts'

export { measureImage }

export interface FittedImage extends ImageSize {
  readonly bytes: Uint8Array
  readonly mimeType: string
  readonly extension: string
}

/** More than this is not read into memory to be drawn anew: a photo from a camera has 10 to 30 MB. */
export const MAX_DRAWN_BYTES = 41_943_040
/** Of all frames together. A picture unpacked takes four bytes of each: 200 MB here. */
const MAX_PIXELS = 50_000_000
/** One attempt; a 37 MB PNG took 0.2 s. */
const TIMEOUT_S = 15
/** What sharp's own binaries read. https://sharp.pixelplumbing.com/ */
const READABLE = [
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/tiff',
  'image/svg+xml',
]

/**
 * `fits`: it may be sent as it is. `impossible`: there is no sharp, it cannot read this, or nothing small enough came out;
 * a moving picture is also impossible where none may move. Rejects only with the signal's reason. One at a time in this process.
 */
export async function fitImage(
  kept: Pick<Kept, 'sizeBytes' | 'head' | 'open'>,
  look: FileLook,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<FittedImage | 'fits' | 'impossible'> {
  signal.throwIfAborted()
  const mimeType = look.mimeType ?? ''
  if (limits.types.includes(mimeType) && kept.sizeBytes <= limits.maxBytes) {
    const size = measureImage(kept.head)
    if (!hasSides(limits) || (size !== undefined && scaleOf(size, limits) === 1)) return 'fits'
  }
  if (!READABLE.includes(mimeType) || kept.sizeBytes > MAX_DRAWN_BYTES) return 'impossible'
  return oneAtATime(async () => {
    const sharp = await loadSharp()
    if (sharp === undefined) return 'impossible'
    try {
      return await draw(sharp, await readAll(kept), limits, signal)
    } catch {
      // What a stranger calls a picture may be anything: whatever is wrong with it, it cannot be drawn.
      return 'impossible'
    }
  }, signal)
}

type Sharp = typeof sharpModule

async function draw(
  sharp: Sharp,
  input: Uint8Array,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<FittedImage | 'impossible'> {
  const reading = { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true } as const
  const about = await sharp(input, reading).metadata()
  const isAnimated = (about.pages ?? 1) > 1 && (about.format === 'gif' || about.format === 'webp')
  // As it is seen, the camera's turn applied; of one frame.
  const { width: widthPx, height } = about.autoOrient
  const size: ImageSize = { widthPx, heightPx: (isAnimated ? about.pageHeight : undefined) ?? height }
  const plans = planOf({ size, isAnimated, hasAlpha: about.hasAlpha }, limits)
  for (const plan of plans) {
    if (signal.aborted) return 'impossible'
    const made = await attempt(sharp, input, { ...reading, animated: plan.moves }, plan)
    if (made !== undefined && made.bytes.byteLength <= limits.maxBytes) return made
  }
  return 'impossible'
}

/** Undefined: this way it cannot be done; a moving one may have too many pixels where a still one has not. */
async function attempt(
  sharp: Sharp,
  input: Uint8Array,
  reading: NonNullable<Parameters<Sharp>[1]>,
  { widthPx, heightPx, format, quality, flat }: Plan,
): Promise<FittedImage | undefined> {
  const opened = sharp(input, reading)
    .autoOrient()
    .resize({ width: widthPx, height: heightPx, fit: 'fill' })
    .timeout({ seconds: TIMEOUT_S })
  const drawn = flat ? opened.flatten({ background: '#ffffff' }) : opened
  const encoded = {
    jpeg: () => drawn.jpeg({ quality, mozjpeg: false }),
    png: () => drawn.png({ compressionLevel: 9 }),
    webp: () => drawn.webp({ quality }),
    gif: () => drawn.gif(),
  }[format]()
  try {
    const bytes = await encoded.toBuffer()
    const extension = format === 'jpeg' ? 'jpg' : format
    return { bytes, mimeType: `image/${format}`, extension, widthPx, heightPx }
  } catch {
    return undefined
  }
}

function hasSides({ maxSidePx, maxSidesPx, maxRatio }: ImageLimits): boolean {
  return maxSidePx !== undefined || maxSidesPx !== undefined || maxRatio !== undefined
}

async function readAll(kept: Pick<Kept, 'open'>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of kept.open()) pieces.push(piece)
  return Buffer.concat(pieces)
}

let loading: Promise<Sharp | undefined> | undefined
/** Once; its absence is normal. */
function loadSharp(): Promise<Sharp | undefined> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.concurrency(1)
      // Strangers' pictures do not come twice: what it would remember is memory lost.
      sharp.cache(false)
      return sharp
    },
    () => undefined,
  )
  return loading
}

let last: Promise<unknown> = Promise.resolve()
/** Whoever gives up leaves at once; the drawing goes on to its end, since it cannot be stopped, and the next one waits for it. */
async function oneAtATime<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const before = last
  const mine = before.then(() => {
    signal.throwIfAborted()
    return work()
  })
  last = mine.catch(() => undefined)
  const done = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', fail, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([mine, aborted])
  } finally {
    done.abort()
  }
}
