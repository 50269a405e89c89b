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
import { segment } from './segment.ts'

export interface FileParts {
  readonly account: string
  readonly api: DiscordApi
  readonly cdn: Cdn
  readonly fetch: Fetch
}
/** Where stickers are; without a slash at the end. */
export interface Cdn {
  readonly files: string
  readonly gifs: string
}

/** Discord's own; a server that speaks like Discord has its files beside its API. https://discord.com/developers/docs/reference#image-formatting-cdn-endpoints */
export function cdnOf(apiBase: string): Cdn {
  const { hostname, origin } = new URL(apiBase)
  return /(^|\.)discord(app)?\.com$/.test(hostname)
    ? { files: 'https://cdn.discordapp.com', gifs: 'https://media.discordapp.net' }
    : { files: origin, gifs: origin }
}

/** No limit of ours: people send what Discord lets them. `gone` for what no message tells any more. */
export async function openFile(
  parts: FileParts,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  let response = await download(parts, addressOf(parts, attachment), signal)
  if (EXPIRED.has(response.status)) {
    await response.body?.cancel()
    response = await download(parts, await freshUrl(parts, attachment, signal), signal)
  }
  return toStream(parts.account, response, attachment, signal)
}

const EXPIRED: ReadonlySet<number> = new Set([403, 404, 410])

function addressOf({ account, cdn }: FileParts, { ref }: Attachment): string {
  const stickerId = readString(ref['stickerId'])
  const ending = readString(ref['ending'])
  if (stickerId !== undefined && ending !== undefined) {
    const base = ending === 'gif' ? cdn.gifs : cdn.files
    return `${base}/stickers/${segment(stickerId)}.${segment(ending)}`
  }
  const url = readString(ref['url'])
  if (url === undefined) throw new PlatformError(account, 'rejected', 'the attachment has no address')
  return url
}

/** The address is on a host for files: no token goes there, and it leads nowhere else. */
async function download({ account, fetch }: FileParts, url: string, signal: AbortSignal): Promise<Response> {
  if (!/^https?:\/\//i.test(url)) throw new PlatformError(account, 'rejected', 'download: not a web address')
  try {
    // The length that is told shall be that of the bytes themselves.
    return await fetch(url, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } })
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
  const bytes = readBody(body, (error) => toPlatformError(account, 'download', error, signal))
  return {
    stream: exactly(account, sizeBytes, bytes),
    sizeBytes,
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(attachment.mimeType === undefined ? {} : { mimeType: attachment.mimeType }),
  }
}

/** A file that breaks off is not taken for a whole one. */
async function* exactly(
  account: string,
  sizeBytes: number,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let readBytes = 0
  for await (const bytes of stream) {
    readBytes += bytes.byteLength
    if (readBytes > sizeBytes) break
    yield bytes
  }
  if (readBytes === sizeBytes) return
  throw new PlatformError(account, 'unavailable', `download: ${readBytes} of ${sizeBytes} bytes`)
}
