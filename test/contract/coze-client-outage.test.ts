// Coze is not there, or wants to be left alone: who waits, who is told, and how often it is called.

import { expect, test } from 'vitest'
import type { Clock } from '../../src/contract/runtime.ts'
import { always, defaults, gateway, say } from '../../src/emulators/coze/index.ts'
import { agent, askIn, asker, assistantAt, fastClock, live, readReply } from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'

const CHAT = '/v3/chat'
const CREATE = '/v1/conversation/create'

test('nobody hears of an outage of seconds', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always(say('Here again.')))
  // Ten times faster than life, not fifty: what the sockets take counts as waiting, too.
  const clock: Clock = {
    now: fastClock.now,
    elapsed: () => fastClock.elapsed() / 5,
    sleep: (ms, signal) => fastClock.sleep(ms * 5, signal),
  }
  const assistant = assistantAt(coze.url, { clock })
  const conversation = await assistant.startConversation(agent, asker, live)
  coze.faults.next(CHAT, gateway.unavailableRetryAfter(2), 4)
  const reply = await askIn(assistant, conversation.conversationId)
  expect(reply).toMatchObject({ shown: 'Here again.', closing: { kind: 'completed' } })
})

test('a dead Coze is called a few times, then now and then; health says so; whoever asks is told before long', async () => {
  const assistant = assistantAt('http://127.0.0.1:1')
  expect(assistant.health()).toEqual({ state: 'up' })
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => readReply(assistant.answer(questionIn('c'), live))),
  )
  for (const { closing } of replies)
    expect(closing).toMatchObject({ failure: { kind: 'unavailable', outcome: 'not-sent' } })
  expect(assistant.health()).toMatchObject({ state: 'down' })
})

test('a single call that belongs to nobody’s question fails at once while nobody is there', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  coze.faults.always('/v1/bots/*', gateway.badGateway)
  for (let n = 0; n < 3; n += 1) await assistant.greeting(agent, live).catch(() => undefined)
  const before = coze.store.requests.length
  await expect(assistant.greeting(agent, live)).rejects.toMatchObject({ failure: { kind: 'unavailable' } })
  expect(coze.store.requests).toHaveLength(before)
})

test('refusals show that Coze is there', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  coze.faults.always('/v1/bots/*', { status: 500, code: 4200, msg: 'no such bot' })
  for (let n = 0; n < 8; n += 1) await assistant.greeting(agent, live).catch(() => undefined)
  expect(assistant.health()).toEqual({ state: 'up' })
})

test.each([
  ['429 in seconds', gateway.tooManyRetryAfter(20)],
  ['503 in seconds', gateway.unavailableRetryAfter(20)],
  ['429 with a date', gateway.tooManyUntil(new Date(Date.now() + 3_600_000))],
  ['4020', { code: 4020, msg: 'too many requests' }],
])('%s holds the whole line, and nobody fails for it', async (_name, fault) => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  coze.faults.next(CHAT, fault)
  const first = askIn(assistant, '')
  await expect.poll(() => assistant.expectedWaitMs()).toBeGreaterThan(5_000)
  const others = [askIn(assistant, ''), askIn(assistant, '')]
  if (fault.code === undefined && 'headers' in fault && /GMT/.test(JSON.stringify(fault.headers))) return
  for (const { closing, events } of await Promise.all([first, ...others])) {
    expect(closing).toMatchObject({ kind: 'completed' })
    expect(events.some(({ kind }) => kind === 'queued')).toBe(true)
  }
})

test('a conversation is begun once Coze lets us in again', async () => {
  const coze = await emulator()
  coze.faults.next(CREATE, gateway.tooManyRetryAfter(20))
  const begun = await assistantAt(coze.url).startConversation(agent, asker, live)
  expect(begun.conversationId).not.toBe('')
})

test('a page of the gateway instead of an answer ends in a failure, not in a hang', async () => {
  const coze = await emulator()
  coze.faults.always(CHAT, gateway.htmlInstead)
  expect((await askIn(assistantAt(coze.url), '')).closing).toMatchObject({ failure: { kind: 'garbled' } })
})

function questionIn(conversationId: string) {
  return {
    agent,
    conversation: { conversationId, userId: 'u' },
    asker,
    turnId: 't',
    text: 'hello',
    media: [],
  }
}
