// Is a login renewed once, in time, by one process, and never lost where Coze lets us keep it?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { AssistantError, type Failure } from '../contract/errors.ts'
import type { KeptLogin } from '../contract/login.ts'
import { createLoginShelf } from '../store/logins.ts'
import { openStore } from '../store/open.ts'
import { readErrorBody, refusalToFailure } from './errors.ts'
import { createKeptAuth } from './kept-auth.ts'

const live = new AbortController().signal
const MINUTE = 60_000
const DAY = 24 * 3_600_000

/** Coze, a store, and as many processes as the test wants. */
async function stage(options: { readonly loggedIn?: boolean } = {}) {
  const time = createManualClock()
  const store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '/' })
  const shelf = createLoginShelf(store, 'me')
  const good = new Set(['r1'])
  const used: string[] = []
  let given = 1
  let answer: (give: () => ReturnType<typeof tokens>) => Promise<ReturnType<typeof tokens>> = async (give) =>
    give()
  let isAway = false

  const tokens = (n: number) => ({
    accessToken: `a${n}`,
    accessEndsAtMs: time.now() + 15 * MINUTE,
    refreshToken: `r${n}`,
    refreshEndsAtMs: time.now() + 30 * DAY,
    givenAtMs: time.now(),
  })
  const first: KeptLogin = { ...tokens(1), generation: 1 }
  if (options.loggedIn !== false) await shelf.put(first)

  /** One process. */
  function process(hooks: { readonly beforeTurn?: () => Promise<unknown> } = {}) {
    const log = createQuietLogger()
    const own = createLoginShelf(store, 'me')
    const guarded = <T>(ask: () => Promise<T>): Promise<T> =>
      isAway ? Promise.reject(new Error('the store is away')) : ask()
    const auth = createKeptAuth({
      clock: time.clock,
      log,
      shelf: {
        read: () => guarded(own.read),
        put: (login) => guarded(() => own.put(login)),
        async turn() {
          await hooks.beforeTurn?.()
          return await guarded(own.turn)
        },
      },
      calls: {
        async renew(refreshToken) {
          used.push(refreshToken)
          await time.clock.sleep(200)
          if (!good.delete(refreshToken)) throw no()
          return await answer(() => {
            given += 1
            good.add(`r${given}`)
            return tokens(given)
          })
        },
      },
    })
    const ask = (signal = live): Promise<string> => auth.token(undefined, signal)
    return { auth, ask, log }
  }
  return {
    time,
    shelf,
    good,
    used,
    tokens,
    process,
    answering: (how: typeof answer) => (answer = how),
    storeIsAway: (away: boolean) => (isAway = away),
  }
}

function no(facts: Partial<Failure> = {}): AssistantError {
  return new AssistantError({
    kind: 'rejected',
    detail: 'POST /token: HTTP 400',
    outcome: 'not-sent',
    httpStatus: 400,
    reason: 'invalid_request',
    ...facts,
  })
}
const lost = (): AssistantError =>
  new AssistantError({ kind: 'lost', detail: 'POST /token: broke', outcome: 'unknown' })

/** What the client makes of an answer with this body. */
const answered = (httpStatus: number, body?: unknown): AssistantError =>
  new AssistantError(refusalToFailure({ what: 'POST /token', httpStatus, ...readErrorBody(body) }))

/** Lets a call that sleeps a little go on. */
async function during<T>(time: { advance(ms: number): Promise<void> }, promise: Promise<T>): Promise<T> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  await time.advance(2_000)
  const outcome = await settled
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

test('goes by what is kept, until a minute before its end', async () => {
  const { time, used, process } = await stage()
  const { ask } = process()
  expect(await ask()).toBe('a1')
  await time.advance(14 * MINUTE - 1)
  expect(await ask()).toBe('a1')
  expect(used).toEqual([])
  await time.advance(1)
  expect(await during(time, ask())).toBe('a2')
})

test('twenty who ask at once, in three processes, use one renewal, and all go by its token', async () => {
  const { time, used, process, shelf } = await stage()
  const processes = [process(), process(), process()]
  await time.advance(15 * MINUTE)
  const asked = processes.flatMap(({ ask }) => Array.from({ length: 20 }, () => ask()))
  const got = await during(time, Promise.all(asked))
  expect(new Set(got)).toEqual(new Set(['a2']))
  expect(used).toEqual(['r1'])
  expect(await shelf.read()).toMatchObject({ generation: 2, refreshToken: 'r2' })
})

test('a process that is started later finds what others renewed', async () => {
  const { time, used, process } = await stage()
  await time.advance(15 * MINUTE)
  expect(await during(time, process().ask())).toBe('a2')
  expect(await process().ask()).toBe('a2')
  expect(used).toEqual(['r1'])
})

