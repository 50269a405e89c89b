// Which uploaded files do values name?
import { isObject, parseJson, textOf } from './json.ts'
import { noSuch } from './refusal.ts'
import type { FileRecord } from './records.ts'
import { serveFile } from './served.ts'
import type { FileDesk } from './workflow-script.ts'
import type { World } from './world.ts'

/** The id in `{"file_id":"…"}`, given as the text Coze documents or as the object itself. */
export function fileIdIn(value: unknown): string | undefined {
  const item: unknown = typeof value === 'string' && value.includes('file_id') ? parseJson(value) : value
  return isObject(item) ? textOf(item['file_id']) : undefined
}

/** An upload of the same account (sessions share them) that has not expired, or undefined. Coze docs: upload files. */
export function ownFile(world: World, owner: string, id: string): FileRecord | undefined {
  const file = world.store.files.get(id)
  if (file === undefined || accountOf(file.owner) !== accountOf(owner)) return undefined
  const { filesLiveMs = FILES_LIVE_MS } = world.options.limits
  return world.options.nowMs() - file.createdAtMs < filesLiveMs ? file : undefined
}

/** Three months (Coze docs: upload files). */
const FILES_LIVE_MS = 90 * 86_400_000

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
