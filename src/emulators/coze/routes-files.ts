// How are files uploaded and looked up?
import { authorize } from './auth.ts'
import { answer, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { isUploadable } from './file-types.ts'
import type { UploadedFile } from './multipart.ts'
import { noSuch, Refusal } from './refusal.ts'
import type { FileRecord } from './records.ts'
import { ownFile } from './workflow-files.ts'
import type { World } from './world.ts'

export const fileRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/files/upload', studio: true, handle: upload },
  { method: 'GET', path: '/v1/files/retrieve', studio: false, handle: retrieve },
]

/** Coze docs: upload files. */
const MAX_FILE_BYTES = 512 * 1024 * 1024

function upload(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'uploadFile')
  if (call.isTooFast) throw new Refusal(4013, 'rate limit exceeded', 429)
  const given = oneFile(call)
  if (given.sizeBytes > MAX_FILE_BYTES) throw new Refusal(4302, 'The file is larger than 512 MB.')
  if (!isUploadable(given.name)) throw new Refusal(4303, 'The file type is not supported.')
  const { name, mimeType, sizeBytes, sha256, bytes } = given
  const file: FileRecord = {
    id: world.ids.next(),
    owner: token.owner,
    name,
    mimeType,
    sizeBytes,
    sha256,
    createdAtS: world.nowS(),
    createdAtMs: world.options.nowMs(),
    bytes,
  }
  world.store.files.set(file.id, file)
  return answer(world.shapes.file(file))
}

function retrieve(world: World, call: Call): Reply {
  const token = authorize(world, call, 'other', 'retrieveFile')
  const id = queryText(call, 'file_id')
  const file = ownFile(world, token.owner, id)
  if (file === undefined) throw noSuch('file_id', id)
  return answer(world.shapes.file(file))
}

/** The one file of a form. 4300: none; 4301: several; 4304: the form ends before its time. */
export function oneFile(call: Call): UploadedFile {
  if (call.form?.isBroken === true) throw new Refusal(4304, 'The file is broken.')
  const files = call.form?.files ?? []
  const [file] = files
  if (file?.field !== 'file' || file.sizeBytes === 0)
    throw new Refusal(4300, 'The file is empty or missing; it is uploaded as multipart/form-data.')
  if (files.length > 1) throw new Refusal(4301, 'Only one file can be uploaded at a time.')
  if (file.name === '') throw new Refusal(4303, 'The file has no name.')
  return file
}
