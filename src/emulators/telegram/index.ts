// What is the Telegram emulator to its users? A Bot API server on loopback, with people, chats, a screen and faults.
import { createApi, failureBody, successBody, type TelegramExchange } from './api.ts'
import type { Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { chatMethods } from './chats.ts'
import { commandMethods, menuFor } from './commands.ts'
import { draftMethods } from './drafts.ts'
import { createFaults, type Faults } from './faults.ts'
import { createFileStore } from './files.ts'
import { createForcedReplies, type ForcedReplies } from './forced-reply.ts'
import { createFlood, FLOOD_LIMITS, type FloodLimits } from './flood.ts'
import { interactionMethods } from './interaction.ts'
import { mediaMethods } from './media.ts'
import { messageMethods } from './messages.ts'
import { chatOf, createPeople, type People } from './people.ts'
import { createPresses, type Presses } from './presses.ts'
import { createRooms, type Rooms } from './rooms.ts'
import { draftsOn, messagesOn, picture, type ShownDraft, type ShownMessage } from './screen.ts'
import { listen } from './server.ts'
import { createStore, type Frame } from './store.ts'
import { topicMethods } from './topics.ts'
import type { BotCommand, Update } from './types.ts'
import type { Person } from './wording.ts'
import { createUpdateQueue } from './updates.ts'
import { storeView, type TelegramStore } from './view.ts'
import { waitUntil } from '../common/wait.ts'
import { createWebhook, pollingMethods } from './webhook.ts'
import type { World } from './world.ts'

export type { TelegramExchange } from './api.ts'
export type { ActiveFault, Fault, FaultRule, Faults } from './faults.ts'
export type { FloodLimits } from './flood.ts'
export type { SentMessage } from './people.ts'
export type { Press } from './presses.ts'
export type { Person, SayOptions, SentFile } from './wording.ts'
export type { GroupDetails, PersonDetails, Topic } from './rooms.ts'
export type { ShownDraft, ShownMessage } from './screen.ts'
export type { Frame, TelegramCall } from './store.ts'
export type { TelegramStore } from './view.ts'
export type { BotCommand, Chat, CommandList, Entity, Json, Message, Update, User } from './types.ts'

export interface TelegramEmulatorOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** `99:emulator-token` by default; what stands before the colon is the bot's id. */
  readonly token?: string
  /** On by default; `false` for measuring, or some numbers of your own. */
  readonly limits?: boolean | Partial<FloodLimits>
  /** Off by default: the bot is told every message of a group. */
  readonly privacyMode?: boolean
  /** Whether a plain `@emu_bot` reaches it in privacy mode. Sources disagree; no by default. */
  readonly mentionsPassPrivacy?: boolean
  /** Topics in private chats ("Threaded mode"); off by default. */
  readonly privateTopics?: boolean
  /** The wait before a webhook's second retry; doubles. 2,000 for the real server, 50 here. */
  readonly webhookRetryMs?: number
  /** Slows clients that ask the same offset again within 3 s, as the real server does; on by default. */
  readonly getUpdatesAntiHammer?: boolean
  /** How long a button press can be answered; 60,000 by default. */
  readonly callbackLivesMs?: number
  /** How long a draft stays; 30,000 by default, the client's `message_typing_draft_ttl`. */
  readonly draftLivesMs?: number
  /** Entries kept in `store.frames` and `store.calls`; 200,000 each by default. */
  readonly maxFrames?: number
  readonly maxCalls?: number
  /** Every finished call. */
  readonly observe?: (exchange: TelegramExchange) => void
  readonly nowMs?: () => number
}

type ChatRef = number | { readonly id: number }

export interface TelegramEmulator extends People, Presses, ForcedReplies, Rooms {
  /** The `apiRoot`. */
  readonly url: string
  readonly token: string
  readonly botId: number
  readonly username: string
  readonly store: TelegramStore
  readonly faults: Faults
  /** The messages of a chat now, in order; of one topic when `threadId` is given. */
  screen(chat: ChatRef, threadId?: number): readonly ShownMessage[]
  drafts(chat: ChatRef, threadId?: number): readonly ShownDraft[]
  /** What this person sees there when they type "/". */
  menu(person: Person, chat: ChatRef): readonly BotCommand[]
  /** Each post, edit, draft and deletion as it lands. */
  onFrame(listener: (frame: Frame) => void): () => void
  /** Until the condition holds, looked at after every frame, call and confirmation. Rejects with a picture of the screen. */
  waitFor(
    condition: (emulator: TelegramEmulator) => boolean,
    options: { timeoutMs: number; what?: string },
  ): Promise<void>
  /** An update once more: with its id (`same`, default) or under a new one. */
  redeliver(updateId: number, as?: 'same' | 'new'): void
  /** Any update, also of types and fields nobody knows. Undefined when the bot did not allow the type. */
  injectUpdate(type: string, content: unknown): number | undefined
  pendingUpdates(): readonly Update[]
  /** A file's bytes by its `file_id`. */
  fileBytes(fileId: string): Buffer | undefined
  /** What the screen shows, as lines, for messages to people. */
  picture(): string
  close(): Promise<void>
}

