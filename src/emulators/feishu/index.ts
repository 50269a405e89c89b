// What is the Feishu emulator to its users? An open platform on loopback, with people, rooms, a screen and faults.
import { present } from '../common/bounded.ts'
import { SET_UP, type AppSetUp } from './app-set-up.ts'
import { buildWorld, freshAppId, type WorldSettings } from './build-world.ts'
import { closeStreaming } from './cards.ts'
import type { Delivery } from './deliveries.ts'
import type { Disturbance } from './disturb.ts'
import { createFaults, type Faults } from './faults.ts'
import type { StoredFile } from './files.ts'
import type { DownloadWays } from './hand-out.ts'
import { FEISHU_LIMITS, type FeishuLimits } from './limits.ts'
import { createPeople, type People } from './people.ts'
import { chatIn, type ChatRef } from './refs.ts'
import { createRooms, type Rooms } from './rooms.ts'
import { createRouter } from './router.ts'
import { routesOf } from './routes.ts'
import { messagesOn, picture, shownMessage, type ShownMessage } from './screen.ts'
import { listen } from './server.ts'
import type { SocketKnobs } from './sockets.ts'
import type { FeishuCall, Frame } from './store.ts'
import type { Json } from './types.ts'
import { storeView, type FeishuStore } from './view.ts'
import { waitUntil } from '../common/wait.ts'
import type { WebhookKnobs } from './webhook.ts'
import type { Behaviour } from './world.ts'

/** For whoever speaks with a bot over a socket of their own. */
export { decodeFrame, encodeFrame, type WireFrame } from './wire.ts'
export type { ShownButton } from './card-tree.ts'
export type { Click, ClickAnswer, Form, HowPressed } from './click.ts'
export type { Delivery } from './deliveries.ts'
export type { ActiveFault, Fault, FaultedCall, FaultRule, Faults } from './faults.ts'
export type { Download, SeededFile, StoredFile } from './files.ts'
export type { ShownField, ShownForm } from './form-tree.ts'
export type { FormInput } from './forms.ts'
export type { FeishuLimits } from './limits.ts'
export type { SentMessage } from './people.ts'
export type { GroupDetails, PersonDetails } from './rooms.ts'
export type { DownloadWays } from './hand-out.ts'
export type { ShownImage, ShownMessage } from './screen.ts'
export type { Disturbance } from './disturb.ts'
export type { ClientConfig, Connected, SocketKnobs } from './sockets.ts'
export type { Ack, AmbiguousPost, FeishuCall, Frame } from './store.ts'
export type { CardOperation, CardState, Chat, Json, Person } from './types.ts'
export type { FeishuStore } from './view.ts'
export type { WebhookKnobs } from './webhook.ts'
export type { ForwardedMessage, SayOptions, SentContent, SentFile } from './wording.ts'

