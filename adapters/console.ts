// A whole chat platform: your terminal. Lines typed are messages, commands and pressed buttons; replies grow in place.
//
// Read it to add your own. The order is that of contract/platform.ts: settings, platform, inbound, outbox, surface. Beside
// it: console/screen.ts (what stands where), console/controls.ts (buttons), console/render.ts (an answer's looks).
import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import { PlatformError } from '../src/contract/errors.ts'
import type { AskingEvent, ChatId, EventBase, EventId, MessageId, SenderId } from '../src/contract/event.ts'
import type { Ack, Health, Inbox, Limits, Outbox } from '../src/contract/platform.ts'
import type { Platform, PlatformTools, Surface, SurfaceState } from '../src/contract/platform.ts'
import { createRenderer } from './console/render.ts'
import { createScreen, type Screen } from './console/screen.ts'

export interface ConsoleSettings {
  /** Who types; `you` by default. */
  readonly sender: string
  readonly locale?: string
  /** Bold, colours and redrawing in place; by default when the output is a terminal. */
  readonly isTerminal: boolean
  readonly input: Readable
  readonly output: Writable
}

/** Any settings will do: what is missing or of a wrong kind gets its default. */
function readSettings(value: unknown): ConsoleSettings {
  const given: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {}
  const { sender, locale, isTerminal, input, output } = given
  const to = output instanceof Writable ? output : stdout
  return {
    sender: typeof sender === 'string' ? sender : 'you',
    ...(typeof locale === 'string' ? { locale } : {}),
    isTerminal: typeof isTerminal === 'boolean' ? isTerminal : 'isTTY' in to && to.isTTY,
    input: input instanceof Readable ? input : stdin,
    output: to,
  }
}

/** A refused line is offered again after this. */
const OFFER_AGAIN_MS = 500

export function createPlatform(account: string, settings: unknown, tools: PlatformTools): Platform<string> {
  const set = readSettings(settings)
  const screen = createScreen(`${account}-${tools.clock.now()}`, set)
  const stopping = new AbortController()
  let health: Health = { state: 'starting', because: 'not started yet' }
  let reading: Promise<void> = Promise.resolve()

  return {
    account,
    async start(inbox, world) {
      health = { state: 'up' }
      reading = readLines(inbox, AbortSignal.any([world.signal, stopping.signal]))
    },
    async stop() {
      stopping.abort()
      await reading
    },
    outboxFor: () => createConsoleOutbox(account, set, screen),
    async openAttachment() {
      throw new PlatformError(account, 'unsupported', 'a terminal has no attachments')
    },
    check: async () => [{ verdict: 'ok', subject: account, reason: 'a terminal needs nothing' }],
    health: () => health,
  }

  /** Ends with the input (Ctrl-D), or with the signal. */
  async function readLines(inbox: Inbox, signal: AbortSignal): Promise<void> {
    const lines = createInterface({ input: set.input, terminal: false })
    const close = (): void => lines.close()
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted) close()
    const startedAtMs = tools.clock.now()
    let count = 0
    for await (const line of lines) {
      if (line.trim() === '') continue
      count += 1
      const id = `${account}:${startedAtMs}:${count}` as EventId
      const event = eventOf(line.trim(), id, startedAtMs)
      screen.personTyped()
      answer(await offer(inbox, event, signal))
    }
    signal.removeEventListener('abort', close)
    health = { state: 'stopped' }
  }

  /** A terminal cannot redeliver: what was not stored is offered again, until it is. */
  async function offer(inbox: Inbox, event: AskingEvent, signal: AbortSignal): Promise<Ack> {
    for (;;) {
      try {
        return await inbox(event, signal)
      } catch (error) {
        if (signal.aborted) return { show: 'nothing' }
        tools.log.warn({ account }, 'a line could not be stored; it is offered again', error)
        await tools.clock.sleep(OFFER_AGAIN_MS, signal).catch(() => undefined)
      }
    }
  }

  /** A reply comes by itself, and forms are never opened here: only words are left to say. */
  function answer(ack: Ack): void {
    if (ack.show === 'notice') screen.note(tools.words.say(ack.notice, set.locale))
  }

  /** `/name rest` is a command, `#2` presses the second button, all else is a message. */
  function eventOf(line: string, id: EventId, startedAtMs: number): AskingEvent {
    const messageId = id as string as MessageId
    const base: EventBase = {
      id,
      address: { account, chatId: 'terminal' as ChatId },
      chatKind: 'direct',
      sender: {
        id: set.sender as SenderId,
        name: set.sender,
        isBot: false,
        ...(set.locale === undefined ? {} : { locale: set.locale }),
      },
      replyTarget: { account, place: { startedAtMs } },
      sentAtMs: tools.clock.now(),
    }
    const command = /^\/([\w-]+)(?:\s+(.*))?$/su.exec(line)
    if (command !== null) {
      const [, name = '', rest = ''] = command
      return { ...base, kind: 'command', name: name.toLowerCase(), options: {}, rest, messageId }
    }
    const press = screen.pressed(line)
    if (press !== undefined) return { ...base, kind: 'action', ...press }
    return {
      ...base,
      kind: 'message',
      messageId,
      text: line,
      mentionsBot: false,
      repliesToBot: false,
      attachments: [],
    }
  }
}

/** As often as an eye can follow. */
const REDRAWS: Omit<Limits['budgets'][number], 'key'> = { calls: 20, perMs: 1_000, minGapMs: 50 }

function createConsoleOutbox(account: string, set: ConsoleSettings, screen: Screen): Outbox<string> {
  return {
    limits: { budgets: [{ key: account, ...REDRAWS }], maxControls: 9 },
    renderer: createRenderer(set.isTerminal),
    post: async (body, { controls }) => screen.show(undefined, body, controls, true),
    async edit(id, body, { controls }) {
      screen.show(id, body, controls, true)
    },
    openStream: ({ resume }) => openSurface(screen, resume),
  }
}

/** Where it cannot be redrawn, a growing message is printed once, when it is whole. */
function openSurface(screen: Screen, resume?: SurfaceState): Surface<string> {
  let id = typeof resume?.['id'] === 'string' ? (resume['id'] as MessageId) : undefined
  return {
    async update(body, { controls }) {
      id = screen.show(id, body, controls, false)
      return { id }
    },
    async finish(body, { controls }) {
      id = screen.show(id, body, controls, true)
      return id
    },
    async abandon() {},
  }
}
