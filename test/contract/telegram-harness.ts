// How does a test get a Telegram account with somebody to write to it? The adapter beside its emulator.
import { createPlatform, type TelegramBody } from '../../adapters/telegram/index.ts'
import {
  startTelegramEmulator,
  type Chat,
  type Person,
  type Topic,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from '../../src/emulators/telegram/index.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Outbox, Platform, RawRequest } from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { countedFetch } from '../support/counted-fetch.ts'
import { createMemoryNotes } from '../support/memory-notes.ts'
import { createQuietLogger, type QuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'
import { createRecordingInbox } from '../support/recording-inbox.ts'
import { createSilentMetrics } from '../support/silent-metrics.ts'
import { keysAsWords } from '../support/words.ts'
import { messageOf, type PlatformHarness, type Where } from './platform-contract.ts'

export const HELP: CommandSpec = {
  name: 'help',
  description: { en: 'Help', 'zh-CN': '帮助' },
  options: [],
  does: { kind: 'builtin', builtin: 'help' },
}
const COMPARE: CommandSpec = {
  ...HELP,
  name: 'compare',
  options: ['before', 'after'].map((name) => ({
    name,
    description: { en: name },
    type: 'file',
    required: true,
  })),
}
export const PATIENCE_MS = 10_000
export const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)

export interface TelegramHarness extends PlatformHarness<TelegramBody> {
  readonly emulator: TelegramEmulator
  readonly log: QuietLogger
  readonly ann: Person
  readonly rooms: { readonly direct: Chat; readonly group: Chat; readonly topic: Topic }
  /** The account is somebody else's from now on. */
  lose(): void
}

export async function makeHarness(
  settings: Record<string, unknown> = {},
  world: TelegramEmulatorOptions = {},
  rolesWanted = false,
): Promise<TelegramHarness> {
  const emulator = await startTelegramEmulator({ limits: false, getUpdatesAntiHammer: false, ...world })
  const clock = createRealClock()
  const log = createQuietLogger()
  const { fetch, open } = countedFetch()
  const platform = createPlatform(
    'telegram',
    { token: emulator.token, apiRoot: emulator.url, ...settings },
    { clock, log, metrics: createSilentMetrics(), words: keysAsWords, fetch },
  )
  const ann = emulator.person({ firstName: 'Ann', languageCode: 'en' })
  const direct = emulator.privateChat(ann)
  const group = emulator.group({ members: [ann], forum: true })
  const topic = emulator.topic(group, 'Topic', ann)
  const rooms = { direct, group, topic }
  const stopping = new AbortController()
  let lastUpdateId: number | undefined

  return {
    platform,
    emulator,
    log,
    ann,
    rooms,
    start: (inbox) =>
      platform.start(inbox, {
        commands: [HELP, COMPARE],
        memory: createMemoryNotes(),
        rolesWanted,
        signal: stopping.signal,
      }),
    lose: () => stopping.abort(),
    write(where, text, { mention = false, replyTo } = {}) {
      const chat = where === 'direct' ? direct : group
      const sent = emulator.say(ann, chat, mention ? `@${emulator.username} ${text}` : text, {
        ...(where === 'thread' ? { threadId: topic.threadId } : {}),
        ...(replyTo === undefined ? {} : { replyTo: Number(replyTo) }),
      })
      lastUpdateId = sent.updateId
    },
    redeliver() {
      if (lastUpdateId !== undefined) emulator.redeliver(lastUpdateId, 'new')
    },
    shown: (where) => shownIn(where),
    press(where, messageId, token) {
      const chatId = where === 'direct' ? direct.id : group.id
      emulator.press(ann, { chatId, messageId: Number(messageId) }, token)
    },
    deleteMessage(where, messageId) {
      const chatId = where === 'direct' ? direct.id : group.id
      emulator.deleteMessage({ chatId, messageId: Number(messageId) })
    },
    fail(how) {
      const methods = ['sendMessage', 'editMessageText']
      switch (how) {
        case 'rate-limit-of-7s':
          emulator.faults.add({ methods, fault: { do: 'rate-limit', retryAfterSeconds: 7 } })
          return
        case 'markup': {
          const description = "Bad Request: can't parse entities"
          emulator.faults.add({ methods, fault: { do: 'error', code: 400, description } })
          return
        }
        case 'blocked':
          emulator.block(ann)
          return
        case 'server-down':
          emulator.faults.add({ methods, fault: { do: 'html', status: 502 } })
          return
        case 'lost-answer':
          emulator.faults.add({ methods, fault: { do: 'drop', storing: 'after' } })
      }
    },
    leftovers: () => ({ sleeps: clock.sleepers, requests: open() }),
    async close() {
      stopping.abort()
      await emulator.close()
    },
  }

  function shownIn(where: Where): ReturnType<TelegramHarness['shown']> {
    const messages =
      where === 'direct'
        ? emulator.screen(direct)
        : where === 'thread'
          ? emulator.screen(group, topic.threadId)
          : emulator.screen(group).filter(({ threadId }) => threadId === undefined)
    return messages
      .filter(({ byBot }) => byBot)
      .map(({ messageId, text, buttons }) => ({
        id: String(messageId),
        text,
        buttons: buttons.flatMap(({ data }) => data ?? []),
      }))
  }
}

/** Calls the webhook as Telegram does; resolves with the status. */
export const webhookOf = (harness: TelegramHarness) => {
  const hook = harness.platform.webhook
  if (hook === undefined) throw new Error('no webhook')
  return async (body: unknown, secret = 's3cret'): Promise<number> => {
    const request: RawRequest = {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': secret },
      query: {},
      body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    }
    return (await hook.handle(request, patience())).status
  }
}
export const WEBHOOK = {
  mode: 'webhook',
  webhook: { publicUrl: 'https://bridge.example', secret: 's3cret' },
} as const

/** Opens accounts and closes what it opened: `close` belongs into `afterEach`. */
export function createOpener() {
  const opened: { readonly platform: Platform<TelegramBody>; close(): Promise<void> }[] = []
  async function close(): Promise<void> {
    for (const { platform, close } of opened.splice(0)) {
      await platform.stop()
      await close()
    }
  }

  async function open(
    settings: Record<string, unknown> = {},
    world: TelegramEmulatorOptions = {},
    rolesWanted = false,
  ): Promise<{
    readonly harness: TelegramHarness
    readonly inbox: ReturnType<typeof createRecordingInbox>
  }> {
    const harness = await makeHarness(settings, world, rolesWanted)
    opened.push(harness)
    return { harness, inbox: createRecordingInbox() }
  }
  async function asked(settings: Record<string, unknown> = {}): Promise<{
    readonly harness: TelegramHarness
    readonly inbox: ReturnType<typeof createRecordingInbox>
    readonly outbox: Outbox<TelegramBody>
    readonly messageId: MessageId
  }> {
    const { harness, inbox } = await open(settings)
    await harness.start(inbox.inbox)
    harness.write('direct', 'hello')
    const event = messageOf(await inbox.nth(1, patience()))
    const outbox = harness.platform.outboxFor(event.replyTarget)
    return { harness, inbox, outbox, messageId: event.messageId }
  }

  return { open, asked, close }
}
