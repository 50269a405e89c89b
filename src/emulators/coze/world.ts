// What does every part of the emulator share?
import type { Faults } from './faults.ts'
import type { Ids } from './ids.ts'
import type { ResolvedOptions } from './options.ts'
import type { ChatRun, ChatSteps, WaitingInterrupt } from './runs.ts'
import type { Gates } from './gates.ts'
import type { Script } from './script.ts'
import type { Shapes } from './shapes.ts'
import type { WritableStore } from './store.ts'
import type { Ticker } from './ticker.ts'
import type { UploadDesk } from './upload-desk.ts'
import type { ServedFile, WorkflowScript } from './workflow-script.ts'

export interface World {
  readonly options: ResolvedOptions
  readonly store: WritableStore
  readonly ids: Ids
  readonly ticker: Ticker
  readonly gates: Gates
  readonly faults: Faults
  readonly shapes: Shapes
  readonly tokens: Map<string, Token>
  /** Scripts set while running, by bot or workflow id. */
  readonly scripts: Map<string, Script>
  readonly workflowScripts: Map<string, WorkflowScript>
  /** Chats that run or wait for an action. */
  readonly runs: Map<string, ChatRun>
  /** Workflow runs that wait for a person, by event id. */
  readonly interrupted: Map<string, WaitingInterrupt>
  /** Files that scripts hand out, by id. */
  readonly served: Map<string, ServedFile>
  readonly uploads: UploadDesk
  /** What is heard: by the SHA-256 of the bytes, or in everything else by the empty key. */
  readonly heard: Map<string, string>
  /** Base address of the emulator; empty before it listens. */
  url: string
  readonly firstDeltas: FirstDelta[]
  /** When chats began in the last second, for `limits.chatsPerSecond`. */
  readonly recentChatsMs: number[]
  readonly usedJtis: Map<string, number>
  readonly devices: Map<string, DeviceLogin>
  /** People's logins by refresh token. */
  readonly refreshTokens: Map<string, PersonsLogin>
  /** Browsers on the page that asks whether the app may. */
  readonly consents: Map<string, Consent>
  /** What a browser was sent back with, by its code. */
  readonly authorizations: Map<string, Authorization>
  /** Chatflows that wait for a person's answer, by conversation. */
  readonly waitingFlows: Map<string, { readonly workflowId: string; readonly steps: ChatSteps }>
  nowS(): number
}

export interface FirstDelta {
  readonly chatId: string
  /** `performance.now()` in the emulator's process. */
  readonly atMs: number
  /** The same moment since 1970, for another process to compare. */
  readonly epochMs: number
}

/** Who a request is made by. */
export interface Token {
  /** Account, and `session_name` if the token has one: conversations are kept apart by it. */
  readonly owner: string
  readonly ownerUid: string
  readonly permissions: readonly string[] | undefined
  readonly expired: boolean
  readonly expiresAtS: number | undefined
}

export interface DeviceLogin {
  readonly userCode: string
  readonly clientId: string
  readonly expiresAtS: number
  /** Grows by each poll that came too soon. */
  pollEveryS: number
  lastPollMs: number | undefined
  verdict: { readonly ownerUid: string } | 'denied' | undefined
}

/** What a person allowed an app. */
export interface PersonsLogin {
  readonly ownerUid: string
  readonly clientId: string
  readonly expiresAtS: number
}

export interface Consent {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly challenge: { readonly method: 'plain' | 'S256'; readonly text: string } | undefined
}

export interface Authorization extends PersonsLogin {
  readonly redirectUri: string
  readonly challenge: Consent['challenge']
}