export interface FeishuEmulatorOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** `cli_` and 16 hex digits. A fresh one by default: the SDK's token cache is global and keyed by it. */
  readonly appId?: string
  readonly appSecret?: string
  readonly botName?: string
  /** On by default; `false` for measuring, or some numbers of your own. */
  readonly limits?: boolean | Partial<FeishuLimits>
  /** Webhook mode: pushes are encrypted and signed with it. */
  readonly encryptKey?: string
  readonly verificationToken?: string
  /** An event not acknowledged by then is pushed again. 3,000. */
  readonly ackWithinMs?: number
  /** The waits before each repetition, in ms, before `timeScale`: 15 s, 5 min, 1 h, 6 h. */
  readonly redeliveryMs?: readonly number[]
  /** What the waits before repetitions are multiplied by; 1 by default. */
  readonly timeScale?: number
  /** Ten minutes. */
  readonly streamingLivesMs?: number
  /** 7,200. */
  readonly tokenLivesSeconds?: number
  /** In the ClientConfig; 1 by default, 120 on the platform. */
  readonly pingIntervalSeconds?: number
  /** In the ClientConfig; `{count: -1, intervalSeconds: 1, nonceSeconds: 0}` by default. */
  readonly reconnect?: {
    readonly count?: number
    readonly intervalSeconds?: number
    readonly nonceSeconds?: number
  }
  /** How business errors travel: as HTTP 400, where the SDK throws, or in HTTP 200, where it does not. */
  readonly errorsAs?: 'http400' | 'http200'
  /** Which group messages the app may read; all by default. */
  readonly groupMessages?: 'all' | 'mentioned'
  /** `hidden`: the app may read people, but not their departments; `refused`: neither. Readable by default. */
  readonly departments?: Behaviour['departments']
  /** How the app stands in the developer console; set up as it should be by default. */
  readonly app?: Partial<AppSetUp>
  /** Native slash commands; there by default. */
  readonly slashCommands?: boolean
  /** The native progress bubble, `message_cot`; there by default. */
  readonly cotAvailable?: boolean
  /** How files are handed out; `{chunked: false, ranges: true}` by default. */
  readonly downloads?: Partial<DownloadWays>
  /** The files of a merged forward's children: refused, as documented (default), or to be had by the forward's id. */
  readonly mergedFiles?: 'refused' | 'by-parent'
  /** Entries kept in `store.frames` and `store.calls`; 200,000 each by default. */
  readonly maxFrames?: number
  readonly maxCalls?: number
  /** Every finished call. */
  readonly observe?: (call: FeishuCall) => void
  /** Every push of an event or a callback, repetitions too. */
  readonly observePush?: (delivery: Delivery) => void
  readonly nowMs?: () => number
}

export interface FeishuEmulator extends People, Rooms {
  /** The domain: `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly appId: string
  readonly appSecret: string
  readonly encryptKey: string | undefined
  readonly verificationToken: string
  readonly botOpenId: string
  readonly botName: string
  readonly store: FeishuStore
  readonly faults: Faults
  /** What may go wrong with the long connection. */
  readonly socket: SocketKnobs
  /** The messages of a room now, in order; of one thread when it is given. */
  screen(chat: ChatRef, options?: { readonly thread?: string }): readonly ShownMessage[]
  /** One of them. */
  message(messageId: string): ShownMessage | undefined
  /** Each post, edit, card update and recall as it lands. */
  onFrame(listener: (frame: Frame) => void): () => void
  /** Anything one could look at has changed: a frame, a finished call, an acknowledgement, a menu. */
  onChange(listener: () => void): () => void
  /** Until the condition holds, looked at after every frame, call, ack and connection. Rejects with a picture. */
  waitFor(
    condition: (emulator: FeishuEmulator) => boolean,
    options: { timeoutMs: number; what?: string },
  ): Promise<void>
  /** A message's event once more: under its own id (`same`, default) or a new one. */
  redeliver(messageId: string, as?: 'same' | 'new'): void
  /** Any envelope, also of types nobody knows. Gives the event's id. */
  inject(envelope: Json): string
  /** The next events are told twice, in another order or late. */
  disturb(how: Disturbance): void
  /** Not acknowledged yet, oldest first. */
  pendingEvents(): readonly Delivery[]
  /** Streaming ends before its time: as after ten minutes (`timed-out`), or switched off (`closed`). */
  closeStreaming(cardId: string, how?: 'timed-out' | 'closed'): void
  /** Events go to this address instead of the long connection; `undefined` ends that. */
  setWebhook(url: string | undefined, knobs?: WebhookKnobs): void
  /** The console's check of the address: whether the challenge came back. */
  verifyWebhook(): Promise<boolean>
  /** An uploaded or sent file by its key. */
  file(key: string): StoredFile | undefined
  /** What the screen shows, as lines, for messages to people. */
  picture(): string
  close(): Promise<void>
}

const ENTRIES_KEPT = 200_000
const BOT_NAME = 'Emu'
/** Feishu docs: event subscription. */
const REDELIVERY_MS: readonly number[] = [15_000, 300_000, 3_600_000, 21_600_000]
const ACK_WITHIN_MS = 3_000
const STREAMING_LIVES_MS = 600_000
const TOKEN_LIVES_SECONDS = 7_200

