// Does every word of an assistant go through the filter, and does everything else stay?
import { expect, test } from 'vitest'
import type { Assistant, ReplyEvent } from './contract/assistant.ts'
import type { AttachmentStream } from './contract/files.ts'
import { AssistantError } from './contract/errors.ts'
import type { Failure } from './contract/errors.ts'
import { cleanAssistant, scrubbedAssistant } from './filtered-assistant.ts'
import { createScrubber } from './scrub.ts'

const SECRET = 'pat_8Xk2mQ7vB4nR1tY6wZ0'
const scrub = createScrubber([SECRET])
const FAILURE: Failure = {
  kind: 'denied',
  detail: `chat with ${SECRET}`,
  debugUrl: `x?t=${SECRET}`,
  outcome: 'not-sent',
}
const conversation = { conversationId: 'c', userId: 'u' }
const signal = new AbortController().signal
const agent = { kind: 'bot', bot: '1' } as const
const QUESTION = {
  agent,
  conversation,
  asker: { userId: 'u' },
  turnId: 't',
  text: `is it ${SECRET}?`,
  media: [],
}

function saying(events: readonly ReplyEvent[], more: Partial<Assistant> = {}) {
  const heard: unknown[] = []
  const stream = async function* (what?: unknown): AsyncGenerator<ReplyEvent> {
    heard.push(what)
    yield* events
  }
  const assistant: Assistant = {
    startConversation: () => Promise.reject(new AssistantError(FAILURE, new Error('cause'))),
    answer: (question) => stream(question),
    expectedWaitMs: () => 3,
    find: (question) => Promise.resolve((heard.push(question), { found: 'absent' as const })),
    follow: () => stream(),
    submit: (waiting) => stream(waiting.results),
    cancel: () => Promise.resolve(),
    health: () => ({ state: 'down', because: `it has ${SECRET}` }),
    check: () => Promise.resolve([{ verdict: 'fault', subject: SECRET, reason: SECRET, remedy: SECRET }]),
    ...more,
  }
  return { assistant, heard }
}

