// How do files travel? Uploaded as multipart; a person's attachment is fetched through the message it stands in.
import { ApiError } from './errors.ts'
import type { StoredFile } from './files.ts'
import { messageOf, roomOf } from './messages.ts'
import { readJson } from './types.ts'
import { fileKeysIn } from './wording.ts'
import { success, type Outcome, type Route, type World } from './world.ts'

/** Feishu docs: upload image, upload file, get a resource of a message. */
const MAX_IMAGE_BYTES = 10 << 20
const MAX_FILE_BYTES = 30 << 20
const FILE_TYPES = ['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream']
/** How the images the platform takes begin: JPEG, PNG, GIF, BMP, TIFF, ICO; WEBP and HEIC have it later. */
const IMAGE_STARTS = ['ffd8ff', '89504e47', '47494638', '424d', '49492a00', '4d4d002a', '00000100']

export const fileRoutes: readonly Route[] = [
  {
    operation: 'image.create',
    method: 'POST',
    path: '/open-apis/im/v1/images',
    run: ({ body, upload }, world) => {
      const bytes = upload.files['image']?.bytes
      if (bytes === undefined || !['message', 'avatar'].includes(String(body['image_type'])))
        throw new ApiError(234001, 'Invalid request param.')
      checkSize(bytes, MAX_IMAGE_BYTES)
      if (!isImage(bytes)) throw new ApiError(234011, "Can't recognize the image format.")
      const { key } = world.files.add({ type: 'image', name: 'image', bytes, byBot: true })
      return success({ image_key: key })
    },
  },
  {
    operation: 'file.create',
    method: 'POST',
    path: '/open-apis/im/v1/files',
    run: ({ body, upload }, world) => {
      const bytes = upload.files['file']?.bytes
      const { file_type: type, file_name: name } = body
      if (
        bytes === undefined ||
        typeof name !== 'string' ||
        name === '' ||
        !FILE_TYPES.includes(String(type))
      )
        throw new ApiError(234001, 'Invalid request param.')
      checkSize(bytes, MAX_FILE_BYTES)
      const { key } = world.files.add({ type: String(type), name, bytes, byBot: true })
      return success({ file_key: key })
    },
  },
  {
    operation: 'image.get',
    method: 'GET',
    path: '/open-apis/im/v1/images/:key',
    run: ({ params }, world) => ownUpload(world, params['key']),
  },
  {
    operation: 'file.get',
    method: 'GET',
    path: '/open-apis/im/v1/files/:key',
    run: ({ params }, world) => ownUpload(world, params['key']),
  },
  {
    operation: 'resource.get',
    method: 'GET',
    path: '/open-apis/im/v1/messages/:message_id/resources/:file_key',
    run: (call, world) => {
      const message = messageOf(world, call)
      const key = call.params['file_key'] ?? ''
      if (!['image', 'file'].includes(call.query['type'] ?? ''))
        throw new ApiError(234001, 'Invalid request param.')
      if (message.recalled) throw new ApiError(230110, 'The message has been deleted.')
      if (!roomOf(world, message).botInside) throw new ApiError(234004, 'The app is not in the chat.')
      if (message.msgType === 'sticker' || message.msgType === 'interactive' || message.upperId !== undefined)
        throw new ApiError(234043, 'Unsupported message type.')
      const file = fileKeysIn(readJson(message.content)).includes(key) ? world.files.byKey(key) : undefined
      if (file === undefined) throw new ApiError(234003, 'File not in msg.')
      if ((file.type === 'image') !== (call.query['type'] === 'image'))
        throw new ApiError(234001, 'Invalid request param.')
      return bytesOf(file)
    },
  },
]

/** Attachments of people are not to be had this way. */
function ownUpload(world: World, key = ''): Outcome {
  const file = world.files.byKey(key)
  if (file?.byBot !== true) throw new ApiError(234008, 'The app is not the resource sender.')
  return bytesOf(file)
}

function bytesOf({ bytes, name, type }: StoredFile): Outcome {
  return { bytes, name, mimeType: type === 'image' ? imageTypeOf(bytes) : 'application/octet-stream' }
}

function checkSize(bytes: Buffer, most: number): void {
  if (bytes.length === 0) throw new ApiError(234010, "File's size can't be 0.")
  if (bytes.length > most) throw new ApiError(234006, 'The file size exceed the max value.')
}

function isImage(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 12)
  const later =
    start.subarray(8).toString('latin1') === 'WEBP' || start.subarray(4, 8).toString('latin1') === 'ftyp'
  return later || IMAGE_STARTS.some((hex) => start.toString('hex').startsWith(hex))
}

function imageTypeOf(bytes: Buffer): string {
  const start = bytes.subarray(0, 4).toString('hex')
  if (start.startsWith('ffd8ff')) return 'image/jpeg'
  if (start.startsWith('47494638')) return 'image/gif'
  return 'image/png'
}
