// The Discord adapter: one account, or one part of it, connected. Start here; `inbound` and `outbox` are the two directions.
//
// What a gateway dispatch passes: gateway (the socket) → here (what is learned) → line → intake (order, storing) →
// inbound (which event). After each READY, catch-up fetches what was said in between.
import type { Health, Platform, PlatformTools, PlatformWorld } from '../../src/contract/platform.ts'
import { createDiscordApi } from './api.ts'
import type { DiscordBody } from './body.ts'
import { askApplicationId, checkAccount } from './check.ts'
import { publishedMenus, publishMenu, type MenuParts } from './commands.ts'
import { completeEvent } from './complete.ts'
import { createComponentsRenderer } from './components.ts'
import { askGateway, connect } from './connect.ts'
import { createDirect } from './direct.ts'
import { createEchoes } from './echoes.ts'
import { cdnOf, openFile } from './files.ts'
import { createFirstAnswers } from './first-answers.ts'
import { createGuilds } from './guilds.ts'
import { identify } from './identity.ts'
import type { Intake } from './intake.ts'
import { createInteractions } from './interaction-notes.ts'
import { openLine, type Line } from './line.ts'
import { createOutbox, type OutboxParts } from './outbox.ts'
import { createOwnMessages } from './own.ts'
import { isFirstPart, partsOf, readPart } from './part.ts'
import { readPlace } from './place.ts'
import { createPrivacy } from './privacy.ts'
import type { Reading } from './reading.ts'
import { createRenderer } from './render.ts'
import { firstAnswer } from './respond.ts'
import { readDiscordSettings } from './settings.ts'
import { createWebhookHandler } from './webhook.ts'
import { fieldsOf, readString } from '../common/read.ts'

export type { DiscordBody } from './body.ts'
export type { DiscordSettings } from './settings.ts'

/** A gateway that does not answer shall not hold up the other platforms. */
const START_WITHIN_MS = 10_000
/** Nor shall a server, or a store, that does not answer hold up the stop: what is under way has so long to end well. */
const SETTLED_WITHIN_MS = 3_000
const CLOSED_WITHIN_MS = 1_000
const LOAD_AGAIN_AFTER_MS = 1_000

/**
 * `settings`: a `DiscordSettings`; throws `TypeError` when it is none. `part`: one of `Platform.parts`, `1/4`: the gateway
 * session is that of this shard alone. Made, started and stopped as often as wanted in one process.
 */
/** Its library opens the socket itself, and takes no agent. https://github.com/discordjs/discord.js/issues/10716 */
const NO_PROXY_FOR_GATEWAY =
  'a proxy is named in the environment: calls go through it, but the Discord gateway cannot and connects directly; where that is not allowed, use a transparent proxy'

export function createPlatform(
  account: string,
  settings: unknown,
  tools: PlatformTools,
  part?: string,
): Platform<DiscordBody> {
  const set = readDiscordSettings(account, settings)
  const shard = readPart(account, part)
  const ofPart = shard === undefined ? {} : { part: shard }
  const { clock, fetch, words } = tools
  const log = tools.log.child({ account, ...(part === undefined ? {} : { part }) })
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
    firstAnswers: createFirstAnswers(account, () => world?.memory),
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
  let line: Line | undefined
  let running: Promise<void> = Promise.resolve()

  return {
    account,

    async start(inbox, given) {
      const signal = AbortSignal.any([given.signal, stopping.signal])
      world = given
      if (tools.proxyEnv !== undefined && set.mode === 'gateway') log.warn({}, NO_PROXY_FOR_GATEWAY)
      const parts = { account, api, clock, log, words, guilds, interactions, privacy, ...ofPart }
      const opened = openLine({ ...parts, reading, learn, signal, closing: closing.signal }, inbox, given)
      line = opened
      const first = Promise.withResolvers<undefined>()
      running = run(opened, signal, first)
      await firstOf(first.promise, START_WITHIN_MS, signal)
    },

    async stop() {
      stopping.abort()
      line?.intake.close()
      await running
      await firstOf(settle(), SETTLED_WITHIN_MS)
      closing.abort()
      await firstOf(settle(), CLOSED_WITHIN_MS)
      health = { state: 'stopped' }
    },

    outboxFor: (target) => createOutbox(readPlace(target), shared),
    openAttachment: (attachment, signal) => openFile({ account, api, cdn, fetch }, attachment, signal),
    complete: (event, signal) => completeEvent(account, api, event, reading(), signal),
    openDirect: createDirect({ account, api, opened: (id, newestId) => line?.opened(id, newestId) }),
    check: (signal, wants) => checkAccount(account, api, set, signal, wants),
    health: () => health,
    // What belongs to the whole account is the first part's.
    ...(isFirstPart(shard)
      ? {
          publishCommands: async (commands, signal) => publishMenu(await menuParts(signal), commands, signal),
          publishedCommands: async (signal) => publishedMenus(await menuParts(signal), signal),
        }
      : {}),
    ...(set.mode === 'gateway'
      ? { parts: async (signal) => partsOf((await askGateway({ account, api, clock }, signal)).shards) }
      : {}),
    ...(set.publicKey === undefined
      ? {}
      : {
          webhook: {
            path: account,
            handle: createWebhookHandler({ publicKey: set.publicKey, clock, log, interact: interacting }),
          },
        }),
  } satisfies Platform<DiscordBody>

  /** Without its notes a connection would not know what it missed, and write them anew: first those, then the connection. */
  async function run(
    { dispatch, seen }: Line,
    signal: AbortSignal,
    first: PromiseWithResolvers<undefined>,
  ): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        await seen.load()
        break
      } catch (error) {
        if (signal.aborted) return
        setHealth({ state: 'down', because: 'the last seen messages cannot be read' })
        log.error({ failures }, 'the last seen messages cannot be read; trying on', error)
        first.resolve(undefined)
        await clock.sleep(LOAD_AGAIN_AFTER_MS, signal).catch(() => undefined)
      }
    }
    if (signal.aborted) return
    const connection = { account, api, clock, log, setHealth, signal }
    const connected =
      set.mode === 'gateway'
        ? connect({ ...connection, ...ofPart, fetch, settings: set, dispatch })
        : identify({ ...connection, isMe: (id) => void (meId = id) })
    connected.first.then(first.resolve, first.reject)
    await connected.ended
  }

  /** Known from the gateway, or asked for. */
  async function menuParts(signal: AbortSignal): Promise<MenuParts> {
    applicationId ??= await askApplicationId(account, api, signal)
    const memory = world?.memory
    return { account, api, clock, log, applicationId, ...(memory === undefined ? {} : { memory }) }
  }

  /** What must be known before the dispatch itself is read. */
  function learn(type: string, data: unknown): void {
    guilds.learn(type, data)
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

  async function settle(): Promise<undefined> {
    await line?.intake.settled()
    await line?.seen.flush()
  }

  /** As `first` settles, or when the time is over. */
  async function firstOf(first: Promise<undefined>, ms: number, signal?: AbortSignal): Promise<void> {
    const done = new AbortController()
    const either = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
    try {
      await Promise.race([first, clock.sleep(ms, either).catch(() => undefined)])
    } finally {
      done.abort()
    }
  }

  /** Over HTTP the first answer is that of the call itself. */
  function interacting(): Intake['interact'] | undefined {
    const taking = line?.intake
    if (taking === undefined || stopping.signal.aborted) return undefined
    return async (interaction) => {
      const callback = await taking.interact(interaction)
      interactions.answered(readString(fieldsOf(interaction)['id']) ?? '', firstAnswer(callback))
      return callback
    }
  }
}
