// What is a REST call once it is read? Its route, what the path names, its query, its body and its files.
import { boundaryOf, readMultipart, type Upload } from '../common/multipart.ts'
import { refusals, type Answer } from './errors.ts'
import { isJson, type Json } from './types.ts'
import type { World } from './world.ts'

export interface Call {
  /** What the path names: `channel`, `message`, `token` … */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Json
  /** The body when it is a list: commands. */
  readonly list: readonly unknown[] | undefined
  readonly files: readonly (Upload & { readonly index: string })[]
}

export type Handler = (call: Call, world: World) => Answer

export type BucketKind =
  'create' | 'edit' | 'delete' | 'typing' | 'reaction' | 'rename' | 'webhook' | 'read' | 'other' | 'none'

export interface Route {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/channels/:channel/messages` */
  readonly path: string
  readonly bucket: BucketKind | ((body: Json) => BucketKind)
  /** Interactions are authorised by the token in their path. */
  readonly open?: boolean
  readonly run: Handler
}

export interface ReadBody {
  readonly body: Json
  readonly list: readonly unknown[] | undefined
  readonly files: Call['files']
}

/** JSON, or `payload_json` with `files[n]`. */
export function readBody(contentType: string, bytes: Buffer): ReadBody {
  if (bytes.length === 0) return { body: {}, list: undefined, files: [] }
  if (!/^multipart\/form-data/i.test(contentType)) return { ...jsonOf(bytes.toString('utf8')), files: [] }
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) throw refusals.badJson()
  const { fields, files } = readMultipart(bytes, boundary)
  const payload = fields.get('payload_json')
  const read = payload === undefined ? { body: Object.fromEntries(fields), list: undefined } : jsonOf(payload)
  const indexed = [...files].map(([name, file]) => ({ ...file, index: /\[(\d+)\]/.exec(name)?.[1] ?? name }))
  return { ...read, files: indexed }
}

function jsonOf(text: string): { readonly body: Json; readonly list: readonly unknown[] | undefined } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusals.badJson()
  }
  if (Array.isArray(value)) return { body: {}, list: value }
  if (!isJson(value)) throw refusals.badJson()
  return { body: value, list: undefined }
}
