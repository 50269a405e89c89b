// How are an attachment's bytes read? From its signed address; once that has expired, the message tells a fresh one.
// https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, type DiscordApi } from './api.ts'
import { toPlatformError } from './errors.ts'
import { readBody, readLength } from '../common/download.ts'
import { fieldsOf, readAmount, readList, readString, type Fields } from '../common/read.ts'

export interface FileParts {
  readonly account: string
  readonly api: DiscordApi
  readonly fetch: Fetch
}

export async function openFile(
  parts: FileParts,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const { account } = parts
  const url = readString(attachment.ref['url'])
  if (url === undefined) throw new PlatformError(account, 'rejected', 'the attachment has no address')
  let response = await download(parts, url, signal)
  if (EXPIRED.has(response.status)) {
    await response.body?.cancel()
    response = await download(parts, await freshUrl(parts, attachment, signal), signal)
  }
  return toStream(account, response, attachment, signal)
}

const EXPIRED: ReadonlySet<number> = new Set([403, 404, 410])

/** The address is on a host for files: no token goes there. */
async function download({ account, fetch }: FileParts, url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal })
  } catch (error) {
    throw toPlatformError(account, 'download', error, signal)
  }
}

/** What a command brought along belongs to no message, and cannot be asked for again. */
async function freshUrl(
  { account, api }: FileParts,
  { ref }: Attachment,
  signal: AbortSignal,
): Promise<string> {
  const channelId = readString(ref['channelId'])
  const messageId = readString(ref['messageId'])
  const attachmentId = readString(ref['attachmentId'])
  if (channelId === undefined || messageId === undefined || attachmentId === undefined) throw expired(account)
  const route = Routes.channelMessage(channelId, messageId)
  const message = fieldsOf(await callAs(account, api, { method: 'GET', route }, signal))
  const url = readString(filesOf(message).find((file) => file['id'] === attachmentId)?.['url'])
  if (url === undefined) throw expired(account)
  return url
}

/** Its own, and those of what it forwards. */
function filesOf(message: Fields): readonly Fields[] {
  const forwarded = readList(message['message_snapshots']).map((one) => fieldsOf(fieldsOf(one)['message']))
  return [message, ...forwarded].flatMap((each) => readList(each['attachments']).map(fieldsOf))
}

function expired(account: string): PlatformError {
  return new PlatformError(account, 'gone', 'download: the address has expired')
}

async function toStream(
  account: string,
  response: Response,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const { body, headers, ok, status } = response
  if (!ok) {
    await body?.cancel()
    const kind = EXPIRED.has(status) ? 'gone' : status < 500 && status !== 429 ? 'denied' : 'unavailable'
    throw new PlatformError(account, kind, `download: HTTP ${status}`, { code: status })
  }
  const sizeBytes = readLength(headers.get('content-length')) ?? readAmount(attachment.sizeBytes)
  if (sizeBytes === undefined || body === null) {
    await body?.cancel()
    throw new PlatformError(account, 'unavailable', 'download: the server does not say how long the file is')
  }
  return {
    stream: readBody(body, (error) => toPlatformError(account, 'download', error, signal)),
    sizeBytes,
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(attachment.mimeType === undefined ? {} : { mimeType: attachment.mimeType }),
  }
}
