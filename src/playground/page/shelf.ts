// Which files can the page load, and which has it brought? Those on screen by an id of their own; those brought, until used.

import { createHash, randomBytes } from 'node:crypto'
import { Wrong } from './wrong.ts'
import type { PageFile, PageUpload } from './protocol.ts'

/** A file on a screen; its bytes stay with the emulator. */
export interface ShownBytes {
  /** Of its platform, unique there. */
  readonly key: string
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  /** Undefined: too large to be kept, or gone. */
  readonly bytes: () => Uint8Array | undefined
}

export interface GivenFile {
  readonly name: string
  readonly bytes: Buffer
}

/** What was brought under these ids, once; throws `Wrong` where one of them is gone. */
export type TakeFiles = (ids: readonly string[]) => readonly GivenFile[]

export interface Shelf {
  /** As the page is told of it. */
  offer(file: ShownBytes): PageFile
  find(id: string): ShownBytes | undefined
  /** Rejects (`Wrong`) when there is too much already. */
  bring(name: string, bytes: Buffer): PageUpload
  /** Lends to `work` what was brought; what it took is used up, unless it throws: then all of it is there again. */
  lend(work: (take: TakeFiles) => Promise<void> | void): Promise<void>
}

/** One file from the page; Discord takes 10 MiB, and so much is enough for a play. */
export const MAX_FILE_BYTES = 20 << 20
const MAX_BROUGHT_BYTES = 100 << 20
const OFFERED_KEPT = 3_000

export function createShelf(): Shelf {
  const offered = new Map<string, ShownBytes>()
  const brought = new Map<string, GivenFile>()
  const broughtBytes = (): number => [...brought.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)
  const keep = (fileId: string, file: GivenFile): void => {
    // The oldest go: a page that brings and never sends them must not fill the memory.
    while (brought.size > 0 && broughtBytes() + file.bytes.length > MAX_BROUGHT_BYTES)
      brought.delete(brought.keys().next().value ?? '')
    brought.set(fileId, file)
  }
  return {
    offer(file) {
      const id = createHash('sha256').update(file.key).digest('hex').slice(0, 24)
      offered.delete(id)
      offered.set(id, file)
      if (offered.size > OFFERED_KEPT) offered.delete(offered.keys().next().value ?? '')
      const { name, contentType, sizeBytes } = file
      const path = file.bytes() === undefined ? {} : { path: `files/${id}` }
      return { name, kind: kindOf(contentType), sizeBytes, ...path }
    },
    find: (id) => offered.get(id),
    bring(name, bytes) {
      const fileId = randomBytes(12).toString('hex')
      const clean = name.replace(/[\p{Cc}/\\]/gu, '_').slice(0, 200)
      keep(fileId, { name: clean === '' ? 'file' : clean, bytes })
      return { fileId, name: clean, sizeBytes: bytes.length }
    },
    async lend(work) {
      const lent = new Map<string, GivenFile>()
      const take: TakeFiles = (ids) => {
        const files = ids.flatMap((id) => brought.get(id) ?? [])
        if (files.length < ids.length)
          throw new Wrong('One of the files is no longer there: choose it again.')
        for (const [n, file] of files.entries()) {
          const id = ids[n] ?? ''
          brought.delete(id)
          lent.set(id, file)
        }
        return files
      }
      try {
        await work(take)
      } catch (error) {
        for (const [id, file] of lent) keep(id, file)
        throw error
      }
    },
  }
}

function kindOf(contentType: string): PageFile['kind'] {
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(contentType)) return 'picture'
  if (contentType.startsWith('audio/')) return 'audio'
  return contentType.startsWith('video/') ? 'video' : 'file'
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  m4a: 'audio/mp4',
  mp4: 'video/mp4',
  webm: 'video/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
}

/** Where a platform keeps no type: by the first bytes of a picture, else by the name's ending. */
export function contentTypeOf(name: string, bytes: Uint8Array | undefined): string {
  const start = Buffer.from(bytes?.subarray(0, 12) ?? []).toString('latin1')
  if (start.startsWith('\x89PNG')) return 'image/png'
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (start.startsWith('GIF8')) return 'image/gif'
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp'
  return TYPES[/\.(\w+)$/.exec(name.toLowerCase())?.[1] ?? ''] ?? 'application/octet-stream'
}
