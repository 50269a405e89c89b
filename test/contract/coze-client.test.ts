// What becomes of a reply when Coze, or the way to it, misbehaves: every row of the table of faults, and more.

import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fault } from '../../src/emulators/coze/index.ts'
import { always, defaults, fail, gateway, inTurn, longAnswer, say } from '../../src/emulators/coze/index.ts'
import {
  askIn,
  assistantAt,
  agent,
  asker,
  followUp,
  live,
  readReply,
  serve,
} from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'

const ANSWER = '# 标题\n\nSome **text**, 中文 and 👩‍🚀.\n\n```ts\nconst a = 1\n```\n'
const CHAT = '/v3/chat'

test('a healthy reply of a hundred deltas is shown once, and whole', async () => {
  const coze = await emulator({ pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 2 } })
  const text = longAnswer(200)
  coze.setScript(defaults.botId, always(say(text)))
  const reply = await askIn(assistantAt(coze.url), '')
  expect(reply).toMatchObject({ shown: text, closing: { kind: 'completed' } })
  expect(reply.events.some(({ kind }) => kind === 'whole')).toBe(false)
})

test.each([
  [4100, 'denied'],
  [4101, 'denied'],
  [4002, 'gone'],
  [4015, 'misconfigured'],
  [4016, 'occupied'],
  [4028, 'quota'],
  [4010, 'too-long'],
  [4999, 'garbled'],
] as const)('an error %i told as JSON with status 200 fails as %s, and is asked once', async (code, kind) => {
  const coze = await emulator()
  coze.faults.always(CHAT, { code, msg: 'no' })
  const { closing, events } = await askIn(assistantAt(coze.url), '')
  expect(closing).toMatchObject({ kind: 'failed', failure: { kind, code } })
  expect(closing.kind === 'failed' && closing.failure.logid).toMatch(/^\d{14}/)
  expect(events).toHaveLength(1)
  expect(coze.store.requests).toHaveLength(1)
})

test.each(['chat', 'bare'] as const)(
  'chat.failed in its %s shape fails with the code it names',
  async (shape) => {
    const coze = await emulator()
    coze.setScript(defaults.botId, always(say('partial'), fail(5000, 'event interval error', shape)))
    const reply = await askIn(assistantAt(coze.url), '')
    expect(reply.shown).toBe('partial')
    expect(reply.closing).toMatchObject({ failure: { kind: 'unavailable', code: 5000, outcome: 'unknown' } })
  },
)

test('an error event in the stream fails with the code it names', async () => {
  const coze = await emulator()
  coze.faults.next(CHAT, { errorEvent: { afterDeltas: 1, code: 4011, msg: 'no credit' } })
  expect((await askIn(assistantAt(coze.url), '')).closing).toMatchObject({
    failure: { kind: 'quota', code: 4011 },
  })
})

test('a chat that waits for tools says so, and goes on with their results', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, function* () {
    const given = yield {
      requiresAction: [{ type: 'function', name: 'weather', arguments: '{"city":"Oslo"}' }],
    }
    yield say(`It is ${given?.[0]?.output ?? '?'}.`)
  })
  const assistant = assistantAt(coze.url)
  const waiting = await askIn(assistant, '')
  if (waiting.closing.kind !== 'toolCalls') throw new Error(`closed by ${waiting.closing.kind}`)
  const { calls, handle } = waiting.closing
  expect(calls).toMatchObject([{ kind: 'function', name: 'weather', argumentsJson: '{"city":"Oslo"}' }])
  const conversation = { conversationId: waiting.conversationId ?? '', userId: 'u' }
  const results = calls.map(({ id }) => ({ id, output: 'sunny' }))
  const reply = await readReply(assistant.submit({ agent, conversation, handle, results }, live))
  expect(reply).toMatchObject({ shown: 'It is sunny.', closing: { kind: 'completed' } })
})

