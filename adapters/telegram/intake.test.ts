// Is an update taken in once, in order, and does none hold up the others?
import { expect, test } from 'vitest'
import type { ChatEvent } from '../../src/contract/event.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { createIntake } from './intake.ts'
import type { Reading } from './inbound.ts'

const READING: Reading = {
  account: 'tg',
  me: { id: 99, username: 'emu_bot' },
  commands: [],
  allowBots: false,
  receivedAtMs: 0,
}
const FROM = { id: 42, first_name: 'Ann' }

function setUp(reading: () => Reading = () => READING) {
  const time = createManualClock()
  const log = createQuietLogger()
  const events: ChatEvent[] = []
  const calls: string[] = []
  const ending = new AbortController()
  const intake = createIntake({
    account: 'tg',
    api: {
      async call(method) {
        calls.push(method)
        return true
      },
    },
    clock: time.clock,
    log,
    words: keysAsWords,
    async inbox(event) {
      events.push(event)
      return { show: 'nothing' }
    },
    reading,
    saw: () => undefined,
    stopping: ending.signal,
    signal: ending.signal,
  })
  return { intake, events, calls, log }
}

function said(id: number, text: string): unknown {
  const chat = { id: 42, type: 'private' }
  return { update_id: id, message: { message_id: id, date: 1_795_225_016, from: FROM, chat, text } }
}

test('an update that cannot be read is left out, said in the log, and holds up nothing', async () => {
  let broken = true
  const { intake, events, log } = setUp(() => {
    if (!broken) return READING
    throw new TypeError('a defect of ours')
  })
  await intake.offer(said(7, 'first'))
  broken = false
  await intake.offer(said(8, 'second'))
  expect(events).toHaveLength(1)
  expect(log.lines).toMatchObject([{ level: 'error', fields: { update: 7 } }])
})

test('each press is answered, also one that comes again', async () => {
  const { intake, events, calls } = setUp()
  const message = { message_id: 6, date: 1, chat: { id: 42, type: 'private' } }
  const press = { update_id: 9, callback_query: { id: '771', from: FROM, data: 'a', message } }
  await intake.offer(press)
  await intake.offer(press)
  await intake.settled()
  expect(calls).toEqual(['answerCallbackQuery', 'answerCallbackQuery'])
  expect(new Set(events.map(({ id }) => id)).size).toBe(1)
})
