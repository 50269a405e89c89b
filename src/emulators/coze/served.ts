// How are files that an agent or a workflow made handed out, at addresses that expire?
import { createHmac, randomBytes } from 'node:crypto'
import type { Call, Reply, Route } from './call.ts'
import type { ServedFile } from './workflow-script.ts'
import type { World } from './world.ts'

/** Coze's own addresses live for hours to days; the exact time is not documented. */
const ADDRESS_LIVES_MS = 24 * 3_600_000
/** Signatures of another run of the emulator are worth nothing here. */
const KEY = randomBytes(32)

export const servedRoutes: readonly Route[] = [
  { method: 'GET', path: '/obj/:id/:name', studio: true, isOpen: true, handle: getServed },
]

/** Keeps the file and answers its address, signed as Coze's storage signs: `x-expires` (seconds) and `x-signature`. */
export function serveFile(world: World, file: ServedFile): string {
  const id = world.ids.next()
  const { nowMs } = world.options
  const expiresAtS = Math.floor((nowMs() + (file.expiresInMs ?? ADDRESS_LIVES_MS)) / 1000)
  world.served.set(id, file)
  const signature = encodeURIComponent(signatureOf(id, expiresAtS))
  const query = `rk3s=81d4c505&x-expires=${expiresAtS}&x-signature=${signature}`
  return `${world.url}/obj/${id}/${encodeURIComponent(file.name)}?${query}`
}

/** Anybody may fetch it who knows the whole address, until it expires; nobody who brings a credential for somebody else. */
function getServed(world: World, call: Call): Reply {
  const { id = '', name = '' } = call.params
  const file = world.served.get(id)
  const carriedSecret = call.authorization !== undefined || call.cookie !== undefined
  const refused = refusalOf(world, call, file)
  world.store.fetches.push({
    atMs: world.options.nowMs(),
    id,
    name,
    status: refused?.status ?? 200,
    carriedSecret,
  })
  if (refused !== undefined || file === undefined)
    return { kind: 'text', status: refused?.status ?? 404, text: refused?.why ?? '' }
  const { bytes, mimeType, hidesLength } = file
  const source =
    bytes instanceof Uint8Array ? { sizeBytes: bytes.length, open: () => [bytes] } : fromSource(bytes)
  return {
    kind: 'bytes',
    contentType: mimeType,
    ...source,
    ...(hidesLength === undefined ? {} : { hidesLength }),
  }
}

function fromSource(bytes: Exclude<ServedFile['bytes'], Uint8Array>): {
  readonly sizeBytes: number
  readonly open: () => AsyncIterable<Uint8Array>
} {
  return { sizeBytes: bytes.sizeBytes, open: () => bytes.open() }
}

function refusalOf(
  world: World,
  call: Call,
  file: ServedFile | undefined,
): { readonly status: number; readonly why: string } | undefined {
  if (call.authorization !== undefined || call.cookie !== undefined)
    return { status: 400, why: 'credentials do not belong here' }
  if (file === undefined) return { status: 404, why: 'not found' }
  const expiresAtS = Number(call.query['x-expires'])
  if (call.query['x-signature'] !== signatureOf(call.params['id'] ?? '', expiresAtS))
    return { status: 403, why: 'the signature does not match' }
  return expiresAtS <= world.nowS() ? { status: 403, why: 'the address has expired' } : undefined
}

function signatureOf(id: string, expiresAtS: number): string {
  return createHmac('sha256', KEY).update(`${id} ${expiresAtS}`).digest('base64')
}
