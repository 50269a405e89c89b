// What does a dispatch pass on its way in? Learned from, stored in order, and what was missed before it fetched first.
import type { Inbox, PlatformWorld } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import type { DiscordApi } from './api.ts'
import { createCatchUp, type CatchUp } from './catch-up.ts'
import type { Guilds } from './guilds.ts'
import { timestampOf } from './inbound.ts'
import { createIntake, type Intake } from './intake.ts'
import type { Interactions } from './interaction-notes.ts'
import { createLastSeen, type LastSeen } from './last-seen.ts'
import type { Part } from './part.ts'
import type { Privacy } from './privacy.ts'
import type { Reading } from './reading.ts'
import { createResolver } from './resolve.ts'
import { answerInteraction, answerLate, type RespondParts } from './respond.ts'
import { idAt, isNewer } from './snowflake.ts'
import { readString } from '../common/read.ts'

export interface Line {
  readonly intake: Intake
  readonly seen: LastSeen
  dispatch(type: string, data: unknown): void
  /** A direct channel that was opened from here: from now on it is caught up like any other. */
  opened(channelId: string, lastMessageId: string | undefined): void
}

export interface LineParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  readonly guilds: Guilds
  readonly interactions: Interactions
  readonly privacy: Privacy
  readonly part?: Part
  reading(): Reading
  /** What must be known before the dispatch itself is read. */
  learn(type: string, data: unknown): void
  /** Nothing new is taken in afterwards. */
  readonly signal: AbortSignal
  /** Outlives `signal`: what came in is still stored and answered. */
  readonly closing: AbortSignal
}

export function openLine(parts: LineParts, inbox: Inbox, { memory }: Pick<PlatformWorld, 'memory'>): Line {
  const { account, api, clock, closing, guilds, interactions, log, privacy, reading, signal, words } = parts
  const ofPart = parts.part === undefined ? {} : { part: parts.part }
  const seen = createLastSeen({ memory, clock, log, ...ofPart })
  const responding: RespondParts = { account, api, clock, log, words, interactions, signal: closing }
  const intake: Intake = createIntake({
    clock,
    log,
    words,
    inbox,
    reading,
    resolve: createResolver({ account, api, clock, guilds, signal }),
    took(message, allDone) {
      const channelId = readString(message['channel_id'])
      const messageId = readString(message['id'])
      if (channelId === undefined || messageId === undefined) return
      const guildId = readString(message['guild_id'])
      const whose = guildId === undefined ? { direct: true } : { direct: false, guildId }
      const sentAtMs = timestampOf(message['timestamp'])
      seen.note({ channelId, messageId, ...whose }, allDone && !catchingUp.isWaiting(), sentAtMs)
    },
    tookInteraction(event, { channelId, id }) {
      // Whoever gives commands may well write next; no other word tells of a direct channel.
      if (!('chatKind' in event) || event.chatKind !== 'direct' || seen.idsTellNoTime) return
      if (seen.of(channelId) === undefined) seen.note({ channelId, messageId: id, direct: true }, false)
    },
    after: (type, data) => guilds.forget(type, data),
    overflowed: (channelId) => catchingUp.fetchRest(channelId),
    asked(id) {
      interactions.asked(id)
      privacy.asked(id)
    },
    decided: privacy.decided,
    answer: (asked, callback) => answerInteraction(responding, asked, callback),
    answerLate: (asked, interaction, ack) => answerLate(responding, asked, interaction, ack),
    signal: closing,
  })
  const catchingUp: CatchUp = createCatchUp({
    account,
    api,
    clock,
    log,
    seen,
    guilds,
    ...ofPart,
    inTurn: intake.inTurn,
    offerMissed: intake.offerMissed,
    signal,
  })
  return {
    intake,
    seen,
    dispatch(type, data) {
      if (signal.aborted) return
      parts.learn(type, data)
      if (type === 'READY') catchingUp.onReady(data)
      if (type === 'GUILD_CREATE') catchingUp.onGuild(data)
      intake.dispatch(type, data)
    },
    opened(channelId, lastMessageId) {
      if (seen.of(channelId) !== undefined || signal.aborted) return
      guilds.add({ id: channelId, type: DIRECT })
      const from = seen.everywhere ?? (seen.idsTellNoTime ? lastMessageId : idAt(clock.now()))
      if (from === undefined) return
      seen.note({ channelId, messageId: from, direct: true }, false)
      // Somebody wrote to us while nobody listened.
      if (lastMessageId !== undefined && isNewer(lastMessageId, from)) catchingUp.fetchRest(channelId)
    },
  }
}

/** https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
const DIRECT = 1
