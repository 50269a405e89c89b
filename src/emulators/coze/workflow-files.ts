// Which uploaded files do values name, and how are a workflow's own files handed out?
import { isObject, parseJson, textOf } from './json.ts'
import type { Call, Reply, Route } from './call.ts'
import { noSuch } from './refusal.ts'
import type { FileRecord } from './records.ts'
import type { FileDesk, ServedFile } from './workflow-script.ts'
import type { World } from './world.ts'

/** The id in `{"file_id":"…"}`, given as the text Coze documents or as the object itself. */
export function fileIdIn(value: unknown): string | undefined {
  const item: unknown = typeof value === 'string' && value.includes('file_id') ? parseJson(value) : value
  return isObject(item) ? textOf(item['file_id']) : undefined
}

/** An upload of the same account (sessions share them), or undefined. Coze docs: upload files. */
export function ownFile(world: World, owner: string, id: string): FileRecord | undefined {
  const file = world.store.files.get(id)
  return file !== undefined && accountOf(file.owner) === accountOf(owner) ? file : undefined
}

/** The account of an owner, without its session. */
export function accountOf(owner: string): string {
  return owner.split('#')[0] ?? owner
}

/** Refuses with 4200 when a value, however deep, names a file that is not there for this account. */
export function checkFiles(world: World, owner: string, value: unknown): void {
  const id = fileIdIn(value)
  if (id !== undefined) {
    if (ownFile(world, owner, id) === undefined) throw noSuch('file_id', id)
  } else if (Array.isArray(value)) {
    for (const item of value) checkFiles(world, owner, item)
  } else if (isObject(value)) {
    for (const member of Object.values(value)) checkFiles(world, owner, member)
  }
}

/** What scripts of this account's runs can do with files. */
export function fileDesk(world: World, owner: string): FileDesk {
  return {
    file(value) {
      const first: unknown = Array.isArray(value) ? value[0] : value
      const id = fileIdIn(first)
      return id === undefined ? undefined : ownFile(world, owner, id)
    },
    serveFile: (file) => serveFile(world, file),
  }
}

export function serveFile(world: World, file: ServedFile): string {
  const id = world.ids.next()
  const address = `${world.url}/obj/${id}/${encodeURIComponent(file.name)}`
  if (file.expiresInMs === undefined) {
    world.served.set(id, { ...file, expiresAtS: undefined })
    return address
  }
  const expiresAtS = Math.floor((world.options.nowMs() + file.expiresInMs) / 1000)
  world.served.set(id, { ...file, expiresAtS })
  return `${address}?x-expires=${expiresAtS}`
}

/** Anybody may fetch it who knows the address, until it expires. */
function getServed(world: World, call: Call): Reply {
  const file = world.served.get(call.params['id'] ?? '')
  if (file === undefined) return { kind: 'text', status: 404, text: 'not found' }
  if (file.expiresAtS !== undefined && file.expiresAtS <= world.nowS())
    return { kind: 'text', status: 403, text: 'the address has expired' }
  return { kind: 'bytes', contentType: file.mimeType, bytes: Buffer.from(file.bytes) }
}

export const servedRoutes: readonly Route[] = [
  { method: 'GET', path: '/obj/:id/:name', studio: true, isOpen: true, handle: getServed },
]
