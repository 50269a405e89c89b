// What can an emulator be started with?
import type { JsonObject } from './json.ts'
import type { Script } from './script.ts'
import type { Fields, WorkflowScript } from './workflow-script.ts'

export interface CozeEmulatorOptions {
  /** 0: any free port (the default). */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** `cloud` (default) or a self-hosted Coze Studio. */
  readonly flavor?: 'cloud' | 'studio'
  /** By token. Default: `pat_emulator` with every permission. */
  readonly tokens?: Readonly<Record<string, TokenSpec>>
  /** By id. Default: a published bot 7300000000000000000. */
  readonly bots?: Readonly<Record<string, BotSpec>>
  /** By id. Default: workflow 7400000000000000000 and chatflow 7400000000000000001. */
  readonly workflows?: Readonly<Record<string, WorkflowSpec>>
  /** By client id (the `iss` of a JWT). Default: none; any other id is then an app of the type device. */
  readonly oauthApps?: Readonly<Record<string, OAuthAppSpec>>
  readonly oauth?: OAuthTimes
  readonly pace?: Pace
  readonly limits?: Limits
  /** Apps by id; left out: any id is an app with any conversation name. */
  readonly apps?: Readonly<Record<string, AppSpec>>
  /** Default `paid`; a free plan refuses `is_async` with 6003. */
  readonly plan?: 'free' | 'paid'
  /**
   * What an open stream does after its chat was cancelled. Coze docs (cancel chat): cancelling "does not interrupt the
   * streaming reply", so the default is `continues`; `ends` sends `done` at once.
   */
  readonly cancelledStream?: 'continues' | 'ends'
  /** Whether a chat that waits for an action blocks its conversation with 4016 (undocumented). Default true. */
  readonly waitingChatBlocks?: boolean
  /** Whether a cancel ends a chat that waits for an action. Coze docs (cancel chat): it does not, 4104; so `refused`. */
  readonly waitingChatCancel?: 'refused' | 'frees'
  /** A workflow's stream sends `PING` after so much silence. Default 0: only where a script says so. */
  readonly pingEveryMs?: number
  /** A run is found in the histories so long after it began; before, 4314. Default 0. */
  readonly historyDelayMs?: number
  /** How many requests `store.requests` keeps. Default 10000. */
  readonly maxRequests?: number
  /** Told every finished exchange. */
  readonly observe?: (exchange: CozeExchange) => void
  /** Told a call when its answer begins: of a stream, before its first event. */
  readonly observeCall?: (call: CozeCall) => void
  /** Told each event of a stream as it is sent, with its data as it is written. */
  readonly observeEvent?: (event: {
    readonly path: string
    readonly event: string
    readonly data: string
  }) => void
  readonly nowMs?: () => number
}

export interface Limits {
  /** HTTP 429 above it. Default: none. */
  readonly chatsPerSecond?: number
  /** HTTP 429 above it, of one account. Default 10 (Coze docs: API overview); in Studio none. 0: none. */
  readonly uploadsPerSecond?: number
  /** An uploaded file can be used so long. Default 90 days (Coze docs: upload files). */
  readonly filesLiveMs?: number
  /** 4028 after so many API calls in all, as the free plan's 500. Default: none. */
  readonly totalCalls?: number
  /** A plain run without an answer is cut off. Default 90,000 (Coze docs: run workflow). */
  readonly syncRunMs?: number
  /** A run fails after so long. Default 600,000; in the background 86,400,000 (Coze docs: run workflow). */
  readonly workflowMs?: number
  readonly asyncWorkflowMs?: number
  /** An interrupt can be answered so long. Default: for ever (not documented). */
  readonly interruptLivesMs?: number
}

export interface AppSpec {
  /** Names a chatflow's `CONVERSATION_NAME` may give; left out: any. */
  readonly conversationNames?: readonly string[]
}

export interface Pace {
  readonly firstDeltaMs: number
  readonly deltaMs: number
  readonly charsPerDelta: number
}

export interface TokenSpec {
  readonly ownerUid: string
  /** Names as in Coze's permission table, e.g. `chat`, `getChat`. Left out: all. */
  readonly permissions?: readonly string[]
  readonly expired?: boolean
}

export interface BotSpec {
  readonly name?: string
  /** Default true. */
  readonly published?: boolean
  readonly prologue?: string
  readonly suggestedQuestions?: readonly string[]
  readonly script?: Script
}

