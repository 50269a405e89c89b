// What does the intake do when storing fails, is slow, or there is too much of it?
import { expect, test, vi } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRecordingInbox } from '../../test/support/recording-inbox.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { messageOf } from '../../test/contract/platform-contract.ts'
import type { Ack } from '../../src/contract/platform.ts'
import { createGuilds } from './guilds.ts'
import { createIntake, type Intake, type IntakeParts } from './intake.ts'

function setUp(changes: Partial<IntakeParts> = {}) {
  const time = createManualClock()
  const inbox = createRecordingInbox()
  const guilds = createGuilds()
  const took: string[] = []
  const overflowed: string[] = []
  const late: Ack[] = []
  const asked: string[] = []
  const answered: unknown[] = []
  const intake = createIntake({
    clock: time.clock,
    log: createQuietLogger(),
    words: keysAsWords,
    inbox: inbox.inbox,
    reading: () => ({
      account: 'discord',
      meId: '1',
      commands: [],
      allowBots: false,
      receivedAtMs: 0,
      channel: guilds.channel,
      channelsOf: guilds.channelsOf,
      isOwnRole: () => false,
      roleName: () => undefined,
      isOurs: () => false,
    }),
    resolve: async () => undefined,
    tookInteraction: () => undefined,
    took: ({ id }, allDone) => void took.push(`${String(id)}${allDone ? ' all' : ''}`),
    after: () => undefined,
    overflowed: (channelId) => void overflowed.push(channelId),
    asked: (interactionId) => void asked.push(interactionId),
    decided: async () => undefined,
    answer: async ({ id, token }, callback) => void answered.push([id, token, callback]),
    answerLate: async (_asked, _interaction, ack) => void late.push(ack),
    signal: new AbortController().signal,
    ...changes,
  })
  return { time, inbox, intake, took, overflowed, late, asked, answered }
}
function say(intake: Intake, id: number, channelId = 'c'): void {
  const author = { id: '2', username: 'ann' }
  intake.dispatch('MESSAGE_CREATE', { id: String(id), channel_id: channelId, author, content: `text ${id}` })
}
const command = {
  id: '9',
  token: 't',
  type: 2,
  channel_id: 'c',
  user: { id: '2', username: 'ann' },
  data: { name: 'help' },
}

test('offers again with growing pauses what is not stored, and keeps the order behind it', async () => {
  const { inbox, intake, time, took } = setUp()
  inbox.refuse(3)
  say(intake, 1)
  say(intake, 2)
  say(intake, 3, 'another')
  await time.settle()
  expect(inbox.events.map((event) => messageOf(event).text)).toEqual([])
  await time.advance(250 + 500)
  expect(inbox.events.map((event) => messageOf(event).text).sort()).toEqual(['text 1', 'text 2', 'text 3'])
  expect(inbox.events.map((event) => messageOf(event).messageId).indexOf('1' as never)).toBeLessThan(
    inbox.events.map((event) => messageOf(event).messageId).indexOf('2' as never),
  )
  expect(took.at(-1)).toContain(' all')
})

test('what lies behind an unstored message does not count as seen at the stop', async () => {
  const { inbox, intake, time, took } = setUp()
  inbox.refuse(Infinity)
  say(intake, 1)
  say(intake, 2)
  await time.settle()
  inbox.refuse(1)
  intake.close()
  await intake.settled()
  expect([took, inbox.events]).toEqual([[], []])
  expect(time.sleepers).toBe(0)
})

test('too much at once is left to the history', async () => {
  const stored = Promise.withResolvers<undefined>()
  const { intake, overflowed, took } = setUp({
    inbox: async () => {
      await stored.promise
      return { show: 'nothing' }
    },
  })
  for (let n = 0; n < 5_010; n++) say(intake, n)
  stored.resolve(undefined)
  await intake.settled()
  expect(took).toHaveLength(5_000)
  expect(took.at(-1)).toBe('4999')
  expect(overflowed).toEqual(['c'])
})

