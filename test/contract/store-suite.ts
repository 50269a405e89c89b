// What every store must do, whatever it stands on. A new store passes this suite, and only then is it one.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Held, Window } from '../../src/store/coordination.ts'
import type { Store } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'

/** The store's time, as far as a test has a hand in it. */
export interface StoreTime {
  now(): number
  /** At least so long, for a store whose time passes by itself. */
  advance(ms: number): Promise<void>
}

/**
 * `open` makes an empty store each time and cleans up after itself when the test is over. `clock`: `manual` stands still but for
 * `advance`, and can be set back; `real` is a server's, so that nothing is asserted to the millisecond.
 */
export function storeContract(
  name: string,
  clock: 'manual' | 'real',
  open: () => Promise<{ readonly store: Store; readonly time: StoreTime }>,
): void {
  describe(name, () => {
    let time: StoreTime
    let store: Store
    beforeEach(async () => {
      ;({ store, time } = await open())
    })
    afterEach(() => store.close())

    keyvContract(() => ({ store, time, clock }))
    acceptContract(() => ({ store, time, clock }))
    commitContract(() => ({ store, time, clock }))
    leaseContract(() => ({ store, time, clock }))
    underContract(() => ({ store, time, clock }))
    takeContract(() => ({ store, time, clock }))
    if (clock === 'manual') exactTakeContract(() => ({ store, time, clock }))
    newsContract(() => ({ store, time, clock }))

    test('finishes what was asked for before it closes, and refuses what comes after', async () => {
      const notes = store.keyv<number>('notes')
      const before = Promise.all(numbers(50).map((n) => notes.set(`k${n}`, n)))
      await store.close()
      expect(await before).toHaveLength(50)
      await expect(notes.set('late', 1)).rejects.toMatchObject({ problem: 'closed' })
      await expect(notes.get('k1')).rejects.toMatchObject({ problem: 'closed' })
      await store.close()
    })
  })
}

interface Stage {
  readonly store: Store
  readonly time: StoreTime
  readonly clock: 'manual' | 'real'
}
type World = () => Stage

/** Into the last moment before `ms` are over, then over it. With a real clock the last moment is long. */
const justBefore = ({ time, clock }: Stage, ms: number): Promise<void> =>
  time.advance(clock === 'manual' ? ms - 1 : ms / 2)
const theRest = ({ time, clock }: Stage, ms: number): Promise<void> =>
  time.advance(clock === 'manual' ? 1 : ms / 2)

