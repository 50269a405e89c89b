// The Feishu adapter beside its emulator, for contract tests: in both modes, with a person, a group and a thread in it.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlatform, type FeishuBody } from '../../adapters/feishu/index.ts'
import {
  startFeishuEmulator,
  type Chat,
  type ClickAnswer,
  type FeishuEmulator,
  type FeishuEmulatorOptions,
  type Person,
  type ShownMessage,
  type WebhookKnobs,
} from '../../src/emulators/feishu/index.ts'
import type { Inbox, Platform } from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { PlatformHarness, Where } from '../contract/platform-contract.ts'
import { countedFetch } from './counted-fetch.ts'
import { createMemoryNotes } from './memory-notes.ts'
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts'
import { createRealClock } from './real-clock.ts'
import { createSilentMetrics } from './silent-metrics.ts'
import { keysAsWords } from './words.ts'

export const HELP: CommandSpec = {
  name: 'help',
  description: { en: 'Help', 'zh-CN': '帮助' },
  options: [],
  does: { kind: 'builtin', builtin: 'help' },
}
export const PATIENCE_MS = 10_000
export const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)

export interface FeishuHarness extends PlatformHarness<FeishuBody> {
  readonly emulator: FeishuEmulator
  readonly log: QuietLogger
  readonly rooms: {
    readonly ann: Person
    readonly direct: Chat
    readonly group: Chat
    readonly thread: string
  }
  /** How the next webhook calls look. */
  pushLike(knobs: WebhookKnobs): void
  /** What the presses so far were answered, oldest first. */
  readonly presses: readonly Promise<ClickAnswer>[]
}
export interface FeishuWish {
  readonly settings?: Record<string, unknown>
  readonly emulator?: FeishuEmulatorOptions
}

/** Waits before redelivery are a thousandth: 15 ms, 300 ms, 3.6 s. */
export async function startFeishu(wish: FeishuWish = {}): Promise<FeishuHarness> {
  const emulator = await startFeishuEmulator({ limits: false, timeScale: 0.001, ...wish.emulator })
  const clock = createRealClock()
  const log = createQuietLogger()
  const { fetch, open } = countedFetch()
  const platform = createPlatform(
    'feishu',
    { appId: emulator.appId, appSecret: emulator.appSecret, domain: emulator.url, ...wish.settings },
    { clock, log, metrics: createSilentMetrics(), words: keysAsWords, fetch },
  )
  const ann = emulator.person({ name: 'Ann' })
  const direct = emulator.p2p(ann)
  const group = emulator.group({ members: [ann] })
  const root = emulator.say(ann, group, 'a topic', { quiet: true })
  const { threadId: thread = '' } = emulator.say(ann, group, 'opened', {
    replyTo: root,
    thread: true,
    quiet: true,
  })
  const stopping = new AbortController()
  const presses: Promise<ClickAnswer>[] = []
  let lastMessageId: string | undefined
  let server: Server | undefined
  const chatOf = (where: Where): Chat => (where === 'direct' ? direct : group)

  return {
    platform,
    emulator,
    log,
    rooms: { ann, direct, group, thread },
    presses,
    async start(inbox) {
      const memory = createMemoryNotes()
      await platform.start(completing(platform, inbox), { commands: [HELP], memory, signal: stopping.signal })
      if (platform.webhook === undefined) return
      server = await serve(platform)
      pushLike({})
    },
    pushLike,
    write(where, text, { mention = false, replyTo } = {}) {
      const sent = emulator.say(ann, chatOf(where), text, {
        mention,
        ...(where === 'thread' ? { thread } : {}),
        ...(replyTo === undefined ? {} : { replyTo }),
      })
      lastMessageId = sent.messageId
    },
    redeliver() {
      if (lastMessageId !== undefined) emulator.redeliver(lastMessageId, 'new')
    },
    shown: (where) =>
      messagesIn(where).map(({ messageId, text, buttons }) => ({
        id: messageId,
        text,
        buttons: buttons.flatMap(({ value }) => tokenIn(value) ?? []),
      })),
    press(where, messageId, token) {
      const buttons = messagesIn(where).find((message) => message.messageId === messageId)?.buttons ?? []
      const button = buttons.find(({ value }) => tokenIn(value) === token)
      presses.push(emulator.clickButton(ann, messageId, button?.value))
    },
    deleteMessage(_where, messageId) {
      emulator.recall(messageId)
    },
    fail(how) {
      switch (how) {
        case 'rate-limit-of-7s':
          emulator.faults.add({ operations: SENDING, fault: { do: 'rate-limit', resetSeconds: 7 } })
          return
        case 'markup': {
          const msg =
            'Failed to create card content, ext=ErrCode: 200861; ErrMsg: unsupported tag; ErrorValue: x;'
          emulator.faults.add({ operations: SENDING, fault: { do: 'error', code: 230099, msg } })
          return
        }
        case 'blocked':
          emulator.refuse(direct, 230053)
          return
        case 'server-down':
          emulator.faults.add({ operations: SENDING, fault: { do: 'html', status: 502 } })
          return
        case 'lost-answer':
          emulator.faults.add({ operations: SENDING, fault: { do: 'drop', storing: 'after' } })
      }
    },
    leftovers: () => ({ sleeps: clock.sleepers, requests: open() }),
    async close() {
      stopping.abort()
      await emulator.close()
      await new Promise<void>((resolve) => {
        if (server === undefined) resolve()
        else server.close(() => resolve())
        server?.closeAllConnections()
      })
    },
  }

  function pushLike(knobs: WebhookKnobs): void {
    emulator.setWebhook(`http://127.0.0.1:${(server?.address() as AddressInfo).port}/`, knobs)
  }

  function messagesIn(where: Where): readonly ShownMessage[] {
    const messages = where === 'thread' ? emulator.screen(group, { thread }) : emulator.screen(chatOf(where))
    return messages.filter(
      ({ byBot, recalled, threadId }) => byBot && !recalled && (where === 'thread' || threadId === undefined),
    )
  }
}

const SENDING = ['message.create', 'message.reply', 'message.update', 'message.patch']

/** As the bridge does after acceptance: what the event only refers to is fetched before it is looked at. */
function completing(platform: Platform<FeishuBody>, inbox: Inbox): Inbox {
  return async (event, signal) => {
    const isWorth = event.kind === 'message' && event.incomplete === true
    return inbox(isWorth ? ((await platform.complete?.(event, signal)) ?? event) : event, signal)
  }
}

function tokenIn(value: unknown): string | undefined {
  const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : undefined
  return typeof token === 'string' ? token : undefined
}

/** The bridge's server, as far as a webhook needs it. */
async function serve(platform: Platform<FeishuBody>): Promise<Server> {
  const server = createServer((request, response) => {
    void read(request).then(async (body) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const raw = { method: request.method ?? 'GET', headers, query: {}, body }
      const answer = await platform.webhook?.handle(raw, patience())
      response.writeHead(answer?.status ?? 404, answer?.headers)
      response.end(answer?.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function read(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part as Uint8Array)
  return Buffer.concat(parts)
}
