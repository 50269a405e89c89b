// Does every fault do what it says, and nothing to the chat it disturbs?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gateway } from './index.ts'
import type { Fault } from './index.ts'
import { createFaults } from './faults.ts'
import { asking, dataText, emulator, newConversation, send, spoken } from '../../../test/support/coze-wire.ts'

const TEXT = '重要：split 👩‍🚀 anywhere'

/** One streamed chat that meets `fault`. */
async function met(fault: Fault) {
  const coze = await emulator()
  coze.faults.next('/v3/chat', fault)
  const answered = await send(coze, 'POST', '/v3/chat', asking(`!say ${TEXT}`))
  return { coze, answered, names: answered.events.map(({ event }) => event) }
}

test('splits a stream at any byte without losing one', async () => {
  const whole = (await met({})).answered
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (splitBytes) => {
      const { answered } = await met({ splitBytes })
      expect(spoken(answered)).toBe(TEXT)
      expect(answered.events.length).toBe(whole.events.length)
    }),
    { numRuns: 5 },
  )
})

test('cuts after exactly so many bytes while the chat completes', async () => {
  const { coze, answered } = await met({ cutAfterBytes: 700 })
  expect(answered.broke).toBe(true)
  // The last character may be cut in half.
  expect(700 - Buffer.byteLength(answered.text)).toBeOneOf([0, 1, 2, 3])
  await expect.poll(() => coze.store.counts.completed).toBe(1)
  expect(coze.store.answerText([...coze.store.chats.keys()][0] ?? '')).toEqual([TEXT])
})

test('cuts or ends after so many deltas', async () => {
  const cut = await met({ cutAfterDeltas: 2 })
  expect([cut.answered.broke, spoken(cut.answered)]).toEqual([true, TEXT.slice(0, 8)])
  const ended = await met({ endAfterDeltas: 2 })
  expect([ended.answered.broke, ended.names.at(-1)]).toEqual([false, 'conversation.message.delta'])
})

test('writes carriage returns, and leaves the last blank line out', async () => {
  const { answered } = await met({ crlf: true, noFinalBlankLine: true })
  expect(answered.text.endsWith('event:done\r\ndata:"[DONE]"')).toBe(true)
  expect(spoken(answered)).toBe(TEXT)
})

test('says the end in other ways', async () => {
  expect((await met({ done: 'unquoted' })).answered.events.at(-1)).toEqual({ event: 'done', data: '[DONE]' })
  expect((await met({ done: 'studio' })).answered.events.at(-1)).toEqual({
    event: 'conversation.stream.done',
    data: '',
  })
  expect((await met({ done: 'none' })).names.at(-1)).toBe('conversation.chat.completed')
})

test('puts comments, unknown events and a huge tool event between', async () => {
  const { answered, names } = await met({
    commentLines: true,
    unknownEvents: true,
    bigToolEventBytes: 200_000,
  })
  expect(answered.text).toContain('\n: keep-alive\n\n')
  expect(names).toContain('conversation.message.glimmer')
  expect(answered.text.length).toBeGreaterThan(200_000)
  expect(spoken(answered)).toBe(TEXT)
})

test('makes JSON awkward without changing what it says', async () => {
  const { answered } = await met({ nullMetaData: true, stringTimestamps: true, shuffleKeys: true })
  const first = answered.events[0]?.data ?? ''
  expect(first).toContain('"meta_data":null')
  expect(first).toMatch(/"created_at":"\d{10}"/)
  expect(first.lastIndexOf('"id"')).toBeGreaterThan(first.indexOf('"status"'))
  expect(spoken(answered)).toBe(TEXT)
})

test('fails a chat in both shapes, or with the error event', async () => {
  const failed = await met({ fail: { afterDeltas: 1, code: 5000, msg: 'event interval error' } })
  const last = failed.answered.events.find(({ event }) => event === 'conversation.chat.failed')
  expect(last?.data).toContain('"last_error":{"code":5000,"msg":"event interval error"}')
  expect(failed.coze.store.counts.failed).toBe(1)
  const bare = await met({ fail: { afterDeltas: 1, code: 5000, msg: 'no', shape: 'bare' } })
  expect(bare.answered.events.map(({ data }) => data)).toContain('{"code":5000,"msg":"no"}')
  const errored = await met({ errorEvent: { afterDeltas: 1, code: 4013, msg: 'no' } })
  expect(errored.answered.events.at(-1)).toEqual({ event: 'error', data: '{"code":4013,"msg":"no"}' })
})

