// What survives a restart of the newest message of each channel?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createLastSeen, type LastSeen } from './last-seen.ts'

function setUp() {
  const time = createManualClock()
  const memory = createMemoryNotes()
  const open = async (): Promise<LastSeen> => {
    const seen = createLastSeen({ memory, clock: time.clock, log: createQuietLogger() })
    await seen.load()
    return seen
  }
  return { time, open }
}

test('a channel spoken in for the first time is written at once, later messages in batches', async () => {
  const { time, open } = setUp()
  const seen = await open()
  seen.note({ channelId: 'a', messageId: '10', direct: true }, true)
  await time.advance(150)
  expect((await open()).all()).toEqual([{ channelId: 'a', messageId: '10', direct: true }])
  seen.note({ channelId: 'a', messageId: '11', direct: true }, true)
  await time.advance(150)
  expect((await open()).of('a')).toBe('10')
  await time.advance(2_500)
  expect((await open()).of('a')).toBe('11')
})

test('nothing is lost at a stop, and ids never fall', async () => {
  const { open } = setUp()
  const seen = await open()
  seen.note({ channelId: 'a', messageId: '9', direct: false }, false)
  seen.note({ channelId: 'a', messageId: '10', direct: false }, true)
  seen.note({ channelId: 'a', messageId: '9', direct: false }, true)
  await seen.flush()
  const again = await open()
  expect([again.of('a'), again.everywhere]).toEqual(['10', '10'])
})

test('five hundred channels of each kind are kept, the newest', async () => {
  const { open } = setUp()
  const seen = await open()
  seen.note({ channelId: 'person', messageId: '1', direct: true }, true)
  for (let n = 0; n < 600; n++) seen.note({ channelId: `c${n}`, messageId: `${n}`, direct: false }, true)
  await seen.flush()
  const again = await open()
  expect(again.all()).toHaveLength(501)
  expect(again.of('person')).toBe('1')
  expect(again.of('c0')).toBeUndefined()
  expect(again.of('c599')).toBe('599')
})

test('a server whose ids tell no time is known as such, also after a restart, and no id is made from a time', async () => {
  const { open } = setUp()
  const seen = await open()
  seen.beginAt('1573256668903374848')
  seen.note({ channelId: 'a', messageId: '1013', direct: true }, true, 1_795_000_000_000)
  expect([seen.idsTellNoTime, seen.everywhere]).toEqual([true, '1013'])
  await seen.flush()
  const again = await open()
  again.beginAt('1573256668903374848')
  expect([again.idsTellNoTime, again.everywhere]).toEqual([true, '1013'])
})

test('ids of Discord’s own tell the time', async () => {
  const { open } = setUp()
  const seen = await open()
  seen.note({ channelId: 'a', messageId: '1573256668903374848', direct: true }, true, 1_795_166_250_000)
  expect(seen.idsTellNoTime).toBe(false)
})
