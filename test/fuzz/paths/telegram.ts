// What of Telegram's can be malformed? Answers to getUpdates, webhook calls, answers to getFile and to a post.
//
// All of it goes the whole way: through the adapter as it is made for a bridge, grammY, the poll loop and its intake.
import type { TelegramBody } from '../../../adapters/telegram/index.ts'
import { PlatformError } from '../../../src/contract/errors.ts'
import type { Attachment, SenderId } from '../../../src/contract/event.ts'
import type { Platform } from '../../../src/contract/platform.ts'
import type { FuzzPath } from '../path.ts'
import { createStage } from '../telegram/stage.ts'

const SECRET = 'a-secret'

const ann = { id: 42, is_bot: false, first_name: 'Ann', language_code: 'en' }
const direct = { id: 42, type: 'private', first_name: 'Ann' }
const group = { id: -1001, type: 'supergroup', title: 'Lab', is_forum: true }
const message = (id: number, more: object, chat: object = direct): object => ({
  message: { message_id: id, date: 1_795_225_016, from: ann, chat, ...more },
})
const GOOD = message(1, { text: 'still alive?' })
const CONTENTS: readonly object[] = [
  GOOD,
  message(2, { text: '/ask@emu_bot hi', entities: [{ type: 'bot_command', offset: 0, length: 12 }] }),
  message(
    3,
    {
      text: '@emu_bot 🙂 help',
      entities: [{ type: 'mention', offset: 0, length: 8 }],
      message_thread_id: 77,
      is_topic_message: true,
      reply_to_message: { message_id: 77, forum_topic_created: { name: 'x' } },
    },
    group,
  ),
  message(4, {
    caption: '/ask look',
    caption_entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    media_group_id: '1390',
    photo: [{ file_id: 'P', file_unique_id: 'u', width: 90, height: 67, file_size: 900 }],
  }),
  message(5, {
    document: { file_id: 'D', file_unique_id: 'd', file_name: 'a.pdf', mime_type: 'application/pdf' },
    media_group_id: '1390',
    quote: { text: 'part', position: 0 },
    external_reply: { origin: { type: 'user', date: 1, sender_user: ann }, voice: { file_id: 'V' } },
  }),
  message(6, {
    rich_message: {
      blocks: [
        { type: 'paragraph', text: ['a', { type: 'mention', text: '@emu_bot' }] },
        { type: 'list', items: [{ label: '1.', blocks: [{ type: 'paragraph', text: 'b' }] }] },
        { type: 'table', cells: [[{ text: 'c' }]], caption: { text: 'd' } },
      ],
    },
  }),
  message(7, { sender_chat: group, from: { id: 1_087_968_824, is_bot: true }, text: 'anon' }, group),
  message(8, { migrate_to_chat_id: -1002 }, { id: -5, type: 'group', title: 'Old' }),
  message(9, { location: { latitude: 1, longitude: 2 }, venue: { title: 'x', address: 'y' } }),
  {
    callback_query: {
      id: '771',
      from: ann,
      data: 'stop:a1',
      message: { message_id: 6, date: 1, chat: group },
    },
  },
  { stopped_message_generation: { chat: direct, draft_id: '31337' } },
  {
    my_chat_member: {
      chat: group,
      from: ann,
      date: 1,
      old_chat_member: { status: 'left', user: ann },
      new_chat_member: { status: 'administrator', user: ann },
    },
  },
]
const POSTED = { ok: true, result: { message_id: 5, date: 1, chat: direct, text: 'x' } }
const REFUSED = {
  ok: false,
  error_code: 429,
  description: 'Too Many Requests: retry after 3',
  parameters: { retry_after: 3, migrate_to_chat_id: -1002 },
}

const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const NOTHING_NEW = bytesOf({ ok: true, result: [] })