function keyvContract(world: World): void {
  describe('records', () => {
    test('gives back what was set, as JSON holds it, until it is deleted', async () => {
      const notes = world().store.keyv<unknown>('notes')
      await fc.assert(
        fc.asyncProperty(
          fc.string({ minLength: 1, unit: 'grapheme' }),
          fc.jsonValue(),
          async (key, value) => {
            await notes.set(key, value)
            expect(await notes.get(key)).toEqual(JSON.parse(JSON.stringify(value)))
            expect(await notes.delete(key)).toBe(true)
            expect(await notes.get(key)).toBeUndefined()
            expect(await notes.has(key)).toBe(false)
            expect(await notes.delete(key)).toBe(false)
          },
        ),
        { numRuns: 50 },
      )
    })

    test('keeps namespaces apart', async () => {
      const { store } = world()
      const [left, right] = [store.keyv<string>('left'), store.keyv<string>('right')]
      await Promise.all([left.set('k', 'L'), right.set('k', 'R')])
      expect([await left.get('k'), await right.get('k')]).toEqual(['L', 'R'])
      await left.clear()
      expect([await left.get('k'), await right.get('k')]).toEqual([undefined, 'R'])
      expect(store.keyv('left')).toBe(left)
    })

    test('keeps a value as it was when it was set', async () => {
      const notes = world().store.keyv<string[]>('notes')
      const value = ['a']
      const stored = notes.set('k', value)
      value.push('b')
      await stored
      expect(await notes.get('k')).toEqual(['a'])
    })

    test('sets, reads and deletes many', async () => {
      const notes = world().store.keyv<number>('notes')
      await notes.setMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2, ttl: 10 },
      ])
      await world().time.advance(10)
      expect(await notes.getMany(['a', 'b', 'c'])).toEqual([1, undefined, undefined])
      expect(await notes.hasMany(['a', 'b'])).toEqual([true, false])
      expect(await notes.deleteMany(['a', 'b'])).toEqual([true, false])
    })

    test('forgets a record when its time has run out, to the millisecond', async () => {
      const { store } = world()
      const notes = store.keyv<string>('notes')
      await notes.set('brief', 'x', 1_000)
      await notes.set('lasting', 'y')
      await justBefore(world(), 1_000)
      expect(await notes.get('brief')).toBe('x')
      await theRest(world(), 1_000)
      expect(await notes.get('brief')).toBeUndefined()
      expect(await notes.has('brief')).toBe(false)
      expect(await keysOf(store, 'notes')).toEqual(['lasting'])
      expect(await notes.delete('brief')).toBe(false)
    })

    test('keeps a record for ever when it is set again without an end', async () => {
      const { store, time, clock } = world()
      const notes = store.keyv<string>('notes')
      await notes.set('k', 'x', 10)
      await notes.set('k', 'y')
      await time.advance(clock === 'manual' ? 1_000_000 : 100)
      expect(await notes.get('k')).toBe('y')
    })

    test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
      'refuses a time to live of %d instead of keeping the record for ever',
      async (ttl) => {
        const { store } = world()
        await expect(store.keyv('notes').set('k', 1, ttl)).rejects.toBeInstanceOf(StoreError)
        await expect(store.keyv('notes').setMany([{ key: 'k', value: 1, ttl }])).rejects.toBeInstanceOf(
          StoreError,
        )
        const set = { namespace: 'notes', key: 'k' }
        await expect(store.coordination.commit([{ set, value: 1, ttlMs: ttl }])).rejects.toBeInstanceOf(
          StoreError,
        )
        expect(await keysOf(store, 'notes')).toEqual([])
      },
    )

    test('refuses a value without JSON, and stores its neighbours all the same', async () => {
      const { store } = world()
      const notes = store.keyv<unknown>('notes')
      const circle: Record<string, unknown> = {}
      circle['itself'] = circle
      const outcomes = await Promise.allSettled([
        notes.set('a', 1),
        notes.set('undefined', undefined),
        notes.set('circle', circle),
        notes.set('bigint', 1n),
        notes.set('', 'no key'),
        store.coordination.accept({ namespace: 'notes', key: 'function', value: () => 1 }),
        notes.set('b', 2),
      ])
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
        true,
        false,
        false,
        false,
        false,
        false,
        true,
      ])
      expect(await keysOf(store, 'notes')).toEqual(['a', 'b'])
    })

    test('lists every record of a namespace, also more than a page, also while they are deleted', async () => {
      const { store } = world()
      const notes = store.keyv<number>('notes')
      await Promise.all(numbers(350).map((n) => notes.set(`k${String(n).padStart(3, '0')}`, n)))
      await store.keyv('others').set('k', 1)
      const met: unknown[] = []
      for await (const [key, value] of notes.iterator()) {
        met.push(value)
        await notes.delete(key)
      }
      expect(met).toEqual(numbers(350))
      expect(await keysOf(store, 'notes')).toEqual([])
      expect(await keysOf(store, 'others')).toEqual(['k'])
    })

    test('runs writes in the order they were asked for', async () => {
      const notes = world().store.keyv<number>('notes')
      await Promise.all([notes.set('k', 1), notes.delete('k'), notes.set('k', 2), notes.set('k', 3)])
      expect(await notes.get('k')).toBe(3)
    })
  })
}

