// Does the status page let in whoever has the token and nobody else, forget nobody's secrets, and count right?
import type { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../../test/support/quiet-logger.ts'
import { AssistantError } from '../../contract/errors.ts'
import type { EventId } from '../../contract/event.ts'
import { createApp } from '../app.ts'
import { createVitals } from '../vitals.ts'
import { createActivity } from './activity.ts'
import { createConfigNotes } from './config-notes.ts'
import { createFaultRing } from './faults.ts'
import { html } from './html.ts'
import { plot, ticksFor } from './plot.ts'
import { createPulse } from './pulse.ts'
import type { StatusReport } from './report.ts'
import { createAttempts, createSessions } from './session.ts'
import { chooseLocale, createStatusWords } from './words.ts'

const TOKEN = 'kJ2mP9xQ4rT7wZ1c'
const { clock, advance } = createManualClock()
const report: StatusReport = {
  version: '1',
  nowMs: 10_000,
  startedAtMs: 0,
  state: 'running',
  platforms: [{ account: '<b>telegram', role: 'serves', state: 'down', because: 'x" onload="', sinceMs: 0 }],
  coze: { state: 'up', sinceMs: 0, limits: [], errors: [], circuits: [] },
  turns: { open: 0, waitingForPeople: 0, active: [], more: 0 },
  queue: { lobby: 0, coze: 0, uploads: 0 },
  faults: [],
  hour: [],
  tokens: { sinceStart: 0, lastHour: 0 },
  store: { kind: 'memory', promise: 'nothing' },
  config: { source: 'environment', loadedAtMs: 0 },
  process: { residentBytes: 1 },
}
const locales = {
  en: { 'page.title': 'Status', 'login.wrong': 'wrong' },
  'zh-CN': { 'page.title': '状态', 'language.name': '中文' },
}

function open(token: string | undefined = TOKEN): Hono {
  return createApp({
    log: createQuietLogger(),
    health: () => ({}),
    webhooks: [],
    status: { clock, locales, report: async () => report },
    ...(token === '' ? {} : { adminToken: token }),
  })
}
const post = (app: Hono, path: string, body = '', headers: Record<string, string> = {}) =>
  app.request(path, { method: 'POST', body: new URLSearchParams({ token: body }), headers })
const cookieFrom = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0]!

test('without a token configured there is no page, and no login', async () => {
  const app = open('')
  expect((await app.request('/status')).status).toBe(403)
  expect((await post(app, '/status/login', 'undefined')).status).toBe(403)
  expect((await app.request('/status.json')).status).toBe(403)
})

test('the token is posted once; the session it opens is the only way in, until it is closed', async () => {
  const app = open()
  expect((await app.request('/status')).status).toBe(401)
  expect((await app.request('/status/login')).headers.get('location')).toBe('../status')
  const login = await post(app, '/status/login', TOKEN, { 'x-forwarded-proto': 'https' })
  expect(login.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Secure$/)
  const cookie = cookieFrom(login)
  expect(cookie).not.toContain(TOKEN)
  expect((await app.request('/status', { headers: { cookie } })).status).toBe(200)
  expect((await app.request('/status', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
  expect((await app.request('/metrics', { headers: { cookie } })).status).toBe(401)
  await post(app, '/status/logout', '', { cookie })
  expect((await app.request('/status', { headers: { cookie } })).status).toBe(401)
})

test('what stands in the report can never be markup, and the page runs nothing but its own', async () => {
  const app = open()
  const page = await app.request('/status', { headers: { authorization: `Bearer ${TOKEN}` } })
  const text = await page.text()
  expect(text).toContain('&lt;b&gt;telegram')
  expect(text).not.toContain('x" onload="')
  const policy = page.headers.get('content-security-policy')
  expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/)
  expect(policy).not.toContain('unsafe')
  const elsewhere = await app.request('/healthz')
  expect(elsewhere.headers.get('content-security-policy')).not.toContain('script-src')
})

test('wrong tokens may be tried ten times at once, then one every six seconds; the right one waits as well', async () => {
  const app = open()
  for (let n = 0; n < 10; n += 1) expect((await post(app, '/status/login', 'no')).status).toBe(401)
  const limited = await post(app, '/status/login', TOKEN)
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '6'])
  await advance(6_000)
  expect((await post(app, '/status/login', TOKEN)).status).toBe(303)
})