const harmless: readonly (readonly [string, Fault])[] = [
  ['a tool result of 300 kB', { bigToolEventBytes: 300_000 }],
  ['every byte in a packet of its own', { splitBytes: 1 }],
  ['CRLF', { crlf: true, splitBytes: 7 }],
  ['no blank line at the end', { noFinalBlankLine: true }],
  ['an unquoted [DONE]', { done: 'unquoted' }],
  ['the end event of Coze Studio', { done: 'studio' }],
  ['no end event', { done: 'none' }],
  ['unknown events and comments', { unknownEvents: true, commentLines: true }],
  ['odd fields', { nullMetaData: true, stringTimestamps: true, shuffleKeys: true }],
  ['a late head', { headersDelayMs: 30 }],
]
test.each(harmless)('%s changes nothing of a reply', async (_what, fault) => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always(say(ANSWER), { newAnswer: true }, say('second')))
  coze.faults.next(CHAT, fault)
  const reply = await askIn(assistantAt(coze.url), '')
  expect(reply).toMatchObject({ shown: `${ANSWER}\n\nsecond`, closing: { kind: 'completed' } })
})

test.each([
  ['the socket is cut', { cutAfterDeltas: 3 }],
  ['the stream ends cleanly', { endAfterDeltas: 3 }],
] as const)('when %s after some deltas the reply is lost, and followed to its end', async (_how, fault) => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always(say(ANSWER), { followUps: ['And?'] }))
  coze.faults.next(CHAT, fault)
  const assistant = assistantAt(coze.url)
  const lost = await askIn(assistant, '')
  expect(lost.closing).toMatchObject({ kind: 'failed', failure: { kind: 'lost', outcome: 'unknown' } })
  expect(ANSWER.startsWith(lost.shown) && lost.shown !== '').toBe(true)
  const found = await followUp(assistant, lost)
  expect(found).toMatchObject({ shown: ANSWER, closing: { kind: 'completed' } })
  expect(found.events).toContainEqual({ kind: 'suggestions', texts: ['And?'] })
})

test('a stream cut at any byte is whole in the end', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always(say(ANSWER)))
  const assistant = assistantAt(coze.url)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 7_000 }), async (cutAfterBytes) => {
      coze.faults.next(CHAT, { cutAfterBytes, splitBytes: 997 })
      const conversation = await assistant.startConversation(agent, asker, live)
      const question = {
        agent,
        conversation,
        asker,
        turnId: `cut-${cutAfterBytes}`,
        text: 'hello',
        media: [],
      }
      const askedAtMs = Date.now()
      const first = await readReply(assistant.answer(question, live))
      if (first.closing.kind === 'completed') {
        expect(first.shown).toBe(ANSWER)
        return
      }
      expect(first.closing).toMatchObject({ kind: 'failed', failure: { kind: 'lost' } })
      expect(ANSWER.startsWith(first.shown)).toBe(true)
      const found = await assistant.find({ ...question, askedAtMs }, live)
      if (found.found !== 'found') throw new Error(found.found)
      if (first.handle !== undefined) expect(found.handle).toEqual(first.handle)
      const rest = await readReply(assistant.follow({ agent, conversation, handle: found.handle }, live))
      expect(rest).toMatchObject({ shown: ANSWER, closing: { kind: 'completed' } })
    }),
    { numRuns: 60 },
  )
})

test('a question that was stored but never answered is not asked twice, and can be found', async () => {
  const coze = await emulator()
  coze.faults.next(CHAT, { resetAfterStored: true })
  const assistant = assistantAt(coze.url)
  const conversation = await assistant.startConversation(agent, asker, live)
  const question = { agent, conversation, asker, turnId: 'turn-x', text: 'hello', media: [] }
  const askedAtMs = Date.now()
  const lost = await readReply(assistant.answer(question, live))
  expect(lost.closing).toMatchObject({ failure: { kind: 'lost', outcome: 'unknown' } })
  expect(coze.store.counts.chats).toBe(1)
  expect(await assistant.find({ ...question, turnId: 'turn-y', askedAtMs }, live)).toEqual({
    found: 'absent',
  })
  const found = await assistant.find({ ...question, askedAtMs }, live)
  if (found.found !== 'found') throw new Error(found.found)
  const reply = await readReply(assistant.follow({ agent, conversation, handle: found.handle }, live))
  expect(reply.closing.kind).toBe('completed')
  expect(reply.shown).toContain('hello')
})

