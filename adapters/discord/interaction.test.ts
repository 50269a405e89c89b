// Does an answer to an interaction find its way, before its "thinking…" stands and after Discord let it go?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { createPacer } from '../../src/reply/pace.ts'
import { createDiscordApi } from './api.ts'
import { createEchoes } from './echoes.ts'
import { createFirstAnswers } from './first-answers.ts'
import { createInteractions } from './interaction-notes.ts'
import { createPrivacy } from './privacy.ts'
import { createOutbox, type OutboxParts } from './outbox.ts'
import { createRenderer } from './render.ts'

const patience = new AbortController().signal
const UNKNOWN_WEBHOOK = { status: 404, body: { code: 10_015, message: 'Unknown Webhook' } }

interface Answer {
  readonly status: number
  readonly body: unknown
}
interface Seen {
  readonly atMs: number
  readonly call: string
  readonly status: number
}

/** Replies paced as the bridge paces them, and a server that answers as it is told. */
function setUp(server: (call: string, atMs: number) => Answer) {
  const time = createManualClock()
  const seen: Seen[] = []
  const api = createDiscordApi({ token: 'a.b.c', apiBase: 'http://discord.test/api' }, async (url, init) => {
    const call = `${init?.method ?? ''} ${new URL(url).pathname.replace('/api/v10', '')}`
    const { status, body } = server(call, time.clock.elapsed())
    seen.push({ atMs: time.clock.elapsed(), call, status })
    return new Response(JSON.stringify(body), { status })
  })
  const log = createQuietLogger()
  const memory = createMemoryNotes()
  const parts: OutboxParts = {
    account: 'dc',
    api,
    clock: time.clock,
    log,
    privacy: createPrivacy(() => memory, log),
    firstAnswers: createFirstAnswers('dc', () => memory),
    requestsPerSecond: 45,
    renderer: createRenderer(),
    echoes: createEchoes(),
    interactions: createInteractions(time.clock),
    withoutReplies: new Set(),
    tierOf: () => undefined,
  }
  const pacer = createPacer({ clock: time.clock, log: createQuietLogger(), metrics: createSilentMetrics() })
  /** An answer in the channel 7; to the interaction `id` where given. */
  const answer = (key: string, id?: string): Promise<string> => {
    const interaction = { id: id ?? '', token: `token${id}`, applicationId: '1', untilMs: Infinity }
    const place = { channelId: '7', direct: false, ...(id === undefined ? {} : { interaction }) }
    const outbox = createOutbox(place, parts)
    const plan = { account: 'dc', limits: outbox.limits, kind: 'post', repeatable: false } as const
    const options = { key, controls: [] }
    return pacer.call(
      { ...plan, urgency: 'answer' },
      (signal) => outbox.post(outbox.renderer.plain('x'), options, signal),
      patience,
    )
  }
  const posts = (): readonly Seen[] => seen.filter(({ call }) => call === 'POST /channels/7/messages')
  return { answer, interactions: parts.interactions, posts, seen, time }
}

test('answers whose interactions Discord let go keep to five in five seconds in their channel, like any other', async () => {
  const { answer, posts, time } = setUp((call) =>
    call.startsWith('POST /channels/') ? { status: 200, body: { id: '1' } } : UNKNOWN_WEBHOOK,
  )
  const all = Array.from({ length: 12 }, (_, n) => answer(`k${n}`, n % 3 === 2 ? undefined : `${n}`))
  await time.advance(15_000)
  expect(await Promise.all(all)).toHaveLength(12)
  for (const { atMs } of posts()) {
    const within = posts().filter((post) => post.atMs >= atMs && post.atMs <= atMs + 5_000)
    expect(within.length).toBeLessThanOrEqual(5)
  }
})

test('a 429 on one such answer holds everybody in that channel for as long as it says', async () => {
  const { answer, posts, time } = setUp((call, atMs) => {
    if (!call.startsWith('POST /channels/')) return UNKNOWN_WEBHOOK
    return atMs < 3_800
      ? { status: 429, body: { retry_after: (3_800 - atMs) / 1_000, global: false } }
      : { status: 200, body: { id: '1' } }
  })
  const first = answer('first', '100')
  await time.settle()
  const all = [first, ...Array.from({ length: 8 }, (_, n) => answer(`k${n}`, n < 6 ? `${n}` : undefined))]
  await time.advance(60_000)
  expect(await Promise.all(all)).toHaveLength(9)
  expect(posts().filter(({ status }) => status === 429)).toHaveLength(1)
})

test('an answer that is ready before "thinking…" stands waits for it, and takes its place', async () => {
  let stands = false
  const { answer, interactions, seen, time } = setUp(() =>
    stands ? { status: 200, body: { id: '5' } } : UNKNOWN_WEBHOOK,
  )
  interactions.asked('9')
  const answered = answer('k', '9')
  await time.advance(200)
  expect(seen).toEqual([])
  stands = true
  interactions.answered('9', 'deferred')
  await time.settle()
  expect(await answered).toBe('5')
  expect(seen.map(({ call }) => call)).toEqual(['PATCH /webhooks/1/token9/messages/@original'])
})

test('over HTTP the answer may overtake "thinking…": it is tried again, and no second message appears', async () => {
  const { answer, interactions, seen, time } = setUp((_, atMs) =>
    atMs >= 700 ? { status: 200, body: { id: '5' } } : UNKNOWN_WEBHOOK,
  )
  interactions.asked('9')
  interactions.answered('9', 'deferred')
  const answered = answer('k', '9')
  await time.advance(3_000)
  expect(await answered).toBe('5')
  expect(new Set(seen.map(({ call }) => call))).toEqual(
    new Set(['PATCH /webhooks/1/token9/messages/@original']),
  )
})

test('where "thinking…" was refused, the channel is the place at once', async () => {
  const { answer, interactions, seen, time } = setUp(() => ({ status: 200, body: { id: '5' } }))
  interactions.asked('9')
  const answered = answer('k', '9')
  await time.settle()
  interactions.answered('9', 'refused')
  await time.settle()
  expect(await answered).toBe('5')
  expect(seen.map(({ call }) => call)).toEqual(['POST /channels/7/messages'])
})

test('where nobody knows whether "thinking…" stands, it is looked for', async () => {
  const { answer, interactions, seen, time } = setUp((call) =>
    call.startsWith('GET')
      ? { status: 200, body: { id: '5', flags: 128 } }
      : { status: 200, body: { id: '5' } },
  )
  interactions.asked('9')
  interactions.answered('9', 'unknown')
  const answered = answer('k', '9')
  await time.settle()
  expect(await answered).toBe('5')
  expect(seen.map(({ call }) => call.split(' ')[0])).toEqual(['GET', 'PATCH'])
})
