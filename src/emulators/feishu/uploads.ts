// How do files travel? Uploaded as multipart; a person's attachment is fetched through the message it stands in.
import { ApiError } from './errors.ts'
import type { StoredFile } from './files.ts'
import { messageOf, roomOf } from './messages.ts'
import { readJson, stringOf, type MessageState } from './types.ts'
import { checkFile, checkImage, imageTypeOf } from './upload-check.ts'
import { fileKeysIn } from './wording.ts'
import { success, type Outcome, type Route, type World } from './world.ts'

/** Feishu docs: get a resource of a message. */
const MAX_DOWNLOAD_BYTES = 100 << 20
const FILE_TYPES = ['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream']

export const fileRoutes: readonly Route[] = [
  {
    operation: 'image.create',
    method: 'POST',
    path: '/open-apis/im/v1/images',
    run: ({ body, upload }, world) => {
      const bytes = upload.files['image']?.bytes
      if (bytes === undefined || !['message', 'avatar'].includes(String(body['image_type'])))
        throw new ApiError(234001, 'Invalid request param.')
      checkImage(bytes)
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
      const duration = stringOf(body['duration'])
      if (
        bytes === undefined ||
        typeof name !== 'string' ||
        name === '' ||
        !FILE_TYPES.includes(String(type)) ||
        (duration !== undefined && !/^\d+$/.test(duration))
      )
        throw new ApiError(234001, 'Invalid request param.')
      checkFile(bytes, String(type))
      const length = duration === undefined ? {} : { durationMs: Number(duration) }
      const { key } = world.files.add({ type: String(type), name, bytes, byBot: true, ...length })
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
      const unsupported =
        ['sticker', 'interactive'].includes(message.msgType) || message.upperId !== undefined
      if (unsupported) throw new ApiError(234043, 'Unsupported message type.')
      const file = keysOf(world, message).includes(key) ? world.files.byKey(key) : undefined
      if (file === undefined) throw new ApiError(234003, 'File not in msg.')
      if ((file.type === 'image') !== (call.query['type'] === 'image'))
        throw new ApiError(234001, 'Invalid request param.')
      if (file.sizeBytes > MAX_DOWNLOAD_BYTES)
        throw new ApiError(234037, 'The size of the downloaded file exceeds the limit.')
      return { file, mimeType: typeOf(file) }
    },
  },
]

/** Of a merged forward, by the documents, none; as some have seen it, those of its children. */
function keysOf({ behaviour, store }: World, message: MessageState): readonly string[] {
  if (message.msgType !== 'merge_forward') return fileKeysIn(readJson(message.content))
  if (behaviour.mergedFiles === 'refused') throw new ApiError(234043, 'Unsupported message type.')
  const children = [...store.messages.values()].filter(({ upperId }) => upperId === message.id)
  return children.flatMap(({ content }) => fileKeysIn(readJson(content)))
}

/** Attachments of people are not to be had this way. */
function ownUpload(world: World, key = ''): Outcome {
  const file = world.files.byKey(key)
  if (file?.byBot !== true) throw new ApiError(234008, 'The app is not the resource sender.')
  return { file, mimeType: typeOf(file) }
}

function typeOf({ type, name, bytes }: StoredFile): string {
  if (type === 'image') return imageTypeOf(bytes ?? Buffer.alloc(0))
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return TYPES[ending] ?? 'application/octet-stream'
}

/** A file of JSON looks like an answer in JSON: clients have to tell them apart. */
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  pdf: 'application/pdf',
  txt: 'text/plain',
}