test('a form on another site cannot log in or out', async () => {
  const app = open()
  const headers = { 'sec-fetch-site': 'cross-site' }
  expect((await post(app, '/status/login', TOKEN, headers)).status).toBe(403)
  expect((await post(app, '/status/logout', '', headers)).status).toBe(403)
})

test('sessions end after a working day, and the oldest makes way for the thirty-third', async () => {
  const time = createManualClock()
  const sessions = createSessions(time.clock)
  const first = sessions.begin()
  const others = Array.from({ length: 32 }, () => sessions.begin())
  expect([sessions.isOpen(first.id), others.every(({ id }) => sessions.isOpen(id))]).toEqual([false, true])
  await time.advance(first.lastsMs)
  expect(others.some(({ id }) => sessions.isOpen(id))).toBe(false)
  expect(createAttempts(time.clock).waitMs()).toBe(0)
})

test('speaks the language that was chosen, else the best one the browser asks for', async () => {
  expect(chooseLocale(locales, undefined, 'fr, zh-TW;q=0.8, en;q=0.5')).toBe('zh-CN')
  expect(chooseLocale(locales, undefined, 'fr')).toBe('en')
  expect(chooseLocale(locales, 'en', 'zh')).toBe('en')
  expect(chooseLocale(locales, '../../x', '')).toBe('en')
  const app = open()
  const switched = await app.request('/status?lang=zh-CN')
  expect([switched.status, switched.headers.get('location')]).toEqual([303, 'status'])
  expect(
    await (await app.request('/status', { headers: { cookie: cookieFrom(switched) } })).text(),
  ).toContain('状态')
})

test('spans are said in the one unit that fits', () => {
  const { span } = createStatusWords(locales, 'en')
  expect([320, 3_250, 42_000, 300_000, 7_200_000, 260_000_000].map(span)).toEqual([
    '320ms',
    '3.3s',
    '42s',
    '5m',
    '2h',
    '3d',
  ])
})

test('an hour is kept by the minute and forgotten after it', async () => {
  const time = createManualClock()
  const pulse = createPulse(time.clock, () => 0)
  pulse.observe('bridge_first_text_seconds', 100, { platform: 'a' })
  await time.advance(60_000)
  for (const ms of [200, 300, 400]) pulse.observe('bridge_first_text_seconds', ms, { platform: 'a' })
  pulse.count('bridge_tokens_total', {}, 40)
  const series = pulse.series('bridge_first_text_seconds', 'a')
  expect(series.minutes.map(({ ago, count, p50Ms }) => [ago, count, p50Ms])).toEqual([
    [1, 1, 100],
    [0, 3, 300],
  ])
  expect([series.count, series.p95Ms, pulse.series('bridge_first_text_seconds', 'b').count]).toEqual([
    4, 400, 0,
  ])
  await time.advance(59 * 60_000)
  expect(pulse.series('bridge_first_text_seconds', 'a').count).toBe(3)
  await time.advance(2 * 60_000)
  expect(pulse.series('bridge_first_text_seconds', 'a').count).toBe(0)
  expect([pulse.lastHour('bridge_tokens_total'), pulse.sinceStart('bridge_tokens_total')]).toEqual([0, 40])
})

test('a flood of one minute is sampled, not kept', () => {
  const pulse = createPulse(createManualClock().clock)
  for (let n = 1; n <= 10_000; n += 1) pulse.observe('x', n, { platform: 'a' })
  const { count, p50Ms } = pulse.series('x', 'a')
  expect(count).toBe(10_000)
  expect(p50Ms).toBeGreaterThan(1_000)
})

test('a plot has its ticks round what it shows, and each minute says its numbers', () => {
  expect(ticksFor([250, 4_000])).toEqual([100, 300, 1_000, 3_000, 10_000])
  expect(ticksFor([5])).toHaveLength(2)
  expect(ticksFor([9_999_999])).toHaveLength(2)
  const drawn = plot(
    { count: 1, p50Ms: 200, p95Ms: 900, minutes: [{ ago: 0, count: 1, p50Ms: 200, p95Ms: 900 }] },
    { summary: 'a "sum"', seconds: (ms) => `${ms}`, minute: () => '<minute>', hourAgo: 'then', now: 'now' },
  ).text
  expect(drawn).toContain('&lt;minute&gt;')
  expect(drawn).toContain('a &quot;sum&quot;')
  expect(drawn).not.toContain('NaN')
  expect(html`${['<', html`<br />`, undefined, 1]}`.text).toBe('&lt;<br />1')
})

