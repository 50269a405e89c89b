// What does every part of the emulator share?
import type { AppSetUp } from './app-set-up.ts'
import type { Deliveries } from './deliveries.ts'
import type { FileStore, StoredFile } from './files.ts'
import type { DownloadWays } from './hand-out.ts'
import type { Ids } from './ids.ts'
import type { Limiter } from './limits.ts'
import type { MultipartBody } from './multipart.ts'
import type { Sockets } from './sockets.ts'
import type { Store } from './store.ts'
import type { Json } from './types.ts'

/** The settings that change what the emulated Feishu does. */
export interface Behaviour {
  readonly appId: string
  readonly appSecret: string
  readonly verificationToken: string
  readonly app: AppSetUp
  readonly streamingLivesMs: number
  readonly tokenLivesSeconds: number
  /** `mentioned`: the app may only read group messages that mention the bot. */
  readonly groupMessages: 'all' | 'mentioned'
  readonly departments: 'readable' | 'hidden' | 'refused'
  readonly slashCommands: boolean
  readonly cotAvailable: boolean
  readonly downloads: DownloadWays
  /** Whether the files of a merged forward's children can be had, by the forward's own id. */
  readonly mergedFiles: 'refused' | 'by-parent'
}

export interface World {
  readonly bot: { readonly openId: string; readonly unionId: string; readonly name: string }
  readonly store: Store
  readonly files: FileStore
  readonly deliveries: Deliveries
  readonly sockets: Sockets
  readonly limiter: Limiter
  /** Tokens of answered card callbacks, for a delayed update. */
  readonly callbacks: Map<string, CallbackState>
  readonly behaviour: Behaviour
  readonly ids: Ids
  /** Where the server listens; known once it does. */
  readonly origin: () => string
  readonly nowMs: () => number
}

/** Feishu docs: a callback's token lives 30 minutes and serves two updates. */
export interface CallbackState {
  readonly messageId: string
  readonly untilMs: number
  uses: number
}

/** One call, read. */
export interface Call {
  /** From the path, e.g. `message_id`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Json
  readonly upload: MultipartBody
}

/** What an operation answers: an envelope, or a file. */
export type Outcome = { readonly json: Json } | { readonly file: StoredFile; readonly mimeType: string }

export type Operation = (call: Call, world: World) => Outcome

export interface Route {
  /** As faults and calls name it: `message.create`. */
  readonly operation: string
  readonly method: string
  /** With `:name` for what varies. */
  readonly path: string
  readonly run: Operation
  /** `false`: no bearer token is asked for. */
  readonly token?: false
}

export const TENANT_KEY = 'tenant-of-the-emulator'

export function success(data: Json = {}): Outcome {
  return { json: { code: 0, msg: 'success', data } }
}
