// How do fetched pictures and files get on the screen? As few messages as the platform allows, each exactly once if it can be.

import { PlatformError } from '../contract/errors.ts'
import type { MessageId } from '../contract/event.ts'
import type { Control, FileLimits, OutgoingFile } from '../contract/platform.ts'
import { isKind, type MessagePlace } from './message.ts'

export interface SendMediaOptions {
  /** Of the part; each message gets a letter behind it. */
  readonly key: string
  /** Below the last of them. */
  readonly controls: readonly Control[]
  readonly replyTo?: MessageId
  /** They may have been sent before a restart: looked for first. */
  readonly maybePosted: boolean
}

/** A file and its place in the part: also after a restart, when another of them cannot be had any more. */
export interface PlacedFile {
  readonly at: number
  readonly file: OutgoingFile
}

/** Our choices: as long as any post may take, and what a slow line needs for the bytes. */
const ANSWERED_WITHIN_MS = 30_000
const SLOW_BYTES_PER_MS = 64
const UPLOAD_WITHIN_MS = 300_000
const LONGEST_PAUSE_MS = 300_000
/** Keys tell the files of one part apart by a letter; a reply has fewer. */
const MOST_MESSAGES = 26

/**
 * Resolves with what the platform would not take in any form. Rejects only where nothing can be posted any more, or when
 * the signal aborts.
 */
export async function sendMedia<Body>(
  place: MessagePlace<Body>,
  files: readonly PlacedFile[],
  options: SendMediaOptions,
): Promise<readonly OutgoingFile[]> {
  const limits = place.outbox.limits.files
  if (!place.outbox.sendFiles || !limits) return files.map(({ file }) => file)
  const batches = toBatches(files, limits, options.controls.length > 0)
  const refused: OutgoingFile[] = []
  const { replyTo, maybePosted } = options
  for (const [n, batch] of batches.entries()) {
    const key = `${options.key}${letter(batch[0]?.at ?? 0)}`
    const controls = n === batches.length - 1 ? options.controls : []
    const hangsOn = replyTo === undefined || n > 0 ? {} : { replyTo }
    const sent = batch.map(({ file }) => file)
    refused.push(...(await sendBatch(place, sent, { key, controls, maybePosted, ...hangsOn })))
  }
  return refused
}

/** Pictures together, anything else by itself. Where an album takes no buttons, they stand below its last picture alone. */
function toBatches(
  files: readonly PlacedFile[],
  { imagesPerMessage, albumsTakeControls }: FileLimits,
  hasControls: boolean,
): readonly (readonly PlacedFile[])[] {
  const batches: PlacedFile[][] = []
  for (const placed of files.slice(0, MOST_MESSAGES)) {
    const last = batches.at(-1)
    const areImages = placed.file.kind === 'image' && last?.[0]?.file.kind === 'image'
    if (areImages && last.length < Math.max(1, imagesPerMessage)) last.push(placed)
    else batches.push([placed])
  }
  const last = batches.at(-1)
  const moved = hasControls && !albumsTakeControls && last && last.length > 1 ? last.pop() : undefined
  return moved ? [...batches, [moved]] : batches
}

async function sendBatch<Body>(
  place: MessagePlace<Body>,
  batch: readonly OutgoingFile[],
  options: SendMediaOptions,
): Promise<readonly OutgoingFile[]> {
  try {
    await sendOnce(place, batch, options)
    return []
  } catch (error) {
    if (!isKind(error, 'rejected')) throw error
    if (batch.length > 1) {
      // One of them is to blame; the others shall stand.
      const refused: OutgoingFile[] = []
      for (const [at, file] of batch.entries()) {
        const single = {
          ...options,
          key: `${options.key}${at}`,
          controls: at === batch.length - 1 ? options.controls : [],
        }
        refused.push(...(await sendBatch(place, [file], single)))
      }
      return refused
    }
    const [file] = batch
    if (!file || file.kind === 'file') return batch
    // Not as a picture, a film, a voice: then as the file it is.
    return await sendBatch(place, [{ ...file, kind: 'file' }], options)
  }
}

async function sendOnce<Body>(
  place: MessagePlace<Body>,
  files: readonly OutgoingFile[],
  { key, controls, replyTo, maybePosted }: SendMediaOptions,
): Promise<void> {
  const { account, outbox, pacer, clock, signal } = place
  const plan = { account, limits: outbox.limits, kind: 'file', urgency: 'answer' } as const
  if (maybePosted && (await isPosted())) return
  for (let attempt = 0; ; attempt += 1) {
    try {
      const opts = { key, controls, ...(replyTo === undefined ? {} : { replyTo }) }
      await pacer.call(
        { ...plan, repeatable: false, deadlineMs: deadlineFor(files) },
        async (callSignal) => await outbox.sendFiles?.(files, opts, callSignal),
        signal,
      )
      return
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'unavailable' || error.outcome !== 'unknown') {
        throw error
      }
      // Where the platform cannot tell, a second post is better than none.
      if (await isPosted()) return
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, 1_000 * 4 ** attempt), signal)
    }
  }

  async function isPosted(): Promise<boolean> {
    const find = outbox.findPosted?.bind(outbox)
    if (!find) return false
    const found = await pacer.call(
      { ...plan, kind: 'post', repeatable: true },
      (callSignal) => find(key, callSignal),
      signal,
    )
    return found !== undefined
  }
}

function deadlineFor(files: readonly OutgoingFile[]): number {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return Math.min(UPLOAD_WITHIN_MS, ANSWERED_WITHIN_MS + bytes / SLOW_BYTES_PER_MS)
}

function letter(at: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + at)
}
