// What do people send that is no text? Files, voice messages, stickers, and links whose picture is shown.
import { makePng } from '../common/png.ts'
import type { SentBytes } from './content.ts'
import type { Attachment, Json } from './types.ts'
import type { World } from './world.ts'

/** `bytes`: given, or `{ seed, sizeBytes }` for a large one that is made while it is read. */
export interface SentFile {
  readonly name: string
  readonly bytes: SentBytes
  /** Where the name's ending tells nothing. */
  readonly contentType?: string
  /** Alt text. */
  readonly description?: string
  /** Hidden until it is clicked on. */
  readonly spoiler?: boolean
}

export interface SentVoice {
  /** `voice-message.ogg`, as clients call it. */
  readonly name?: string
  readonly bytes: SentBytes
  /** 2,500 where nothing is said. */
  readonly durationMs?: number
  /** 0 to 255 each. */
  readonly loudness?: readonly number[]
}

export interface SentSticker {
  readonly name: string
  /** PNG by default. */
  readonly format?: keyof typeof STICKER_FORMATS
  /** Left out: a small one. */
  readonly bytes?: SentBytes
}

/** https://docs.discord.com/developers/resources/sticker#sticker-object-sticker-format-types */
const STICKER_FORMATS = {
  png: { type: 1, ending: 'png' },
  apng: { type: 2, ending: 'png' },
  lottie: { type: 3, ending: 'json' },
  gif: { type: 4, ending: 'gif' },
} as const

const LOTTIE = JSON.stringify({ v: '5.5.7', fr: 30, ip: 0, op: 30, w: 320, h: 320, layers: [] })
/** One pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** The attachment as it stands in the message. */
export function addFile(world: World, channelId: string, file: SentFile, ofInteraction = false): Attachment {
  const { bytes, contentType, description, name, spoiler = false } = file
  const details = {
    ...(description === undefined ? {} : { description }),
    ...(spoiler ? { is_spoiler: true } : {}),
    ...(ofInteraction ? { ephemeral: true } : {}),
  }
  const stored = {
    filename: spoiler && !name.startsWith('SPOILER_') ? `SPOILER_${name}` : name,
    bytes,
    ...(contentType === undefined ? {} : { contentType }),
  }
  return world.files.add(channelId, stored, details)
}

const POINTS = [0, 60, 200, 140, 30, 0]

export function addVoice(world: World, channelId: string, voice: SentVoice): Attachment {
  const { bytes, durationMs = 2_500, loudness = POINTS, name = 'voice-message.ogg' } = voice
  const waveform = Buffer.from(loudness).toString('base64')
  return world.files.add(
    channelId,
    { filename: name, bytes },
    { duration_secs: durationMs / 1_000, waveform },
  )
}

/** The sticker as a message names it; its picture is under `/stickers/`. */
export function addSticker(world: World, { bytes, format = 'png', name }: SentSticker): Json {
  const id = world.ids.next()
  const { ending, type } = STICKER_FORMATS[format]
  world.files.addSticker(id, ending, bytes ?? pictureOf(format))
  return { id, name, format_type: type }
}

/** What a link to a picture grows into: Discord shows it from a copy of its own. */
export function addPreview(world: World, channelId: string, picture: SentFile): Json {
  const { proxy_url, width, height } = world.files.signed(addFile(world, channelId, picture))
  const url = `https://pictures.example/${encodeURIComponent(picture.name)}`
  const size = width === undefined || height === undefined ? {} : { width, height }
  return { type: 'image', url, thumbnail: { url, proxy_url, ...size, flags: 0 } }
}

/** Animated or not, one frame is enough here. */
function pictureOf(format: keyof typeof STICKER_FORMATS): SentBytes {
  if (format === 'lottie') return LOTTIE
  return format === 'gif' ? GIF : makePng({ widthPx: 32, heightPx: 32 })
}
