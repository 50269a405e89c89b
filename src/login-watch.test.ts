// Are admins told of the end of a login days ahead, each time once, whoever restarts?
import { expect, test } from 'vitest'
import { createManualClock } from '../test/support/manual-clock.ts'
import { createQuietLogger } from '../test/support/quiet-logger.ts'
import type { Notice } from './contract/notice.ts'
import type { LoginStanding } from './coze/index.ts'
import { sayingOf, watchLogin, type LoginWatchWorld } from './login-watch.ts'
import { openStore } from './store/open.ts'
import { createToldOnce } from './store/told.ts'

const DAY = 24 * 3_600_000
type Admins = LoginWatchWorld['admins']

async function stage(admins: readonly string[] = ['chat/user:7']) {
  const time = createManualClock()
  const log = createQuietLogger()
  const store = await openStore('memory:', { clock: time.clock, log, baseDir: '/' })
  const told: Notice[] = []
  let standing: LoginStanding = { state: 'good', renews: false }
  let isReachable = true
  /** Everything that is no part of the watch, as small as it can be. */
  const parts = {
    clock: time.clock,
    log,
    letGo: new AbortController().signal,
    policy: { access: { admins }, locale: 'en' },
    told: createToldOnce(store),
    words: {
      say(notice: Notice) {
        told.push(notice)
        return notice.key
      },
    },
    pacer: {
      call: (_plan: unknown, send: (signal: AbortSignal) => unknown) => send(new AbortController().signal),
    },
    platforms: new Map([
      [
        'chat',
        {
          account: 'chat',
          openDirect: async () => (isReachable ? { account: 'chat' } : undefined),
          outboxFor: () => ({
            limits: {},
            renderer: { plain: (text: string) => text },
            post: async () => 'm1',
          }),
        },
      ],
    ]),
  }
  // Border: a stand-in with what the watch uses.
  const world = parts as unknown as Admins
  const start = () => watchLogin({ admins: world, standing: async () => standing })
  return {
    time,
    log,
    told,
    start,
    stands: (next: LoginStanding) => (standing = next),
    reach: (can: boolean) => (isReachable = can),
  }
}

test('a token that ends is announced seven days, three days and one day ahead, and at its end: once each', async () => {
  const { time, told, start, stands, log } = await stage()
  stands({ state: 'good', endsAtMs: time.now() + 10 * DAY, renews: false })
  // Several processes, one of them begun anew each day.
  const first = start()
  for (let day = 0; day < 12; day += 1) {
    const other = start()
    await time.advance(DAY)
    await other.close()
  }
  await first.close()
  expect(told.map(({ key, params }) => [key, params?.['days']])).toEqual([
    ['admin.tokenEnds', 7],
    ['admin.tokenEnds', 3],
    ['admin.tokenEnds', 1],
    ['admin.tokenEnded', undefined],
  ])
  expect(log.lines.some(({ message }) => message.includes('the Coze token ends soon'))).toBe(true)
})

test('who starts two days before the end hears of it once, not twice', async () => {
  const { time, told, start, stands } = await stage()
  stands({ state: 'good', endsAtMs: time.now() + 2 * DAY, renews: true })
  const watch = start()
  await time.advance(DAY / 2)
  await watch.close()
  expect(told).toEqual([{ key: 'admin.loginEnds', params: { days: 2, date: '2026-01-03 00:00' } }])
})

test('a login that is over is told once, with its reason; and again when it was well in between', async () => {
  const { time, told, start, stands } = await stage()
  stands({ state: 'over', because: 'nobody has logged in yet' })
  const watch = start()
  await time.advance(3 * DAY)
  expect(told).toEqual([{ key: 'admin.login', params: { reason: 'nobody has logged in yet' } }])
  stands({ state: 'good', renews: true })
  await time.advance(2 * DAY)
  stands({ state: 'over', because: 'taken back' })
  await time.advance(DAY)
  expect(told).toHaveLength(2)
  await watch.close()
})

test('a login that could not be looked at in between is no news', async () => {
  const { time, told, start, stands } = await stage()
  stands({ state: 'over', because: 'taken back' })
  const watch = start()
  await time.advance(DAY / 2)
  stands({ state: 'unknown', because: 'the store is away' })
  await time.advance(DAY)
  stands({ state: 'over', because: 'taken back' })
  await time.advance(2 * DAY)
  await watch.close()
  expect(told).toHaveLength(1)
})

test('an admin who cannot be reached is tried again later, not every minute', async () => {
  const { time, told, start, stands, reach, log } = await stage()
  reach(false)
  stands({ state: 'over', because: 'x' })
  const watch = start()
  await time.advance(13 * 3_600_000)
  expect(told).toEqual([])
  expect(log.lines.filter(({ message }) => message === 'no admin could be told').length).toBeLessThan(5)
  reach(true)
  await time.advance(7 * 3_600_000)
  expect(told).toHaveLength(1)
  await watch.close()
})

test('without admins the log alone says it', async () => {
  const { time, told, start, stands, log } = await stage([])
  stands({ state: 'over', because: 'x' })
  const watch = start()
  await time.advance(DAY)
  await watch.close()
  expect(told).toEqual([])
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test.each<[string, LoginStanding]>([
  ['a token whose end nobody knows', { state: 'good', renews: false }],
  ['a login that could not be looked at', { state: 'unknown', because: 'away' }],
  ['a token with eight days left', { state: 'good', renews: false, endsAtMs: 8 * DAY + 1 }],
])('%s is not spoken of', (_what, standing) => {
  expect(sayingOf(standing, 0)).toBeUndefined()
})
