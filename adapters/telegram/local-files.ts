// May a file of a `--local` Bot API server be read from this disk? Only a plain file that really lies in the folder named.
import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { PlatformError } from '../../src/contract/errors.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import { fieldsOf, readString } from '../common/read.ts'

export interface LocalFolder {
  readonly account: string
  /** Where the server's directory can be read here: under the same path as there, or under another. */
  readonly folder: string
  readonly token: string
}

/**
 * `path`: on the server's disk, as `getFile` answers it. Opened when it is read. No error names the path: the bot's folder
 * is called like its token.
 */
export async function openLocal(
  local: LocalFolder,
  path: string,
  signal: AbortSignal,
): Promise<Pick<AttachmentStream, 'stream' | 'sizeBytes'>> {
  const { account } = local
  const real = await findInside(local, path)
  const facts = await stat(real).catch((error: unknown) => {
    throw failed(account, error)
  })
  if (!facts.isFile()) throw new PlatformError(account, 'denied', 'localFiles: that is no plain file')
  return { stream: read(account, real, signal), sizeBytes: facts.size }
}

async function* read(account: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    const stream = (await open(path, NO_LINK)).createReadStream({ signal })
    for await (const bytes of stream as AsyncIterable<Uint8Array>) yield bytes
  } catch (error) {
    if (signal.aborted) {
      throw new PlatformError(account, 'cancelled', 'localFiles: cancelled', { outcome: 'unknown' })
    }
    throw failed(account, error)
  }
}

/** What was a plain file when it was looked up is no link now, and nothing that waits for a writer. */
const NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The file's real path. Both are looked up, so that no link leads out. */
async function findInside({ account, folder, token }: LocalFolder, path: string): Promise<string> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw failed(account, error)
  })
  const at = path.indexOf(`/${token}/`)
  const candidates = [path, ...(at < 0 ? [] : [join(root, path.slice(at))])]
  let missing: unknown
  for (const candidate of candidates) {
    try {
      const real = await realpath(candidate)
      if (isInside(root, real)) return real
    } catch (error) {
      missing = error
    }
  }
  if (missing !== undefined) throw failed(account, missing)
  throw new PlatformError(account, 'denied', 'localFiles: the file lies outside of that folder')
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The error's own message would tell the path, and with it the token. */
function failed(account: string, error: unknown): PlatformError {
  const code = readString(fieldsOf(error)['code']) ?? 'unknown'
  const kind = code === 'ENOENT' ? 'gone' : code === 'EACCES' || code === 'EPERM' ? 'denied' : 'unavailable'
  return new PlatformError(account, kind, `localFiles: the file could not be read (${code})`, { code })
}