test('what is left out is left out until the channel is through, so that nothing behind it counts as seen', async () => {
  const stored = Promise.withResolvers<undefined>()
  const { intake, overflowed, took } = setUp({
    inbox: async (event) => {
      if (event.kind !== 'message' || event.text !== 'text 5000') await stored.promise
      return { show: 'nothing' }
    },
  })
  for (let n = 0; n < 4_999; n++) say(intake, n)
  say(intake, 5_000, 'other')
  say(intake, 5_001)
  // A channel of which nothing waits is fetched at once.
  say(intake, 5_002, 'third')
  expect(overflowed).toEqual(['third'])
  await vi.waitFor(() => expect(took).toEqual(['5000']))
  // There is room again, but not for this channel.
  say(intake, 5_003)
  stored.resolve(undefined)
  await intake.settled()
  expect(took.at(-1)).toBe('4998')
  expect(overflowed).toEqual(['third', 'c'])
})

test('an interaction that cannot be stored for a minute is answered with an apology, not with silence', async () => {
  const { inbox, intake, late, time } = setUp()
  inbox.refuse(Infinity)
  const answer = intake.interact(command)
  await time.advance(1_500)
  expect(await answer).toMatchObject({ type: 5 })
  await time.advance(50_000)
  expect(late).toEqual([])
  await time.advance(20_000)
  await intake.settled()
  expect(late).toEqual([{ show: 'notice', notice: { key: 'failure.unavailable' } }])
  expect(time.sleepers).toBe(0)
})

test('so is one whose store hangs, and one that the stop overtook', async () => {
  const { intake, late, time } = setUp({ inbox: () => new Promise(() => undefined) })
  void intake.interact(command)
  await time.advance(61_000)
  await intake.settled()
  expect(late).toHaveLength(1)
  const stopped = setUp()
  stopped.inbox.refuse(Infinity)
  void stopped.intake.interact(command)
  await stopped.time.advance(2_000)
  stopped.intake.close()
  await stopped.intake.settled()
  expect(stopped.late).toHaveLength(1)
})

test('an interaction that comes again is nothing: no event, no answer', async () => {
  const { answered, inbox, intake } = setUp()
  intake.dispatch('INTERACTION_CREATE', command)
  intake.dispatch('INTERACTION_CREATE', command)
  await intake.settled()
  expect(await intake.interact(command)).toBeUndefined()
  expect([inbox.events.length, answered.length]).toEqual([1, 1])
})

test('an interaction whose token is no text does not end the process', async () => {
  const { intake, inbox } = setUp({
    answer: async () => {
      throw new Error('planted')
    },
  })
  intake.dispatch('INTERACTION_CREATE', { ...command, token: '\ud800' })
  await intake.settled()
  expect(inbox.events).toHaveLength(1)
})

test('an interaction is deferred after a second and a half, and what came of it follows', async () => {
  const stored = Promise.withResolvers<undefined>()
  const notice: Ack = { show: 'notice', notice: { key: 'turn.stopped' } }
  const { intake, late, time } = setUp({
    inbox: async () => {
      await stored.promise
      return notice
    },
  })
  const answer = intake.interact(command)
  await time.advance(1_500)
  expect(await answer).toEqual({ type: 5, data: {} })
  stored.resolve(undefined)
  await intake.settled()
  expect(late).toEqual([notice])
})

test('an interaction in time gets its answer, and leaves no timer', async () => {
  const { inbox, intake, time } = setUp()
  inbox.answer({ show: 'waiting', private: true })
  expect(await intake.interact(command)).toEqual({ type: 5, data: { flags: 64 } })
  expect(await intake.interact({ ...command, type: 1 })).toEqual({ type: 1 })
  expect(await intake.interact({ ...command, type: 4 })).toMatchObject({ type: 8 })
  expect(await intake.interact({ type: 2 })).toBeUndefined()
  await time.settle()
  expect(time.sleepers).toBe(0)
})

test('what is typed into an option gets its suggestions over the gateway, too: none', async () => {
  const { answered, inbox, intake } = setUp()
  const options = [{ name: 'q', type: 3, value: 'x', focused: true }]
  intake.dispatch('INTERACTION_CREATE', { ...command, type: 4, data: { name: 'help', options } })
  await intake.settled()
  expect(answered).toEqual([['9', 't', { type: 8, data: { choices: [] } }]])
  expect(inbox.events).toEqual([])
})

test('that an interaction waits for its answer is known before anybody may reply to it', async () => {
  const { asked, inbox, intake, time } = setUp({
    inbox: async (event, signal) => {
      expect(asked).toEqual(['9'])
      return inbox.inbox(event, signal)
    },
  })
  await intake.interact(command)
  await time.settle()
  expect(inbox.events).toHaveLength(1)
})
