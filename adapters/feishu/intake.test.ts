// Is every push answered in the time Feishu waits, and only for the right reason?
import { expect, test } from 'vitest'
import { NotStoredError } from '../../src/contract/errors.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Ack } from '../../src/contract/platform.ts'
import { createManualClock, type ManualClock } from '../../test/support/manual-clock.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { createDirectChats } from './direct-chats.ts'
import { createIntake, type Intake } from './intake.ts'
import { CARD_ACTION, MESSAGE, type Push } from './push.ts'
import { createThreads } from './threads.ts'

const MESSAGE_PUSH = (n: number): Push => ({
  type: MESSAGE,
  fields: {
    sender: { sender_id: { open_id: 'ou_ann' }, sender_type: 'user' },
    message: {
      message_id: `om_${n}`,
      chat_id: 'oc_1',
      chat_type: 'p2p',
      message_type: 'text',
      content: '{"text":"hello"}',
    },
  },
})
const PRESS: Push = {
  type: CARD_ACTION,
  fields: {
    event_id: 'e1',
    operator: { open_id: 'ou_ann' },
    action: { value: { token: 't', direct: true } },
    context: { open_chat_id: 'oc_1', open_message_id: 'om_c' },
  },
}

function setUp(): {
  readonly time: ManualClock
  readonly intake: Intake
  readonly events: readonly ChatEvent[]
  /** Ends the storing of the oldest event that is being stored. */
  store(ack?: Ack): void
  refuse(): void
} {
  const time = createManualClock()
  const events: ChatEvent[] = []
  const waiting: PromiseWithResolvers<Ack>[] = []
  const intake = createIntake({
    account: 'fs',
    clock: time.clock,
    log: createQuietLogger(),
    words: keysAsWords,
    inbox: (event) => {
      events.push(event)
      const storing = Promise.withResolvers<Ack>()
      waiting.push(storing)
      return storing.promise
    },
    chats: createDirectChats(createMemoryNotes),
    threads: createThreads(createMemoryNotes),
    me: () => ({ openId: 'ou_bot' }),
    reading: () => ({ commands: [], allowBots: false, isOwn: () => false }),
    signal: new AbortController().signal,
  })
  return {
    time,
    intake,
    events,
    store: (ack = { show: 'nothing' }) => waiting.shift()?.resolve(ack),
    refuse: () => waiting.shift()?.reject(new NotStoredError('no')),
  }
}
/** What became of it so far. */
function watch(offered: Promise<unknown>): { state: unknown } {
  const seen: { state: unknown } = { state: 'open' }
  void offered.then(
    (answer) => {
      seen.state = answer ?? 'stored'
    },
    (error: unknown) => {
      seen.state = error instanceof NotStoredError ? 'not stored' : error
    },
  )
  return seen
}

test('acknowledged only when stored', async () => {
  const { time, intake, store } = setUp()
  const seen = watch(intake.offer(MESSAGE_PUSH(1)))
  await time.settle()
  expect(seen.state).toBe('open')
  store()
  await time.settle()
  expect(seen.state).toBe('stored')
  expect(time.sleepers).toBe(0)
})

test('what is not stored in time is offered again, and what is refused at once too', async () => {
  const { time, intake, refuse } = setUp()
  const late = watch(intake.offer(MESSAGE_PUSH(1)))
  await time.advance(2_499)
  expect(late.state).toBe('open')
  await time.advance(1)
  expect(late.state).toBe('not stored')
  refuse()
  const refused = watch(intake.offer(MESSAGE_PUSH(2)))
  await time.settle()
  refuse()
  await time.settle()
  expect(refused.state).toBe('not stored')
})

test('a press whose storing takes long is answered in words: it is not offered again, and still stored', async () => {
  const { time, intake, store, events } = setUp()
  const seen = watch(intake.offer(PRESS))
  await time.advance(2_500)
  expect(seen.state).toMatchObject({ toast: { type: 'warning', content: 'failure.busy' } })
  store()
  await intake.settled()
  expect(events).toMatchObject([{ kind: 'action', token: 't' }])
})

test('a press that cannot be stored is answered in words, never with an error', async () => {
  const { time, intake, refuse } = setUp()
  const seen = watch(intake.offer(PRESS))
  await time.settle()
  refuse()
  await time.settle()
  expect(seen.state).toMatchObject({ toast: { type: 'warning', content: 'failure.unavailable' } })
  expect(time.sleepers).toBe(0)
})

test('a store that never answers does not hold up the end', async () => {
  const { time, intake } = setUp()
  void intake.offer(MESSAGE_PUSH(1)).catch(() => undefined)
  const ended = watch(intake.settled())
  await time.advance(2_999)
  expect(ended.state).toBe('open')
  await time.advance(1)
  expect(ended.state).toBe('stored')
})

test('messages of one chat are stored one after the other', async () => {
  const { time, intake, store, events } = setUp()
  void intake.offer(MESSAGE_PUSH(1))
  void intake.offer(MESSAGE_PUSH(2))
  await time.settle()
  expect(events).toHaveLength(1)
  store()
  await time.settle()
  expect(events).toHaveLength(2)
  store()
  await intake.settled()
})
