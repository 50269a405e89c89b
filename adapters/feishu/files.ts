// How are an attachment's bytes read? As a resource of the message that carried it: key and message must belong together.
// https://open.feishu.cn/document/server-docs/im-v1/message/get-2
//
// 1. Asked for as it is. 2. Where no length is told: asked for from its first byte on, which is answered with the whole
// size. 3. Where even that tells nothing: its bytes are counted, and asked for once more.
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { nameOf, type FeishuApi, type FeishuRequest } from './api.ts'
import { toPlatformError } from './errors.ts'
import { readExactly } from './read-exactly.ts'
import { readLength } from '../common/download.ts'
import { readString } from '../common/read.ts'

export interface FileParts {
  readonly account: string
  readonly api: FeishuApi
  readonly clock: Clock
}

interface Opened {
  readonly body: ReadableStream<Uint8Array>
  readonly sizeBytes: number
  readonly mimeType: string | undefined
}

export async function openFile(
  parts: FileParts,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const { account, clock } = parts
  const [request, ...others] = requestsFor(account, attachment)
  const { body, sizeBytes, mimeType } = await open(parts, request, signal).catch(async (error: unknown) => {
    const [other] = others
    if (other === undefined || !isNotHandedOut(error)) throw error
    return open(parts, other, signal)
  })
  const type = attachment.mimeType ?? mimeType
  return {
    stream: readExactly(body, sizeBytes, {
      clock,
      failed: (error) => toPlatformError(account, nameOf(request), error, signal),
    }),
    sizeBytes,
    // The name in Content-Disposition is garbled for anything but ASCII; the message has the right one.
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(type === undefined ? {} : { mimeType: type }),
  }
}

/**
 * The documents hand out no files of a merged forward's children (234043); others had them by the forward's id. So that is
 * asked first, and the child's own id where it is refused.
 */
function requestsFor(
  account: string,
  { ref }: Attachment,
): readonly [FeishuRequest, ...(readonly FeishuRequest[])] {
  const messageId = readString(ref['messageId'])
  const parentId = readString(ref['parentId'])
  const fileKey = readString(ref['fileKey'])
  if (messageId === undefined || fileKey === undefined) {
    throw new PlatformError(account, 'rejected', 'the attachment names no message and no key')
  }
  const by = (id: string): FeishuRequest => ({
    method: 'GET',
    path: '/open-apis/im/v1/messages/:message_id/resources/:file_key',
    ids: { message_id: id, file_key: fileKey },
    query: { type: ref['type'] === 'image' ? 'image' : 'file' },
    // Packed, its length would be another than that of its bytes.
    headers: { 'Accept-Encoding': 'identity' },
  })
  return parentId === undefined ? [by(messageId)] : [by(parentId), by(messageId)]
}

function isNotHandedOut(error: unknown): boolean {
  return error instanceof PlatformError && ['unsupported', 'rejected', 'gone'].includes(error.kind)
}

async function open(parts: FileParts, request: FeishuRequest, signal: AbortSignal): Promise<Opened> {
  const plain = await ask(parts, request, signal)
  if (plain.sizeBytes !== undefined) return { ...plain, sizeBytes: plain.sizeBytes }
  await plain.body.cancel()
  const ranged = { ...request, headers: { ...request.headers, Range: 'bytes=0-' } }
  const whole = await ask(parts, ranged, signal)
  if (whole.sizeBytes !== undefined) return { ...whole, sizeBytes: whole.sizeBytes }
  const sizeBytes = await count(parts, request, whole.body, signal)
  return { ...(await ask(parts, request, signal)), sizeBytes }
}

async function ask(
  { account, api }: FileParts,
  request: FeishuRequest,
  signal: AbortSignal,
): Promise<Omit<Opened, 'sizeBytes'> & { readonly sizeBytes: number | undefined }> {
  const response = await api.download(request, signal).catch((error: unknown) => {
    throw toPlatformError(account, nameOf(request), error, signal)
  })
  const { body, headers } = response
  if (body === null) throw new PlatformError(account, 'unavailable', `${nameOf(request)}: no bytes`)
  const isPacked = !['', 'identity'].includes(headers.get('content-encoding') ?? '')
  // Of a part its header tells the length of the whole, and from the first byte on it is the whole.
  const total = /^bytes 0-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]
  const told = response.status === 206 ? (total ?? null) : headers.get('content-length')
  return {
    body,
    sizeBytes: isPacked ? undefined : readLength(told),
    mimeType: readType(headers.get('content-type')),
  }
}

/** None of them is kept. */
async function count(
  { account, clock }: FileParts,
  request: FeishuRequest,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const failed = (error: unknown): PlatformError => toPlatformError(account, nameOf(request), error, signal)
  let sizeBytes = 0
  for await (const bytes of readExactly(body, undefined, { clock, failed })) sizeBytes += bytes.byteLength
  return sizeBytes
}

/** "Some bytes" says nothing. */
function readType(header: string | null): string | undefined {
  const type = header?.split(';')[0]?.trim().toLowerCase()
  return type === undefined || type === '' || type === 'application/octet-stream' ? undefined : type
}