test('no answer proves nothing: the same right is tried again, and the old token serves meanwhile', async () => {
  const { time, used, process, answering, good } = await stage()
  const { ask } = process()
  await ask()
  answering(() => {
    good.add('r1')
    return Promise.reject(lost())
  })
  await time.advance(14 * MINUTE)
  expect(await during(time, ask())).toBe('a1')
  answering(async (give) => give())
  expect(await during(time, ask())).toBe('a2')
  expect(used).toEqual(['r1', 'r1'])
})

test('a store that goes away in the middle costs nothing: what Coze gave is kept as soon as it is back', async () => {
  const { time, process, answering, storeIsAway, shelf } = await stage()
  const { ask } = process()
  answering(async (give) => {
    storeIsAway(true)
    return give()
  })
  await time.advance(15 * MINUTE)
  const asked = ask()
  await time.advance(5_000)
  storeIsAway(false)
  await time.advance(10_000)
  expect(await asked).toBe('a2')
  expect(await shelf.read()).toMatchObject({ generation: 2, refreshToken: 'r2' })
  expect(await process().ask()).toBe('a2')
})

test('what cannot be renewed any more says what to do, once in the log, and asks Coze no more', async () => {
  const { time, used, good, process } = await stage()
  const { ask, auth, log } = process()
  good.clear()
  await time.advance(15 * MINUTE)
  for (let times = 0; times < 3; times += 1) {
    await expect(during(time, ask())).rejects.toMatchObject({
      failure: {
        kind: 'denied',
        outcome: 'not-sent',
        detail: expect.stringContaining('run `bridge login`') as string,
      },
    })
  }
  expect(used).toEqual(['r1'])
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  expect(await auth.standing(live)).toMatchObject({ state: 'over' })
})

test('a new login is taken up at once, without a restart', async () => {
  const { time, good, process, shelf } = await stage()
  const { ask, auth } = process()
  good.clear()
  await time.advance(15 * MINUTE)
  await expect(during(time, ask())).rejects.toThrow('bridge login')
  const nowMs = time.now()
  await shelf.put({
    generation: 2,
    accessToken: 'new',
    accessEndsAtMs: nowMs + 15 * MINUTE,
    refreshToken: 'rn',
    refreshEndsAtMs: nowMs + 30 * DAY,
    givenAtMs: nowMs,
  })
  expect(await ask()).toBe('new')
  expect(await auth.standing(live)).toMatchObject({ state: 'good', endsAtMs: nowMs + 30 * DAY })
})

test('where nobody has logged in, it says so', async () => {
  const { process } = await stage({ loggedIn: false })
  await expect(process().ask()).rejects.toThrow('nobody has logged in yet; run `bridge login`')
})

test('a process that slept through a renewal does not undo what others did since', async () => {
  const { time, process, answering, shelf, good } = await stage()
  const sleeper = process()
  let wake: () => void = () => undefined
  const awake = new Promise<void>((resolve) => (wake = resolve))
  answering(async (give) => {
    await awake
    return give()
  })
  await time.advance(15 * MINUTE)
  const slept = sleeper.ask()
  await time.advance(MINUTE)
  answering(async (give) => give())
  // Meanwhile a person has logged in again.
  const nowMs = time.now()
  const fresh = { accessEndsAtMs: nowMs + 15 * MINUTE, refreshEndsAtMs: nowMs + 30 * DAY, givenAtMs: nowMs }
  await shelf.put({ generation: 2, accessToken: 'person', refreshToken: 'rp', ...fresh })
  good.add('rp')
  wake()
  expect(await during(time, slept)).toBe('person')
  expect(await shelf.read()).toMatchObject({ accessToken: 'person' })
})

test('who was overtaken on the way to its turn uses nothing up', async () => {
  const { time, process, shelf, used, tokens } = await stage()
  const late = process({
    beforeTurn: () => shelf.put({ ...tokens(7), generation: 2 }),
  })
  await time.advance(15 * MINUTE)
  expect(await during(time, late.ask())).toBe('a7')
  expect(used).toEqual([])
})