function acceptContract(world: World): void {
  const key = { namespace: 'journal', key: 'event' }

  describe('accept', () => {
    test('tells exactly one of two hundred who come at once that it is new', async () => {
      const { store } = world()
      const accepts = numbers(200).map((n) => store.coordination.accept({ ...key, value: n }))
      const outcomes = await Promise.all(accepts)
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await store.keyv('journal').get('event')).toBe(outcomes.indexOf(true))
    })

    test('is refused while one of the forbidden keys exists, and writes nothing then', async () => {
      const { store, time } = world()
      const seen = { namespace: 'seen', key: 'event' }
      const also = [{ set: { namespace: 'memory', key: 'last' }, value: 7 }]
      await store.keyv('seen').set('event', 1, 1_000)
      expect(await store.coordination.accept({ ...key, value: 1 }, { unless: [seen], also })).toBe(false)
      expect(await store.keyv('journal').has('event')).toBe(false)
      expect(await store.keyv('memory').has('last')).toBe(false)
      await time.advance(1_000)
      expect(await store.coordination.accept({ ...key, value: 1 }, { unless: [seen], also })).toBe(true)
      expect(await store.keyv('memory').get('last')).toBe(7)
    })

    test('sees what was asked for just before it', async () => {
      const { store } = world()
      const seen = store.keyv('seen').set('event', 1)
      const accepted = store.coordination.accept(
        { ...key, value: 1 },
        { unless: [{ namespace: 'seen', key: 'event' }] },
      )
      await seen
      expect(await accepted).toBe(false)
    })

    test('takes a key again once it was deleted or has run out', async () => {
      const { store, time } = world()
      expect(await store.coordination.accept({ ...key, value: 1, ttlMs: 500 })).toBe(true)
      expect(await store.coordination.accept({ ...key, value: 2 })).toBe(false)
      await time.advance(500)
      expect(await store.coordination.accept({ ...key, value: 3 })).toBe(true)
      await store.keyv('journal').delete('event')
      expect(await store.coordination.accept({ ...key, value: 4 })).toBe(true)
      expect(await store.keyv('journal').get('event')).toBe(4)
    })

    test('stores five hundred questions at once in a handful of commits', async () => {
      const { store } = world()
      const before = store.statistics().commits
      await Promise.all(
        numbers(500).map((n) =>
          store.coordination.accept({ namespace: 'journal', key: `event-${n}`, value: n }),
        ),
      )
      expect(await keysOf(store, 'journal')).toHaveLength(500)
      expect(store.statistics().commits - before).toBeLessThanOrEqual(5)
    })
  })
}

function commitContract(world: World): void {
  const at = (key: string) => ({ namespace: 'notes', key })

  describe('commit', () => {
    test('does several writes in order, sets and deletes', async () => {
      const { store } = world()
      await store.keyv('notes').set('old', 1)
      await store.coordination.commit([
        { delete: at('old') },
        { set: at('a'), value: 1 },
        { set: at('a'), value: 2, ttlMs: 60_000 },
        { set: { namespace: 'seen', key: 'old' }, value: 1 },
      ])
      expect(await keysOf(store, 'notes')).toEqual(['a'])
      expect(await store.keyv('notes').get('a')).toBe(2)
      expect(await store.keyv('seen').has('old')).toBe(true)
      await store.coordination.commit([])
    })

    test('does nothing of a commit of which one write is refused', async () => {
      const { store } = world()
      const refused = store.coordination.commit([
        { set: at('a'), value: 1 },
        { set: at('b'), value: undefined },
      ])
      const neighbour = store.coordination.commit([{ set: at('c'), value: 3 }])
      await expect(refused).rejects.toBeInstanceOf(StoreError)
      await neighbour
      expect(await keysOf(store, 'notes')).toEqual(['c'])
    })

    test('never lets half of a commit be seen', async () => {
      const { store } = world()
      const notes = store.keyv<number>('notes')
      const writing = Promise.all(
        numbers(40).map((n) =>
          store.coordination.commit([
            { set: at('left'), value: n },
            { set: at('right'), value: n },
          ]),
        ),
      )
      const reading = Promise.all(
        numbers(40).map(async () => {
          const [left, right] = await notes.getMany(['left', 'right'])
          expect(left).toBe(right)
          await new Promise((resolve) => setImmediate(resolve))
        }),
      )
      await Promise.all([writing, reading])
      expect(await notes.getMany(['left', 'right'])).toEqual([39, 39])
    })
  })
}

