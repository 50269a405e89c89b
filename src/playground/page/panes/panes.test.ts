import { afterEach, expect, test } from 'vitest'
import { startDiscordEmulator } from '../../../emulators/discord/index.ts'
import { startFeishuEmulator } from '../../../emulators/feishu/index.ts'
import { startTelegramEmulator } from '../../../emulators/telegram/index.ts'
import { createBoard, type Board } from '../board.ts'
import type { Pane } from '../pane.ts'
import type { PageEvent, PageMessage } from '../protocol.ts'
import { createShelf } from '../shelf.ts'
import { createDiscordPane } from './discord.ts'
import { createFeishuPane } from './feishu.ts'
import { createTelegramPane } from './telegram.ts'

const ANN = { id: 'ann', name: 'Ann', locale: 'en' } as const
const MING = { id: 'ming', name: '小明', locale: 'zh' } as const

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Stand {
  readonly board: Board
  readonly events: PageEvent[]
  readonly shelf: ReturnType<typeof createShelf>
  /** Somebody's private chat. */
  room(kind: 'direct' | 'group' | 'thread'): string
  last(roomId: string): PageMessage | undefined
}

function stand(): Stand {
  const events: PageEvent[] = []
  const board = createBoard((event) => events.push(event))
  return {
    board,
    events,
    shelf: createShelf(),
    room: (kind) => board.rooms.find((room) => room.kind === kind)?.id ?? '',
    last(roomId) {
      const here = board
        .history()
        .flatMap((one) => (one.kind === 'message' && one.roomId === roomId ? [one.message] : []))
      return here.at(-1)
    },
  }
}

function seat(pane: Pane): void {
  pane.join(ANN)
  pane.join(MING)
  closers.push(() => pane.close())
}

const WORDS = { mention: false, files: [] }
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

