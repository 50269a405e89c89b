// What is the Discord emulator to its users? REST and gateway on loopback, with people, guilds, a screen and faults.
import { generateKeyPairSync } from 'node:crypto'
import { aboutRoutes } from './about.ts'
import { createApi } from './api.ts'
import { present } from '../common/bounded.ts'
import { createBuckets, LIMITS, type Limits } from './buckets.ts'
import { channelRoutes } from './channels.ts'
import { createFaultTable, type Faults } from './faults.ts'
import { createFiles, type KeptFile } from './files.ts'
import { commandRoutes } from './commands.ts'
import { createGateway } from './gateway.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { interactionRoutes } from './webhooks.ts'
import { messageRoutes } from './messages.ts'
import { omittedFields, type DiscordEmulatorOptions } from './options.ts'
import { createPeople, type People } from './people.ts'
import { userNamed } from './beings.ts'
import { createSharding, isOfShard, type Shard } from './sharding.ts'
import { channelOf, createRooms, type ChannelRef, type MessageRef, type Rooms } from './rooms.ts'
import { messageShown, messagesOn, picture, type ShownMessage } from './screen.ts'
import { listen } from './server.ts'
import { createPush, type Push } from './push.ts'
import { createSnowflakes } from './snowflake.ts'
import { createStore, type Frame, type GuildState } from './store.ts'
import { threadRoutes } from './thread-routes.ts'
import type { Json } from './types.ts'
import { storeView, type DiscordStore } from './view.ts'
import { guildView } from './views.ts'
import { waitUntil } from '../common/wait.ts'
import type { Scope, World } from './world.ts'

export type { DiscordExchange } from './api.ts'
export type { Limits, Window } from './buckets.ts'
export type { ActiveFault, Fault, FaultCall, FaultRule, Faults } from './faults.ts'
export type { DispatchRule, GatewayFaults, Withholdable } from './gateway-faults.ts'
export type { Interaction } from './interactions.ts'
/** For laws over many forms: whether Discord takes one, what a person sees of it, and what their client sends. */
export { modalProblems as demandForm } from './modal-rules.ts'
export { filledIn, shownForm, type FormValues, type ShownField, type ShownForm } from './modals.ts'
export type { DiscordEmulatorOptions } from './options.ts'
export type { CommandOptions } from './command-data.ts'
export type { SentMessage } from './people.ts'
export type { Pushed, PushOptions } from './push.ts'
export type { Permission } from './permissions.ts'
export type { ChannelRef, Guild, MessageRef, Person } from './rooms.ts'
export type { ShownButton, ShownFile, ShownMessage } from './screen.ts'
export type { DiscordCall, Download, Frame, InteractionState, Pinged } from './store.ts'
export type { Attachment, Channel, Json, Message, User } from './types.ts'
export type { DiscordStore } from './view.ts'
export type { SeededBytes, SentBytes } from './content.ts'
export type { KeptFile } from './files.ts'
export type { SentFile, SentSticker, SentVoice } from './sent-files.ts'
export type { SessionView } from './gateway.ts'
export type { AmbiguousPost } from './store.ts'
export type { SayOptions } from './wording.ts'

export interface DiscordEmulator extends People, Rooms, Interactions, Push {
  /** `http://127.0.0.1:P/api`: what discord.js takes as `rest.api`. */
  readonly url: string
  readonly token: string
  readonly applicationId: string
  readonly botId: string
  /** Of the application, hex: verifies pushed interactions. */
  readonly publicKey: string
  readonly store: DiscordStore
  readonly faults: Faults
  /** The messages of a channel now, in order: as everybody there sees them, or as `person` does, with what only they see. */
  screen(channel: ChannelRef, person?: { readonly id: string }): readonly ShownMessage[]
  /** One of them, whoever sees it; undefined once it is deleted. */
  message(message: MessageRef): ShownMessage | undefined
  /** Each post, edit and deletion as it lands. */
  onFrame(listener: (frame: Frame) => void): () => void
  /** Anything one could look at has changed: a frame, a finished call, an answered press, somebody typing. */
  onChange(listener: () => void): () => void
  /** Until the condition holds, looked at after every frame, call and session. Rejects with a picture of the screen. */
  waitFor(
    condition: (emulator: DiscordEmulator) => boolean,
    options: { timeoutMs: number; what?: string },
  ): Promise<void>
  /** Any event, also of kinds and fields nobody knows, to every session told of such things. */
  inject(event: string, data: unknown, scope?: Scope): void
  /** A file by its attachment's id. */
  file(attachmentId: string): KeptFile | undefined
  /** Its bytes; undefined for one made while it is read. */
  fileBytes(attachmentId: string): Buffer | undefined
  /** What the screen shows, as lines, for messages to people. */
  picture(): string
  close(): Promise<void>
}

const DEFAULT_TOKEN = 'emulator-token'
const BOT_NAME = 'emu_bot'
const ENTRIES_KEPT = 200_000
const HEARTBEAT_MS = 41_250
const MAX_FILE_BYTES = 10 << 20

