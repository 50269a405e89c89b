// Does the reading code understand what api.coze.cn really sent? Recordings of the official Python SDK's tests.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ClosingEvent, ReplyEvent } from '../../src/contract/assistant.ts'
import { createSseReader } from '../../src/coze/sse.ts'
import type { SseEvent } from '../../src/coze/sse.ts'
import { createReplyReader } from '../../src/coze/stream.ts'
import type { ReplyReaderOptions } from '../../src/coze/stream.ts'
import { readWorkflowEvent } from '../../src/coze/workflow-events.ts'

const folder = new URL('../../../shared/schemas/recordings/coze-sse/', import.meta.url)
const isThere = existsSync(folder)
const title = isThere ? 'recordings of Coze' : 'recordings of Coze (skipped: ../shared/schemas is not here)'

function eventsOf(name: string, pieceBytes = Infinity): readonly SseEvent[] {
  const bytes = readFileSync(new URL(name, folder))
  const reader = createSseReader()
  const events: SseEvent[] = []
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    events.push(...reader.take(bytes.subarray(from, from + pieceBytes)))
  }
  return [...events, ...reader.end()]
}

function replyOf(
  name: string,
  options: Partial<ReplyReaderOptions> = {},
): { shown: string; closing: ClosingEvent } {
  const defaults = {
    what: name,
    logid: '',
    kind: 'chat',
    userId: 'u',
    conversationId: '',
    trustDone: false,
  } as const
  const reader = createReplyReader({ ...defaults, ...options })
  const out: ReplyEvent[] = []
  for (const event of eventsOf(name, 11)) reader.take(event, out)
  const closing = reader.close(out)
  let shown = ''
  for (const event of out) {
    if (event.kind === 'delta') shown += event.text
    if (event.kind === 'whole') shown = event.text
  }
  return { shown, closing }
}

describe.skipIf(!isThere)(title, () => {
  // Some of its deltas were left out when it was recorded: the finished message is the truth.
  test('a chat', () => {
    expect(replyOf('chat_text_stream_resp.txt')).toEqual({
      shown: '2024 年 10 月 1 日是星期三。',
      closing: { kind: 'completed', usage: { inputTokens: 614, outputTokens: 19, totalTokens: 633 } },
    })
  })

  test('a chat that failed', () => {
    expect(replyOf('chat_failed_resp.txt').closing).toMatchObject({
      failure: { kind: 'unavailable', code: 5000 },
    })
  })

  test('an error without words', () => {
    expect(replyOf('chat_error_resp.txt').closing).toMatchObject({ failure: { kind: 'unavailable' } })
  })

  test('an event of no meaning', () => {
    expect(replyOf('chat_invalid_resp.txt').closing).toMatchObject({ failure: { kind: 'lost' } })
  })

  test('a chatflow', () => {
    const reply = replyOf('workflows_chat_stream_resp.txt', { kind: 'chatflow', trustDone: true })
    expect(reply).toMatchObject({
      shown: "I'm fine, thank you. How about you?",
      closing: { kind: 'completed' },
    })
  })

  test('a workflow', () => {
    const events = eventsOf('workflow_run_stream_resp.txt', 7).map((event) =>
      readWorkflowEvent(event, 'w', ''),
    )
    const kinds = events.map((event) => event?.kind)
    expect(kinds).toEqual([...Array<string>(6).fill('message'), 'failed', 'message', 'interrupt', 'done'])
    expect(events[6]).toMatchObject({ failure: { kind: 'rejected', code: 4000 } })
    expect(events[8]).toMatchObject({
      interrupt: { eventId: '7404830425073352713/2769808280134765896', type: 2, prompt: { text: '' } },
    })
  })

  test('a workflow event of no meaning', () => {
    const events = eventsOf('workflow_run_invalid_stream_resp.txt')
    expect(events.map((event) => readWorkflowEvent(event, 'w', ''))).toEqual([undefined])
  })
})
