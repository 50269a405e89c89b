// Does what one process was told reach the one that serves, once, and is the answer brought back?

import { expect, onTestFinished, test } from 'vitest'
import { message } from '../../test/support/bridge-events.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { ChatEvent } from '../contract/event.ts'
import type { Ack } from '../contract/platform.ts'
import { createHanded } from './handed.ts'
import { openStore } from './open.ts'

const NEVER = new AbortController().signal
const FORM: Ack = { show: 'notice', notice: { key: 'action.done' } }

test('is taken by the process that serves the account, and its answer comes back', async () => {
  const { time, handed, serve } = await world()
  const taken = serve('telegram', () => Promise.resolve(FORM))
  await time.settle()
  const event = message('hello')
  expect(await settled(time, handed.handOver('telegram', event, NEVER))).toEqual(FORM)
  expect(taken).toEqual([event])
})

test('waits in the store while nobody serves the account, and is told to be safe', async () => {
  const { time, handed, serve } = await world()
  const event = message('early')
  const ack = handed.handOver('telegram', event, NEVER)
  await time.advance(1_500)
  expect(await ack).toEqual({ show: 'nothing' })
  const taken = serve('telegram', () => Promise.resolve(FORM))
  await time.advance(10)
  expect(taken).toEqual([event])
  await time.advance(10_000)
  expect(taken).toHaveLength(1)
})

test('is not taken by who serves another account', async () => {
  const { time, handed, serve } = await world()
  const taken = serve('sales', () => Promise.resolve(FORM))
  void handed.handOver('telegram', message('not for sales'), NEVER)
  await time.advance(10_000)
  expect(taken).toEqual([])
})

test('stays where it is when it could not be stored there, and is taken later', async () => {
  const { time, handed, serve } = await world()
  let isAway = true
  const taken = serve('telegram', () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(FORM)))
  const ack = handed.handOver('telegram', message('twice'), NEVER)
  await time.advance(1_500)
  expect(await ack).toEqual({ show: 'nothing' })
  isAway = false
  await time.advance(2_000)
  const before = taken.length
  expect(before).toBeGreaterThan(1)
  await time.advance(10_000)
  expect(taken).toHaveLength(before)
})

async function world() {
  const time = createManualClock()
  const log = createQuietLogger()
  const store = await openStore('memory:', { clock: time.clock, log, baseDir: '/' })
  const over = new AbortController()
  const handed = createHanded(store, { clock: time.clock, log })
  const serving: Promise<void>[] = []
  onTestFinished(async () => {
    over.abort(new Error('over'))
    await Promise.all(serving)
    await store.close()
  })
  const serve = (account: string, take: (event: ChatEvent) => Promise<Ack>): readonly ChatEvent[] => {
    const taken: ChatEvent[] = []
    serving.push(
      handed.receive(
        account,
        (event) => {
          taken.push(event)
          return take(event)
        },
        over.signal,
      ),
    )
    return taken
  }
  return { time, handed, serve }
}

async function settled<T>(time: { settle(): Promise<void> }, promise: Promise<T>): Promise<T> {
  await time.settle()
  return await promise
}
