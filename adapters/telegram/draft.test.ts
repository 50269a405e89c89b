// Does a reply that stands as a message already grow no faster than its chat allows?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createStops, openDraft } from './draft.ts'
import { createRenderer } from './render.ts'

test('frames of a resumed reply are edits, a second apart', async () => {
  const time = createManualClock()
  const renderer = createRenderer()
  const edits: string[] = []
  const surface = openDraft({
    account: 'tg',
    api: {
      call: async () => {
        throw new Error('no draft may be sent')
      },
    },
    clock: time.clock,
    outbox: {
      renderer,
      post: async () => {
        throw new Error('it stands already')
      },
      edit: async (_id, { text }) => void edits.push(text),
    },
    chatId: 42,
    place: { chatId: 42, direct: true, general: false },
    withoutDrafts: new Set(),
    stops: createStops(),
    key: 'k',
    resume: { messageId: '7' },
  })
  const signal = new AbortController().signal
  await surface.update(renderer.plain('one'), { controls: [] }, signal)
  const second = surface.update(renderer.plain('two'), { controls: [] }, signal)
  await time.advance(1_000)
  expect(edits).toEqual(['one'])
  await time.advance(100)
  expect(await second).toEqual({ messageId: '7' })
  expect(await surface.finish(renderer.plain('three'), { controls: [] }, signal)).toBe('7')
  expect(edits).toEqual(['one', 'two', 'three'])
})
