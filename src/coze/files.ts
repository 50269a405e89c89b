// The calls about files.

import { AssistantError } from '../contract/errors.ts'
import type { AttachmentStream } from '../contract/platform.ts'
import type { Call, CozeClient } from './client.ts'
import { garbledFailure, unsupportedFailure } from './errors.ts'
import { toId, toNumber, toObject, toText } from './json.ts'
import { toMultipart } from './multipart.ts'
import { payloadOf } from './wire.ts'

/** Coze docs: upload files (512 MB, kept for three months, seen by the same account only). */
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024

export interface CozeFile {
  readonly id: string
  readonly name: string
  readonly sizeBytes: number
}

/** `POST /v1/files/upload`, streamed. Not repeated: the stream can be read but once. */
export async function uploadFile(
  client: CozeClient,
  file: AttachmentStream,
  options: { readonly userId?: string; readonly waitTurn?: NonNullable<Call['waitTurn']> },
  signal: AbortSignal,
): Promise<CozeFile> {
  const path = '/v1/files/upload'
  if (file.sizeBytes > MAX_UPLOAD_BYTES) {
    const detail = `POST ${path}: a file of ${file.sizeBytes} bytes, above the limit of ${MAX_UPLOAD_BYTES}`
    throw new AssistantError({ kind: 'rejected', detail, outcome: 'not-sent' })
  }
  const call: Call = { method: 'POST', path, payload: toMultipart(file), repeat: 'impossible', ...options }
  const { body, logid } = await client.json(call, signal)
  return checked(payloadOf(body), `POST ${path}`, logid)
}

/** `GET /v1/files/retrieve`. */
export async function retrieveFile(
  client: CozeClient,
  fileId: string,
  signal: AbortSignal,
): Promise<CozeFile> {
  const path = '/v1/files/retrieve'
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure(`GET ${path}`))
  const call: Call = { method: 'GET', path, query: { file_id: fileId }, repeat: 'harmless' }
  const { body, logid } = await client.json(call, signal)
  return checked(payloadOf(body), `GET ${path}`, logid)
}

function checked(data: unknown, what: string, logid: string): CozeFile {
  const file = toObject(data)
  const id = toId(file['id'])
  if (id === '') throw new AssistantError(garbledFailure(what, 'a file without an id', logid))
  return { id, name: toText(file['file_name']), sizeBytes: toNumber(file['bytes']) ?? 0 }
}
