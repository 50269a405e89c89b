// Is a reply that was killed at any moment finished in the card people see, also where the server cannot tell which it is?
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realClock } from '../../src/clock.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock, Memory } from '../../src/contract/runtime.ts'
import type { Surface, SurfaceState } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { createFeishuStage, type FeishuStage } from '../../test/support/feishu-stage.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { createFeishuApi, type FeishuApi } from './api.ts'
import type { FeishuBody } from './body.ts'
import { createCardMemory } from './card-memory.ts'
import { createCardNotes } from './card-notes.ts'
import { createOutbox, rendererFor } from './outbox.ts'
import { createOwnMessages } from './own.ts'

const KEY = 'turn1p0'
const never = new AbortController().signal
const NONE = { controls: [] }
const HOUR_MS = 3_600_000
const settings = { streaming: 'auto', requestsPerSecond: 0 } as const

let stage: FeishuStage
let memory: Memory
let passedMs = 0

beforeEach(async () => {
  stage = await createFeishuStage()
  memory = createMemoryNotes()
  passedMs = 0
})
afterEach(async () => {
  await stage.close()
})

/** The stage's time; its sleeps end only when they are cut short, as no store here is slow. */
const clock: Clock = {
  now: () => 1_767_225_600_000 + passedMs,
  elapsed: () => passedMs,
  sleep: (ms, signal) => {
    if (ms >= 2_000)
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('cut'))))
    pass(ms)
    return Promise.resolve()
  },
}
function pass(ms: number): void {
  passedMs += ms
  stage.passTime(ms)
}

/** One process. It dies at that call, before it or after it took effect. */
function surfaceOf(
  how: { readonly diesAt?: number; readonly when?: 'before' | 'after'; readonly fresh?: true } = {},
  resume?: SurfaceState,
): {
  readonly surface: Surface<FeishuBody>
  body(text: string): FeishuBody
  plain(text: string): FeishuBody
} {
  const { appId, appSecret, url: domain } = stage.emulator
  const log = createQuietLogger()
  const real = createFeishuApi(
    { account: 'lark', appId, appSecret, domain },
    { fetch, clock: realClock, log },
  )
  let calls = 0
  const api: FeishuApi = {
    ...real,
    async call(request, signal) {
      const at = calls++
      if (how.diesAt === undefined || at < how.diesAt) return real.call(request, signal)
      if (at === how.diesAt && how.when === 'after') await real.call(request, signal)
      throw new Error('the process is dead')
    },
  }
  const outbox = createOutbox(
    { chatId: stage.chat.id, direct: true },
    {
      account: 'lark',
      api,
      clock,
      log,
      words: keysAsWords,
      settings,
      renderer: rendererFor(settings),
      cards: createCardMemory(),
      own: createOwnMessages(),
      notes: createCardNotes(() => memory, clock),
    },
  )
  const surface = outbox.openStream?.({
    key: KEY,
    ...(how.fresh === undefined ? {} : { fresh: how.fresh }),
    ...(resume === undefined ? {} : { resume }),
  })
  if (surface === undefined) throw new Error('expected a surface')
  return { surface, body: (text) => outbox.renderer.render(parse(text)), plain: outbox.renderer.plain }
}
const withoutConversion = () =>
  stage.emulator.faults.add({
    fault: { do: 'error', code: 99991201, status: 404 },
    operations: ['card.idConvert'],
    times: Infinity,
  })
const shown = () =>
  stage.emulator.screen(stage.chat).map(({ text, generating, recalled }) => ({ text, generating, recalled }))
const WHOLE = [{ text: 'One two three', generating: false, recalled: false }]

test.each(
  [true, false].flatMap((converts) =>
    [0, 1, 2, 3, 4].flatMap((diesAt) =>
      (['before', 'after'] as const).map((when) => ({ converts, diesAt, when })),
    ),
  ),
)('killed %o: one card, whole, and none that grows for ever', async ({ converts, diesAt, when }) => {
  if (!converts) withoutConversion()
  const first = surfaceOf({ diesAt, when, fresh: true })
  const live = async (): Promise<void> => {
    await first.surface.update(first.body('One'), NONE, never)
    // Killed before it is journaled: what counts most.
    await first.surface.update(first.body('One two'), NONE, never)
    await first.surface.finish(first.body('One two three'), NONE, never)
  }
  await live().catch(() => undefined)
  pass(5_000)
  const next = surfaceOf()
  await next.surface.finish(next.body('One two three'), NONE, never)
  expect(shown()).toEqual(WHOLE)
  expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
})

test('killed after the send, and given up by the next life: the card stops looking busy', async () => {
  withoutConversion()
  const first = surfaceOf({ diesAt: 1, when: 'after', fresh: true })
  await first.surface.update(first.body('One'), NONE, never).catch(() => undefined)
  expect(shown()).toMatchObject([{ generating: true }])
  await surfaceOf().surface.abandon(never)
  expect(shown()).toMatchObject([{ text: 'One', generating: false }])
})

test('killed after the send, and gone on with as plain text: the card that stands takes it', async () => {
  withoutConversion()
  const first = surfaceOf({ diesAt: 1, when: 'after', fresh: true })
  await first.surface.update(first.body('One'), NONE, never).catch(() => undefined)
  const next = surfaceOf()
  await next.surface.finish(next.plain('One two three'), NONE, never)
  expect(shown()).toEqual(WHOLE)
})

test('down for longer than a key is remembered: the message is found in the chat, and finished there', async () => {
  const first = surfaceOf({ diesAt: 1, when: 'after', fresh: true })
  await first.surface.update(first.body('One'), NONE, never).catch(() => undefined)
  stage.emulator.say(stage.ann, stage.chat, 'Are you there?')
  pass(2 * HOUR_MS)
  const next = surfaceOf()
  await next.surface.finish(next.body('One two three'), NONE, never)
  expect(shown().filter(({ text }) => text !== 'Are you there?')).toEqual(WHOLE)
})

test('a store that cannot be written or read costs nothing where the server can tell', async () => {
  const broken = () => Promise.reject(new Error('disk'))
  memory = { get: broken, set: broken, delete: broken }
  const first = surfaceOf({ diesAt: 1, when: 'after', fresh: true })
  await first.surface.update(first.body('One'), NONE, never).catch(() => undefined)
  const next = surfaceOf()
  await next.surface.finish(next.body('One two three'), NONE, never)
  expect(shown()).toEqual(WHOLE)
})

test('what a frozen process still sends when it thaws does not get through, and the one that took over goes on', async () => {
  const frozen = surfaceOf({ fresh: true })
  const state = await frozen.surface.update(frozen.body('One'), NONE, never)
  pass(20_000)
  const next = surfaceOf({}, state)
  await next.surface.update(next.body('One two'), NONE, never)
  const thawed = new AbortController()
  const late = frozen.surface.update(frozen.body('One old'), NONE, thawed.signal)
  const refused = (): boolean =>
    [...stage.emulator.store.cards.values()].some(({ history }) =>
      history.some(({ code }) => code === 300317),
    )
  await stage.emulator.waitFor(refused, { timeoutMs: 10_000 })
  // By then it has heard that it lost its lease.
  thawed.abort()
  await expect(late).rejects.toThrow(PlatformError)
  await next.surface.finish(next.body('One two three'), NONE, never)
  expect(shown()).toEqual(WHOLE)
  expect(stage.emulator.store.frames.map(({ text }) => text)).not.toContain('One old')
})
