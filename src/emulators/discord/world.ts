// What does every part of the emulator share? The bot, the memory, the gateway's mouth, the files, the clock.
import type { Files } from './files.ts'
import type { Sharding } from './sharding.ts'
import type { Snowflakes } from './snowflake.ts'
import type { Store } from './store.ts'
import type { Json, User } from './types.ts'

export interface Behaviour {
  /** The portal's toggle for MESSAGE_CONTENT. */
  readonly messageContentAllowed: boolean
  /** As the portal has it; null: none. */
  readonly interactionsEndpoint: string | null
  /** How long the first answer to an interaction may take. 3 s at Discord. */
  readonly interactionAckMs: number
  /** How long an interaction's token lives. 15 min at Discord. */
  readonly interactionTokenMs: number
  /** How long a nonce is remembered; "a few minutes" at Discord. */
  readonly nonceLivesMs: number
  /** How large one file may be; 10 MiB by default. */
  readonly maxFileBytes: number
  /** Fields the server does not know: left out of everything it says. */
  readonly omitted: ReadonlySet<string>
}

/** Who reads: a session of the gateway, or a REST caller. */
export interface Viewer {
  readonly messageContent: boolean
}

export interface Scope {
  /** Left out: a direct message. */
  readonly guildId?: string
}

export type Dispatch = (event: string, scope: Scope, dataFor: (viewer: Viewer) => Json) => void

export interface World {
  readonly me: User
  readonly applicationId: string
  readonly publicKeyHex: string
  readonly store: Store
  readonly ids: Snowflakes
  readonly files: Files
  readonly behaviour: Behaviour
  readonly dispatch: Dispatch
  readonly nowMs: () => number
  /** `ws://127.0.0.1:P`, known once it listens. */
  readonly gatewayUrl: () => string
  readonly identifiesLeft: () => number
  readonly sharding: Sharding
}

export function timestamp(world: World): string {
  return new Date(world.nowMs()).toISOString().replace('Z', '000+00:00')
}

/** A copy without the fields named, at every depth: how a Discord-compatible server that knows less speaks. */
export function without(value: unknown, omitted: ReadonlySet<string>): unknown {
  if (omitted.size === 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: unknown) => without(item, omitted))
  const kept = Object.entries(value).filter(([key]) => !omitted.has(key))
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item, omitted)]))
}
