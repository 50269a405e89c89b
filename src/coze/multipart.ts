// How is one file written as multipart/form-data, with its length known and never whole in memory?

import { randomUUID } from 'node:crypto'
import type { AttachmentStream } from '../contract/platform.ts'
import type { Payload } from './http.ts'

/** One part named `file`, as Coze's uploads want it. */
export function toMultipart(file: AttachmentStream): Payload {
  const boundary = `----coze-bridge-${randomUUID()}`
  const mimeType = cleanMimeType(file.mimeType)
  const head = Buffer.from(
    `--${boundary}\r\n` +
      `content-disposition: form-data; name="file"; filename="${fileNameOf(file.name, mimeType)}"\r\n` +
      `content-type: ${mimeType}\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    sizeBytes: head.byteLength + file.sizeBytes + tail.byteLength,
    stream: join(head, file.stream, tail),
  }
}

async function* join(
  head: Buffer,
  body: AsyncIterable<Uint8Array>,
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  yield head
  yield* body
  yield tail
}

/** Coze judges a file by its name: one without a name gets one that tells its type. */
function fileNameOf(name: string | undefined, mimeType: string): string {
  const subtype = /^[\w.-]+\/([\w.-]+)$/.exec(mimeType)?.[1] ?? 'bin'
  const known = name === undefined || name.trim() === '' ? `file.${EXTENSIONS[subtype] ?? subtype}` : name
  // As browsers do. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
  return known.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  jpeg: 'jpg',
  mpeg: 'mp3',
  'octet-stream': 'bin',
  plain: 'txt',
  quicktime: 'mov',
  'x-wav': 'wav',
}

/** It came from a stranger and goes into a header. */
function cleanMimeType(mimeType: string | undefined): string {
  return mimeType !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(mimeType)
    ? mimeType
    : 'application/octet-stream'
}