test('a refusal is no end while somebody else has put in newer tokens', async () => {
  const { time, process, shelf, good, tokens } = await stage()
  const { ask, auth, log } = process()
  good.clear()
  await time.advance(15 * MINUTE)
  const asked = ask()
  // While Coze is being asked, a process that was frozen keeps what it got for the same right.
  await time.advance(100)
  await shelf.put({ ...tokens(7), generation: 2 })
  expect(await during(time, asked)).toBe('a7')
  expect(await auth.standing(live)).toMatchObject({ state: 'good' })
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('is renewed day by day although nobody asks anything, so that it never runs out', async () => {
  const { time, process, used, shelf } = await stage()
  const { auth } = process()
  for (let day = 0; day < 60; day += 1) {
    await time.advance(DAY)
    expect(await during(time, auth.standing(live))).toMatchObject({ state: 'good', renews: true })
  }
  expect(used).toHaveLength(60)
  expect((await shelf.read())?.refreshEndsAtMs).toBeGreaterThan(time.now() + 29 * DAY)
})

test('one that was off for too long knows so without asking Coze', async () => {
  const { time, used, process } = await stage()
  await time.advance(30 * DAY)
  await expect(process().ask()).rejects.toThrow('nobody renewed it in time')
  expect(used).toEqual([])
})

test('a token that Coze refuses early is renewed early; a brand-new one is not blamed', async () => {
  const { time, process, used } = await stage()
  const { ask, auth } = process()
  await ask()
  expect(auth.forget(undefined, 'a1')).toBe(false)
  await time.advance(MINUTE)
  expect(auth.forget(undefined, 'a1')).toBe(true)
  expect(await during(time, ask())).toBe('a2')
  expect(used).toEqual(['r1'])
})

test('one who gives up does not take the renewal from the others; a stop waits for it to be kept', async () => {
  const { time, process, shelf } = await stage()
  const { ask, auth } = process()
  await time.advance(15 * MINUTE)
  const stop = new AbortController()
  const left = ask(stop.signal)
  await time.advance(50)
  stop.abort()
  await expect(left).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
  await during(time, auth.settle())
  expect(await shelf.read()).toMatchObject({ generation: 2 })
})

test.each([
  ['a gateway', 502, { error: 'Service Unavailable' }],
  ['a gateway at its limit', 503, { error: 'invalid_request' }],
  ['a proxy’s page', 403, undefined],
  ['a page for an unknown path', 404, undefined],
  ['one who waited too long', 408, { error: 'Request Timeout' }],
  ['one who is asked too often', 429, { error: 'Too Many Requests' }],
  ['Coze, out of order', 400, { error_code: 'internal_error' }],
  ['somebody with status 200', 200, { error_code: 'maintenance' }],
])('%s is no end of a login: HTTP %i', async (_who, httpStatus, body) => {
  const { time, process, answering, good } = await stage()
  const { ask, auth, log } = process()
  answering(() => {
    good.add('r1')
    return Promise.reject(answered(httpStatus, body))
  })
  await time.advance(15 * MINUTE)
  await expect(during(time, ask())).rejects.toThrow(AssistantError)
  expect(await during(time, auth.standing(live))).toMatchObject({ state: 'good' })
  answering(async (give) => give())
  expect(await during(time, ask())).toBe('a2')
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test.each([
  [400, { error_code: 'invalid_grant', error: 'invalid_grant' }],
  [401, { error: 'invalid_client' }],
  [200, { error_code: 'access_deny', error_message: 'no' }],
])('Coze’s own "no" ends it: HTTP %i, %o', async (httpStatus, body) => {
  const { time, process, answering, used } = await stage()
  const { ask, auth } = process()
  answering(() => Promise.reject(answered(httpStatus, body)))
  await time.advance(15 * MINUTE)
  await expect(during(time, ask())).rejects.toThrow('run `bridge login`')
  expect(await during(time, auth.standing(live))).toMatchObject({ state: 'over' })
  expect(used).toEqual(['r1'])
})

test('a "no" is asked for once more after ten minutes, and forgotten when it was none', async () => {
  const { time, used, good, process, answering } = await stage()
  const { ask, auth, log } = process()
  good.clear()
  await time.advance(15 * MINUTE)
  await expect(during(time, ask())).rejects.toThrow('run `bridge login`')
  await time.advance(9 * MINUTE)
  await expect(during(time, ask())).rejects.toThrow('run `bridge login`')
  expect(used).toHaveLength(1)
  await time.advance(MINUTE)
  await expect(during(time, ask())).rejects.toThrow('run `bridge login`')
  expect(used).toHaveLength(2)
  await time.advance(10 * MINUTE)
  // No answer proves nothing, not that it is well again either.
  good.add('r1')
  answering(() => {
    good.add('r1')
    return Promise.reject(lost())
  })
  expect(await during(time, auth.standing(live))).toMatchObject({ state: 'over' })
  answering(async (give) => give())
  expect(await during(time, ask())).toBe('a2')
  expect(await auth.standing(live)).toMatchObject({ state: 'good' })
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})

test('nobody waits for the store with the token at hand, and a stop waits until it is kept', async () => {
  const { time, process, answering, storeIsAway, shelf, used } = await stage()
  const { ask, auth } = process()
  answering(async (give) => {
    storeIsAway(true)
    return give()
  })
  await time.advance(15 * MINUTE)
  expect(await during(time, Promise.all([ask(), ask()]))).toEqual(['a2', 'a2'])
  expect(await shelf.read()).toMatchObject({ generation: 1 })
  // Whoever comes when that token has ended too does wait.
  await time.advance(15 * MINUTE)
  let isAnswered = false
  const late = ask().finally(() => (isAnswered = true))
  await time.advance(MINUTE)
  expect(isAnswered).toBe(false)
  storeIsAway(false)
  const stopped = auth.settle()
  await time.advance(11_000)
  await stopped
  expect(await shelf.read()).toMatchObject({ generation: 2, refreshToken: 'r2' })
  await late
  expect(used).toEqual(['r1'])
})
