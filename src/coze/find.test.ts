import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { AssistantError } from '../contract/errors.ts'
import { createCircuit } from '../circuit/circuit.ts'
import type { CozeClient } from './client.ts'
import { findQuestion } from './find.ts'

const live = new AbortController().signal
const time = createManualClock()
const askedAtMs = time.now()
const atS = (ms: number) => Math.floor((askedAtMs + ms) / 1000)
const sought = { conversationId: 'c', userId: 'u', turnId: 'mine', text: 'hello', askedAtMs }

interface Stored {
  readonly id: string
  readonly role?: string
  readonly content?: string
  readonly chat_id?: string
  readonly created_at?: number | string
  readonly meta_data?: Readonly<Record<string, string>> | null
}
const question = (id: string, more: Partial<Stored> = {}): Stored => ({
  id,
  role: 'user',
  content: 'hello',
  chat_id: `chat-${id}`,
  created_at: atS(1_000),
  meta_data: null,
  ...more,
})
const answer = (id: string, more: Partial<Stored> = {}): Stored =>
  question(id, { role: 'assistant', ...more })

/** Answers each look with the next list (the last one again), newest first, in pages of `pageSize`. */
function clientWith(looks: readonly (readonly Stored[])[], pageSize = 50): CozeClient {
  let look = -1
  return {
    flavor: 'cloud',
    clock: { ...time.clock, sleep: () => Promise.resolve() },
    log: createQuietLogger(),
    circuit: createCircuit(time.clock),
    json(call) {
      const before = call.json?.['before_id']
      if (before === undefined) look = Math.min(look + 1, looks.length - 1)
      const all = looks[look] ?? []
      const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1
      const data = all.slice(from, from + pageSize)
      const has_more = from + pageSize < all.length
      return Promise.resolve({ body: { code: 0, data, has_more, first_id: data.at(-1)?.id }, logid: '' })
    },
    events: () => Promise.reject(new Error('not called')),
    bytes: () => Promise.reject(new Error('not called')),
    loginStanding: () => Promise.reject(new Error('not called')),
    close: () => Promise.resolve(),
  }
}

const found = (chatId: string) => ({ found: 'found', handle: { kind: 'chat', conversationId: 'c', chatId } })

test('knows the question by its turn, among others with the same words', async () => {
  const marked = (id: string, turn: string) => question(id, { meta_data: { bridge_turn: turn } })
  const client = clientWith([[marked('3', 'other'), marked('2', 'mine'), question('1')]])
  expect(await findQuestion(client, sought, live)).toEqual(found('chat-2'))
})

test('without marks knows it by words and time, but never takes another turn for it', async () => {
  expect(
    await findQuestion(clientWith([[question('1', { created_at: String(atS(0)) })]]), sought, live),
  ).toEqual(found('chat-1'))
  for (const stranger of [
    question('1', { meta_data: { bridge_turn: 'other' } }),
    question('1', { created_at: atS(-120_000) }),
    question('1', { content: 'other words' }),
    answer('1'),
  ]) {
    expect(await findQuestion(clientWith([[stranger]]), sought, live)).toEqual({ found: 'absent' })
  }
})

test('looks through several pages, but not for ever', async () => {
  const newer = Array.from({ length: 5 }, (_, i) => answer(`n${i}`))
  const client = clientWith([[...newer, question('1', { meta_data: { bridge_turn: 'mine' } })]], 2)
  expect(await findQuestion(client, sought, live)).toEqual(found('chat-1'))
  const endless = clientWith([Array.from({ length: 500 }, (_, i) => answer(`n${i}`))])
  expect(await findQuestion(endless, sought, live)).toEqual({ found: 'cannotTell' })
})

test('a question without its chat takes the one of the answer right after it', async () => {
  const client = clientWith([
    [answer('3', { chat_id: 'later' }), answer('2', { chat_id: 'x' }), question('1', { chat_id: '' })],
  ])
  expect(await findQuestion(client, sought, live)).toEqual(found('x'))
})

test('a question whose chat is not there yet is looked at again', async () => {
  const bare = question('1', { chat_id: '' })
  expect(
    await findQuestion(clientWith([[bare], [answer('2', { chat_id: 'x' }), bare]]), sought, live),
  ).toEqual(found('x'))
  expect(await findQuestion(clientWith([[bare]]), sought, live)).toEqual({ found: 'cannotTell' })
})

test('in a conversation that is gone there is no question', async () => {
  const gone = new AssistantError({ kind: 'gone', detail: '', code: 4002, outcome: 'not-sent' })
  const client = { ...clientWith([]), json: () => Promise.reject(gone) }
  expect(await findQuestion(client, sought, live)).toEqual({ found: 'absent' })
})