function leaseContract(world: World): void {
  describe('lease', () => {
    test('is held by one of many, until it is released', async () => {
      const { coordination } = world().store
      const asked = await Promise.all(
        numbers(20).map((n) => coordination.lease('poller', `owner-${n}`, 1_000)),
      )
      const held = asked.filter((lease) => lease !== undefined)
      expect(held).toHaveLength(1)
      expect(await coordination.lease('other', 'owner-1', 1_000)).toBeDefined()
      await held[0]?.release()
      expect(await coordination.lease('poller', 'owner-1', 1_000)).toBeDefined()
    })

    test('runs out, and gives the next owner a larger fence', async () => {
      const { store } = world()
      const first = await store.coordination.lease('poller', 'a', 1_000)
      await justBefore(world(), 1_000)
      expect(await store.coordination.lease('poller', 'b', 1_000)).toBeUndefined()
      await theRest(world(), 1_000)
      const second = await store.coordination.lease('poller', 'b', 1_000)
      expect(second!.fence).toBeGreaterThan(first!.fence)
      expect(await first!.renew()).toBe(false)
      await first!.release()
      expect(await store.coordination.lease('poller', 'c', 1_000)).toBeUndefined()
      await second!.release()
      const third = await store.coordination.lease('poller', 'c', 1_000)
      expect(third!.fence).toBeGreaterThan(second!.fence)
    })

    test('lasts longer when it is renewed in time, and cannot be renewed too late', async () => {
      const { store, time } = world()
      const lease = await store.coordination.lease('poller', 'a', 1_000)
      await time.advance(600)
      expect(await lease!.renew()).toBe(true)
      await time.advance(600)
      expect(await store.coordination.lease('poller', 'b', 1_000)).toBeUndefined()
      await time.advance(400)
      expect(await lease!.renew()).toBe(false)
    })
  })
}

