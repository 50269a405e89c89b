// The calls about files.

import { AssistantError } from '../contract/errors.ts'
import type { AttachmentStream } from '../contract/platform.ts'
import type { Call, CozeClient } from './client.ts'
import { garbledFailure, unsupportedFailure } from './errors.ts'
import { toId, toNumber, toObject, toText } from './json.ts'
import { sendFile, TOO_LARGE_CODE } from './sending.ts'
import { payloadOf } from './wire.ts'

/** Coze docs: upload files (512 MB, kept for three months, seen by the same account only). */
export const MAX_UPLOAD_BYTES = 512 * 1024 * 1024
/** Three months, less a few days: nobody says how long the months are. Coze docs: upload files. */
export const FILE_LASTS_MS = 85 * 24 * 60 * 60 * 1000
/** Until a stored file is told, however small. Our choice. */
const STORE_MS = 60_000

export interface CozeFile {
  readonly id: string
  readonly name: string
  readonly sizeBytes: number
}

/**
 * `POST /v1/files/upload`, streamed. Not repeated: the stream can be read but once. Too large is `rejected` with code
 * 4302, a type that is not taken with 4303. A source that breaks rejects with its own error.
 */
export async function uploadFile(
  client: CozeClient,
  file: AttachmentStream,
  options: { readonly userId?: string; readonly waitTurn?: NonNullable<Call['waitTurn']> },
  signal: AbortSignal,
): Promise<CozeFile> {
  const path = '/v1/files/upload'
  if (file.sizeBytes > MAX_UPLOAD_BYTES) {
    const detail = `POST ${path}: a file of ${file.sizeBytes} bytes, above the limit of ${MAX_UPLOAD_BYTES}`
    throw new AssistantError({ kind: 'rejected', detail, code: TOO_LARGE_CODE, outcome: 'not-sent' })
  }
  const { body, logid } = await sendFile(client, { path, file, workMs: STORE_MS, ...options }, signal)
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
