// The floor: what undici and the SSE parser cost alone. Same questions, same pace of calls, nothing in between:
// no journal, no lanes, no Markdown, no splitting; text is sent as it came.
//
// Run as its own process by bench.ts; told over the channel to ask so many questions.

import { createParser } from 'eventsource-parser'
import { Agent, request } from 'undici'
import './probe.ts'
import { senders, type FloorPlatform } from './floor-senders.ts'

export interface FloorWork {
  readonly do: 'ask'
  readonly cozeUrl: string
  readonly cozeToken: string
  readonly botId: string
  readonly text: string
  readonly replies: readonly { readonly platform: FloorPlatform; readonly chatId: string }[]
}

// It lives until it is stopped: the channel alone holds it.
process.channel?.ref()

const dispatcher = new Agent({ connections: null, keepAliveTimeout: 15_000 })

process.on('message', (message: unknown) => {
  if (!isWork(message)) return
  void Promise.all(message.replies.map(({ platform, chatId }) => reply(message, platform, chatId))).then(() =>
    process.send?.('done'),
  )
})

async function reply(work: FloorWork, platform: FloorPlatform, chatId: string): Promise<void> {
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
  const { frameGapMs, longestMessage, open } = senders[platform.kind]
  const send = open(platform, chatId, call)
  let text = ''
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
    if (text === '' || inFlight || performance.now() - sentAtMs < frameGapMs) continue
    sentAtMs = performance.now()
    inFlight = show(false).finally(() => (inFlight = undefined))
  }
  await inFlight
  await show(true)

  async function show(last: boolean): Promise<void> {
    const shown = text.slice(-longestMessage)
    if (shown.trim() !== '') await send(shown, last)
  }
}

async function call(
  method: 'POST' | 'PUT' | 'PATCH',
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await request(url, {
    method,
    dispatcher,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await answer.body.json()) as Readonly<Record<string, unknown>>
}

function isWork(message: unknown): message is FloorWork {
  return typeof message === 'object' && message !== null && 'do' in message && message.do === 'ask'
}
