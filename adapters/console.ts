// A chat platform in one file: your terminal. Lines typed are messages, replies grow in place. Read it to add your own.
//
// The order is that of contract/platform.ts: settings, platform, inbound, outbox, surface, renderer.
import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { Block, Span } from '../src/contract/document.ts'
import { PlatformError } from '../src/contract/errors.ts'
import type { AskingEvent, ChatId, EventBase, EventId, MessageId, SenderId } from '../src/contract/event.ts'
import type { Control, Health, Inbox, Limits, Outbox } from '../src/contract/platform.ts'
import type { Platform, PlatformTools, Renderer, Surface } from '../src/contract/platform.ts'

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
  const screen = createScreen(set)
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
      screen.personTyped()
      count += 1
      const id = `${account}:${startedAtMs}:${count}` as EventId
      await offer(inbox, eventOf(line.trim(), id, startedAtMs), signal)
    }
    signal.removeEventListener('abort', close)
    health = { state: 'stopped' }
  }

  /** A terminal cannot redeliver: what was not stored is offered again, until it is. */
  async function offer(inbox: Inbox, event: AskingEvent, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await inbox(event, signal)
        return
      } catch (error) {
        if (signal.aborted) return
        tools.log.warn({ account }, 'a line could not be stored; it is offered again', error)
        await tools.clock.sleep(OFFER_AGAIN_MS, signal).catch(() => undefined)
      }
    }
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
    const command = /^\/([\w-]+)\s*(.*)$/su.exec(line)
    if (command !== null) {
      const [, name = '', rest = ''] = command
      return { ...base, kind: 'command', name: name.toLowerCase(), options: {}, rest, messageId }
    }
    const token = screen.tokenOf(/^#(\d+)$/.exec(line)?.[1])
    if (token !== undefined) return { ...base, kind: 'action', token }
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
    openStream: () => openSurface(screen),
  }
}

/** Where it cannot be redrawn, a growing message is printed once, when it is whole. */
function openSurface(screen: Screen): Surface<string> {
  let id: MessageId | undefined
  return {
    async update(body, { controls }) {
      id = screen.show(id, body, controls, false)
      return {}
    },
    async finish(body, { controls }) {
      id = screen.show(id, body, controls, true)
      return id
    },
    async abandon() {},
  }
}

interface Screen {
  /** Shows a message, over its former state where that is still the last thing on screen. */
  show(id: MessageId | undefined, body: string, controls: readonly Control[], whole: boolean): MessageId
  /** What stands above is out of reach now. */
  personTyped(): void
  tokenOf(number: string | undefined): string | undefined
}

function createScreen({ isTerminal, output }: ConsoleSettings): Screen {
  let count = 0
  let open: { readonly id: MessageId; readonly rows: number } | undefined
  let tokens: readonly string[] = []

  return {
    show(id = `m${(count += 1)}` as MessageId, body, controls, whole) {
      if (!isTerminal && !whole) return id
      const buttons = controls.flatMap(buttonsOf)
      tokens = buttons.map(({ token }) => token)
      const labels = buttons.map(({ label }, i) => `[#${i + 1} ${safe(label)}]`).join(' ')
      const lines = `${body}${labels === '' ? '' : `\n${labels}`}`.split('\n')
      const back = isTerminal && open?.id === id && open.rows > 0 ? `\x1b[${open.rows}A\r\x1b[J` : ''
      // What scrolled out of the window cannot be redrawn: while it grows, only the end is shown.
      const shown = whole ? lines : lastRows(lines, sizeOf('rows', 24) - 1)
      output.write(`${back}${shown.join('\n')}\n`)
      open = { id, rows: shown.reduce((rows, line) => rows + rowsOf(line), 0) }
      return id
    },
    personTyped() {
      open = undefined
    },
    tokenOf: (number) => tokens[Number(number) - 1],
  }

  function lastRows(lines: readonly string[], most: number): readonly string[] {
    let rows = 0
    const from = lines.findLastIndex((line) => (rows += rowsOf(line)) > most)
    return lines.slice(from + 1)
  }
  function rowsOf(line: string): number {
    return Math.max(1, Math.ceil(cells(line) / sizeOf('columns', 80)))
  }
  function sizeOf(side: 'columns' | 'rows', otherwise: number): number {
    const size: unknown = side in output ? Reflect.get(output, side) : undefined
    return typeof size === 'number' && size > 1 ? size : otherwise
  }
}

function buttonsOf(control: Control): readonly { readonly token: string; readonly label: string }[] {
  if (control.kind === 'link') return []
  if (control.kind !== 'thumbs') return [control]
  return [
    { token: control.upToken, label: '👍' },
    { token: control.downToken, label: '👎' },
  ]
}

/** How each begins and ends. ECMA-48, "select graphic rendition". */
const STYLES = { bold: [1, 22], italic: [3, 23], strike: [9, 29], code: [36, 39] } as const

function createRenderer(styled: boolean): Renderer<string> {
  const ansi = (style: keyof typeof STYLES, text: string): string =>
    styled ? `\x1b[${STYLES[style][0]}m${text}\x1b[${STYLES[style][1]}m` : text
  const spans = (list: readonly Span[]): string => list.map(span).join('')
  const blocks = (list: readonly Block[]): string => list.map(block).join('\n\n')
  return {
    render: (list) => blocks(list),
    fill: (body) => body.length / 1_000_000,
    plain: safe,
    equal: (a, b) => a === b,
    isEmpty: (body) => stripVTControlCharacters(body).trim() === '',
    surelyFitsChars: 4_000,
  }

  function block(from: Block): string {
    switch (from.kind) {
      case 'paragraph':
        return spans(from.spans)
      case 'heading':
        return ansi('bold', spans(from.spans))
      case 'code':
        return ansi('code', indent(safe(from.text), '    '))
      case 'quote':
        return indent(blocks(from.blocks), '│ ')
      case 'list':
        return from.items
          .map((item, i) => {
            const box = item.checked === undefined ? '' : item.checked ? '☑ ' : '☐ '
            const sign = (from.ordered ? `${from.start + i}. ` : '• ') + box
            return sign + indent(item.blocks.map(block).join('\n'), '  ').trimStart()
          })
          .join(from.tight ? '\n' : '\n\n')
      case 'table':
        return [from.head, ...from.rows].map((row) => row.map(spans).join(' │ ')).join('\n')
      case 'rule':
        return '———'
    }
  }

  function span(from: Span): string {
    switch (from.kind) {
      case 'text':
        return safe(from.text)
      case 'bold':
      case 'italic':
      case 'strike':
        return ansi(from.kind, spans(from.spans))
      case 'code':
        return ansi('code', safe(from.text))
      case 'link': {
        const text = spans(from.spans)
        return text.includes(from.url) ? text : `${text} (${safe(from.url)})`
      }
      case 'image':
        return safe(`${from.alt} (${from.url})`.trim())
      case 'break':
        return '\n'
    }
  }
}

/** An answer cannot steer the terminal. */
function safe(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
}

function indent(text: string, by: string): string {
  return text.replace(/^/gm, by)
}

/** Terminal columns: East Asian characters and emoji take two. */
function cells(line: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
  return Array.from(stripVTControlCharacters(line)).reduce((sum, char) => sum + (wide.test(char) ? 2 : 1), 0)
}
