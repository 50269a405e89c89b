// Does the store on Redis keep the contract, does it come through whatever happens to the server, and do several processes share it?

import { execFile } from 'node:child_process'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/store/open.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { keysOf, storeContract } from '../contract/store-suite.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'
import type { RedisOptions, RedisServer } from '../support/redis-server.ts'
import { startRedis } from '../support/redis-server.ts'

describe('on one server', () => {
  let redis: RedisServer
  let prefixes = 0
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  storeContract('redis:', 'real', async () => ({
    store: await open(`${redis.url}?prefix=suite-${prefixes++}`),
    // Redis keeps a record through its last millisecond.
    time: { now: () => Date.now(), advance: (ms) => createRealClock().sleep(ms + 20) },
  }))
})

describe('two stores on one server', () => {
  test('see what the other writes, and hear what it says', async () => {
    const { redis } = await server()
    const [left, right] = [await open(redis.url), await open(redis.url)]
    const heard = new Promise<string>((resolve) => void right.news.subscribe('events', resolve))
    await left.keyv('notes').set('k', { deep: ['值', null] })
    expect(await right.keyv('notes').get('k')).toEqual({ deep: ['值', null] })
    expect(await right.coordination.accept({ namespace: 'notes', key: 'k', value: 1 })).toBe(false)
    expect(await keysOf(right, 'notes')).toEqual(['k'])
    await expect
      .poll(async () => {
        await left.news.publish('events', 'look')
        return Promise.race([heard, Promise.resolve('not yet')])
      })
      .toBe('look')
  })

  test('let only who holds the lease write under it', async () => {
    const { redis } = await server()
    const [left, right] = [await open(redis.url), await open(redis.url)]
    const first = (await left.coordination.lease('claim', 'left', 200))!
    expect(await right.coordination.lease('claim', 'right', 60_000)).toBeUndefined()
    const second = await eventually(() => right.coordination.lease('claim', 'right', 60_000))
    expect(second.fence).toBeGreaterThan(first.fence)
    const set = { namespace: 'journal', key: 'turn' }
    await right.coordination.commit([{ set, value: 'right' }], second)
    await expect(left.coordination.commit([{ set, value: 'left' }], first)).rejects.toMatchObject({
      problem: 'superseded',
    })
    expect(await first.renew()).toBe(false)
    expect(await left.keyv('journal').get('turn')).toBe('right')
  })

  test('with prefixes of their own see nothing of each other', async () => {
    const { redis } = await server()
    const [left, right] = [await open(`${redis.url}?prefix=a`), await open(`${redis.url}?prefix=b`)]
    await left.keyv('notes').set('k', 1)
    await left.coordination.lease('claim', 'left', 60_000)
    expect(await keysOf(right, 'notes')).toEqual([])
    expect(await right.coordination.lease('claim', 'right', 60_000)).toBeDefined()
    const keys = await commands(redis, (client) => client.keys('*'))
    expect(keys.every((key) => /^\{[ab]\}:/.test(key))).toBe(true)
  })
})

test('three processes raise a counter under leases: none is lost, no fence is given twice, a window holds for all', async () => {
  const { redis } = await server()
  const member = join(import.meta.dirname, '../support/redis-member.ts')
  const printed = await Promise.all(
    ['a', 'b', 'c'].map((name) => promisify(execFile)(process.execPath, [member, redis.url, name, '200'])),
  )
  const told = printed.map(
    ({ stdout }) => JSON.parse(stdout) as { readonly fences: readonly number[]; readonly taken: number },
  )
  const fences = told.flatMap((one) => one.fences)
  expect(new Set(fences).size).toBe(600)
  for (const one of told) expect(one.fences).toEqual(one.fences.toSorted((a, b) => a - b))
  const store = await open(redis.url)
  expect(await store.keyv('counters').get('n')).toBe(600)
  expect(told.reduce((sum, { taken }) => sum + taken, 0)).toBe(50)
})

