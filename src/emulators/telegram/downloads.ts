// How does a bot get a file? `getFile`, then bytes by an address that expires; or from the disk of a `--local` server.
// https://core.telegram.org/bots/api#getfile
import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badRequest } from './errors.ts'
import type { Fault } from './faults.ts'
import type { StoredFile } from './files.ts'
import type { Methods, World } from './world.ts'

export const downloadMethods: Methods = {
  getFile: async (args, world, signal) => {
    const file = world.files.byId(args.text('file_id') ?? '')
    if (file === undefined) throw badRequest('wrong file_id or the file is temporarily unavailable')
    const { maxDownloadBytes, linksLiveMs, localFolder } = world.behaviour
    if (file.content.sizeBytes > maxDownloadBytes) throw badRequest('file is too big')
    world.files.open(file.path, world.nowMs() + linksLiveMs)
    return {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      file_size: file.content.sizeBytes,
      file_path: localFolder === undefined ? file.path : await putOnDisk(localFolder, file, signal),
    }
  },
}

/** Where a download stands now; undefined: nowhere, or no longer. */
export function fileAt(world: World, path: string): StoredFile | undefined {
  return world.files.isOpen(path, world.nowMs()) ? world.files.byPath(path) : undefined
}

/** Streams the file as fast as it is read; `fault` breaks it. Resolves when it is over, either way. */
export async function sendFileBytes(
  world: World,
  file: StoredFile,
  fault: Fault | undefined,
  response: ServerResponse,
): Promise<void> {
  const { path, content } = file
  const declaredBytes = content.sizeBytes + (fault?.do === 'wrong-length' ? fault.byBytes : 0)
  const endsAfter = fault?.do === 'cut' ? fault.afterBytes : Infinity
  const breaks = fault?.do === 'wrong-length' || fault?.do === 'cut'
  response.strictContentLength = false
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': declaredBytes,
    // The connection's end is the only way to tell a client that no more will come.
    ...(breaks ? { connection: 'close' } : {}),
  })
  let sentBytes = 0
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const bytes of content.open()) {
      const piece = bytes.subarray(0, endsAfter - sentBytes)
      sentBytes += piece.length
      yield piece
      if (sentBytes >= endsAfter) return
    }
  }
  const arrived = await pipeline(pieces, response).then(
    () => true,
    () => false,
  )
  world.store.addDownload({ path, sentBytes, whole: arrived && !breaks, atMs: world.nowMs() })
}

/** A `--local` server has the file before it answers, in a folder named after the token. */
async function putOnDisk(folder: string, file: StoredFile, signal: AbortSignal): Promise<string> {
  const path = join(folder, file.path)
  const known = await stat(path).catch(() => undefined)
  if (known?.size === file.content.sizeBytes) return path
  await mkdir(dirname(path), { recursive: true })
  await pipeline(Readable.from(file.content.open(), { objectMode: false }), createWriteStream(path), {
    signal,
  })
  return path
}
