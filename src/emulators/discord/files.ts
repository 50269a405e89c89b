// Where are attachments, and until when? On the same host, under signed addresses that end.
import { createHmac } from 'node:crypto'
import { extname } from 'node:path'
import { present } from '../common/bounded.ts'
import { contentOf, type Content, type SentBytes } from './content.ts'
import { snowflakeMs } from './snowflake.ts'
import type { Attachment, Json } from './types.ts'

export interface StoredFile {
  readonly id: string
  readonly channelId: string
  readonly filename: string
  readonly contentType: string
  readonly content: Content
}

/** What tests read of a file. */
export interface KeptFile extends Content {
  readonly id: string
  readonly name: string
  readonly contentType: string
}

export interface Files {
  /** Stores and describes; the address in it is unsigned until `signed`. */
  add(
    channelId: string,
    file: { filename: string; bytes: SentBytes; contentType?: string },
    details?: Json,
  ): Attachment
  /** With a fresh address, as each answer and event carries it. */
  signed(attachment: Attachment): Attachment
  byId(id: string): StoredFile | undefined
  kept(id: string): KeptFile | undefined
  /** A sticker's picture, under an address that follows from its id and does not end. */
  addSticker(id: string, ending: string, bytes: SentBytes): void
  /** The file an address leads to; 'expired' once its time is over. */
  atAddress(path: string, query: URLSearchParams): StoredFile | 'expired' | undefined
  /** Every address given out so far leads nowhere. */
  expireAll(): void
  /** Files from before `ms` are gone; stickers stay. */
  forgetBefore(ms: number): void
}

const FILES_KEPT = 5_000
const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.pdf': 'application/pdf',
  '.html': 'text/html; charset=utf-8',
  '.zip': 'application/zip',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.ogg': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/x-wav',
  '.m4a': 'audio/mp4',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
}

export function createFiles(options: {
  readonly nextId: () => string
  readonly nowMs: () => number
  /** `http://127.0.0.1:P`, known once it listens. */
  readonly origin: () => string
  readonly livesMs: number
}): Files {
  const files = new Map<string, StoredFile>()
  const stickers = new Map<string, StoredFile>()
  let era = 0
  const sign = (path: string, ex: string, is: string): string =>
    createHmac('sha256', `emulator-${era}`).update(`${path}|${ex}|${is}`).digest('hex')
  return {
    add(channelId, { filename, bytes, contentType }, details = {}) {
      const id = options.nextId()
      const content = contentOf(bytes)
      const type = BY_EXTENSION[extname(filename).toLowerCase()] ?? contentType ?? 'application/octet-stream'
      files.set(id, { id, channelId, filename, contentType: type, content })
      if (files.size > FILES_KEPT) files.delete(files.keys().next().value ?? '')
      const path = `/attachments/${channelId}/${id}/${encodeURIComponent(filename)}`
      return {
        id,
        filename,
        size: content.sizeBytes,
        url: path,
        proxy_url: path,
        content_type: type,
        ...sizeOf(content.bytes),
        ...present(detailsOf(details)),
      }
    },
    signed(attachment) {
      const path = attachment.url
      const issued = Math.floor(options.nowMs() / 1000)
      const is = issued.toString(16)
      const ex = (issued + Math.ceil(options.livesMs / 1000)).toString(16)
      const query = `?ex=${ex}&is=${is}&hm=${sign(decodeURIComponent(path), ex, is)}&`
      const url = `${options.origin()}${path}${query}`
      return { ...attachment, url, proxy_url: url }
    },
    byId: (id) => files.get(id),
    kept(id) {
      const file = files.get(id)
      return file && { ...file.content, id, name: file.filename, contentType: file.contentType }
    },
    addSticker(id, ending, bytes) {
      const contentType = BY_EXTENSION[`.${ending}`] ?? 'application/octet-stream'
      const filename = `${id}.${ending}`
      stickers.set(filename, { id, channelId: '', filename, contentType, content: contentOf(bytes) })
      if (stickers.size > FILES_KEPT) stickers.delete(stickers.keys().next().value ?? '')
    },
    atAddress(path, query) {
      const sticker = /^\/stickers\/([^/]+)$/.exec(path)?.[1]
      if (sticker !== undefined) return stickers.get(sticker)
      const file = files.get(path.split('/')[3] ?? '')
      if (file === undefined) return undefined
      const ex = query.get('ex') ?? ''
      const isSigned = query.get('hm') === sign(path, ex, query.get('is') ?? '')
      return isSigned && parseInt(ex, 16) * 1000 > options.nowMs() ? file : 'expired'
    },
    expireAll: () => {
      era += 1
    },
    forgetBefore(ms) {
      for (const id of files.keys()) if (snowflakeMs(id) < ms) files.delete(id)
    },
  }
}

function detailsOf(
  details: Json,
): Partial<Record<'description' | 'title' | 'waveform', string | undefined>> &
  Partial<Record<'duration_secs' | 'flags', number | undefined>> & { ephemeral?: boolean | undefined } {
  const text = (name: string): string | undefined =>
    typeof details[name] === 'string' ? details[name] : undefined
  const number = (name: string): number | undefined =>
    typeof details[name] === 'number' ? details[name] : undefined
  return {
    description: text('description'),
    title: text('title'),
    waveform: text('waveform'),
    duration_secs: number('duration_secs'),
    flags: details['is_spoiler'] === true ? 8 : undefined,
    ephemeral: details['ephemeral'] === true ? true : undefined,
  }
}

/** Width and height of a PNG: a client treats what has them as a picture. */
function sizeOf(bytes: Buffer | undefined): { width?: number; height?: number } {
  if (bytes === undefined || bytes.length < 24 || bytes.readUInt32BE(0) !== 0x89504e47) return {}
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
