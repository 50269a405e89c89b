// Does the emulator know which posts the bot knows of, and can it forget?
import { spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { startTelegramEmulator, type Fault, type TelegramEmulator } from './index.ts'

const PATIENCE_MS = 20_000
const open: TelegramEmulator[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start() {
  const emulator = await startTelegramEmulator({ limits: false })
  open.push(emulator)
  const chat = emulator.privateChat(emulator.person())
  const post = (text: string, signal: AbortSignal | null = null): Promise<unknown> =>
    fetch(`${emulator.url}/bot${emulator.token}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chat.id, text }),
      signal,
    })
      .then((response) => response.text())
      .catch(() => undefined)
  const answers = (): readonly string[] => emulator.store.posts.map(({ answer }) => answer)
  return { emulator, chat, post, answers }
}

test('a post whose answer came is known, with its message', async () => {
  const { emulator, chat, post } = await start()
  await post('hi')
  await emulator.waitFor(({ store }) => store.posts[0]?.answer === 'handed-over', { timeoutMs: PATIENCE_MS })
  expect(emulator.store.posts).toMatchObject([
    { method: 'sendMessage', chatId: chat.id, messageIds: [emulator.screen(chat)[0]?.messageId] },
  ])
  expect(emulator.store.ambiguousPosts).toEqual([])
})

test.each<Fault>([
  { do: 'drop', storing: 'after' },
  { do: 'html', storing: 'after' },
  { do: 'garbage', storing: 'after' },
  { do: 'error', code: 500, description: 'Internal Server Error', storing: 'after' },
])('a post is ambiguous when its answer went wrong: $do', async (fault) => {
  const { emulator, chat, post, answers } = await start()
  emulator.faults.add({ methods: ['sendMessage'], fault })
  await post('hi')
  expect(answers()).toEqual(['lost'])
  expect(emulator.screen(chat)).toHaveLength(1)
})

test('a post that was refused is none', async () => {
  const { emulator, post } = await start()
  emulator.faults.add({ methods: ['sendMessage'], fault: { do: 'drop' } })
  await post('hi')
  expect(emulator.store.posts).toEqual([])
})

test('a post is ambiguous when the bot left before its answer', async () => {
  const { emulator, post } = await start()
  emulator.faults.add({ methods: ['sendMessage'], fault: { do: 'slow', delayMs: 60_000, storing: 'after' } })
  const leaving = new AbortController()
  const posting = post('hi', leaving.signal)
  await emulator.waitFor(({ store }) => store.posts.length === 1, { timeoutMs: PATIENCE_MS })
  expect(emulator.store.posts[0]?.answer).toBe('underway')
  leaving.abort()
  await posting
  await emulator.waitFor(({ store }) => store.ambiguousPosts.length === 1, { timeoutMs: PATIENCE_MS })
})

/** Posts over a bare connection in a process of its own, which reads the answer or does not, and is killed. */
async function postAndBeKilled(emulator: TelegramEmulator, chatId: number, reads: boolean): Promise<void> {
  const body = JSON.stringify({ chat_id: chatId, text: 'hi' })
  const request = `POST /bot${emulator.token}/sendMessage HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const script = `
    const socket = require('node:net').connect(${Number(new URL(emulator.url).port)}, '127.0.0.1')
    ${reads ? "socket.once('data', () => console.log('read'))" : 'socket.pause()'}
    socket.write(${JSON.stringify(request)})
    setTimeout(() => {}, 60000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const read = reads ? new Promise((resolve) => child.stdout.once('data', resolve)) : Promise.resolve()
  try {
    await emulator.waitFor(({ store }) => store.posts[0]?.answer === 'handed-over', {
      timeoutMs: PATIENCE_MS,
    })
    await read
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

test('a post is ambiguous when the bot was killed with its answer unread', async () => {
  const { emulator, chat } = await start()
  await postAndBeKilled(emulator, chat.id, false)
  await emulator.waitFor(({ store }) => store.ambiguousPosts.length === 1, { timeoutMs: PATIENCE_MS })
})

test('a post is known when the bot read its answer before it was killed', async () => {
  const { emulator, chat, answers, post } = await start()
  await postAndBeKilled(emulator, chat.id, true)
  await post('a round trip later')
  expect(answers()[0]).toBe('handed-over')
})

test('what is past can be forgotten, what is not stays', async () => {
  const { emulator, chat, post } = await start()
  const ann = { id: chat.id, user: { id: chat.id, is_bot: false, first_name: 'Ann' } }
  await post('old')
  emulator.sendPhoto(ann, chat)
  emulator.store.forgetBefore(Date.now() + 2_000)
  const { store } = emulator
  expect([store.frames, store.calls, store.posts, emulator.screen(chat)].map(({ length }) => length)).toEqual(
    [0, 0, 0, 0],
  )
  expect(store.pendingUpdates).toBe(1)
  await post('new')
  emulator.store.forgetBefore(Date.now() - 60_000)
  expect([store.frames.length, emulator.screen(chat).length]).toEqual([1, 1])
})
