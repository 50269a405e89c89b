// How do the emulator's own tests speak to it? By bare fetch, so that no SDK stands between a rule and its test.
import { startFeishuEmulator, type FeishuEmulator, type FeishuEmulatorOptions } from './index.ts'
import type { Chat, Json, Person } from './types.ts'

/** One answer: the envelope, with what tests read of `data`. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly code: number
  readonly data: RawData
  readonly bot?: { readonly open_id: string; readonly activate_status: number }
  readonly error?: { readonly log_id: string }
  readonly tenant_access_token?: string
}

export interface RawData {
  readonly message_id: string
  readonly thread_id?: string
  readonly card_id: string
  readonly cot_id: string
  readonly command_id: string
  readonly reaction_id: string
  readonly image_key: string
  readonly file_key: string
  readonly has_more: boolean
  readonly page_token: string
  readonly users: readonly Json[]
  readonly items: readonly (Json & {
    readonly message_id: string
    readonly reaction_id: string
    readonly mentions: readonly Json[]
    readonly body: { readonly content: string }
  })[]
}

export interface RawBot {
  call(method: string, path: string, body?: unknown, bearer?: string): Promise<RawAnswer>
  /** Later calls carry the token. */
  signIn(): Promise<string>
  send(chatId: string, text: string, more?: object): Promise<RawAnswer>
  reply(messageId: string, text: string, more?: object): Promise<RawAnswer>
  /** The code alone. */
  codeOf(answer: Promise<RawAnswer>): Promise<number>
}

export interface Stage {
  readonly emulator: FeishuEmulator
  readonly bot: RawBot
  readonly ann: Person
  readonly group: Chat
  /** Moves the emulator's clock. */
  pass(ms: number): void
  /** Ends the emulator. */
  [Symbol.asyncDispose](): Promise<void>
}

/** An emulator with a hand-moved clock, a signed-in bot, one person and a group. */
export async function stage(options: FeishuEmulatorOptions = {}): Promise<Stage> {
  let nowMs = 1_795_000_000_000
  const emulator = await startFeishuEmulator({ nowMs: () => nowMs, ...options })
  const bot = rawBot(emulator)
  await bot.signIn()
  const ann = emulator.person({ name: 'Ann' })
  return {
    emulator,
    bot,
    ann,
    group: emulator.group({ name: 'Lab', members: [ann] }),
    pass: (ms) => void (nowMs += ms),
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

export function rawBot({ url, appId, appSecret }: FeishuEmulator): RawBot {
  let token: string | undefined
  const call: RawBot['call'] = async (method, path, body, bearer = token) => {
    const isForm = body instanceof FormData
    const response = await fetch(`${url}/open-apis${path}`, {
      method,
      headers: {
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Omit<RawAnswer, 'status' | 'headers'>
    return { ...answer, status: response.status, headers: response.headers }
  }
  return {
    call,
    async signIn() {
      const keys = { app_id: appId, app_secret: appSecret }
      const answer = await call('POST', '/auth/v3/tenant_access_token/internal', keys)
      token = answer.tenant_access_token ?? ''
      return token
    },
    send: (chatId, text, more = {}) =>
      call('POST', '/im/v1/messages?receive_id_type=chat_id', {
        receive_id: chatId,
        msg_type: 'text',
        content: JSON.stringify({ text }),
        ...more,
      }),
    reply: (messageId, text, more = {}) =>
      call('POST', `/im/v1/messages/${messageId}/reply`, {
        msg_type: 'text',
        content: JSON.stringify({ text }),
        ...more,
      }),
    codeOf: async (answer) => (await answer).code,
  }
}
