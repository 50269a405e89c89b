// The playground's page without a browser: its event stream read, its actions posted, what stands in its rooms.

import type {
  PageAction,
  PageAnswer,
  PageBlock,
  PageCall,
  PageCommand,
  PageControl,
  PageEvent,
  PageForm,
  PageMessage,
  PagePerson,
  PagePlatform,
  PageRoom,
  PageSpan,
  PageUpload,
} from '../../src/playground/page/protocol.ts'

export interface PageClient {
  /** All that came, oldest first. */
  readonly events: readonly PageEvent[]
  /** All of it as it was sent. */
  readonly raw: string
  readonly people: readonly PagePerson[]
  readonly rooms: readonly PageRoom[]
  readonly commands: readonly PageCommand[]
  readonly calls: readonly PageCall[]
  readonly forms: readonly PageForm[]
  readonly bridge: string
  direct(platform: PagePlatform, personId?: string): string
  group(platform: PagePlatform): string
  messages(roomId: string): readonly PageMessage[]
  /** The bot's, oldest first. */
  bots(roomId: string): readonly PageMessage[]
  /** What was ever shown in a room of the bot, state by state. */
  states(roomId: string): readonly PageMessage[]
  act(action: PageAction): Promise<PageAnswer>
  bring(name: string, bytes: Uint8Array): Promise<PageUpload>
  sees<T>(what: string, look: () => T | undefined | false, withinMs?: number): Promise<T>
  close(): void
}

const SEEN_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 15

export async function openPageClient(address: string): Promise<PageClient> {
  const events: PageEvent[] = []
  const rooms = new Map<string, PageRoom>()
  const people = new Map<string, PagePerson>()
  const messages = new Map<string, Map<string, PageMessage>>()
  let commands: readonly PageCommand[] = []
  let bridge = ''
  let raw = ''
  const leaving = new AbortController()
  const take = (event: PageEvent): void => {
    events.push(event)
    switch (event.kind) {
      case 'hello':
        messages.clear()
        for (const room of event.rooms) rooms.set(room.id, room)
        for (const person of event.people) people.set(person.id, person)
        commands = event.commands
        bridge = event.bridge.state
        break
      case 'room':
        rooms.set(event.room.id, event.room)
        break
      case 'person':
        people.set(event.person.id, event.person)
        break
      case 'message':
        messages.set(
          event.roomId,
          (messages.get(event.roomId) ?? new Map<string, PageMessage>()).set(event.message.id, event.message),
        )
        break
      case 'deleted':
        messages.get(event.roomId)?.delete(event.messageId)
        break
      case 'commands':
        commands = event.commands
        break
      case 'bridge':
        bridge = event.bridge.state
        break
      case 'typing':
      case 'form':
      case 'toast':
      case 'coze':
      case 'wire':
        break
    }
  }
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let rest = ''
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      raw += piece
      const frames = (rest + piece).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1]
        if (data !== undefined) take(JSON.parse(data) as PageEvent)
      }
    }
  }
  const response = await fetch(`${address}events`, { signal: leaving.signal })
  if (response.body === null || !response.ok) throw new Error(`no events: ${response.status}`)
  const reading = read(response.body).catch(() => undefined)
  const client: PageClient = {
    events,
    get raw() {
      return raw
    },
    get people() {
      return [...people.values()]
    },
    get rooms() {
      return [...rooms.values()]
    },
    get commands() {
      return commands
    },
    get calls() {
      return events.flatMap((event) => (event.kind === 'wire' ? event.calls : []))
    },
    get forms() {
      return events.flatMap((event) => (event.kind === 'form' ? [event.form] : []))
    },
    get bridge() {
      return bridge
    },
    direct(platform, personId = 'person-1') {
      const room = client.rooms.find((one) => one.platform === platform && one.personId === personId)
      if (room === undefined) throw new Error(`${personId} has no private chat on ${platform}`)
      return room.id
    },
    group(platform) {
      const room = client.rooms.find((one) => one.platform === platform && one.kind === 'group')
      if (room === undefined) throw new Error(`there is no group on ${platform}`)
      return room.id
    },
    messages: (roomId) => [...(messages.get(roomId)?.values() ?? [])],
    bots: (roomId) => client.messages(roomId).filter(({ author }) => author.isBot),
    states: (roomId) =>
      events.flatMap((event) =>
        event.kind === 'message' && event.roomId === roomId && event.message.author.isBot
          ? [event.message]
          : [],
      ),
    async act(action) {
      const answered = await fetch(`${address}do`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(action),
      })
      return (await answered.json()) as PageAnswer
    },
    async bring(name, bytes) {
      const answered = await fetch(`${address}files?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.from(bytes),
      })
      return (await answered.json()) as PageUpload
    },
    async sees(what, look, withinMs = SEEN_WITHIN_MS) {
      const deadlineMs = performance.now() + withinMs
      for (;;) {
        const found = look()
        if (found !== undefined && found !== false) return found
        if (performance.now() > deadlineMs) throw new Error(`In vain: ${what}.\n${pictureOf(client)}`)
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      }
    },
    close() {
      leaving.abort()
      void reading
    },
  }
  await client.sees('the first event', () => events.length > 0)
  return client
}

/** What a person reads of a message: its blocks and the labels of its buttons. */
export function readMessage({ blocks, files }: PageMessage): string {
  return [...blocks.map(wordsOfBlock), ...files.map(({ name }) => `[${name}]`)].join('\n')
}

export function buttonsOf({ controls }: PageMessage): readonly Extract<PageControl, { kind: 'button' }>[] {
  return controls.flat().filter((control) => control.kind === 'button')
}

function wordsOfBlock(block: PageBlock): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
    case 'small':
      return wordsOfSpans(block.spans)
    case 'code':
      return block.text
    case 'quote':
    case 'panel':
      return block.blocks.map(wordsOfBlock).join('\n')
    case 'list':
      return block.items
        .map(
          (item, n) => `${block.ordered ? `${block.start + n}. ` : ''}${item.map(wordsOfBlock).join('\n')}`,
        )
        .join('\n')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(wordsOfSpans).join(' ')).join('\n')
    case 'picture':
      return `[${block.file.name}]`
    case 'rule':
      return ''
  }
}

function wordsOfSpans(spans: readonly PageSpan[]): string {
  return spans
    .map((span) => {
      if (span.kind === 'break') return '\n'
      return 'text' in span ? span.text : wordsOfSpans(span.spans)
    })
    .join('')
}

function pictureOf(client: PageClient): string {
  const rooms = client.rooms.map(({ id }) => {
    const lines = client
      .messages(id)
      .slice(-4)
      .map((message) => `  ${message.author.name}: ${readMessage(message).slice(0, 300)}`)
    return [id, ...lines].join('\n')
  })
  return [`bridge: ${client.bridge}`, ...rooms].join('\n')
}