export interface WorkflowSpec {
  readonly name?: string
  readonly published?: boolean
  /** A `chatflow` answers `/v1/workflows/chat` with `chat`; a `workflow` runs `script`. Default `workflow`. */
  readonly kind?: 'workflow' | 'chatflow'
  /** What its start node wants; checked before every run. Left out: anything goes. */
  readonly inputs?: Fields
  readonly script?: WorkflowScript
  readonly chat?: Script
}

export type OAuthAppSpec = ServiceAppSpec | PeoplesAppSpec

export interface ServiceAppSpec {
  readonly ownerUid: string
  /** The `kid` a JWT must name. */
  readonly keyId: string
  readonly publicKeyPem: string
  readonly permissions?: readonly string[]
}

/** One that people log in to: with a code on a device, or by a browser (`pkce`; `web` has a secret). */
export interface PeoplesAppSpec {
  readonly type: 'device' | 'pkce' | 'web'
  readonly clientSecret?: string
  /** Where a browser may be sent back to, letter by letter. */
  readonly redirectUris?: readonly string[]
  readonly permissions?: readonly string[]
}

/** Seconds. Coze docs: OAuth authorization code, OAuth device code. */
export interface OAuthTimes {
  /** Default 300. */
  readonly deviceLasts?: number
  /** Default 5: faster is told to slow down. */
  readonly pollEvery?: number
  /** How long the code in the browser's address is good. Default 300 (not documented). */
  readonly codeLasts?: number
  /** Default 900. */
  readonly accessLasts?: number
  /** Default 30 days. */
  readonly refreshLasts?: number
}

/** A call as its answer begins. */
export interface CozeCall {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Parsed JSON, or `{fields, files}` of a multipart form. */
  readonly requestBody: unknown
  /** `code` of a JSON answer. */
  readonly code?: number
  /** When the whole request was here, on the emulator's `performance.now()`. */
  readonly receivedAtPerfMs: number
}

/** One request with what was answered, for validation against Coze's OpenAPI document. */
export interface CozeExchange {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Parsed JSON, or `{fields, files}` of a multipart form. */
  readonly requestBody: unknown
  readonly status: number
  readonly contentType: string
  /** Parsed JSON where the answer was JSON. */
  readonly responseBody: unknown
  /** The events where the answer was a stream; `data` is parsed where it is JSON. */
  readonly events: readonly { readonly event: string; readonly data: unknown }[] | undefined
}

type Observers = 'observe' | 'observeCall' | 'observeEvent'

export interface ResolvedOptions
  extends
    Required<Omit<CozeEmulatorOptions, Observers | 'apps'>>,
    Pick<CozeEmulatorOptions, Exclude<Observers, 'observe'>> {
  readonly apps: Readonly<Record<string, AppSpec>> | undefined
  readonly observe: ((exchange: CozeExchange) => void) | undefined
}

/** Ids and names that hold when nothing else is said. */
export const defaults = {
  token: 'pat_emulator',
  ownerUid: '4100000000000000001',
  botId: '7300000000000000000',
  workflowId: '7400000000000000000',
  chatflowId: '7400000000000000001',
  workspaceId: '7200000000000000000',
  /** One of the two voices there are. */
  voiceId: '7400000000000000100',
} as const

export function resolveOptions(options: CozeEmulatorOptions): ResolvedOptions {
  return {
    port: 0,
    host: '127.0.0.1',
    flavor: 'cloud',
    tokens: { [defaults.token]: { ownerUid: defaults.ownerUid } },
    bots: { [defaults.botId]: { name: 'Echo' } },
    workflows: { [defaults.workflowId]: { name: 'echo_flow' }, [defaults.chatflowId]: { kind: 'chatflow' } },
    oauthApps: {},
    oauth: {},
    pace: { firstDeltaMs: 80, deltaMs: 40, charsPerDelta: 4 },
    limits: {},
    plan: 'paid',
    cancelledStream: 'continues',
    waitingChatBlocks: true,
    waitingChatCancel: 'refused',
    pingEveryMs: 0,
    historyDelayMs: 0,
    maxRequests: 10_000,
    nowMs: () => Date.now(),
    ...options,
    apps: options.apps,
    observe: options.observe,
  }
}

/** What a workflow does that nobody scripted: it says its parameters and returns them. */
export function echoWorkflow(input: { readonly parameters: JsonObject }): ReturnType<WorkflowScript> {
  return [
    { message: `Got ${JSON.stringify(input.parameters)}`, node: 'Message', pieces: 4 },
    { output: { output: input.parameters } },
  ]
}