test('answers as a gateway does', async () => {
  expect((await met(gateway.badGateway)).answered).toMatchObject({ status: 502, json: {} })
  const limited = (await met(gateway.tooManyRetryAfter(7))).answered
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
  expect((await met(gateway.unauthorized)).answered).toMatchObject({ status: 401, json: { code: 700012006 } })
  const disguised = (await met({ code: 4009, msg: 'busy' })).answered
  expect([disguised.status, disguised.json['code']]).toEqual([200, 4009])
  expect((await met(gateway.garbage)).answered).toMatchObject({ status: 200, json: {}, events: [] })
})

test('refuses a connection before, or resets it after, the question was stored', async () => {
  const coze = await emulator()
  coze.faults.next('/v3/chat', { refuse: true })
  await expect(send(coze, 'POST', '/v3/chat', asking('x'))).rejects.toThrow()
  expect(coze.store.counts.chats).toBe(0)
  coze.faults.next('/v3/*', { resetAfterStored: true })
  await expect(send(coze, 'POST', '/v3/chat', asking('!say stored'))).rejects.toThrow()
  await expect.poll(() => coze.store.counts.completed).toBe(1)
})

test('occupies a conversation until the unseen chat is cancelled', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  coze.faults.next('/v3/chat', { busyUntilCancelled: true })
  const path = `/v3/chat?conversation_id=${id}`
  expect((await send(coze, 'POST', path, asking('x'))).json['code']).toBe(4016)
  expect((await send(coze, 'POST', path, asking('x'))).json['code']).toBe(4016)
  const running = coze.store.conversations.get(id)?.runningChatId
  const canceled = await send(coze, 'POST', '/v3/chat/cancel', { conversation_id: id, chat_id: running })
  expect(dataText(canceled, 'status')).toBe('canceled')
  expect(spoken(await send(coze, 'POST', path, asking('!say free')))).toBe('free')
})

test('counts which requests meet a rule', () => {
  const faults = createFaults()
  const remove = faults.add({ path: '/v1/*', method: 'GET', after: 1, times: 2, fault: { status: 500 } })
  const takes = () => faults.take('GET', '/v1/bots').status
  expect([takes(), takes(), takes(), takes()]).toEqual([undefined, 500, 500, undefined])
  faults.always(/chat$/, { crlf: true })
  expect(faults.take('POST', '/v3/chat')).toEqual({ crlf: true })
  remove()
  faults.clear()
  expect(faults.take('POST', '/v3/chat')).toEqual({})
})

test('events that come twice or in another order lose nothing, and the end stays the end', async () => {
  const whole = (await met({})).answered
  const { answered: doubled } = await met({ duplicateEvery: 2 })
  expect(doubled.events.length).toBeGreaterThan(whole.events.length)
  const { answered: swapped, names } = await met({ swapEvery: 2 })
  const sorted = (texts: readonly string[]): readonly string[] => texts.toSorted()
  expect(sorted(names)).toEqual(sorted(whole.events.map(({ event }) => event)))
  expect(names).not.toEqual(whole.events.map(({ event }) => event))
  expect(names.at(-1)).toBe('done')
  expect(swapped.broke).toBe(false)
  const { answered: late } = await met({ delayEventsMs: 20 })
  expect(spoken(late)).toBe(TEXT)
})

test('a slow or cut answer is so whatever its kind', async () => {
  const coze = await emulator()
  coze.faults.next('/v1/conversation/create', { drip: { bytes: 7, everyMs: 1 } })
  expect((await send(coze, 'POST', '/v1/conversation/create', {})).text).toContain('"code":0')
  coze.faults.next('/v1/conversation/create', { cutAfterBytes: 10 })
  expect((await send(coze, 'POST', '/v1/conversation/create', {})).broke).toBe(true)
  coze.faults.next('/v3/chat', gateway.tooManyUntil(new Date(0)))
  const refused = await send(coze, 'POST', '/v3/chat', asking('hello'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, 'Thu, 01 Jan 1970 00:00:00 GMT'])
})
