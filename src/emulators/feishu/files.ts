// Which images and files are there, and whose? The bot's uploads may be sent, people's belong to their message.
import { createHash } from 'node:crypto'
import { CHUNK_BYTES, seededBytes } from '../common/bytes.ts'
import type { Ids } from './ids.ts'
import { createRecord } from '../common/record.ts'

/** Bytes that are made while they are read: a file of any size takes no memory. */
export interface SeededFile {
  readonly seed: number | string
  readonly sizeBytes: number
}

export interface StoredFile {
  readonly key: string
  /** `image`, or the `file_type` of an upload: opus, mp4, pdf, doc, xls, ppt, stream. */
  readonly type: string
  readonly name: string
  readonly sizeBytes: number
  /** The bot uploaded it. */
  readonly byBot: boolean
  /** Absent where they are made while they are read. */
  readonly bytes?: Buffer
  /** In lower-case hex; absent like `bytes`. */
  readonly sha256?: string
  /** As the upload said it. */
  readonly durationMs?: number
  /** From byte `from` up to the one before `to`, in pieces of at most 64 KiB. */
  read(from?: number, to?: number): AsyncIterable<Buffer>
}

/** One answer with bytes in it. */
export interface Download {
  readonly key: string
  readonly name: string
  readonly atMs: number
  readonly sizeBytes: number
  /** As asked for, `bytes=0-`. */
  readonly range?: string
  /** So many have left so far. */
  sentBytes: number
  /** `cut`: the client left, or a fault broke it off. */
  state: 'running' | 'whole' | 'cut'
}

export interface NewFile {
  readonly type: string
  readonly name: string
  readonly bytes: Uint8Array | SeededFile
  readonly byBot: boolean
  readonly durationMs?: number
}

export interface FileStore {
  add(file: NewFile): StoredFile
  byKey(key: string): StoredFile | undefined
  /** Oldest first. */
  readonly downloads: readonly Download[]
  addDownload(download: Download): void
  /** Files that came, and downloads, before `ms`. */
  forgetBefore(ms: number): void
}

const DOWNLOADS_KEPT = 10_000

export function createFileStore(ids: Ids, nowMs: () => number): FileStore {
  const files = new Map<string, StoredFile>()
  const cameAtMs = new Map<string, number>()
  const downloads = createRecord<Download>(DOWNLOADS_KEPT)
  return {
    add({ bytes, ...about }) {
      const key = ids.next(about.type === 'image' ? 'img_v3' : 'file_v3')
      const stored = bytes instanceof Uint8Array ? held(bytes) : made(bytes)
      const file = { ...about, ...stored, key }
      files.set(key, file)
      cameAtMs.set(key, nowMs())
      return file
    },
    byKey: (key) => files.get(key),
    downloads: downloads.items,
    addDownload: downloads.push,
    forgetBefore(ms) {
      downloads.forgetBefore(ms)
      for (const [key, atMs] of cameAtMs) {
        if (atMs >= ms) break
        cameAtMs.delete(key)
        files.delete(key)
      }
    },
  }
}

type Content = Pick<StoredFile, 'sizeBytes' | 'bytes' | 'sha256' | 'read'>

function held(given: Uint8Array): Content {
  const bytes = Buffer.from(given)
  return {
    bytes,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    async *read(from = 0, to = bytes.length) {
      for (let at = from; at < to; at += CHUNK_BYTES)
        yield await Promise.resolve(bytes.subarray(at, Math.min(to, at + CHUNK_BYTES)))
    },
  }
}

function made({ seed, sizeBytes }: SeededFile): Content {
  return {
    sizeBytes,
    async *read(from = 0, to = sizeBytes) {
      let at = 0
      for await (const piece of seededBytes(seed, sizeBytes)) {
        const begins = at
        at += piece.length
        if (begins >= to) return
        if (at > from) yield piece.subarray(Math.max(0, from - begins), Math.min(piece.length, to - begins))
      }
    },
  }
}
