// A real assistant in front of an emulated Coze, on loopback, with a clock that runs ahead.

import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import type { ClosingEvent, Handle, ReplyEvent } from '../../src/contract/assistant.ts'
import { createCozeAssistant } from '../../src/coze/index.ts'
import type { CozeAssistant, CozeAssistantOptions } from '../../src/coze/index.ts'
import { createFastClock } from './fast-clock.ts'
import { createQuietLogger } from './quiet-logger.ts'

export const live = new AbortController().signal
export const agent = { kind: 'bot', bot: '7300000000000000000' } as const
export const asker = { userId: 'u' }

export const fastClock = createFastClock(50)

/** Closed when the test ends. */
export function assistantAt(apiBase: string, options: Partial<CozeAssistantOptions> = {}): CozeAssistant {
  const assistant = createCozeAssistant({
    apiBase,
    clock: fastClock,
    log: createQuietLogger(),
    login: { kind: 'token', token: 'pat_emulator' },
    random: () => 0.5,
    ...options,
  })
  onTestFinished(() => assistant.close())
  return assistant
}

/** A server that says what it is told. Ends with the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

export interface Reply {
  readonly events: readonly ReplyEvent[]
  /** What stands on the screen at the end. */
  readonly shown: string
  readonly closing: ClosingEvent
  readonly handle: Handle | undefined
  readonly conversationId: string | undefined
}

/** Reads a reply to its end, and fails unless it is closed exactly once, last. */
export async function readReply(stream: AsyncIterable<ReplyEvent>): Promise<Reply> {
  const events: ReplyEvent[] = []
  let shown = ''
  for await (const event of stream) {
    events.push(event)
    if (event.kind === 'delta') shown += event.text
    if (event.kind === 'whole') shown = event.text
  }
  const closings = events.filter(isClosing)
  const closing = closings[0]
  if (closing === undefined || closings.length > 1 || events.at(-1) !== closing) {
    throw new Error(`a reply closed ${closings.length} times: ${events.map(({ kind }) => kind).join(' ')}`)
  }
  const started = events.find((event) => event.kind === 'started')
  return {
    events,
    shown,
    closing,
    handle: started?.handle,
    conversationId: started?.conversation.conversationId,
  }
}

function isClosing(event: ReplyEvent): event is ClosingEvent {
  return ['completed', 'toolCalls', 'question', 'failed'].includes(event.kind)
}

let turns = 0
/** Asks in a conversation ('' lets Coze open one). */
export function askIn(
  assistant: CozeAssistant,
  conversationId: string,
  text = 'hello',
  signal: AbortSignal = live,
): Promise<Reply> {
  turns += 1
  const conversation = { conversationId, userId: asker.userId }
  return readReply(
    assistant.answer({ agent, conversation, asker, turnId: `turn-${turns}`, text, media: [] }, signal),
  )
}

/** Follows a reply that was lost. */
export function followUp(assistant: CozeAssistant, lost: Reply, signal: AbortSignal = live): Promise<Reply> {
  const { handle, conversationId } = lost
  if (handle === undefined || conversationId === undefined) throw new Error('nothing to follow')
  const conversation = { conversationId, userId: asker.userId }
  return readReply(assistant.follow({ agent, conversation, handle }, signal))
}