test('what went wrong is kept without what may hold a text, and the same in a row is one line', () => {
  const ring = createFaultRing({ now: () => 5 })
  const failure = {
    kind: 'quota',
    detail: 'what a person wrote',
    code: 4028,
    logid: 'L1',
    outcome: 'not-sent',
  } as const
  for (let n = 0; n < 3; n += 1) {
    ring.hear({
      level: 'warn',
      message: 'the assistant failed',
      fields: { turn: 'telegram:424242:17', detail: 'what a person wrote' },
      error: new AssistantError(failure),
    })
  }
  expect(ring.latest()).toEqual([
    {
      atMs: 5,
      level: 'warn',
      what: 'the assistant failed',
      kind: 'quota',
      code: '4028',
      logid: 'L1',
      turn: 'telegram:…17',
      times: 3,
    },
  ])
  for (let n = 0; n < 200; n += 1)
    ring.hear({ level: 'error', message: `${n}`, fields: {}, error: undefined })
  expect(ring.latest()).toHaveLength(50)
})

test('replies in progress are listed with their phase, oldest first, and leave when they end', async () => {
  const time = createManualClock()
  const activity = createActivity(time.clock)
  const begin = (turn: string, acceptedAtMs: number) =>
    activity.turn({
      turn: turn as EventId,
      account: 'telegram',
      chatKind: 'group',
      asks: 'question',
      acceptedAtMs,
      resumed: false,
    })
  const second = begin('telegram:99:2', time.clock.now())
  begin('telegram:99:1', time.clock.now() - 5_000)
  second.note({ at: 'words' })
  second.note({ at: 'call', call: 'edit', ms: 5, ok: true })
  second.note({ at: 'call', call: 'edit', ms: 5, ok: false })
  await time.advance(1_000)
  expect(activity.now()).toMatchObject({
    more: 0,
    active: [
      { turn: 'telegram:…1', phase: 'lane', ageMs: 6_000, frames: 0 },
      { turn: 'telegram:…2', phase: 'writing', ageMs: 1_000, inPhaseMs: 1_000, frames: 1 },
    ],
  })
  second.note({ at: 'ended', outcome: 'answered' })
  second.note({ at: 'ended', outcome: 'answered' })
  expect(activity.now().active).toHaveLength(1)
  for (let n = 0; n < 3_000; n += 1) begin(`telegram:1:${n}`, n)
  expect(activity.now().active).toHaveLength(50)
  expect(activity.now().more).toBe(2_951)
})

test('a refused configuration is told until the next one holds', () => {
  const notes = createConfigNotes({ now: () => 7 }, { source: 'file', file: 'config/bridge.yaml' })
  notes.refused(['line 3'])
  expect(notes.now).toMatchObject({ file: 'config/bridge.yaml', fault: { atMs: 7, lines: ['line 3'] } })
  notes.applied()
  expect(notes.now.fault).toBeUndefined()
})

test('a restart is due when the loop stands still or a write never ends, not when a write fails', async () => {
  const time = createManualClock()
  const over = new AbortController()
  let write = (): Promise<unknown> => Promise.reject(new Error('the disk is full'))
  const vitals = createVitals({ clock: time.clock, write: () => write(), signal: over.signal })
  expect(vitals.fault()).toBeUndefined()
  await time.advance(120_000)
  expect(vitals.fault()).toBeUndefined()
  write = () => new Promise(() => undefined)
  await time.settle()
  vitals.fault()
  await time.advance(59_000)
  expect(vitals.fault()).toBeUndefined()
  await time.advance(2_000)
  expect(vitals.fault()).toMatch(/write to the store/)
  over.abort()
})

test('the loop that hardly moves is noticed; one long pause is forgiven', async () => {
  let nowMs = 0
  let wake: () => void = () => undefined
  const clock = {
    now: () => nowMs,
    elapsed: () => nowMs,
    sleep: () => new Promise<void>((resolve) => (wake = resolve)),
  }
  const vitals = createVitals({ clock, write: async () => undefined, signal: new AbortController().signal })
  const tick = async (ms: number): Promise<void> => {
    nowMs += ms
    wake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await tick(300_000)
  expect(vitals.fault()).toBeUndefined()
  for (let n = 0; n < 6; n += 1) await tick(6_000)
  expect(vitals.fault()).toMatch(/event loop stood still/)
  for (let n = 0; n < 61; n += 1) await tick(1_000)
  expect(vitals.fault()).toBeUndefined()
})
