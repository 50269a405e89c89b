// How are an attachment's bytes read? As a resource of the message that carried it: key and message must belong together.
// https://open.feishu.cn/document/server-docs/im-v1/message/get-2
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { AttachmentStream } from '../../src/contract/platform.ts'
import { nameOf, type FeishuApi, type FeishuRequest } from './api.ts'
import { toPlatformError } from './errors.ts'
import { readBody, readLength } from '../common/download.ts'
import { readString } from '../common/read.ts'

export async function openFile(
  account: string,
  api: FeishuApi,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<AttachmentStream> {
  const messageId = readString(attachment.ref['messageId'])
  const fileKey = readString(attachment.ref['fileKey'])
  if (messageId === undefined || fileKey === undefined) {
    throw new PlatformError(account, 'rejected', 'the attachment names no message and no key')
  }
  const request: FeishuRequest = {
    method: 'GET',
    path: '/open-apis/im/v1/messages/:message_id/resources/:file_key',
    ids: { message_id: messageId, file_key: fileKey },
    query: { type: attachment.ref['type'] === 'image' ? 'image' : 'file' },
  }
  const response = await api.download(request, signal).catch((error: unknown) => {
    throw toPlatformError(account, nameOf(request), error, signal)
  })
  const sizeBytes = readLength(response.headers.get('content-length')) ?? attachment.sizeBytes
  if (sizeBytes === undefined || response.body === null) {
    await response.body?.cancel()
    throw new PlatformError(account, 'unavailable', 'download: the server does not say how long the file is')
  }
  const mimeType = attachment.mimeType ?? readType(response.headers.get('content-type'))
  return {
    stream: readBody(response.body, (error) => toPlatformError(account, nameOf(request), error, signal)),
    sizeBytes,
    // The name in Content-Disposition is garbled for anything but ASCII; the message has the right one.
    ...(attachment.name === undefined ? {} : { name: attachment.name }),
    ...(mimeType === undefined ? {} : { mimeType }),
  }
}

/** "Some bytes" says nothing. */
function readType(header: string | null): string | undefined {
  const type = header?.split(';')[0]?.trim().toLowerCase()
  return type === undefined || type === '' || type === 'application/octet-stream' ? undefined : type
}
