// How does the server take a file that is only given as an address?
import { ApiError, badRequest } from './errors.ts'
import type { MediaKind } from './files.ts'
import type { Upload } from '../common/multipart.ts'

/** https://core.telegram.org/bots/api#sending-files */
const PHOTO_BYTES = 5 << 20
const OTHER_BYTES = 20 << 20
const DEADLINE_MS = 10_000

export async function fetchByUrl(kind: MediaKind, address: string, signal: AbortSignal): Promise<Upload> {
  if (kind === 'video_note') throw badRequest("can't upload file by URL")
  const upload = await download(address, signal)
  const isAllowed = kind !== 'document' || /^(?:application\/(?:pdf|zip)|image\/gif)$/.test(upload.mimeType)
  if (!isAllowed) throw badRequest('wrong type of the web page content')
  if (kind === 'photo' && !upload.mimeType.startsWith('image/'))
    throw badRequest('wrong type of the web page content')
  if (upload.bytes.length > (kind === 'photo' ? PHOTO_BYTES : OTHER_BYTES)) {
    throw badRequest('failed to get HTTP URL content')
  }
  return upload
}

async function download(address: string, signal: AbortSignal): Promise<Upload> {
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    })
    if (!response.ok) throw badRequest('failed to get HTTP URL content')
    const mimeType = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
    const name = new URL(address).pathname.split('/').at(-1) ?? 'file'
    return { name, mimeType, bytes: Buffer.from(await response.arrayBuffer()) }
  } catch (error) {
    throw error instanceof ApiError ? error : badRequest('failed to get HTTP URL content')
  }
}
