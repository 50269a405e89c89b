// How do the emulator's own tests speak to it, byte by byte?
import { onTestFinished } from 'vitest'
import { defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator, CozeEmulatorOptions } from '../../src/emulators/coze/index.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** An emulator without waits that ends with the test. */
export async function emulator(options: CozeEmulatorOptions = {}): Promise<CozeEmulator> {
  const coze = await startCozeEmulator({
    pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 4 },
    ...options,
  })
  onTestFinished(() => coze.close())
  return coze
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `{}` where the answer is not a JSON object. */
  readonly json: JsonObject
  readonly events: readonly { readonly event: string; readonly data: string }[]
  /** The connection broke before the end. */
  readonly broke: boolean
}

export async function send(
  coze: CozeEmulator,
  method: string,
  path: string,
  body?: unknown,
  token: string | undefined = defaults.token,
): Promise<Answered> {
  const response = await fetch(coze.url + path, {
    method,
    headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const decoder = new TextDecoder()
  let text = ''
  let broke = false
  const pieces: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined
  try {
    if (pieces !== undefined)
      for await (const piece of pieces) text += decoder.decode(piece, { stream: true })
  } catch {
    broke = true
  }
  const json = objectOf(parseJson(text))
  return { status: response.status, headers: response.headers, text, json, events: eventsIn(text), broke }
}

/** A /v3/chat body that asks `text`, with more members if wanted. */
export function asking(text: string, beside: JsonObject = {}): JsonObject {
  return {
    bot_id: defaults.botId,
    user_id: 'u',
    stream: true,
    additional_messages: [{ role: 'user', type: 'question', content: text, content_type: 'text' }],
    ...beside,
  }
}

export async function newConversation(coze: CozeEmulator): Promise<string> {
  return dataText(await send(coze, 'POST', '/v1/conversation/create', {}), 'id')
}

/** A text member of an answer's `data`. */
export function dataText(answered: Answered, member: string): string {
  return String(objectOf(answered.json['data'])[member])
}

/** The answer's text as its deltas give it. */
export function spoken(answered: Answered): string {
  return answered.events
    .filter(({ event }) => event === 'conversation.message.delta')
    .map(({ data }) => String(objectOf(parseJson(data))['content']))
    .join('')
}

function eventsIn(text: string): { event: string; data: string }[] {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n\n')
    .flatMap((block) => {
      const event = /^event: ?(.*)$/m.exec(block)?.[1]
      return event === undefined ? [] : [{ event, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? '' }]
    })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
