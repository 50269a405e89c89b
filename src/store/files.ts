// Which file has the assistant already? So that the same bytes are sent to it once.

import { createHash } from 'node:crypto'
import type { Store } from './open.ts'

/** Told by its size and its beginning: enough to suspect that a file is known, not to be sure. */
export interface Fingerprint {
  readonly sizeBytes: number
  /** SHA-256 of the first bytes, hexadecimal. */
  readonly headSha256: string
}
export interface KnownFile {
  readonly fileId: string
  /** Of all of it, hexadecimal. */
  readonly sha256: string
}

export interface Files {
  get(print: Fingerprint): Promise<KnownFile | undefined>
  put(print: Fingerprint, file: KnownFile, lastsMs: number): Promise<void>
  /** The assistant has forgotten it. */
  drop(print: Fingerprint): Promise<void>
}

/** `login`: whose files they are. Another login does not see them. */
export function createFiles(store: Store, login: string): Files {
  const files = store.keyv<KnownFile>('files')
  const owner = createHash('sha256').update(login).digest('hex').slice(0, 16)
  const keyOf = ({ sizeBytes, headSha256 }: Fingerprint): string => `${owner}:${sizeBytes}:${headSha256}`
  return {
    get: (print) => files.get(keyOf(print)),
    async put(print, file, lastsMs) {
      await files.set(keyOf(print), file, lastsMs)
    },
    async drop(print) {
      await files.delete(keyOf(print))
    },
  }
}
