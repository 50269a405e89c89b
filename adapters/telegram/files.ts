// How are an attachment's bytes read? getFile, then a download whose address holds the token and is shown to nobody; or
// from the disk of a server that runs with `--local`. https://core.telegram.org/bots/api#getfile
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, type BotApi } from './api.ts'
import { isTooBig, toPlatformError } from './errors.ts'
import { openLocal } from './local-files.ts'
import { readBody, readLength } from '../common/download.ts'
import { fieldsOf, readAmount, readString, type Fields } from '../common/read.ts'
import type { TelegramSettings } from './settings.ts'

export interface FileParts {
  readonly account: string
  readonly api: BotApi
  readonly fetch: Fetch
  readonly settings: Pick<TelegramSettings, 'apiRoot' | 'localFiles' | 'token'>
}

/** https://core.telegram.org/bots/api#getfile: "up to 20MB"; 20 << 20 in telegram-bot-api. A server with `--local` has no such limit. */
const MAX_DOWNLOAD_BYTES = 20 << 20

/** Of any file system. */
const MAX_PATH_CHARS = 4_096

export async function openFile(
  parts: FileParts,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const { account } = parts
  const { localFiles, token } = parts.settings
  const fileId = readString(attachment.ref['file_id'])
  if (fileId === undefined) throw new PlatformError(account, 'rejected', 'the attachment has no file_id')
  const file = await getFile(parts, fileId, signal)
  const path = readString(file['file_path'])?.toWellFormed()
  if (path === undefined || path.length > MAX_PATH_CHARS)
    throw new PlatformError(account, 'gone', 'getFile: no path to download from')
  const { stream, sizeBytes } =
    isAbsolute(path) && localFiles !== undefined
      ? await openLocal({ account, folder: localFiles, token }, path, signal)
      : await download(parts, path, readAmount(file['file_size']) ?? attachment.sizeBytes, signal)
  return {
    stream: wholeOrNothing(account, stream, sizeBytes),
    sizeBytes,
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(attachment.mimeType === undefined ? {} : { mimeType: attachment.mimeType }),
  }
}

async function getFile({ account, api }: FileParts, fileId: string, signal: AbortSignal): Promise<Fields> {
  try {
    return fieldsOf(await callAs(account, api, 'getFile', { file_id: fileId }, signal))
  } catch (error) {
    if (!isTooBig(error)) throw error
    throw new PlatformError(account, 'rejected', 'getFile: the file is too big', {
      limitBytes: MAX_DOWNLOAD_BYTES,
      cause: error,
    })
  }
}

async function download(
  parts: FileParts,
  path: string,
  knownBytes: number | undefined,
  signal: AbortSignal,
): Promise<Pick<AttachmentStream, 'stream' | 'sizeBytes'>> {
  const { account, fetch } = parts
  const response = await fetch(addressOf(parts, path), { signal }).catch((error: unknown) => {
    throw toPlatformError(account, 'download', error, signal)
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw refusal(account, path, response.status)
  }
  const sizeBytes = readLength(response.headers.get('content-length')) ?? knownBytes
  if (sizeBytes === undefined || response.body === null) {
    await response.body?.cancel()
    throw new PlatformError(account, 'unavailable', 'download: the server does not say how long the file is')
  }
  return {
    stream: readBody(response.body, (error) => toPlatformError(account, 'download', error, signal)),
    sizeBytes,
  }
}

/** An absolute path is one on the server's disk: what follows the token's folder is what a proxy in front of it serves. */
function addressOf({ account, settings: { apiRoot, token } }: FileParts, path: string): string {
  const folder = `/${token}/`
  const at = path.indexOf(folder)
  const shown = isAbsolute(path) ? path.slice(at + folder.length) : path
  if ((isAbsolute(path) && at < 0) || shown.split('/').includes('..')) {
    throw new PlatformError(account, 'denied', 'getFile: the path leads out of the folder of this bot')
  }
  return `${apiRoot}/file/bot${token}/${shown.split('/').map(encodeURIComponent).join('/')}`
}

function refusal(account: string, path: string, status: number): PlatformError {
  const what = `download: HTTP ${status}`
  const facts = { code: status }
  if (isAbsolute(path) && status === 404) {
    const remedy = 'serve its directory under /file/, or mount it here and set localFiles'
    return new PlatformError(
      account,
      'denied',
      `${what}. The Bot API server runs with --local: ${remedy}`,
      facts,
    )
  }
  if (status === 404 || status === 410) return new PlatformError(account, 'gone', what, facts)
  return new PlatformError(account, status < 500 && status !== 429 ? 'denied' : 'unavailable', what, facts)
}

/** Bytes beyond the length, or fewer, are somebody else's file. */
async function* wholeOrNothing(
  account: string,
  stream: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let readBytes = 0
  for await (const bytes of stream) {
    readBytes += bytes.byteLength
    if (readBytes > sizeBytes) break
    yield bytes
  }
  if (readBytes !== sizeBytes) {
    throw new PlatformError(account, 'unavailable', 'download: the file is not as long as it was said to be')
  }
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
}
