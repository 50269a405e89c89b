// How may the emulator be set up? Everything has a default; the numbers are Discord's own unless said otherwise.
import type { DiscordExchange } from './api.ts'
import type { Limits } from './buckets.ts'
import type { ShardingOptions } from './sharding.ts'

export interface DiscordEmulatorOptions extends ShardingOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** Any text; `emulator-token` by default. */
  readonly token?: string
  /** On by default; `false` for measuring, or some numbers of your own. */
  readonly limits?: boolean | Partial<Limits>
  /** The portal's "Interactions Endpoint URL", as it is told; none by default. Interactions still come by the gateway. */
  readonly interactionsEndpoint?: string
  /** The portal's toggle for the message content intent; on by default. */
  readonly messageContentIntent?: boolean
  /** 41,250 by default. */
  readonly heartbeatIntervalMs?: number
  /**
   * Speaks as a lean Discord-compatible server: fields it may leave out, it leaves out, and no rate headers.
   * A list names the fields instead (`rate-headers` among them).
   */
  readonly omitOptionalFields?: boolean | readonly string[]
  /** Create and edit answer with the same bucket hash while they are counted apart, as Discord does; on by default. */
  readonly sharedBucketHash?: boolean
  /** How long a lost session can be resumed; 120,000 by default ("a few minutes"). */
  readonly resumeWindowMs?: number
  /** Of two IDENTIFYs of one bucket closer than this, the second gets op 9. Discord: 5,000; here 0, so that a restarted bot need not wait. */
  readonly identifyEveryMs?: number
  /** How long an interaction waits for its first answer; 3,000 by default. */
  readonly interactionAckMs?: number
  /** How long an interaction's token lives; 900,000 by default. */
  readonly interactionTokenMs?: number
  /** How long an attachment's address works; 86,400,000 by default. */
  readonly attachmentLivesMs?: number
  /** 10 MiB by default. */
  readonly maxFileBytes?: number
  /** Entries kept in `store.frames` and `store.calls`; 200,000 each by default. */
  readonly maxFrames?: number
  readonly maxCalls?: number
  /** Every finished REST call. */
  readonly observe?: (exchange: DiscordExchange) => void
  /** Every event as a session of the gateway is told it. */
  readonly observePush?: (event: string, data: unknown) => void
  readonly nowMs?: () => number
}

/** What servers such as Spacebar leave out. A direct message keeps its `channel_type`: without it discord.js is deaf. */
const LEAN: readonly string[] = [
  'rate-headers',
  'resume_gateway_url',
  'flags',
  'member',
  'global_name',
  'public_flags',
  'primary_guild',
  'referenced_message',
  'premium_since',
  'communication_disabled_until',
  'app_permissions',
  'guild_locale',
  'attachment_size_limit',
  'interaction_metadata',
  'soundboard_sounds',
  'guild_scheduled_events',
  'stage_instances',
  'content_type',
  'shard',
]

export function omittedFields(option: DiscordEmulatorOptions['omitOptionalFields']): ReadonlySet<string> {
  if (option === undefined || option === false) return new Set()
  return new Set(option === true ? LEAN : option)
}
