// The Discord adapter: one account, connected. Start here; `inbound` and `outbox` are the two directions.
//
// What a gateway dispatch passes: gateway (the socket) → here (what is learned) → intake (order, storing) → inbound
// (which event). After each READY, catch-up fetches what was said in between.
import type { Health, Inbox, Platform, PlatformTools, PlatformWorld } from '../../src/contract/platform.ts'
import { createDiscordApi } from './api.ts'
import type { DiscordBody } from './body.ts'
import { createCatchUp, type CatchUp } from './catch-up.ts'
import { askApplicationId, checkAccount } from './check.ts'
import { publishedMenus, publishMenu, type MenuParts } from './commands.ts'
import { completeEvent } from './complete.ts'
import { createComponentsRenderer } from './components.ts'
import { connect } from './connect.ts'
import { createEchoes } from './echoes.ts'
import { cdnOf, openFile } from './files.ts'
import { createGuilds, type Guilds } from './guilds.ts'
import { identify } from './identity.ts'
import { timestampOf } from './inbound.ts'
import { createIntake, type Intake } from './intake.ts'
import { createInteractions } from './interaction-notes.ts'
import { createLastSeen, type LastSeen } from './last-seen.ts'
import { createOutbox, type OutboxParts } from './outbox.ts'
import { createOwnMessages } from './own.ts'
import { readPlace } from './place.ts'
import { createPrivacy } from './privacy.ts'
import type { Reading } from './reading.ts'
import { createRenderer } from './render.ts'
import { createResolver } from './resolve.ts'
import { answerInteraction, answerLate, firstAnswer, type RespondParts } from './respond.ts'
import { readDiscordSettings } from './settings.ts'
import { createWebhookHandler } from './webhook.ts'
import { fieldsOf, readString } from '../common/read.ts'

export type { DiscordBody } from './body.ts'
export type { DiscordSettings } from './settings.ts'

/** A gateway that does not answer shall not hold up the other platforms. */
const START_WITHIN_MS = 10_000

