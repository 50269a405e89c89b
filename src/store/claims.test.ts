// Does exactly one process do a thing, and does another take it up when that one dies or freezes?

import { expect, onTestFinished, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createClaims, soleClaims, type Claims } from './claims.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Coordination } from './coordination.ts'
import { openStore } from './open.ts'

test('one of two holds it; the other has it as soon as it is given back', async () => {
  const { time, claims } = await world()
  const first = await claims('a').tryHold('bot')
  expect(await claims('b').tryHold('bot')).toBeUndefined()
  const waiting = claims('b').hold('bot', new AbortController().signal)
  await time.advance(2_000)
  await first?.release()
  await time.advance(1_000)
  expect((await waiting).isSure()).toBe(true)
})

test('it is kept for as long as it is renewed', async () => {
  const { time, claims } = await world()
  const first = await claims('a').tryHold('bot')
  await time.advance(60_000)
  expect(first?.isSure()).toBe(true)
  expect(await claims('b').tryHold('bot')).toBeUndefined()
})

test('while the store cannot be reached it is lost before another may have it, and is told so', async () => {
  const { time, claims, away } = await world()
  const first = await claims('a').tryHold('bot')
  away.is = true
  await time.advance(4_000)
  expect(first?.isSure()).toBe(true)
  await time.advance(300)
  expect(first?.lost.aborted).toBe(true)
  expect(first?.isSure()).toBe(false)
  away.is = false
  expect(await claims('b').tryHold('bot')).toBeUndefined()
  await time.advance(1_000)
  expect(await claims('b').tryHold('bot')).toBeDefined()
})

test('a process that was frozen knows it has lost the claim before any of its timers has run', async () => {
  const { time, store } = await world()
  let frozenMs = 0
  const thawing = { ...time.clock, elapsed: () => time.clock.elapsed() + frozenMs }
  const first = await claimsOf('a', store.coordination, thawing).tryHold('bot')
  expect(first?.isSure()).toBe(true)
  frozenMs = 60_000
  expect(first?.isSure()).toBe(false)
  expect(first?.lost.aborted).toBe(true)
})

test('what is held under a lost lease cannot be written any more', async () => {
  const { time, claims, store, away } = await world()
  const first = await claims('a').tryHold('bot')
  away.is = true
  await time.advance(6_000)
  away.is = false
  const second = await claims('b').tryHold('bot')
  const write = { set: { namespace: 'journal', key: 'k' }, value: 'late' }
  await expect(store.coordination.commit([write], first?.held)).rejects.toMatchObject({
    problem: 'superseded',
  })
  await store.coordination.commit([{ ...write, value: 'mine' }], second?.held)
  expect(await store.keyv('journal').get('k')).toBe('mine')
})

test('who holds one already lets the other go first', async () => {
  const { time, claims } = await world()
  const [a, b] = [claims('a'), claims('b')]
  await a.tryHold('telegram')
  const never = new AbortController()
  const order: string[] = []
  const racing = [a, b].map(async (each, n) => {
    const claim = await each.hold('discord', never.signal)
    order.push(n === 0 ? 'a' : 'b')
    return claim
  })
  await time.advance(1_000)
  expect(order).toEqual(['b'])
  never.abort(new Error('over'))
  await Promise.allSettled(racing)
})

test('waiting for it ends with the signal', async () => {
  const { claims } = await world()
  await claims('a').tryHold('bot')
  const over = new AbortController()
  const waiting = claims('b').hold('bot', over.signal)
  over.abort(new Error('stopping'))
  await expect(waiting).rejects.toThrow('stopping')
})

test('where there is one process everything is its own, for ever', async () => {
  const claim = await soleClaims().tryHold('bot')
  expect(claim?.isSure()).toBe(true)
  expect(claim?.held).toBeUndefined()
})

async function world() {
  const time = createManualClock()
  const { clock } = time
  const store = await openStore('memory:', { clock, log: createQuietLogger(), baseDir: '/' })
  const away = { is: false }
  const coordination: Coordination = {
    ...store.coordination,
    async lease(...args) {
      if (away.is) throw new Error('away')
      const lease = await store.coordination.lease(...args)
      return lease && { ...lease, renew: () => (away.is ? Promise.reject(new Error('away')) : lease.renew()) }
    },
  }
  onTestFinished(() => store.close())
  return { time, store, away, claims: (owner: string) => claimsOf(owner, coordination, clock) }
}

function claimsOf(owner: string, coordination: Coordination, clock: Clock): Claims {
  return createClaims({ coordination, clock, log: createQuietLogger(), owner })
}
