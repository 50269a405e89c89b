// How is an upload read? As a form whose files may come without a name (the SDK's Buffers do): a type makes the file.
import { readParts } from '../common/multipart.ts'

export { boundaryOf } from '../common/multipart.ts'

export interface Upload {
  /** Empty when the client named none. */
  readonly name: string
  readonly bytes: Buffer
}

export interface MultipartBody {
  readonly fields: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, Upload>>
}

export function readMultipart(body: Buffer, boundary: string): MultipartBody {
  const fields: Record<string, string> = {}
  const files: Record<string, Upload> = {}
  for (const { name, fileName, mimeType, bytes } of readParts(body, boundary)) {
    if (fileName === undefined && mimeType === undefined) fields[name] = bytes.toString('utf8')
    else files[name] = { name: fileName ?? '', bytes: Buffer.from(bytes) }
  }
  return { fields, files }
}