/** `settings`: a `DiscordSettings`; throws `TypeError` when it is none. */
export function createPlatform(
  account: string,
  settings: unknown,
  tools: PlatformTools,
): Platform<DiscordBody> {
  const set = readDiscordSettings(account, settings)
  const { clock, fetch, words } = tools
  const log = tools.log.child({ account })
  const api = createDiscordApi(set, fetch)
  const cdn = cdnOf(set.apiBase)
  const guilds = createGuilds()
  const echoes = createEchoes()
  const interactions = createInteractions(clock)
  const privacy = createPrivacy(() => world?.memory, log)
  const shared: OutboxParts = {
    account,
    api,
    clock,
    log,
    renderer: set.style === 'components' ? createComponentsRenderer() : createRenderer(),
    echoes,
    interactions,
    privacy,
    withoutReplies: new Set(),
    requestsPerSecond: set.requestsPerSecond,
    tierOf: guilds.tierOf,
  }
  const own = createOwnMessages()
  const stopping = new AbortController()
  /** Outlives `stopping`: what came in is still stored and answered. */
  const closing = new AbortController()
  let health: Health = { state: 'starting', because: 'not started yet' }
  let meId = ''
  let applicationId: string | undefined
  let world: PlatformWorld | undefined
  let intake: Intake | undefined
  let seen: LastSeen | undefined
  let running: Promise<void> = Promise.resolve()

  return {
    account,

    async start(inbox, given) {
      const signal = AbortSignal.any([given.signal, stopping.signal])
      world = given
      const line = openLine(inbox, given, signal)
      intake = line.intake
      seen = line.seen
      await line.seen.load().catch((error: unknown) => {
        log.error({}, 'the last seen messages could not be read; nothing is caught up', error)
      })
      const shared = { account, api, clock, log, setHealth, signal }
      const connected =
        set.mode === 'gateway'
          ? connect({ ...shared, fetch, settings: set, dispatch: line.dispatch })
          : identify({ ...shared, isMe: (id) => void (meId = id) })
      running = connected.ended
      await firstOf(connected.first, signal)
    },

    async stop() {
      stopping.abort()
      intake?.close()
      await running
      await intake?.settled()
      await seen?.flush()
      closing.abort()
      health = { state: 'stopped' }
    },

    outboxFor: (target) => createOutbox(readPlace(target), shared),
    openAttachment: (attachment, signal) => openFile({ account, api, cdn, fetch }, attachment, signal),
    complete: (event, signal) => completeEvent(account, api, event, reading(), signal),
    publishCommands: async (commands, signal) => publishMenu(await menuParts(signal), commands, signal),
    publishedCommands: async (signal) => publishedMenus(await menuParts(signal), signal),
    check: (signal) => checkAccount(account, api, set, signal),
    health: () => health,
    ...(set.publicKey === undefined
      ? {}
      : {
          webhook: {
            path: account,
            handle: createWebhookHandler({ publicKey: set.publicKey, clock, log, interact: interacting }),
          },
        }),
  }

  /** Known from the gateway, or asked for. */
  async function menuParts(signal: AbortSignal): Promise<MenuParts> {
    applicationId ??= await askApplicationId(account, api, signal)
    const memory = world?.memory
    return { account, api, clock, log, applicationId, ...(memory === undefined ? {} : { memory }) }
  }

  /** All that a dispatch passes, put together. */
  function openLine(inbox: Inbox, { memory }: PlatformWorld, signal: AbortSignal): Line {
    const last = createLastSeen({ memory, clock, log })
    const responding: RespondParts = {
      account,
      api,
      clock,
      log,
      words,
      interactions,
      signal: closing.signal,
    }
    const taking: Intake = createIntake({
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
        const direct = message['guild_id'] === undefined
        const sentAtMs = timestampOf(message['timestamp'])
        last.note({ channelId, messageId, direct }, allDone && !catchingUp.isWaiting(), sentAtMs)
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
      signal: closing.signal,
    })
    const catchingUp: CatchUp = createCatchUp({
      account,
      api,
      clock,
      log,
      seen: last,
      guilds,
      inTurn: taking.inTurn,
      offerMissed: taking.offerMissed,
      signal,
    })
    return {
      intake: taking,
      seen: last,
      dispatch(type, data) {
        if (signal.aborted) return
        learn(type, data, guilds)
        if (type === 'READY') catchingUp.onReady(data)
        if (type === 'GUILD_CREATE') catchingUp.onGuild(data)
        taking.dispatch(type, data)
      },
    }
  }

  /** What must be known before the dispatch itself is read. */
  function learn(type: string, data: unknown, known: Guilds): void {
    known.learn(type, data)
    const given = fieldsOf(data)
    if (type === 'READY') {
      meId = readString(fieldsOf(given['user'])['id']) ?? meId
      applicationId = readString(fieldsOf(given['application'])['id']) ?? applicationId
    }
    if (type === 'MESSAGE_CREATE' && fieldsOf(given['author'])['id'] === meId) {
      own.add(String(given['id']))
      echoes.saw(data)
    }
  }

  function reading(): Reading {
    return {
      account,
      meId,
      commands: world?.commands ?? [],
      allowBots: set.allowBots,
      receivedAtMs: clock.now(),
      channel: guilds.channel,
      channelsOf: guilds.channelsOf,
      isOwnRole: (roleId) => guilds.isOwnRole(roleId, meId),
      roleName: guilds.roleName,
      isOurs: own.has,
    }
  }

  function setHealth(next: Health): void {
    if (!stopping.signal.aborted) health = next
  }

  async function firstOf(first: Promise<undefined>, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const either = AbortSignal.any([signal, done.signal])
    try {
      await Promise.race([first, clock.sleep(START_WITHIN_MS, either).catch(() => undefined)])
    } finally {
      done.abort()
    }
  }

  /** Over HTTP the first answer is that of the call itself. */
  function interacting(): Intake['interact'] | undefined {
    const taking = intake
    if (taking === undefined || stopping.signal.aborted) return undefined
    return async (interaction) => {
      const callback = await taking.interact(interaction)
      interactions.answered(readString(fieldsOf(interaction)['id']) ?? '', firstAnswer(callback))
      return callback
    }
  }
}

interface Line {
  readonly intake: Intake
  readonly seen: LastSeen
  dispatch(type: string, data: unknown): void
}
