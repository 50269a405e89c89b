// The floor: what undici and the SSE parser cost alone. Same questions, same pace of calls, nothing in between:
// no journal, no lanes, no Markdown, no splitting; text is sent as it came.
//
// Run as its own process by bench.ts; told over the channel to ask so many questions.

import { createParser } from 'eventsource-parser'
import { Agent, request } from 'undici'
import './probe.ts'

interface Work {
  readonly do: 'ask'
  readonly cozeUrl: string
  readonly cozeToken: string
  readonly botId: string
  readonly telegramUrl: string
  readonly telegramToken: string
  readonly text: string
  readonly chatIds: readonly number[]
}

/** The bridge's own pace in a private chat, so that both send as often. */
const FRAME_GAP_MS = 1_000
const LONGEST_MESSAGE = 4_096

// It lives until it is stopped: the channel alone holds it.
process.channel?.ref()

const dispatcher = new Agent({ connections: null, keepAliveTimeout: 15_000 })

process.on('message', (message: unknown) => {
  if (!isWork(message)) return
  void Promise.all(message.chatIds.map((chatId) => reply(message, chatId))).then(() => process.send?.('done'))
})

async function reply(work: Work, chatId: number): Promise<void> {
  const answer = await request(`${work.cozeUrl}/v3/chat`, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Bearer ${work.cozeToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      bot_id: work.botId,
      user_id: `floor-${chatId}`,
      stream: true,
      additional_messages: [{ role: 'user', type: 'question', content: work.text, content_type: 'text' }],
    }),
  })
  let text = ''
  let messageId: number | undefined
  let sentAtMs = -Infinity
  let inFlight: Promise<void> | undefined
  const parser = createParser({
    onEvent({ event, data }) {
      if (event !== 'conversation.message.delta') return
      const delta = JSON.parse(data) as { type?: string; content?: string }
      if (delta.type === 'answer') text += delta.content ?? ''
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of answer.body) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
    if (text === '' || inFlight || performance.now() - sentAtMs < FRAME_GAP_MS) continue
    sentAtMs = performance.now()
    inFlight = send().finally(() => (inFlight = undefined))
  }
  await inFlight
  await send()

  async function send(): Promise<void> {
    const shown = text.slice(-LONGEST_MESSAGE)
    if (shown.trim() === '') return
    const method = messageId === undefined ? 'sendMessage' : 'editMessageText'
    const sent = await request(`${work.telegramUrl}/bot${work.telegramToken}/${method}`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        chat_id: chatId,
        text: shown,
        ...(messageId === undefined ? {} : { message_id: messageId }),
      }),
    })
    const { result } = (await sent.body.json()) as { result?: { message_id?: number } }
    messageId ??= result?.message_id
  }
}

function isWork(message: unknown): message is Work {
  return typeof message === 'object' && message !== null && 'do' in message && message.do === 'ask'
}
