// Does the poll loop keep its promises with servers that do not keep theirs?
import { expect, test } from 'vitest'
import type { Health } from '../../src/contract/platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { BotApi } from './api.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { poll } from './poll.ts'

interface Server {
  /** What each getUpdates is answered, in order; the last one for ever. */
  readonly answers: readonly ((payload: Record<string, unknown>) => unknown)[]
}

function setUp(
  { answers }: Server,
  offer: (update: unknown, album: readonly unknown[]) => Promise<void> = async () => undefined,
) {
  const time = createManualClock()
  const stopping = new AbortController()
  const ending = new AbortController()
  const log = createQuietLogger()
  const polls: Record<string, unknown>[] = []
  const healths: Health[] = []
  const api: BotApi = {
    async call(_method, payload) {
      const given: Record<string, unknown> = { ...payload }
      polls.push(given)
      return answers[Math.min(polls.length, answers.length) - 1]?.(given)
    },
  }
  const running = poll({
    account: 'tg',
    api,
    clock: time.clock,
    log,
    connect: async () => undefined,
    connected: true,
    offer,
    setHealth: (health) => healths.push(health),
    signal: stopping.signal,
    end: ending.signal,
  })
  const stop = async (): Promise<void> => {
    stopping.abort()
    await running
    expect(time.sleepers).toBe(0)
  }
  const end = async (): Promise<void> => {
    ending.abort()
    await running
    expect(time.sleepers).toBe(0)
  }
  return { time, log, polls, healths, stop, end }
}

function message(updateId: number, chatId: number): Record<string, unknown> {
  return { update_id: updateId, message: { chat: { id: chatId } } }
}
const never = (): Promise<unknown> => new Promise(() => undefined)

test('a server that answers at once, with nothing, is asked four times a second at most', async () => {
  const { polls, stop, time } = setUp({ answers: [() => []] })
  await time.advance(10_000)
  expect(polls.length).toBeGreaterThan(10)
  expect(polls.length).toBeLessThanOrEqual(41)
  await stop()
})

test('an album with a command is offered whole, and what comes behind it waits', async () => {
  const item = (id: number, more: object): unknown => ({
    update_id: id,
    message: { message_id: id, chat: { id: 1 }, media_group_id: 'g', ...more },
  })
  const command = item(8, {
    caption: '/ask',
    caption_entities: [{ type: 'bot_command', offset: 0, length: 4 }],
  })
  const [first, last, behind] = [item(7, {}), item(9, {}), message(10, 1)]
  const offered: unknown[] = []
  const { stop, time } = setUp(
    { answers: [() => [first, command], () => [first, command, last, behind], () => []] },
    async (update, album) => {
      offered.push([update, ...album])
    },
  )
  await time.advance(600)
  expect(offered).toEqual([])
  await time.advance(1_000)
  expect(offered).toEqual([[command, first, last], [behind]])
  await stop()
})

test('an album whose end nobody saw is offered when the bridge stops', async () => {
  const command = {
    update_id: 7,
    message: { message_id: 7, chat: { id: 1 }, media_group_id: 'g', caption: '／ask' },
  }
  const offered: unknown[] = []
  const { stop, time } = setUp(
    { answers: [() => [command], ({ limit }) => (limit === 1 ? [] : never())] },
    async (update) => {
      offered.push(update)
    },
  )
  await time.settle()
  expect(offered).toEqual([])
  await stop()
  expect(offered).toEqual([command])
})

test('what was stored beside an update that was not is not offered again', async () => {
  let refuse = true
  const offered: unknown[] = []
  const { polls, stop, time } = setUp(
    { answers: [() => [message(7, 1), message(8, 2)], () => [message(7, 1), message(8, 2)], () => []] },
    async (update) => {
      offered.push(update)
      if (!refuse) return
      refuse = false
      throw new Error('not stored')
    },
  )
  await time.advance(5_000)
  expect(offered).toEqual([message(7, 1), message(8, 2), message(7, 1)])
  expect(polls.at(-1)).toMatchObject({ offset: 9 })
  await stop()
})

test('garbage instead of updates is asked again in peace', async () => {
  const { polls, stop, time } = setUp({
    answers: [() => 'oops', () => [null, 1, {}, { update_id: 'x' }], () => []],
  })
  await time.advance(1_000)
  expect(polls.length).toBeLessThanOrEqual(5)
  await stop()
})

test('an update is confirmed only when it and all before it are stored', async () => {
  let refuse = true
  const offered: unknown[] = []
  const { polls, stop, time } = setUp(
    {
      answers: [
        () => [message(7, 1), message(8, 2), message(9, 1)],
        () => [],
        ({ limit }) => (limit === 1 ? [] : never()),
      ],
    },
    async (update) => {
      const { update_id: id } = update as { update_id: number }
      offered.push(id)
      if (id === 7 && refuse) throw new Error('disk full')
    },
  )
  await time.settle()
  expect(offered).toEqual([7, 8])
  refuse = false
  await time.advance(1_000)
  expect(offered).toEqual([7, 8, 7, 9])
  await stop()
  expect(polls.map(({ offset, limit }) => [offset, limit])).toEqual([
    [undefined, 100],
    [7, 100],
    [10, 100],
    [10, 1],
  ])
})