async function telegramStand() {
  const telegram = await startTelegramEmulator()
  closers.push(() => telegram.close())
  const page = stand()
  const pane = createTelegramPane(telegram, page)
  seat(pane)
  const call = async (method: string, payload: object): Promise<Response> =>
    await fetch(`${telegram.url}/bot${telegram.token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    })
  return { ...page, telegram, pane, call }
}

test('a Telegram draft grows, can be stopped, and gives way to its message', async () => {
  const { telegram, pane, room, board, last, call, events } = await telegramStand()
  const direct = room('direct')
  const chat_id = Number(direct.split(':')[1])
  await call('sendMessageDraft', { chat_id, draft_id: 7, text: 'grow', can_stop: true, keep_on_stop: true })
  await call('sendMessageDraft', {
    chat_id,
    draft_id: 7,
    text: 'growing',
    can_stop: true,
    keep_on_stop: true,
  })
  expect(last(direct)).toMatchObject({
    id: 'draft 7',
    state: 'draft',
    edits: 1,
    controls: [[{ id: 'stop' }]],
  })
  await pane.press({ roomId: direct, personId: 'ann', messageId: 'draft 7', controlId: 'stop' })
  expect(telegram.pendingUpdates().at(-1)).toHaveProperty('stopped_message_generation')
  await call('sendMessage', { chat_id, text: 'grown' })
  expect(board.messageOf(direct, 'draft 7')).toBeUndefined()
  expect(last(direct)).toMatchObject({ state: 'final', author: { isBot: true } })
  const order = events.flatMap((event) =>
    event.kind === 'message' || event.kind === 'deleted' ? [event.kind] : [],
  )
  expect(order).toEqual(['message', 'message', 'message', 'deleted'])
})

test('what Telegram answers to a press pops up for the person who pressed', async () => {
  const { telegram, pane, room, last, call, events } = await telegramStand()
  const direct = room('direct')
  const chat_id = Number(direct.split(':')[1])
  const reply_markup = {
    inline_keyboard: [
      [
        { text: 'Go', callback_data: 'go' },
        { text: 'Page', url: 'https://a.example' },
      ],
    ],
  }
  await call('sendMessage', { chat_id, text: 'press', reply_markup })
  const message = last(direct)
  expect(message?.controls[0]?.map(({ kind }) => kind)).toEqual(['button', 'link'])
  await pane.press({ roomId: direct, personId: 'ann', messageId: message?.id ?? '', controlId: 'go' })
  const update = telegram.pendingUpdates().at(-1)?.['callback_query'] as { id: string }
  await call('answerCallbackQuery', { callback_query_id: update.id, text: 'Thanks' })
  await soon()
  expect(events.at(-1)).toEqual({ kind: 'toast', platform: 'telegram', personId: 'ann', text: 'Thanks' })
})

test("a bot's question on Telegram wants a reply; typing is told", async () => {
  const { room, last, call, events } = await telegramStand()
  const direct = room('direct')
  const chat_id = Number(direct.split(':')[1])
  await call('sendChatAction', { chat_id, action: 'typing' })
  await soon()
  expect(events.some((event) => event.kind === 'typing' && event.roomId === direct)).toBe(true)
  await call('sendMessage', { chat_id, text: 'Who?', reply_markup: { force_reply: true } })
  expect(last(direct)).toMatchObject({ wantsReply: true })
})

test('a thread on Discord is a room of its own; a reply names what it answers', async () => {
  const discord = await startDiscordEmulator()
  closers.push(() => discord.close())
  const page = stand()
  const pane = createDiscordPane(discord, page)
  seat(pane)
  const group = page.room('group')
  pane.say({ ...WORDS, roomId: group, personId: 'ann', text: 'hello **all**' })
  const first = page.last(group)
  pane.say({ ...WORDS, roomId: group, personId: 'ming', text: 'you too', replyTo: first?.id ?? '' })
  expect(page.last(group)).toMatchObject({
    author: { personId: 'ming' },
    replyTo: { author: 'Ann', text: 'hello all' },
  })
  const by = [...discord.store.channels.values()].find(({ channel }) => channel.type === 1)?.channel
    .recipients?.[0]
  expect(by).toBeDefined()
  const thread = discord.thread(group.replace('discord:', ''), 'Rivers')
  pane.say({ ...WORDS, roomId: `discord:${thread.id}`, personId: 'ann', text: 'in here' })
  expect(page.board.rooms.find(({ kind }) => kind === 'thread')).toMatchObject({ title: 'Rivers' })
  expect(page.last(page.room('thread'))).toMatchObject({ author: { name: 'Ann' } })
})

test('what is deleted is gone from the page, and files keep their bytes', async () => {
  const discord = await startDiscordEmulator()
  closers.push(() => discord.close())
  const page = stand()
  const pane = createDiscordPane(discord, page)
  seat(pane)
  const direct = page.room('direct')
  pane.say({
    ...WORDS,
    roomId: direct,
    personId: 'ann',
    text: '',
    files: [{ name: 'a.txt', bytes: Buffer.from('abc') }],
  })
  const message = page.last(direct)
  const file = message?.files[0]
  expect(file).toMatchObject({ name: 'a.txt', kind: 'file', sizeBytes: 3 })
  expect(
    Buffer.from(page.shelf.find(file?.path?.replace('files/', '') ?? '')?.bytes() ?? []).toString(),
  ).toBe('abc')
  discord.deleteMessage({ channelId: direct.replace('discord:', ''), messageId: message?.id ?? '' })
  expect(page.last(direct)).toBeUndefined()
})

test('a thread on Feishu is a room of its own, and its first message stays in the group', async () => {
  const feishu = await startFeishuEmulator()
  closers.push(() => feishu.close())
  const page = stand()
  const pane = createFeishuPane(feishu, page)
  seat(pane)
  const group = page.room('group')
  pane.say({ ...WORDS, roomId: group, personId: 'ann', text: 'Rivers?' })
  const first = page.last(group)?.id ?? ''
  const ann = [...feishu.store.chats.values()].flatMap(({ members }) => [...members.values()])[0]
  if (ann === undefined) throw new Error('nobody is there')
  feishu.say(ann, group.replace('feishu:', ''), 'in a thread', { replyTo: first, thread: true })
  expect(page.board.rooms.find(({ kind }) => kind === 'thread')).toMatchObject({ title: 'Rivers?' })
  expect(page.last(page.room('thread'))?.blocks).toEqual([
    { kind: 'paragraph', spans: [{ kind: 'text', text: 'in a thread' }] },
  ])
  expect(page.last(group)?.id).toBe(first)
})
