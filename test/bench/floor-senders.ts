// How the floor writes to each platform: the fewest calls that make a message grow there, at the bridge's own pace.

export type FloorPlatform =
  | { readonly kind: 'telegram'; readonly url: string; readonly token: string }
  | { readonly kind: 'discord'; readonly url: string; readonly token: string }
  | { readonly kind: 'feishu'; readonly url: string; readonly tenantToken: string }

type Call = (
  method: 'POST' | 'PUT' | 'PATCH',
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
) => Promise<Readonly<Record<string, unknown>>>
type Send = (text: string, last: boolean) => Promise<void>

interface Sender {
  readonly frameGapMs: number
  readonly longestMessage: number
  open(platform: FloorPlatform, chatId: string, call: Call): Send
}

/** The bridge's own gap between two card frames (adapters/feishu/outbox.ts). */
const FEISHU_GAP_MS = 250

export const senders: Readonly<Record<FloorPlatform['kind'], Sender>> = {
  telegram: { frameGapMs: 1_000, longestMessage: 4_096, open: openTelegram },
  discord: { frameGapMs: 1_100, longestMessage: 2_000, open: openDiscord },
  feishu: { frameGapMs: FEISHU_GAP_MS, longestMessage: 9_000, open: openFeishu },
}

function openTelegram(platform: FloorPlatform, chatId: string, call: Call): Send {
  if (platform.kind !== 'telegram') throw new TypeError('not Telegram')
  const base = `${platform.url}/bot${platform.token}`
  let messageId: unknown
  return async (text) => {
    const method = messageId === undefined ? 'sendMessage' : 'editMessageText'
    const known = messageId === undefined ? {} : { message_id: messageId }
    const answer = await call('POST', `${base}/${method}`, {}, { chat_id: Number(chatId), text, ...known })
    messageId ??= fields(answer['result'])['message_id']
  }
}

function openDiscord(platform: FloorPlatform, chatId: string, call: Call): Send {
  if (platform.kind !== 'discord') throw new TypeError('not Discord')
  const base = `${platform.url}/v10/channels/${chatId}/messages`
  const headers = { authorization: `Bot ${platform.token}` }
  let messageId: string | undefined
  return async (text) => {
    const content = { content: text, allowed_mentions: { parse: [] } }
    if (messageId !== undefined) await call('PATCH', `${base}/${messageId}`, headers, content)
    else messageId = idIn((await call('POST', base, headers, content))['id'])
  }
}

function openFeishu(platform: FloorPlatform, chatId: string, call: Call): Send {
  if (platform.kind !== 'feishu') throw new TypeError('not Feishu')
  const api = `${platform.url}/open-apis`
  const headers = { authorization: `Bearer ${platform.tenantToken}` }
  let cardId: string | undefined
  let sequence = 0
  return async (content, last) => {
    if (cardId === undefined) {
      const card = {
        schema: '2.0',
        config: { streaming_mode: true, update_multi: true },
        body: { elements: [{ tag: 'markdown', element_id: 'body', content }] },
      }
      const made = await call('POST', `${api}/cardkit/v1/cards`, headers, {
        type: 'card_json',
        data: JSON.stringify(card),
      })
      cardId = idIn(fields(made['data'])['card_id'])
      await call('POST', `${api}/im/v1/messages?receive_id_type=chat_id`, headers, {
        receive_id: chatId,
        msg_type: 'interactive',
        content: JSON.stringify({ type: 'card', data: { card_id: cardId } }),
      })
    } else {
      const body = { content, sequence: (sequence += 1) }
      await call('PUT', `${api}/cardkit/v1/cards/${cardId}/elements/body/content`, headers, body)
    }
    if (!last) return
    const settings = JSON.stringify({ config: { streaming_mode: false, summary: { content: 'done' } } })
    await call('PATCH', `${api}/cardkit/v1/cards/${cardId}/settings`, headers, {
      settings,
      sequence: (sequence += 1),
    })
  }
}

function idIn(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('the answer names no id')
  return value
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