function underContract(world: World): void {
  const at = (key: string) => ({ namespace: 'notes', key })

  describe('a write under a lease', () => {
    test('is done while the lease is held, and refused whole once it is released or somebody else has it', async () => {
      const { store } = world()
      const { coordination } = store
      const first = (await coordination.lease('claim', 'a', 60_000))!
      expect(first.name).toBe('claim')
      await coordination.commit([{ set: at('a'), value: 1 }], first)
      expect(await coordination.accept({ ...at('b'), value: 1 }, { under: first })).toBe(true)
      await first.release()
      await refusesAll(store, first)
      const second = (await coordination.lease('claim', 'b', 60_000))!
      await refusesAll(store, first)
      await coordination.commit([{ set: at('c'), value: 1 }], second)
      expect(await keysOf(store, 'notes')).toEqual(['a', 'b', 'c'])
    })

    test('is refused once the lease has run out, also when nobody took it', async () => {
      const { store } = world()
      const lease = (await store.coordination.lease('claim', 'a', 1_000))!
      await justBefore(world(), 1_000)
      await store.coordination.commit([{ set: at('in time'), value: 1 }], lease)
      await theRest(world(), 1_000)
      await refusesAll(store, lease)
      expect(await keysOf(store, 'notes')).toEqual(['in time'])
    })

    test('harms no other write that is asked for beside it', async () => {
      const { store } = world()
      const gone = { name: 'claim', fence: 1 }
      const outcomes = await Promise.allSettled([
        store.coordination.commit([{ set: at('a'), value: 1 }]),
        store.coordination.commit([{ set: at('b'), value: 1 }, { delete: at('a') }], gone),
        store.coordination.commit([{ set: at('c'), value: 1 }]),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await keysOf(store, 'notes')).toEqual(['a', 'c'])
    })
  })

  async function refusesAll(store: Store, lease: Held): Promise<void> {
    const also = [{ delete: at('a') }]
    const refused = [
      store.coordination.commit([{ set: at('late'), value: 1 }, ...also], lease),
      store.coordination.accept({ ...at('late'), value: 1 }, { under: lease, also }),
    ]
    for (const one of refused) await expect(one).rejects.toMatchObject({ problem: 'superseded' })
  }
}

function takeContract(world: World): void {
  describe('take', () => {
    test('grants exactly as many as fit when hundreds ask at once', async () => {
      const { store } = world()
      const taken = await Promise.all(
        numbers(300).map(() => store.coordination.take('k', [{ calls: 20, perMs: 3_600_000 }])),
      )
      expect(taken.filter(({ granted }) => granted)).toHaveLength(20)
    })

    test('takes nothing from a wide window when a narrow one refuses', async () => {
      const { store, time, clock } = world()
      const windows = [
        { calls: 1, perMs: 1_000 },
        { calls: 3, perMs: 60_000 },
      ]
      for (let n = 0; n < 3; n++) {
        expect(await store.coordination.take('k', windows)).toEqual({ granted: true })
        for (let again = 0; again < 5; again++) {
          expect((await store.coordination.take('k', windows)).granted).toBe(false)
        }
        await time.advance(1_000)
      }
      const last = await store.coordination.take('k', windows)
      const waitMs = last.granted ? 0 : last.waitMs
      expect(waitMs).toBeLessThanOrEqual(57_000)
      expect(waitMs).toBeGreaterThanOrEqual(clock === 'manual' ? 57_000 : 40_000)
      expect(await store.coordination.take('another', windows)).toEqual({ granted: true })
    })

    test.each([
      { calls: 0, perMs: 1_000 },
      { calls: 1.5, perMs: 1_000 },
      { calls: 1, perMs: 0 },
      { calls: 1, perMs: Number.NaN },
    ])('refuses a window that says nothing: %o', async (window) => {
      await expect(world().store.coordination.take('k', [window])).rejects.toMatchObject({
        problem: 'invalid',
      })
    })
  })
}

function exactTakeContract(world: World): void {
  describe('take, to the millisecond', () => {
    test('never grants more than a window allows in any span, and always grants when told to wait no longer', async () => {
      const windows: readonly Window[] = [
        { calls: 2, perMs: 1_000 },
        { calls: 5, perMs: 10_000 },
      ]
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 2_500 }), { maxLength: 30 }),
          async (pausesMs) => {
            const { store, time } = world()
            const key = `coze-${run++}`
            const grantedAtMs: number[] = []
            for (const pauseMs of pausesMs) {
              await time.advance(pauseMs)
              const taken = await store.coordination.take(key, windows)
              const fits = windows.every(
                ({ calls, perMs }) => grantedAtMs.filter((at) => at > time.now() - perMs).length < calls,
              )
              expect(taken.granted).toBe(fits)
              if (!taken.granted) {
                expect(taken.waitMs).toBeGreaterThan(0)
                await time.advance(taken.waitMs - 1)
                expect((await store.coordination.take(key, windows)).granted).toBe(false)
                await time.advance(1)
                expect(await store.coordination.take(key, windows)).toEqual({ granted: true })
              }
              grantedAtMs.push(time.now())
            }
          },
        ),
        { numRuns: 25 },
      )
    })

    test('never lets anybody wait longer than the window after the clock was set back', async () => {
      const { store, time } = world()
      await store.coordination.take('k', [{ calls: 1, perMs: 1_000 }])
      await time.advance(-86_400_000)
      expect(await store.coordination.take('k', [{ calls: 1, perMs: 1_000 }])).toEqual({
        granted: false,
        waitMs: 1_000,
      })
    })
  })
}

function newsContract(world: World): void {
  describe('news', () => {
    test('reaches everybody who listens to the channel, and nobody who has left or listens to another', async () => {
      const { news } = world().store
      const heard: string[] = []
      const all = new Promise<void>((resolve) => {
        void news.subscribe('events', (text) => {
          heard.push(`a ${text}`)
          if (text === 'last') resolve()
        })
      })
      const leave = await news.subscribe('events', (text) => heard.push(`b ${text}`))
      await news.subscribe('other', (text) => heard.push(`other ${text}`))
      await news.publish('events', '值 1')
      await news.publish('unheard', 'x')
      await expect.poll(() => [...heard].sort()).toEqual(['a 值 1', 'b 值 1'])
      await leave()
      await news.publish('events', 'last')
      await all
      expect([...heard].sort()).toEqual(['a last', 'a 值 1', 'b 值 1'])
    })
  })
}

export async function keysOf(store: Store, namespace: string): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const [key] of store.keyv(namespace).iterator()) keys.push(key)
  return keys
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n)
}
