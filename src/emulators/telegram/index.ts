// What is the Telegram emulator to its users? A Bot API server on loopback, with people, chats, a screen and faults.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi, failureBody, successBody, type TelegramExchange } from './api.ts'
import type { Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { sha256Of } from '../common/bytes.ts'
import { chatMethods } from './chats.ts'
import { commandMethods, menuFor } from './commands.ts'
import { downloadMethods } from './downloads.ts'
import { draftMethods } from './drafts.ts'
import { createFaults, type Faults } from './faults.ts'
import { createFileStore } from './files.ts'
import { createForcedReplies, type ForcedReplies } from './forced-reply.ts'
import { createFlood } from './flood.ts'
import { interactionMethods } from './interaction.ts'
import { mediaMethods } from './media.ts'
import { messageMethods } from './messages.ts'
import { behaviourOf, limitsOf, type TelegramEmulatorOptions } from './options.ts'
import { chatOf, createPeople, type People } from './people.ts'
import { createPosts } from './posts.ts'
import { createPresses, type Presses } from './presses.ts'
import { createRooms, type Rooms } from './rooms.ts'
import { createSenders, type Senders } from './senders.ts'
import { draftsOn, messagesOn, picture, shownMessage, type ShownDraft, type ShownMessage } from './screen.ts'
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
export type { TelegramEmulatorOptions } from './options.ts'
export type { ActiveFault, Fault, FaultRule, Faults } from './faults.ts'
export type { FloodLimits } from './flood.ts'
export type { SentAlbum, SentMessage } from './people.ts'
export type { AlbumItem, SendOptions, StickerKind } from './senders.ts'
export type { ShownFile } from './shown-file.ts'
export type { Post } from './posts.ts'
export type { Press } from './presses.ts'
export type { Person, SayOptions, SentFile } from './wording.ts'
export type { GroupDetails, PersonDetails, Topic } from './rooms.ts'
export type { ShownDraft, ShownMessage } from './screen.ts'
export type { Download, Frame, TelegramCall } from './store.ts'
export type { TelegramStore } from './view.ts'
export type { BotCommand, Chat, CommandList, Entity, Json, Message, Update, User } from './types.ts'

type ChatRef = number | { readonly id: number }

export interface TelegramEmulator extends People, Senders, Presses, ForcedReplies, Rooms {
  /** The `apiRoot`. */
  readonly url: string
  readonly token: string
  readonly botId: number
  readonly username: string
  readonly store: TelegramStore
  readonly faults: Faults
  /** The messages of a chat now, in order; of one topic when `threadId` is given. */
  screen(chat: ChatRef, threadId?: number): readonly ShownMessage[]
  /** One of them; undefined once it is deleted. */
  message(message: { readonly chatId: number; readonly messageId: number }): ShownMessage | undefined
  drafts(chat: ChatRef, threadId?: number): readonly ShownDraft[]
  /** What this person sees there when they type "/". */
  menu(person: Person, chat: ChatRef): readonly BotCommand[]
  /** Each post, edit, draft and deletion as it lands. */
  onFrame(listener: (frame: Frame) => void): () => void
  /** Anything one could look at has changed: a frame, a finished call, an answered press, an action such as "typing". */
  onChange(listener: () => void): () => void
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
  /** A file's bytes by its `file_id`; undefined when they are made as they are read. */
  fileBytes(fileId: string): Buffer | undefined
  /** The SHA-256 of any file the server has, in hex. */
  fileHash(fileId: string): Promise<string>
  /** No file address given out so far holds any longer; `getFile` gives new ones. */
  expireFileLinks(): void
  /** The server loses a file: its `file_id` is worth nothing any more. */
  loseFile(fileId: string): void
  /** Where a `--local` server keeps its files: what `localFiles` of the bridge names. */
  readonly localDir: string | undefined
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
  const localDir =
    options.server === 'local'
      ? (options.localDir ?? (await mkdtemp(join(tmpdir(), 'telegram-'))))
      : undefined
  const store = createStore({
    maxFrames: options.maxFrames ?? ENTRIES_KEPT,
    maxCalls: options.maxCalls ?? ENTRIES_KEPT,
  })
  const queue = createUpdateQueue({
    nowMs,
    antiHammer: options.getUpdatesAntiHammer ?? true,
    onChange: store.changed,
    ...present({ observePush: options.observePush }),
  })
  const world: World = {
    me: { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Emu', username: USERNAME },
    store,
    queue,
    files: createFileStore(nowMs),
    behaviour: behaviourOf(options, localDir === undefined ? undefined : join(localDir, token)),
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
  const api = createApi(world, createFlood(limitsOf(options)), {
    ...chatMethods,
    ...downloadMethods,
    ...commandMethods,
    ...messageMethods,
    ...draftMethods,
    ...mediaMethods,
    ...topicMethods,
    ...interactionMethods,
    ...webhook.methods,
    ...pollingMethods(queue, webhook.isActive),
  })
  const posts = createPosts(store.posts, { nowMs, changed: store.changed })
  const { url, server } = await listen({ token, api, faults, world, finished, posts }, options.port ?? 0)

  const people = createPeople(world)
  const emulator: TelegramEmulator = {
    ...people,
    ...createSenders(world, people),
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
    message({ chatId, messageId }) {
      const state = chatOf(world, chatId)
      const message = state.messages.get(messageId)
      return message === undefined ? undefined : shownMessage(world, state, message)
    },
    menu: ({ user }, chat) => menuFor(world, chatOf(world, chat), user),
    drafts: (chat, threadId) => draftsOn(chatOf(world, chat), threadId),
    onFrame: store.onFrame,
    onChange: store.onChange,
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
    fileBytes: (fileId) => world.files.byId(fileId)?.content.bytes,
    async fileHash(fileId) {
      const content = world.files.byId(fileId)?.content
      if (content === undefined) throw new Error(`there is no file ${fileId}`)
      return content.sha256 ?? sha256Of(content.open())
    },
    expireFileLinks: () => {
      world.files.closeAll()
    },
    loseFile: (fileId) => {
      world.files.forget(fileId)
    },
    localDir,
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
      if (localDir !== undefined && options.localDir === undefined)
        await rm(localDir, { recursive: true, force: true })
    },
  }
  return emulator
}