async function read(events: AsyncIterable<ReplyEvent>): Promise<readonly ReplyEvent[]> {
  const all: ReplyEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

test('a secret cut over deltas is masked, and the rest comes at once', async () => {
  const { assistant } = saying([
    { kind: 'delta', text: 'it is pat_8Xk2' },
    { kind: 'reasoning', text: 'pat_8Xk' },
    { kind: 'delta', text: 'mQ7vB4nR1tY6wZ0, really p' },
    { kind: 'reasoning', text: '2mQ7vB4nR1tY6wZ0' },
    { kind: 'completed' },
  ])
  expect(await read(scrubbedAssistant(assistant, scrub).answer(QUESTION, signal))).toEqual([
    { kind: 'delta', text: 'it is ' },
    { kind: 'delta', text: '[secret], really ' },
    { kind: 'reasoning', text: '[secret]' },
    { kind: 'delta', text: 'p' },
    { kind: 'completed' },
  ])
})

test('a whole thought takes the place of what was held back', async () => {
  const { assistant } = saying([
    { kind: 'reasoning', text: 'say pat_8Xk' },
    { kind: 'reasoning', text: `say ${SECRET}`, whole: true },
    { kind: 'completed' },
  ])
  expect(await read(scrubbedAssistant(assistant, scrub).answer(QUESTION, signal))).toEqual([
    { kind: 'reasoning', text: 'say ' },
    { kind: 'reasoning', text: 'say [secret]', whole: true },
    { kind: 'completed' },
  ])
})

test('a whole answer takes the place of what was held back', async () => {
  const { assistant } = saying([
    { kind: 'delta', text: 'stop' },
    { kind: 'whole', text: `stop ${SECRET}` },
    { kind: 'completed', debugUrl: `https://x/?t=${SECRET}` },
  ])
  const filtered = scrubbedAssistant(assistant, scrub)
  const events = await read(filtered.follow({ agent, conversation, handle: {} }, signal))
  expect(events).toEqual([
    { kind: 'delta', text: 'sto' },
    { kind: 'whole', text: 'stop [secret]' },
    { kind: 'completed', debugUrl: 'https://x/?t=[secret]' },
  ])
})

test('nothing that an assistant says holds a secret, and what is opaque stays', async () => {
  const handle = { secret: SECRET }
  const everything: readonly ReplyEvent[] = [
    { kind: 'started', handle, conversation },
    { kind: 'status', status: 'tool', tool: SECRET },
    { kind: 'files', files: [{ url: `https://x/${SECRET}`, name: `${SECRET}.txt` }, { url: 'https://y' }] },
    { kind: 'suggestions', texts: [SECRET] },
    {
      kind: 'toolCalls',
      handle,
      calls: [{ id: '1', kind: 'ask', name: 'n', argumentsJson: `{"q":"${SECRET}"}` }],
    },
    {
      kind: 'question',
      resume: handle,
      prompt: {
        text: SECRET,
        choices: [SECRET],
        link: `https://x/?k=${SECRET}`,
        fields: [{ name: 'n', type: 'string', required: true, description: SECRET, default: [SECRET, 1] }],
      },
    },
    { kind: 'failed', failure: FAILURE },
  ]
  const { assistant } = saying(everything)
  const said = await read(scrubbedAssistant(assistant, scrub).answer(QUESTION, signal))
  expect(said).toHaveLength(everything.length)
  expect(said[0]).toBe(everything[0])
  expect(JSON.stringify(said).split(SECRET)).toHaveLength(4)
  expect(said[4]).toMatchObject({ handle, calls: [{ argumentsJson: '{"q":"[secret]"}' }] })
  expect(said[6]).toMatchObject({ failure: { kind: 'denied', detail: 'chat with [secret]' } })
})

test('single calls, findings and failures are told without secrets', async () => {
  const { assistant } = saying([], {
    greeting: () => Promise.resolve({ text: SECRET, suggestions: [SECRET] }),
    transcribe: () => Promise.resolve({ text: SECRET }),
    storedFile: () => ({ name: SECRET }),
  })
  const filtered = scrubbedAssistant(assistant, scrub)
  const refused = filtered.startConversation(agent, { userId: 'u' }, signal)
  await expect(refused).rejects.toThrow('chat with [secret]')
  await expect(refused).rejects.toBeInstanceOf(AssistantError)
  const file: AttachmentStream = { stream: new ReadableStream<Uint8Array>(), sizeBytes: 0 }
  expect(
    JSON.stringify([
      await filtered.check([], signal),
      await filtered.greeting?.(agent, signal),
      await filtered.transcribe?.(file, signal),
      filtered.storedFile?.('x'),
      filtered.health(),
    ]),
  ).not.toContain(SECRET)
  expect(filtered.expectedWaitMs()).toBe(3)
  expect('speak' in filtered).toBe(false)
})

test('what is asked holds no secret either', async () => {
  const { assistant, heard } = saying([{ kind: 'completed' }])
  const filtered = scrubbedAssistant(assistant, scrub)
  await read(filtered.answer(QUESTION, signal))
  await filtered.find({ ...QUESTION, askedAtMs: 1 }, signal)
  const results = [{ id: '1', output: `{"key":"${SECRET}"}` }]
  await read(filtered.submit({ agent, conversation, handle: {}, results }, signal))
  expect(heard).toHaveLength(3)
  expect(JSON.stringify(heard)).not.toContain(SECRET)
  expect(JSON.stringify(heard)).toContain('is it [secret]?')
})

test('what turns and hides text is taken out of it, also where a character is cut in two', async () => {
  const { assistant } = saying([
    { kind: 'delta', text: 'a\u202eb\ud83d' },
    { kind: 'delta', text: '\ude00\r' },
    { kind: 'delta', text: '\nc' },
    { kind: 'suggestions', texts: ['yes\u0000\u{e0041}'] },
    { kind: 'completed' },
  ])
  expect(await read(cleanAssistant(assistant).answer(QUESTION, signal))).toEqual([
    { kind: 'delta', text: 'ab' },
    { kind: 'delta', text: '😀' },
    { kind: 'delta', text: '\nc' },
    { kind: 'suggestions', texts: ['yes'] },
    { kind: 'completed' },
  ])
})

test("arguments keep the model's own writing where there is nothing to take out", async () => {
  const argumentsJson = '{ "id": 73000000000000000001 }'
  const call = { id: '1', kind: 'function', name: 'n', argumentsJson } as const
  const { assistant } = saying([{ kind: 'toolCalls', handle: {}, calls: [call] }])
  expect(await read(cleanAssistant(assistant).answer(QUESTION, signal))).toMatchObject([
    { calls: [{ argumentsJson }] },
  ])
})