export async function startDiscordEmulator(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const token = options.token ?? DEFAULT_TOKEN
  const nowMs = options.nowMs ?? Date.now
  const limits = limitsOf(options.limits)
  const messageContentAllowed = options.messageContentIntent ?? true
  const omitted = omittedFields(options.omitOptionalFields)
  const store = createStore({
    maxFrames: options.maxFrames ?? ENTRIES_KEPT,
    maxCalls: options.maxCalls ?? ENTRIES_KEPT,
  })
  const ids = createSnowflakes(nowMs)
  const applicationId = ids.next()
  const me = { ...userNamed(applicationId, BOT_NAME, true), global_name: null }
  store.users.set(me.id, me)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const publicKeyHex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
  const buckets = createBuckets(limits, options.sharedBucketHash ?? true)
  const table = createFaultTable()
  const sharding = createSharding(options)
  let host = ''
  const hostOf = (): string => host
  const gateway = createGateway({
    token,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? HEARTBEAT_MS,
    messageContentAllowed,
    maxSends: limits?.sends.max,
    maxIdentifies: limits?.identifies.max ?? LIMITS.identifies.max,
    sharding,
    resumeWindowMs: options.resumeWindowMs ?? 120_000,
    omitted,
    nowMs,
    readyFor: ({ id, shard }) => ({
      v: 10,
      user: { ...me, verified: true, mfa_enabled: false, email: null },
      guilds: joinedGuilds(shard).map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: id,
      resume_gateway_url: `ws://${hostOf()}`,
      shard,
      application: { id: applicationId, flags: messageContentAllowed ? 1 << 19 : 0 },
      private_channels: [],
      user_settings: {},
      relationships: [],
      presences: [],
      _trace: ['["emulator"]'],
    }),
    guildsFor: ({ shard }) => joinedGuilds(shard).map((guild) => guildView(world, guild)),
    changed: store.changed,
    ...present({ observePush: options.observePush }),
  })
  const joinedGuilds = (shard: Shard): readonly GuildState[] =>
    [...store.guilds.values()].filter((guild) => guild.joined && isOfShard(shard, guild.id))
  const world: World = {
    me,
    applicationId,
    publicKeyHex,
    store,
    ids,
    files: createFiles({
      nextId: ids.next,
      nowMs,
      origin: () => `http://${hostOf()}`,
      livesMs: options.attachmentLivesMs ?? 86_400_000,
    }),
    behaviour: {
      messageContentAllowed,
      interactionsEndpoint: options.interactionsEndpoint ?? null,
      interactionAckMs: options.interactionAckMs ?? 3_000,
      interactionTokenMs: options.interactionTokenMs ?? 900_000,
      nonceLivesMs: 300_000,
      maxFileBytes: options.maxFileBytes ?? MAX_FILE_BYTES,
      omitted,
    },
    dispatch: gateway.dispatch,
    nowMs,
    gatewayUrl: () => `ws://${hostOf()}`,
    identifiesLeft: () => gateway.identifiesLeft,
    sharding,
  }
  const api = createApi({
    world,
    token,
    routes: [
      ...aboutRoutes,
      ...messageRoutes,
      ...channelRoutes,
      ...threadRoutes,
      ...interactionRoutes,
      ...commandRoutes,
    ],
    buckets,
    faults: table,
    gateway,
    finished: (exchange) => {
      options.observe?.(exchange)
      const { method, route, path, payload, status, atMs, receivedAtPerfMs } = exchange
      const channelId = /^\/channels\/(\d+)/.exec(path)?.[1]
      store.addCall({
        method,
        route,
        path,
        payload,
        status,
        ...present({ channelId }),
        atMs,
        receivedAtPerfMs,
      })
    },
  })
  const server = await listen({ api, faults: table, gateway, world }, options.port ?? 0)
  host = server.host
  const { push, deliver, close } = createPush(world, privateKey)
  const shown = (): string =>
    picture(world, `${gateway.isReady ? 'attached' : 'nobody'}, ${gateway.counts.identifies} identifies`)

  const emulator: DiscordEmulator = {
    ...createPeople(world),
    ...createRooms(world),
    ...createInteractions(world, deliver),
    ...push,
    url: `http://${server.host}/api`,
    token,
    applicationId,
    botId: me.id,
    publicKey: publicKeyHex,
    store: storeView(world, gateway, buckets),
    faults: {
      add: table.add,
      clear: () => {
        table.clear()
        gateway.state.faults.clear()
      },
      gateway: gateway.state.faults,
      expireAttachments: () => world.files.expireAll(),
      expireInteractions: () => {
        for (const interaction of store.interactions.values()) interaction.expired = true
      },
      offline: server.offline,
    },
    screen: (channel, person) => messagesOn(world, channelOf(world, channel), person?.id),
    message: (ref) => messageShown(world, ref),
    onFrame: store.onFrame,
    onChange: store.onChange,
    waitFor: (condition, { timeoutMs, what }) =>
      waitUntil(
        store,
        () => condition(emulator),
        timeoutMs,
        () => `${what ?? 'the condition'} did not come true within ${timeoutMs} ms\n${shown()}`,
      ),
    inject: (event, data, scope = {}) => gateway.dispatch(event, scope, () => data as Json),
    file: (attachmentId) => world.files.kept(attachmentId),
    fileBytes: (attachmentId) => world.files.byId(attachmentId)?.content.bytes,
    picture: shown,
    close: () => {
      close()
      gateway.close()
      return server.close()
    },
  }
  return emulator
}

function limitsOf(limits: DiscordEmulatorOptions['limits']): Limits | undefined {
  if (limits === false) return undefined
  return { ...LIMITS, ...present(typeof limits === 'object' ? limits : {}) }
}