test('a question that never arrived is surely absent', async () => {
  const coze = await emulator()
  coze.faults.next(CHAT, { refuse: true })
  const assistant = assistantAt(coze.url)
  const conversation = await assistant.startConversation(agent, asker, live)
  const question = { agent, conversation, turnId: 'turn-z', text: 'hello', askedAtMs: Date.now() }
  const reply = await readReply(assistant.answer({ ...question, asker, media: [] }, live))
  expect(reply.closing).toMatchObject({ failure: { kind: 'lost' } })
  expect(await assistant.find(question, live)).toEqual({ found: 'absent' })
})

test.each([
  ['HTTP 502 with HTML', gateway.badGateway],
  ['429 in plain text', gateway.tooMany],
  ['5000 as JSON', { code: 5000, msg: 'busy' }],
  ['4009 as JSON', { code: 4009, msg: 'busy' }],
] as const)('%s before the first byte is tried again, and answered', async (_what, fault) => {
  const coze = await emulator()
  coze.faults.next(CHAT, fault, 2)
  expect((await askIn(assistantAt(coze.url), '')).closing.kind).toBe('completed')
  coze.faults.next(CHAT, fault, 3)
  expect((await askIn(assistantAt(coze.url), '')).closing.kind).toBe('failed')
  expect(coze.store.requests.filter(({ path }) => path === CHAT)).toHaveLength(6)
})

test('turned away with a long time to come back, a question waits it out in line, and sees its place', async () => {
  const coze = await emulator()
  coze.faults.next(CHAT, gateway.tooManyRetryAfter(30))
  const { closing, events } = await askIn(assistantAt(coze.url), '')
  expect(closing).toMatchObject({ kind: 'completed' })
  expect(events[0]).toMatchObject({ kind: 'queued', ahead: 0 })
  expect(events.findLast(({ kind }) => kind === 'queued')).toEqual({ kind: 'queued', ahead: 0, waitMs: 0 })
  expect(coze.store.requests.filter(({ path }) => path === CHAT)).toHaveLength(2)
})

test('garbage instead of JSON is reported as such', async () => {
  const coze = await emulator()
  coze.faults.next(CHAT, gateway.garbage)
  expect((await askIn(assistantAt(coze.url), '')).closing).toMatchObject({ failure: { kind: 'garbled' } })
})

test('a Coze that is not there surely got nothing', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  await coze.close()
  expect((await askIn(assistant, '')).closing).toMatchObject({
    failure: { kind: 'unavailable', outcome: 'not-sent' },
  })
})

test('silence is ended by the time limits, and the reply is lost rather than failed', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url, { limits: { firstByteMs: 60, betweenEventsMs: 60 } })
  coze.faults.next(CHAT, { hang: true })
  expect((await askIn(assistant, '')).closing).toMatchObject({ failure: { kind: 'lost' } })
  coze.faults.next(CHAT, { silence: { afterDeltas: 2, ms: 5_000 } })
  const quiet = await askIn(assistant, '')
  expect(quiet.closing).toMatchObject({ failure: { kind: 'lost' } })
  expect(quiet.handle).toBeDefined()
})

test('an aborted question ends as cancelled, before and in the middle of its reply', async () => {
  const coze = await emulator({ pace: { firstDeltaMs: 0, deltaMs: 20, charsPerDelta: 1 } })
  const assistant = assistantAt(coze.url)
  expect((await askIn(assistant, '', 'hi', AbortSignal.abort())).closing).toMatchObject({
    failure: { kind: 'cancelled', outcome: 'not-sent' },
  })
  const stop = new AbortController()
  const conversation = { conversationId: '', userId: 'u' }
  const question = { agent, conversation, asker, turnId: 't', text: 'hi', media: [] }
  let last: unknown
  for await (const event of assistant.answer(question, stop.signal)) {
    if (event.kind === 'delta') stop.abort()
    last = event
  }
  expect(last).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
})