export async function startFeishuEmulator(options: FeishuEmulatorOptions = {}): Promise<FeishuEmulator> {
  const { world, webhook, listensAt } = buildWorld(settingsOf(options))
  const { store, deliveries, sockets } = world
  const faults = createFaults()
  const closing = new AbortController()
  const { url, server } = await listen(
    {
      world,
      router: createRouter(routesOf(world.behaviour)),
      faults,
      errorsAs: options.errorsAs ?? 'http400',
      finished: (call) => {
        options.observe?.(call)
        store.addCall(call)
      },
      closing: closing.signal,
    },
    options.port ?? 0,
  )
  listensAt(url)

  const emulator: FeishuEmulator = {
    ...createPeople(world),
    ...createRooms(world),
    url,
    appId: world.behaviour.appId,
    appSecret: world.behaviour.appSecret,
    encryptKey: options.encryptKey,
    verificationToken: world.behaviour.verificationToken,
    botOpenId: world.bot.openId,
    botName: world.bot.name,
    store: storeView(world),
    faults,
    socket: sockets.knobs,
    screen: (chat, { thread } = {}) => messagesOn(world, chatIn(world, chat), thread),
    message(messageId) {
      const message = store.messages.get(messageId)
      return message === undefined ? undefined : shownMessage(world, message)
    },
    onFrame: store.onFrame,
    onChange: store.onChange,
    waitFor: (condition, { timeoutMs, what }) =>
      waitUntil(
        store,
        () => condition(emulator),
        timeoutMs,
        () => `${what ?? 'the condition'} did not come true within ${timeoutMs} ms\n${picture(world)}`,
      ),
    redeliver: deliveries.redeliver,
    inject: (envelope) => deliveries.enqueue(envelope),
    disturb: deliveries.disturb,
    pendingEvents: deliveries.pending,
    closeStreaming: (cardId, how = 'timed-out') => closeStreaming(world, cardId, how),
    setWebhook(address, knobs) {
      webhook.set(address, knobs)
      deliveries.flush()
    },
    verifyWebhook: webhook.verify,
    file: world.files.byKey,
    picture: () => picture(world),
    async close() {
      closing.abort()
      webhook.close()
      deliveries.close()
      sockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
  return emulator
}

function settingsOf(options: FeishuEmulatorOptions): WorldSettings {
  const { limits = true, reconnect = {}, timeScale = 1 } = options
  return {
    behaviour: {
      appId: options.appId ?? freshAppId(),
      appSecret: options.appSecret ?? 'emulator-secret',
      verificationToken: options.verificationToken ?? 'emulator-verification-token',
      app: { ...SET_UP, ...present(options.app ?? {}) },
      streamingLivesMs: options.streamingLivesMs ?? STREAMING_LIVES_MS,
      tokenLivesSeconds: options.tokenLivesSeconds ?? TOKEN_LIVES_SECONDS,
      groupMessages: options.groupMessages ?? 'all',
      departments: options.departments ?? 'readable',
      slashCommands: options.slashCommands ?? true,
      cotAvailable: options.cotAvailable ?? true,
      downloads: { chunked: false, ranges: true, ...present(options.downloads ?? {}) },
      mergedFiles: options.mergedFiles ?? 'refused',
    },
    botName: options.botName ?? BOT_NAME,
    limits:
      limits === false
        ? undefined
        : { ...FEISHU_LIMITS, ...present(typeof limits === 'object' ? limits : {}) },
    clientConfig: {
      ReconnectCount: reconnect.count ?? -1,
      ReconnectInterval: reconnect.intervalSeconds ?? 1,
      ReconnectNonce: reconnect.nonceSeconds ?? 0,
      PingInterval: options.pingIntervalSeconds ?? 1,
    },
    encryptKey: options.encryptKey,
    ackWithinMs: options.ackWithinMs ?? ACK_WITHIN_MS,
    scheduleMs: (options.redeliveryMs ?? REDELIVERY_MS).map((ms) => ms * timeScale),
    maxFrames: options.maxFrames ?? ENTRIES_KEPT,
    maxCalls: options.maxCalls ?? ENTRIES_KEPT,
    nowMs: options.nowMs ?? Date.now,
    ...present({ observePush: options.observePush }),
  }
}
