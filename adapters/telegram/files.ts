// How are an attachment's bytes read? getFile, then a download whose address holds the token and is shown to nobody.
// https://core.telegram.org/bots/api#getfile
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, type BotApi } from './api.ts'
import { toPlatformError } from './errors.ts'
import { readBody, readLength } from '../common/download.ts'
import { fieldsOf, readAmount, readString } from '../common/read.ts'

export interface FileParts {
  readonly account: string
  readonly api: BotApi
  readonly fetch: Fetch
  readonly apiRoot: string
  readonly token: string
}

export async function openFile(
  parts: FileParts,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const { account, api } = parts
  const fileId = readString(attachment.ref['file_id'])
  if (fileId === undefined) throw new PlatformError(account, 'rejected', 'the attachment has no file_id')
  // Files above 20 MB are refused here: "file is too big" becomes `rejected`.
  const file = fieldsOf(await callAs(account, api, 'getFile', { file_id: fileId }, signal))
  const path = readString(file['file_path'])
  if (path === undefined) throw new PlatformError(account, 'gone', 'getFile: no path to download from')
  const response = await download(parts, path, signal)
  const sizeBytes =
    readLength(response.headers.get('content-length')) ??
    readAmount(file['file_size']) ??
    attachment.sizeBytes
  if (sizeBytes === undefined || response.body === null) {
    await response.body?.cancel()
    throw new PlatformError(account, 'unavailable', 'download: the server does not say how long the file is')
  }
  return {
    stream: readBody(response.body, (error) => toPlatformError(account, 'download', error, signal)),
    sizeBytes,
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(attachment.mimeType === undefined ? {} : { mimeType: attachment.mimeType }),
  }
}

async function download(parts: FileParts, path: string, signal: AbortSignal): Promise<Response> {
  const { account, apiRoot, fetch, token } = parts
  const address = `${apiRoot}/file/bot${token}/${path.split('/').map(encodeURIComponent).join('/')}`
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw toPlatformError(account, 'download', error, signal)
  })
  if (response.ok) return response
  await response.body?.cancel()
  const { status } = response
  const kind =
    status === 404 || status === 410 ? 'gone' : status < 500 && status !== 429 ? 'denied' : 'unavailable'
  throw new PlatformError(account, kind, `download: HTTP ${status}`, { code: status })
}