const DEFAULT_TOKEN = '99:emulator-token'
const USERNAME = 'emu_bot'
const ENTRIES_KEPT = 200_000

export async function startTelegramEmulator(
  options: TelegramEmulatorOptions = {},
): Promise<TelegramEmulator> {
  const token = options.token ?? DEFAULT_TOKEN
  const nowMs = options.nowMs ?? Date.now
  const store = createStore({
    maxFrames: options.maxFrames ?? ENTRIES_KEPT,
    maxCalls: options.maxCalls ?? ENTRIES_KEPT,
  })
  const queue = createUpdateQueue({
    nowMs,
    antiHammer: options.getUpdatesAntiHammer ?? true,
    onChange: store.changed,
  })
  const world: World = {
    me: { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Emu', username: USERNAME },
    store,
    queue,
    files: createFileStore(),
    behaviour: {
      privacyMode: options.privacyMode ?? false,
      mentionsPassPrivacy: options.mentionsPassPrivacy ?? false,
      privateTopics: options.privateTopics ?? false,
      callbackLivesMs: options.callbackLivesMs ?? 60_000,
      draftLivesMs: options.draftLivesMs ?? 30_000,
    },
    nowMs,
  }
  store.users.set(world.me.id, world.me)
  const faults = createFaults()
  const closing = new AbortController()
  const finished = (exchange: TelegramExchange): void => {
    options.observe?.(exchange)
    const { method, payload, status, atMs, receivedAtPerfMs } = exchange
    const chatId = Number(payload['chat_id'])
    store.addCall({
      method,
      payload,
      status,
      ...(Number.isNaN(chatId) ? {} : { chatId }),
      atMs,
      receivedAtPerfMs,
    })
  }
  const answeredByWebhook = async (method: string, args: Args): Promise<void> => {
    const received = { atMs: nowMs(), receivedAtPerfMs: performance.now() }
    const outcome = await api.run(method, args, closing.signal).then(
      (result) => ({ status: 200, body: successBody(result) }),
      (error: unknown) => failureBody(error),
    )
    finished({
      method,
      payload: args.payload,
      encoding: 'json',
      status: outcome.status,
      response: outcome.body,
      ...received,
    })
  }
  const webhook = createWebhook({ queue, retryMs: options.webhookRetryMs ?? 50, execute: answeredByWebhook })
  const api = createApi(world, createFlood(limitsOf(options.limits)), {
    ...chatMethods,
    ...commandMethods,
    ...messageMethods,
    ...draftMethods,
    ...mediaMethods,
    ...topicMethods,
    ...interactionMethods,
    ...webhook.methods,
    ...pollingMethods(queue, webhook.isActive),
  })
  const { url, server } = await listen({ token, api, faults, world, finished }, options.port ?? 0)

  const people = createPeople(world)
  const emulator: TelegramEmulator = {
    ...people,
    ...createPresses(world),
    ...createForcedReplies(world, people.say),
    ...createRooms(world),
    url,
    token,
    botId: world.me.id,
    username: USERNAME,
    store: storeView(world),
    faults,
    screen: (chat, threadId) => messagesOn(world, chatOf(world, chat), threadId),
    menu: ({ user }, chat) => menuFor(world, chatOf(world, chat), user),
    drafts: (chat, threadId) => draftsOn(chatOf(world, chat), threadId),
    onFrame: store.onFrame,
    waitFor: (condition, { timeoutMs, what }) =>
      waitUntil(
        store,
        () => condition(emulator),
        timeoutMs,
        () => `${what ?? 'the condition'} did not come true within ${timeoutMs} ms\n${picture(world)}`,
      ),
    redeliver: (updateId, as = 'same') => {
      queue.redeliver(updateId, as)
    },
    injectUpdate: (type, content) => queue.enqueue(type, content),
    pendingUpdates: () => queue.pending(),
    fileBytes: (fileId) => world.files.byId(fileId)?.bytes,
    picture: () => picture(world),
    async close() {
      closing.abort()
      webhook.close()
      queue.close()
      for (const { drafts } of store.chats.values())
        for (const { timer } of drafts.values()) clearTimeout(timer)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
  return emulator
}

function limitsOf(limits: TelegramEmulatorOptions['limits']): FloodLimits | undefined {
  if (limits === false) return undefined
  return { ...FLOOD_LIMITS, ...present(typeof limits === 'object' ? limits : {}) }
}