describe('a server that', () => {
  test('is killed: calls reject with a sentence, and work again by themselves, with everything, once it is back', async () => {
    const { redis } = await server()
    const store = await open(redis.url)
    const notes = store.keyv('notes')
    await notes.set('before', 1)
    const heard: string[] = []
    await store.news.subscribe('events', (text) => heard.push(text))
    await redis.kill()
    await refusalOf(notes.get('before'))
    for (const call of callsOf(store)) {
      const refusal = await refusalOf(call)
      expect(refusal.problem).toBe('unreachable')
      expect(refusal.message).toContain('127.0.0.1')
    }
    await redis.restart()
    await worksAgain(store)
    expect(await notes.get('before')).toBe(1)
    await expect
      .poll(async () => {
        await store.news.publish('events', 'again')
        return heard
      })
      .toContain('again')
  })

  test('loses the connection before it answered: everything was done once, and nobody is told', async () => {
    const { redis } = await server()
    const line = await cutLine(redis.port)
    const store = await open(`redis://127.0.0.1:${line.port}/0`)
    await store.keyv('notes').set('before', 1)
    for (let round = 0; round < 5; round++) {
      const fits = [{ calls: 1, perMs: 60_000 }]
      line.swallowOne()
      const [isNew, taken, before] = await Promise.all([
        store.coordination.accept({ namespace: 'journal', key: `event-${round}`, value: 1 }),
        store.coordination.take(`once-${round}`, fits),
        store.keyv('notes').get('before'),
      ])
      expect([isNew, taken, before]).toEqual([true, { granted: true }, 1])
      expect((await store.coordination.take(`once-${round}`, fits)).granted).toBe(false)
    }
    expect(line.cuts).toBe(5)
  })

  test('freezes: calls reject in time, those that never end by themselves too, and nothing of them is done after the thaw', async () => {
    const { redis } = await server()
    const store = await open(redis.url)
    const notes = store.keyv('notes')
    await notes.set('before', 1)
    redis.freeze()
    const reads = keepReading(store)
    const asked = performance.now()
    const refusals = await Promise.all(callsOf(store).map(refusalOf))
    expect(performance.now() - asked).toBeLessThan(5_000)
    expect(refusals.map(({ problem }) => problem)).toEqual(refusals.map(() => 'unreachable'))
    await reads.stop()
    redis.thaw()
    await worksAgain(store)
    expect(await keysOf(store, 'notes')).toEqual(['again', 'before'])
    expect(await notes.get('before')).toBe(1)
    const lease = await store.coordination.lease('claim', 'again', 60_000)
    expect(lease).toBeDefined()
  })

  test('forgets its scripts is told them again', async () => {
    const { redis } = await server()
    const store = await open(redis.url)
    await store.keyv('notes').set('a', 1)
    await commands(redis, (client) => client.scriptFlush())
    await Promise.all([store.keyv('notes').set('a', 2), store.keyv('notes').delete('a')])
    await commands(redis, (client) => client.scriptFlush())
    expect(await keysOf(store, 'notes')).toEqual([])
  })

  test('cut the connection before it answered: what is offered again is new, once', async () => {
    const { redis } = await server()
    const line = await cutLine(redis.port)
    const store = await open(`redis://127.0.0.1:${line.port}/0`)
    await store.keyv('notes').set('k', 1)
    const entry = { namespace: 'journal', key: 'event' }
    line.swallowAnswers()
    const refusal = await refusalOf(store.coordination.accept({ ...entry, value: 'first try' }))
    expect(refusal.problem).toBe('unreachable')
    const other = await open(redis.url)
    expect(await other.keyv('journal').get('event')).toBe('first try')
    line.letAnswers()
    await worksAgain(store)
    expect(await other.coordination.accept({ ...entry, value: 'of another' })).toBe(false)
    expect(await store.coordination.accept({ ...entry, value: 'second try' })).toBe(true)
    expect(await store.coordination.accept({ ...entry, value: 'third try' })).toBe(false)
    expect(await other.keyv('journal').get('event')).toBe('second try')
  })

  test('is slower than what is asked of it refuses what is too much, and does the rest', async () => {
    const { redis } = await server()
    const store = await open(redis.url)
    const writes = Array.from({ length: 10_200 }, (_, n) => store.keyv('notes').set(`k${n % 100}`, n))
    const outcomes = await Promise.allSettled(writes)
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBe(200)
    expect(outcomes.at(-1)).toMatchObject({ reason: { problem: 'overloaded' } })
    expect(await keysOf(store, 'notes')).toHaveLength(100)
  })

  test('keeps no index of what has run out', async () => {
    const { redis } = await server()
    const store = await open(`${redis.url}?prefix=p`)
    const count = () =>
      commands(
        redis,
        async (client) => (await client.zCard('{p}:index:seen')) + (await client.zCard('{p}:ends')),
      )
    await Promise.all(Array.from({ length: 500 }, (_, n) => store.keyv('seen').set(`k${n}`, n, 300)))
    expect(await count()).toBe(1_000)
    await createRealClock().sleep(400)
    for (let n = 0; n < 200; n++) await store.keyv('notes').set('k', n)
    expect(await count()).toBe(0)
  })
})

