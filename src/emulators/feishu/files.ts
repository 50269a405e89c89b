// Which images and files are there, and whose? The bot's uploads may be sent, people's belong to their message.
import type { Ids } from './ids.ts'

export interface StoredFile {
  readonly key: string
  /** `image`, or the `file_type` of an upload: opus, mp4, pdf, doc, xls, ppt, stream. */
  readonly type: string
  readonly name: string
  readonly bytes: Buffer
  /** The bot uploaded it. */
  readonly byBot: boolean
}

export interface FileStore {
  add(file: Omit<StoredFile, 'key'>): StoredFile
  byKey(key: string): StoredFile | undefined
}

export function createFileStore(ids: Ids): FileStore {
  const files = new Map<string, StoredFile>()
  return {
    add(file) {
      const stored = { ...file, key: ids.next(file.type === 'image' ? 'img_v3' : 'file_v3') }
      files.set(stored.key, stored)
      return stored
    },
    byKey: (key) => files.get(key),
  }
}
