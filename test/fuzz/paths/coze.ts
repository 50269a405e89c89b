// What Coze answers, as bytes over a socket: the whole client reads them, from the head to the events of a reply.

import { createServer, type Server } from 'node:http'
import type { ClosingEvent, ReplyEvent } from '../../../src/contract/assistant.ts'
import { AssistantError } from '../../../src/contract/errors.ts'
import type { Logger } from '../../../src/contract/runtime.ts'
import { createCozeAssistant, type CozeAssistant } from '../../../src/coze/index.ts'
import { createFastClock } from '../../support/fast-clock.ts'
import type { FuzzPath } from '../path.ts'
import {
  BODIES,
  CHAT_STREAMS,
  CHAT_TEXT,
  GOOD_CHAT,
  GOOD_CONVERSATION,
  GOOD_RUN,
  RUN_STREAMS,
} from './coze-seeds.ts'

const BOT = { kind: 'bot', bot: '7379462189365198898' } as const
const ASKER = { userId: 'u_1' }
const CONVERSATION = { conversationId: '7381473525342978089', userId: 'u_1' }
const HANDLE = { kind: 'chat', conversationId: CONVERSATION.conversationId, chatId: '7382159487131697202' }
const RUN = {
  workflow: { workflow: '73', mode: 'stream' },
  asker: ASKER,
  turnId: 't',
  parameters: {},
} as const
/** Real sockets need real time; pauses of seconds need not last that long. */
const TIMES_FASTER = 200

interface Client {
  readonly assistant: CozeAssistant
  readonly signal: AbortSignal
}

const paths: readonly FuzzPath[] = [
  path('coze-sse', 'text/event-stream', CHAT_STREAMS, {
    feed: ({ assistant, signal }) => read(assistant.answer(question(), signal)),
    good: GOOD_CHAT,
    probe: async ({ assistant, signal }) =>
      expectText(await read(assistant.answer(question(), signal)), CHAT_TEXT),
  }),
  path('coze-workflow-sse', 'text/event-stream', RUN_STREAMS, {
    feed: ({ assistant, signal }) => read(assistant.run(RUN, signal)),
    good: GOOD_RUN,
    probe: async ({ assistant, signal }) => expectText(await read(assistant.run(RUN, signal)), 'It ran.'),
  }),
  path('coze-json', 'application/json', BODIES, {
    feed: async (client, input) => {
      // One of them for each input: all seven would each need a connection.
      const call = CALLS[input.byteLength % CALLS.length]
      if (call) await unlessRefused(() => call(client))
    },
    good: GOOD_CONVERSATION,
    probe: async ({ assistant, signal }) => {
      const { conversationId } = await assistant.startConversation(BOT, ASKER, signal)
      if (conversationId !== CONVERSATION.conversationId)
        throw new Error('the conversation was not understood')
    },
  }),
]
export default paths

/** Every reader of JSON that has rules of its own. */
const CALLS: readonly ((client: Client) => Promise<unknown>)[] = [
  ({ assistant, signal }) => assistant.startConversation(BOT, ASKER, signal),
  ({ assistant, signal }) =>
    assistant.find({ agent: BOT, conversation: CONVERSATION, turnId: 't', text: 'x', askedAtMs: 0 }, signal),
  ({ assistant, signal }) =>
    read(assistant.follow({ agent: BOT, conversation: CONVERSATION, handle: HANDLE }, signal)),
  ({ assistant, signal }) => assistant.greeting(BOT, signal),
  ({ assistant, signal }) =>
    read(assistant.run({ ...RUN, workflow: { workflow: '73', mode: 'run' } }, signal)),
  ({ assistant, signal }) => read(assistant.answer(question(), signal)),
  ({ assistant, signal }) =>
    assistant.rate({ conversation: CONVERSATION, handle: HANDLE, verdict: 'like' }, signal),
]

function path(
  name: string,
  contentType: string,
  seeds: readonly Uint8Array[],
  does: {
    readonly feed: (client: Client, input: Uint8Array) => Promise<unknown>
    readonly good: Uint8Array
    readonly probe: (client: Client) => Promise<void>
  },
): FuzzPath {
  return {
    name,
    seeds: () => seeds,
    limitMs: 5_000,
    async open() {
      let body: Uint8Array = does.good
      const server = createServer((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': contentType, 'content-length': body.byteLength })
        response.end(body)
      })
      const assistant = createCozeAssistant({
        apiBase: await listen(server),
        clock: createFastClock(TIMES_FASTER),
        log: silent,
        login: { kind: 'token', token: 'pat_fuzz' },
        limits: { firstByteMs: 2_000, betweenEventsMs: 2_000, overallMs: 5_000 },
      })
      const end = new AbortController()
      const client = { assistant, signal: end.signal }
      return {
        async feed(input) {
          body = input
          await does.feed(client, input)
        },
        async probe() {
          body = does.good
          await does.probe(client)
        },
        async close() {
          end.abort()
          await assistant.close()
          server.closeAllConnections()
          await new Promise((resolve) => server.close(resolve))
        },
      }
    },
  }
}

function question() {
  return { agent: BOT, conversation: CONVERSATION, asker: ASKER, turnId: 't', text: 'hello', media: [] }
}

/** The law of every stream: it never throws, and exactly one closing event ends it. */
async function read(events: AsyncIterable<ReplyEvent>): Promise<string> {
  let text = ''
  let closing: ClosingEvent | undefined
  for await (const event of events) {
    if (closing !== undefined) throw new Error('something came after the end of a reply')
    if (event.kind === 'delta') text += event.text
    if (event.kind === 'whole') text = event.text
    if (isClosing(event)) closing = event
  }
  if (closing === undefined) throw new Error('a reply without an end')
  return text
}

function isClosing(event: ReplyEvent): event is ClosingEvent {
  const { kind } = event
  return kind === 'completed' || kind === 'failed' || kind === 'toolCalls' || kind === 'question'
}

function expectText(text: string, wanted: string): void {
  if (text.trim() !== wanted) throw new Error(`a good reply came out as ${text.length} other characters`)
}

/** A call may be refused, in one way only. */
async function unlessRefused(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}