describe('the start', () => {
  test('waits for a server that comes later, and says so', async () => {
    const { redis } = await server({ started: false })
    const log = createQuietLogger()
    const opening = openWith(redis.url, log)
    await expect
      .poll(() => log.lines.map(({ message }) => message))
      .toContain('the store is away: trying until it is back')
    await redis.restart()
    const store = await opening
    await store.keyv('notes').set('k', 1)
  })

  test('gives up after some seconds with a sentence', async () => {
    const { redis } = await server({ started: false })
    const refusal = await refusalOf(openStoreAt(redis.url))
    expect(refusal.problem).toBe('unreachable')
    expect(refusal.message).toMatch(/cannot be reached \(ECONNREFUSED\)/)
  })

  test.each([
    [
      'a wrong password',
      (url: string) => url.replace('s3cret-pw', 'wr0ng-pw'),
      'inaccessible',
      /refuses the user or password/,
    ],
    ['no password', (url: string) => url.replace(':s3cret-pw@', ''), 'inaccessible', /wants a password/],
    [
      'a database that is not there',
      (url: string) => url.replace('/0', '/99'),
      'address',
      /no database of this number/,
    ],
  ])('with %s is refused at once, without telling a password', async (_what, change, problem, sentence) => {
    const { redis } = await server({ password: 's3cret-pw' })
    const log = createQuietLogger()
    const refusal = await refusalOf(openStoreAt(change(redis.url), log))
    expect(refusal.problem).toBe(problem)
    expect(refusal.message).toMatch(sentence)
    const said = [refusal, ...log.lines.map(({ error, message }) => `${message} ${String(error)}`)].join(' ')
    expect(said).not.toMatch(/s3cret|wr0ng/)
  })

  test('with a password the server has not is refused with a sentence', async () => {
    const { redis } = await server()
    const refusal = await refusalOf(openStoreAt(redis.url.replace('127', ':s3cret-pw@127')))
    expect(refusal.message).toMatch(/has no password, but was given one/)
  })

  test('at something that is no Redis is refused with a sentence', async () => {
    const port = await listenOnce((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const refusal = await refusalOf(openStoreAt(`redis://:s3cret-pw@127.0.0.1:${port}/0`))
    expect(refusal.problem).toBe('address')
    expect(refusal.message).toMatch(/does not answer as Redis does/)
  })

  test('over records of a newer version is refused with a sentence', async () => {
    const { redis } = await server()
    await commands(redis, (client) => client.set('{coze-bridge}:version', '99'))
    expect((await refusalOf(openStoreAt(redis.url))).problem).toBe('newer')
  })

  test('opens with a password, for a user who may do no more than a store needs', async () => {
    const { redis } = await server({ password: 's3cret-pw/@#' })
    await commands(
      redis,
      (client) =>
        client.sendCommand([
          'ACL',
          'SETUSER',
          'bridge',
          'on',
          '>pw',
          '~{coze-bridge}:*',
          '&{coze-bridge}:*',
          '+@read',
          '+@write',
          '+@scripting',
          '+@pubsub',
          '+@connection',
          '+time',
        ]),
      's3cret-pw/@#',
    )
    const store = await open(`redis://bridge:pw@127.0.0.1:${redis.port}`)
    await store.keyv('notes').set('k', 1)
    await store.news.subscribe('events', () => {})
    expect(store.promise).toMatch(/does not say/)
    expect((await open(redis.url)).promise).toMatch(/survives a crash, a kill/)
  })
})

describe('the promise says', () => {
  test.each([
    ['what is synced before each answer', {}, /appendfsync always.*survives a crash, a kill/],
    ['what is synced every second', { appendfsync: 'everysec' }, /up to the last two seconds/],
    ['that nothing is written at all', { appendonly: 'no' }, /everything is lost when Redis ends/],
    [
      'that there are snapshots alone',
      { appendonly: 'no', save: '3600 1' },
      /since its last snapshot is lost/,
    ],
    [
      'that records may be thrown away',
      { 'maxmemory-policy': 'allkeys-lru' },
      /"allkeys-lru" it throws records away/,
    ],
  ])('%s', async (_what, config, sentence) => {
    const { redis } = await server({ config })
    const log = createQuietLogger()
    const store = await openWith(redis.url, log)
    expect(store.promise).toMatch(sentence)
    const warned = log.lines.some(({ level, message }) => level === 'warn' && sentence.test(message))
    expect(warned).toBe('maxmemory-policy' in config)
  })
})

test('a full server refuses writes with a sentence, and goes on when there is room', async () => {
  const { redis } = await server()
  const store = await open(redis.url)
  await store.keyv('notes').set('k', 'x'.repeat(10_000))
  await commands(redis, (client) => client.configSet('maxmemory', '1mb'))
  const refusal = await refusalOf(store.keyv('notes').set('l', 'y'))
  expect(refusal.problem).toBe('full')
  expect(await keysOf(store, 'notes')).toEqual(['k'])
  await commands(redis, (client) => client.configSet('maxmemory', '0'))
  await store.keyv('notes').set('l', 'y')
})

async function server(options: RedisOptions = {}): Promise<{ readonly redis: RedisServer }> {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return { redis }
}

function openStoreAt(url: string, log = createQuietLogger()): Promise<Store> {
  return openStore(url, { clock: createRealClock(), log, baseDir: '/' })
}

/** For the whole test. */
async function openWith(url: string, log = createQuietLogger()): Promise<Store> {
  const store = await openStoreAt(url, log)
  onTestFinished(() => store.close())
  return store
}

/** Closed by whoever uses it, or at the end of the test. */
const open = (url: string): Promise<Store> => openWith(url)

function callsOf(store: Store): readonly Promise<unknown>[] {
  const { coordination } = store
  const key = { namespace: 'notes', key: 'late' }
  return [
    store.keyv('notes').get('before'),
    store.keyv('notes').set('late', 1),
    store.keyv('notes').has('before'),
    keysOf(store, 'notes'),
    coordination.accept({ ...key, value: 1 }),
    coordination.commit([{ set: key, value: 1 }]),
    coordination.lease('claim', 'a', 60_000),
    coordination.take('k', [{ calls: 1, perMs: 1_000 }]),
    store.news.publish('events', 'x'),
  ].map((call) => {
    call.catch(() => {})
    return call
  })
}

/** Reads without a pause, as a busy bridge would: writing keeps a socket from timing out. */
function keepReading(store: Store) {
  let stopped = false
  const reading = (async () => {
    while (!stopped) {
      store
        .keyv('notes')
        .get('before')
        .catch(() => {})
      await createRealClock().sleep(20)
    }
  })()
  return {
    async stop() {
      stopped = true
      await reading
    },
  }
}

async function worksAgain(store: Store): Promise<void> {
  await eventually(() =>
    store
      .keyv('notes')
      .set('again', 1)
      .catch(() => undefined),
  )
}

/** Until it gives something. */
async function eventually<Result>(ask: () => Promise<Result | undefined>): Promise<Result> {
  const deadlineMs = performance.now() + 20_000
  for (;;) {
    const result = await ask()
    if (result !== undefined) return result
    if (performance.now() > deadlineMs) throw new Error('in vain')
    await createRealClock().sleep(30)
  }
}

async function refusalOf(call: Promise<unknown>): Promise<StoreError> {
  const outcome = await call.catch((error: unknown) => error)
  if (outcome instanceof StoreError) return outcome
  throw new Error('expected a StoreError', { cause: outcome })
}

async function commands<Result>(
  redis: RedisServer,
  run: (client: ReturnType<typeof makeClient>) => Promise<Result>,
  password?: string,
): Promise<Result> {
  const client = makeClient(redis.port, password)
  client.on('error', () => {})
  await client.connect()
  try {
    return await run(client)
  } finally {
    client.destroy()
  }
}

function makeClient(port: number, password?: string) {
  return createClient({
    socket: { host: '127.0.0.1', port },
    ...(password === undefined ? {} : { password }),
  })
}

async function listenOnce(answer: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void listening.close())
  return (listening.address() as AddressInfo).port
}

/** A line to the server that can hand on what is said, lose what is answered, and break then. */
async function cutLine(port: number) {
  let swallows: 'nothing' | 'one' | 'all' = 'nothing'
  let cuts = 0
  const listening = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => {
      if (swallows === 'nothing') {
        near.write(chunk)
        return
      }
      if (swallows === 'one') swallows = 'nothing'
      cuts += 1
      near.destroy()
    })
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void listening.close())
  return {
    port: (listening.address() as AddressInfo).port,
    get cuts() {
      return cuts
    },
    swallowAnswers: () => (swallows = 'all'),
    swallowOne: () => (swallows = 'one'),
    letAnswers: () => (swallows = 'nothing'),
  }
}
