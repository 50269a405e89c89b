// What a loaded configuration is: every default filled in, every secret in place, nothing left to check.

import type { Policy } from '../contract/policy.ts'

export interface LoadedConfig {
  readonly coze: CozeSettings
  readonly policy: Policy
  /** By account: the key under `platforms`. */
  readonly platforms: Readonly<Record<string, PlatformSettings>>
  readonly media: MediaAccess
  /** `memory:`, `sqlite:<path>`, or `redis://[user:password@]host:6379/0?prefix=coze-bridge` (also `rediss://`). */
  readonly store: string
  readonly server: ServerSettings
  readonly log: { readonly level: LogLevel }
  /** How long running replies may finish when the process is asked to stop. */
  readonly drainMs: number
  /** Every secret value that was read, for the log's scrubber. */
  readonly secrets: readonly string[]
  readonly source: 'file' | 'environment' | 'object'
  /** Path of the file, as it was asked for. */
  readonly file?: string
  /** Sentences for the owner: it runs, but they should know. */
  readonly warnings: readonly string[]
}

export interface MediaAccess {
  /** `name` or `name:port`, in small letters: files may be fetched from there although it is private. */
  readonly allowHosts: readonly string[]
}

export interface CozeSettings {
  /** Without a slash at its end. */
  readonly apiBase: string
  readonly flavor: 'cloud' | 'studio'
  readonly auth: CozeAuth
  /** The upstream limit; 0 = none. */
  readonly limits: {
    readonly chatsPerSecond: number
    readonly chatsPerMinute: number
    readonly chatsPerDay: number
    readonly uploadsPerSecond: number
  }
  readonly timeouts: {
    readonly connectMs: number
    readonly firstByteMs: number
    readonly betweenEventsMs: number
    readonly overallMs: number
  }
}

export type CozeAuth =
  /** `endsAtMs`: where the owner said so. */
  | { readonly kind: 'token'; readonly token: string; readonly endsAtMs?: number }
  | {
      /** A person's login, kept in the store. */
      readonly kind: 'oauth'
      readonly clientId: string
      readonly clientSecret?: string
      readonly flow: 'device' | 'pkce'
      readonly redirectPort: number
      readonly workspace?: string
    }
  | {
      readonly kind: 'jwt'
      readonly clientId: string
      readonly keyId: string
      /** PEM, PKCS#8 or PKCS#1. */
      readonly privateKey: string
      /** Each person gets a Coze session of their own. */
      readonly sessionPerUser: boolean
      readonly durationSeconds: number
    }

export type PlatformSettings =
  OtherSettings | TelegramSettings | DiscordSettings | FeishuSettings | ConsoleSettings

export interface TelegramSettings {
  readonly kind: 'telegram'
  readonly token: string
  /** Without a slash at its end. */
  readonly apiRoot: string
  readonly mode: 'polling' | 'webhook'
  /** Always there in webhook mode. */
  readonly webhook?: { readonly publicUrl: string; readonly secret: string }
  readonly streaming: 'auto' | 'edit' | 'draft'
  /** Over all chats together. */
  readonly messagesPerSecond: number
  /** Whether messages of other bots may wake this one. */
  readonly allowBots: boolean
  /** Absolute: the folder of a Bot API server of one's own (`--local`), which hands out files as paths. */
  readonly localFiles?: string
  /** What `sendDocument` takes there. Absent: 50, or 2000 with `localFiles`. */
  readonly maxUploadMB?: number
}

export interface DiscordSettings {
  readonly kind: 'discord'
  readonly token: string
  /** Without a slash or a version at its end. */
  readonly apiBase: string
  /** `interactions`: Discord calls the bridge; there is no gateway then, and no message arrives. */
  readonly mode: 'gateway' | 'interactions'
  /** 64 hexadecimal digits. Always there in mode interactions; where it is given, interactions may come by webhook. */
  readonly publicKey?: string
  /** Whether the privileged message-content intent is asked for. */
  readonly messageContent: boolean
  readonly style: 'text' | 'components'
  /** Over all chats together; 0 = no limit of our own. */
  readonly requestsPerSecond: number
  /** Whether messages of other bots may wake this one. */
  readonly allowBots: boolean
}

export interface FeishuSettings {
  readonly kind: 'feishu'
  /** `cli_` and 16 hexadecimal digits in mode websocket. */
  readonly appId: string
  readonly appSecret: string
  /** An address, without a slash at its end: names like `lark` are resolved. */
  readonly domain: string
  readonly mode: 'websocket' | 'webhook'
  /** At least one of the two is there in mode webhook. */
  readonly encryptKey?: string
  readonly verificationToken?: string
  readonly streaming: 'auto' | 'card' | 'text'
  /** Over all chats together; 0 = no limit of our own. */
  readonly requestsPerSecond: number
  /** Whether messages of other bots may wake this one. */
  readonly allowBots: boolean
}

/** Of a platform that only its adapter knows. */
export interface OtherSettings {
  readonly kind: 'other'
  /** Its name in the list of adapters. */
  readonly adapter: string
  /** As written, `kind` included, with `${env:…}` and `${file:…}` filled in. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ConsoleSettings {
  readonly kind: 'console'
}

export interface ServerSettings {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  /** What /metrics and the status page ask for. Absent: they answer nobody. */
  readonly adminToken?: string
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