test('a cancelled chat leaves its conversation free', async () => {
  const coze = await emulator({ pace: { firstDeltaMs: 0, deltaMs: 20, charsPerDelta: 1 } })
  const assistant = assistantAt(coze.url)
  const conversation = await assistant.startConversation(agent, asker, live)
  const stop = new AbortController()
  const question = { agent, conversation, asker, turnId: 't', text: 'hi', media: [] }
  for await (const event of assistant.answer(question, stop.signal)) {
    if (event.kind !== 'started') continue
    expect((await askIn(assistant, conversation.conversationId)).closing).toMatchObject({
      failure: { kind: 'occupied', code: 4016 },
    })
    await assistant.cancel({ conversation, handle: event.handle }, live)
    await assistant.cancel({ conversation, handle: event.handle }, live)
    stop.abort()
  }
  coze.setScript(defaults.botId, inTurn([say('free')]))
  expect((await askIn(assistant, conversation.conversationId)).shown).toBe('free')
  expect(coze.store.maxRunningPerConversation).toBe(1)
})

test('following waits out an outage, and ends as gone when Coze has forgotten', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always(say(ANSWER)))
  coze.faults.next(CHAT, { cutAfterDeltas: 1 })
  const assistant = assistantAt(coze.url)
  const lost = await askIn(assistant, '')
  coze.faults.next('/v3/chat/retrieve', gateway.badGateway, 5)
  coze.faults.next('/v3/chat/message/list', gateway.internal, 5)
  expect(await followUp(assistant, lost)).toMatchObject({ shown: ANSWER, closing: { kind: 'completed' } })
  coze.forgetConversation(lost.conversationId ?? '')
  expect((await followUp(assistant, lost)).closing).toMatchObject({ failure: { kind: 'gone' } })
})

test('the connection of a finished stream serves the next question', async () => {
  const sockets = new Set<unknown>()
  const url = await serve((request, response) => {
    sockets.add(request.socket)
    request.resume()
    tell(response, 'conversation.chat.created', { id: 'x', conversation_id: 'c', status: 'created' })
    tell(response, 'conversation.chat.completed', { id: 'x', conversation_id: 'c', status: 'completed' })
    tell(response, 'done', '[DONE]')
    setTimeout(() => response.end(), 5)
  })
  const assistant = assistantAt(url)
  for (let i = 0; i < 3; i += 1) {
    expect((await askIn(assistant, 'c')).closing.kind).toBe('completed')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(sockets.size).toBe(1)
})

test('a server that falls silent after the last word does not hold the reply back', async () => {
  const url = await serve((request, response) => {
    request.resume()
    tell(response, 'conversation.chat.created', { id: 'x', conversation_id: 'c', status: 'created' })
    tell(response, 'conversation.chat.completed', { id: 'x', conversation_id: 'c', status: 'completed' })
  })
  expect((await askIn(assistantAt(url), 'c')).closing.kind).toBe('completed')
})

function tell(response: ServerResponse, event: string, data: unknown): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.write(`event:${event}\ndata:${JSON.stringify(data)}\n\n`)
}

test('no token gets into a failure', async () => {
  const coze = await emulator()
  const token = 'pat_SECRETsecret'
  const { closing } = await askIn(assistantAt(coze.url, { login: { kind: 'token', token } }), '')
  expect(closing).toMatchObject({ kind: 'failed', failure: { kind: 'denied' } })
  expect(JSON.stringify(closing)).not.toContain('SECRET')
})

test('a JWT login is exchanged once for twenty questions, and again when Coze refuses its token', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const coze = await emulator({
    oauthApps: { app: { ownerUid: defaults.ownerUid, keyId: 'k', publicKeyPem } },
  })
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const login = { kind: 'jwt', clientId: 'app', keyId: 'k', privateKey: pem } as const
  const assistant = assistantAt(coze.url, { login })
  const replies = await Promise.all(Array.from({ length: 20 }, () => askIn(assistant, '')))
  expect(replies.every(({ closing }) => closing.kind === 'completed')).toBe(true)
  const exchanges = () => coze.store.requests.filter(({ path }) => path.endsWith('/oauth2/token')).length
  expect(exchanges()).toBe(1)
  coze.faults.next(CHAT, gateway.unauthorized)
  expect((await askIn(assistant, '')).closing.kind).toBe('completed')
  expect(exchanges()).toBe(2)
})
