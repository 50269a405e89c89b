// How does one message with files look? Up to ten of them, or a voice message, as Discord wants each; what it would not take is refused here.
// https://discord.com/developers/docs/reference#uploading-files
import { PlatformError, type PlatformErrorFacts } from '../../src/contract/errors.ts'
import type { Control, OutgoingFile } from '../../src/contract/platform.ts'
import { ALLOWED_MENTIONS, IS_VOICE_MESSAGE, payloadOf } from './body.ts'
import { codes } from './errors.ts'
import { MAX_REQUEST_BYTES } from './limits.ts'
import type { FilePart } from './multipart.ts'
import { plainText } from './render.ts'

export interface FileMessage {
  readonly payload: Readonly<Record<string, unknown>>
  /** Opened anew for each attempt. */
  readonly parts: readonly FilePart[]
}

const MAX_FILES = 10
const MAX_CONTENT_CHARS = 2_000
/** https://discord.com/developers/docs/resources/message#attachment-object: the alt text. */
const MAX_DESCRIPTION_CHARS = 1_024

/** Throws a `PlatformError` of kind `rejected` for what cannot be one message. */
export function fileMessageOf(
  account: string,
  files: readonly OutgoingFile[],
  controls: readonly Control[],
  maxBytes: number,
): FileMessage {
  const [first] = files
  if (first === undefined) throw refused(account, 'there is no file to send')
  if (files.length > MAX_FILES) throw refused(account, `more than ${MAX_FILES} files in one message`)
  if (files.some(({ sizeBytes }) => sizeBytes > maxBytes))
    throw refused(account, 'a file is larger than is taken here', { limitBytes: maxBytes })
  if (files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > MAX_REQUEST_BYTES)
    throw refused(account, 'together the files are larger than one message may be', {
      limitBytes: MAX_REQUEST_BYTES,
    })
  if (!files.some(({ kind }) => kind === 'voice')) return plainMessage(files, controls)
  if (files.length > 1) throw refused(account, 'a voice message holds nothing else')
  return voiceMessage(account, first)
}

/**
 * A refusal of the server's that concerns the files alone: `rejected`, so that their links can stand instead. Any other
 * failure as it is.
 */
export function asFileRefusal(error: unknown, maxBytes: number): unknown {
  if (!(error instanceof PlatformError)) return error
  const { account, code } = error
  if (code === undefined) return error
  if (TOO_LARGE.has(code))
    return refused(account, `a file is too large (${code})`, { code, limitBytes: maxBytes })
  if (NOT_ALLOWED.has(code)) return refused(account, `no such file is allowed here (${code})`, { code })
  return error
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes: too large, by the whole and by one file. */
const TOO_LARGE: ReadonlySet<unknown> = new Set([413, codes.requestTooLarge, codes.fileTooLarge])
/** ATTACH_FILES is missing, or SEND_VOICE_MESSAGES: words may be allowed all the same. */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set([codes.missingPermissions, codes.noVoiceHere])

function plainMessage(files: readonly OutgoingFile[], controls: readonly Control[]): FileMessage {
  const [alone] = files
  const caption = files.length === 1 && alone !== undefined ? captionOf(alone) : undefined
  return {
    // Always as text: components would have to place each file themselves.
    payload: {
      ...payloadOf({ kind: 'text', content: plainText(caption ?? '', MAX_CONTENT_CHARS) }, controls),
      attachments: files.map((file, id) => ({ id, filename: file.name, ...descriptionOf(file) })),
    },
    parts: files.map(partOf),
  }
}

/** Neither words nor buttons may stand beside it. https://discord.com/developers/docs/resources/message#voice-messages */
function voiceMessage(account: string, file: OutgoingFile): FileMessage {
  const { durationMs, mimeType } = file
  if (mimeType !== 'audio/ogg') throw refused(account, 'a voice message is Ogg')
  if (durationMs === undefined) throw refused(account, 'a voice message has a length')
  return {
    payload: {
      allowed_mentions: ALLOWED_MENTIONS,
      flags: IS_VOICE_MESSAGE,
      attachments: [
        { id: 0, filename: VOICE_NAME, duration_secs: durationMs / 1_000, waveform: waveformOf(file) },
      ],
    },
    parts: [{ ...partOf(file), name: VOICE_NAME }],
  }
}

/** As Discord's own clients call it. */
const VOICE_NAME = 'voice-message.ogg'
const MAX_POINTS = 256
/** Where nothing is known of the sound: a line, low and even. */
const FLAT = Buffer.alloc(64, 48)

function waveformOf({ loudness = [] }: OutgoingFile): string {
  const points = loudness
    .slice(0, MAX_POINTS)
    .map((each) => Math.max(0, Math.min(255, Math.round(Number.isFinite(each) ? each : 0))))
  return (points.length === 0 ? FLAT : Buffer.from(points)).toString('base64')
}

function partOf(file: OutgoingFile): FilePart {
  const { mimeType, name, sizeBytes } = file
  return { name, mimeType, sizeBytes, open: () => file.open() }
}

/** What a screen reader says of a picture. */
function descriptionOf(file: OutgoingFile): { readonly description?: string } {
  const caption = file.kind === 'image' ? captionOf(file) : undefined
  return caption === undefined ? {} : { description: caption.slice(0, MAX_DESCRIPTION_CHARS).toWellFormed() }
}

/** A file's own name already stands on it. */
function captionOf({ caption, name }: OutgoingFile): string | undefined {
  const text = caption?.trim() ?? ''
  return text === '' || text === name ? undefined : text
}

function refused(account: string, because: string, facts: PlatformErrorFacts = {}): PlatformError {
  return new PlatformError(account, 'rejected', because, facts)
}