test('a connection that died unseen is given up', async () => {
  const { healths, polls, stop, time } = setUp({ answers: [() => never(), () => never()] })
  await time.advance(45_000)
  expect(healths.at(-1)?.state).toBe('down')
  await time.advance(1_000)
  expect(polls).toHaveLength(2)
  await stop()
})

test('a revoked token is seen in health, and not asked about all the time', async () => {
  const denied = (): never => {
    throw new PlatformError('tg', 'denied', 'getUpdates: 401', { code: 401 })
  }
  const { healths, log, polls, stop, time } = setUp({ answers: [denied] })
  await time.advance(50_000)
  expect(polls).toHaveLength(1)
  expect(healths.at(-1)).toMatchObject({ state: 'down', because: expect.stringContaining('token') as string })
  expect(log.lines).toHaveLength(1)
  await stop()
})

test('a flood wait is kept', async () => {
  const flood = (): never => {
    throw new PlatformError('tg', 'rate-limited', 'getUpdates: 429', { retryAfterMs: 20_000 })
  }
  const { polls, stop, time } = setUp({ answers: [flood, () => []] })
  await time.advance(19_000)
  expect(polls).toHaveLength(1)
  await time.advance(1_000)
  expect(polls.length).toBeGreaterThan(1)
  await stop()
})

test('whoever is no longer the one that polls calls nothing more, and offers nothing', async () => {
  const offered: unknown[] = []
  const { end, polls, time } = setUp({ answers: [() => [message(7, 1)], () => never()] }, async (update) => {
    offered.push(update)
  })
  await time.settle()
  expect(polls.map(({ offset }) => offset)).toEqual([undefined, 8])
  await end()
  expect(polls).toHaveLength(2)
  expect(offered).toHaveLength(1)
})

test('what the last owner could not store is left for the next one', async () => {
  const { end, polls, time } = setUp({ answers: [() => [message(7, 1)], () => never()] }, async () => {
    throw new Error('superseded')
  })
  await time.settle()
  await end()
  expect(polls).toHaveLength(1)
})

test('a chat that takes long keeps no other waiting, and its updates stay in order', async () => {
  const taken: number[] = []
  let letGo = (): void => undefined
  const slow = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { polls, stop, time } = setUp(
    {
      answers: [
        () => [message(7, 1), message(8, 2)],
        () => [message(7, 1), message(8, 2), message(9, 1), message(10, 2)],
        ({ offset }) => (offset === 11 ? never() : []),
      ],
    },
    async (update) => {
      const { update_id: id } = update as { update_id: number }
      if (id === 7) await slow
      taken.push(id)
    },
  )
  await time.advance(3_000)
  expect(taken).toEqual([8, 10])
  expect(polls.at(-1)).toMatchObject({ offset: 7, timeout: 0 })
  letGo()
  await time.advance(3_000)
  expect(taken).toEqual([8, 10, 7, 9])
  expect(polls.at(-1)).toMatchObject({ offset: 11, timeout: 30 })
  letGo()
  await stop()
})

test('ids may have gaps, and one that is no id moves the offset nowhere', async () => {
  const ids: unknown[] = []
  const answers = [
    () => [message(7, 1), message(900, 1), message(2 ** 40, 1), message(-5, 1), message(1.5, 1)],
    ({ limit }: Record<string, unknown>) => (limit === 1 ? [] : never()),
  ]
  const { polls, stop, time } = setUp({ answers }, async (update) => {
    ids.push((update as { update_id: unknown }).update_id)
  })
  await time.settle()
  expect(ids).toEqual([7, 900])
  expect(polls.at(-1)).toMatchObject({ offset: 901 })
  await stop()
})

test('another poller costs a second, not the updates', async () => {
  const conflict = (): never => {
    throw new PlatformError('tg', 'unavailable', 'getUpdates: 409 Conflict: terminated by other', {
      code: 409,
    })
  }
  const offered: unknown[] = []
  const { stop, time } = setUp({ answers: [conflict, () => [message(7, 1)], () => []] }, async (update) => {
    offered.push(update)
  })
  await time.advance(1_000)
  expect(offered).toHaveLength(1)
  await stop()
})

test('a stop does not wait for a frozen server', async () => {
  const { stop, time } = setUp({ answers: [() => [message(7, 1)], () => never()] })
  await time.settle()
  const stopped = stop()
  await time.advance(1_500)
  await stopped
})
