// The update queue: order, confirmation, filters, parked polls.
import { expect, test } from 'vitest'
import type { Update } from './types.ts'
import { createUpdateQueue, type Poll, type UpdateQueue } from './updates.ts'

const forever = new AbortController().signal

function queueOf(antiHammer = false): UpdateQueue {
  return createUpdateQueue({ nowMs: () => 0, antiHammer, onChange: () => {} })
}

function ask(fields: Partial<Poll> = {}): Poll {
  return { offset: 0, limit: 100, timeoutSeconds: 0, allowedUpdates: undefined, ...fields }
}

function contents(updates: readonly Update[]): readonly unknown[] {
  return updates.map((update) => update['message'])
}

test('an offset confirms what is below it, and nothing else does', async () => {
  const queue = queueOf()
  const ids = ['a', 'b', 'c'].map((text) => queue.enqueue('message', text))
  expect(contents(await queue.poll(ask({ limit: 2 }), forever))).toEqual(['a', 'b'])
  expect(contents(await queue.poll(ask({ offset: ids[1]! }), forever))).toEqual(['b', 'c'])
  expect(queue.confirmedUpdateId).toBe(ids[0])
  expect(contents(await queue.poll(ask({ offset: -1 }), forever))).toEqual(['c'])
  expect(queue.pendingCount).toBe(1)
})

test('the older of two parked polls gets the conflict', async () => {
  const queue = queueOf()
  const older = queue.poll(ask({ timeoutSeconds: 50 }), forever).catch((error: unknown) => String(error))
  const younger = queue.poll(ask({ timeoutSeconds: 50 }), forever)
  queue.enqueue('message', 'x')
  expect(await older).toContain('Conflict: terminated by other getUpdates request')
  expect(contents(await younger)).toEqual(['x'])
  queue.close()
})

test('a client that goes away confirms nothing', async () => {
  const queue = queueOf()
  const gone = new AbortController()
  const poll = queue.poll(ask({ timeoutSeconds: 50 }), gone.signal)
  gone.abort()
  expect(await poll).toEqual([])
  queue.enqueue('message', 'x')
  expect(contents(await queue.poll(ask(), forever))).toEqual(['x'])
})

test('types are filtered when an update is made, and the choice stays', async () => {
  const queue = queueOf()
  expect(queue.enqueue('message_reaction', 1)).toBeUndefined()
  queue.enqueue('message', 'old')
  await queue.poll(ask({ allowedUpdates: ['message_reaction'] }), forever)
  expect(queue.enqueue('message', 'dropped')).toBeUndefined()
  expect(queue.enqueue('message_reaction', 1)).toBeDefined()
  expect(queue.pendingCount).toBe(2)
  await queue.poll(ask({ allowedUpdates: [] }), forever)
  expect(queue.enqueue('message', 'default again')).toBeDefined()
})

test('an update can be delivered again after it was confirmed', async () => {
  const queue = queueOf()
  const id = queue.enqueue('message', 'x')!
  await queue.poll(ask({ offset: id + 1 }), forever)
  queue.redeliver(id, 'same')
  expect(await queue.poll(ask({ offset: id + 1 }), forever)).toEqual([{ update_id: id, message: 'x' }])
  queue.redeliver(id, 'new')
  expect(await queue.poll(ask({ offset: id + 1 }), forever)).toEqual([{ update_id: id + 1, message: 'x' }])
})