export default [
  {
    name: 'telegram-update',
    seeds: () => [
      ...CONTENTS.map((content, i) => bytesOf({ ok: true, result: [{ update_id: 1_000 + i, ...content }] })),
      bytesOf({ ok: true, result: CONTENTS.map((content, i) => ({ update_id: 2_000 + i, ...content })) }),
      bytesOf(REFUSED),
      bytesOf({
        ok: false,
        error_code: 409,
        description: 'Conflict: terminated by other getUpdates request',
      }),
      bytesOf('<html>Bad Gateway</html>'),
    ],
    async open() {
      const stage = createStage({ mode: 'polling' })
      await stage.start()
      let probes = 0
      const feed = async (input: Uint8Array): Promise<void> => {
        await stage.answerPoll(input)
        stage.check()
      }
      return {
        feed,
        async probe() {
          probes += 1
          const id = 1_000_000 + probes
          await feed(bytesOf({ ok: true, result: [{ update_id: id, ...message(id, { text: 'alive?' }) }] }))
          // An album that may still grow is waited for; what is behind it waits, too.
          for (let polls = 0; polls < 20 && !stage.hasSeen(`telegram:42:${id}`); polls++)
            await feed(NOTHING_NEW)
          if (!stage.hasSeen(`telegram:42:${id}`)) throw new Error('a good message became no event')
        },
        close: () => stage.close(),
      }
    },
  },
  {
    name: 'telegram-webhook',
    seeds: () => [
      ...CONTENTS.map((content, i) => bytesOf({ update_id: 1_000 + i, ...content })),
      bytesOf(
        `POST\nx-telegram-bot-api-secret-token: ${SECRET}\n\n${JSON.stringify({ update_id: 1, ...GOOD })}`,
      ),
      bytesOf(`GET\nx-telegram-bot-api-secret-token: guess\n\n`),
    ],
    async open() {
      const stage = createStage({
        mode: 'webhook',
        webhook: { publicUrl: 'https://b.example', secret: SECRET },
      })
      await stage.start()
      const { webhook } = stage.platform
      if (webhook === undefined) throw new Error('no webhook')
      const forever = new AbortController().signal
      const feed = async (input: Uint8Array): Promise<void> => {
        const request = toRequest(input)
        const before = stage.eventCount
        const { status } = await webhook.handle({ ...request, query: {} }, forever)
        const believed =
          request.method === 'POST' && request.headers['x-telegram-bot-api-secret-token'] === SECRET
        if (!believed && stage.eventCount > before) throw new Error('an event without the secret')
        if (believed === (status === 401 || status === 405)) throw new Error(`answered ${status}`)
        stage.check()
      }
      let probes = 0
      return {
        feed,
        async probe() {
          probes += 1
          const id = 1_000_000 + probes
          await feed(bytesOf({ update_id: id, ...message(id, { text: 'alive?' }) }))
          if (!stage.hasSeen(`telegram:42:${id}`)) throw new Error('a good message became no event')
        },
        close: () => stage.close(),
      }
    },
  },
  {
    name: 'telegram-file-answer',
    seeds: () =>
      [
        'photos/file_3.jpg',
        '/var/lib/99:fuzz-token-fuzz-token/a.bin',
        '../../getMe',
        'https://elsewhere.example/',
      ].map((path) =>
        bytesOf({ ok: true, result: { file_id: 'F', file_unique_id: 'f', file_size: 4, file_path: path } }),
      ),
    open: async () =>
      callPath(
        'getFile',
        bytesOf({ ok: true, result: { file_path: 'a/b', file_size: 4 } }),
        async (platform) => {
          const attachment: Attachment = { kind: 'file', ref: { file_id: 'F' } }
          const { stream } = await platform.openAttachment(attachment, new AbortController().signal)
          for await (const bytes of stream) if (bytes.byteLength > 4) throw new Error('more than there is')
        },
      ),
  },
  {
    name: 'telegram-post-answer',
    seeds: () => [bytesOf(POSTED), bytesOf(REFUSED), bytesOf('<html>Bad Gateway</html>')],
    open: async () =>
      callPath('sendMessage', bytesOf(POSTED), async (platform) => {
        const signal = new AbortController().signal
        const target = await platform.openDirect?.('42' as SenderId, signal)
        if (target === undefined) throw new Error('cannot write first')
        const outbox = platform.outboxFor(target)
        const id = await outbox.post(outbox.renderer.plain('x'), { key: 'k', controls: [] }, signal)
        if (!/^-?\d+$/.test(id)) throw new Error(`the id ${id}`)
      }),
  },
] satisfies readonly FuzzPath[]

/** One call whose answer is the input: it succeeds, or fails in words of ours without the token. */
function callPath(
  method: string,
  good: Uint8Array,
  call: (platform: Platform<TelegramBody>) => Promise<void>,
): Awaited<ReturnType<FuzzPath['open']>> {
  const stage = createStage({ mode: 'polling' })
  return {
    async feed(input) {
      stage.answers.set(method, input)
      await call(stage.platform).catch((error: unknown) => {
        if (!(error instanceof PlatformError)) throw error
        if (`${error.message}${String(error.stack)}`.includes('fuzz-token'))
          throw new Error('the token is told')
      })
      stage.check()
    },
    async probe() {
      stage.answers.set(method, good)
      await call(stage.platform)
    },
    close: () => stage.close(),
  }
}

/** `METHOD`, header lines, an empty line, the body; or the body alone, believed. */
function toRequest(input: Uint8Array): { method: string; headers: Record<string, string>; body: Uint8Array } {
  const text = new TextDecoder('latin1').decode(input)
  const end = text.indexOf('\n\n')
  const [method = '', ...lines] = end < 0 ? [] : text.slice(0, end).split('\n')
  if (!/^[A-Z]+$/.test(method)) {
    return { method: 'POST', headers: { 'x-telegram-bot-api-secret-token': SECRET }, body: input }
  }
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(':')
    return [name.trim().toLowerCase(), value.join(':').trim()]
  })
  return { method, headers: Object.fromEntries(headers), body: input.subarray(end + 2) }
}
