// What is put in its place, and what has to wait for it?

import { expect, test } from 'vitest'
import type { OutgoingFile } from '../contract/platform.ts'
import { arrange, PATIENCE_MS, type ArrangeWorld } from './arrange.ts'
import type { MediaState } from './media.ts'
import type { PlacedMedia } from './placed.ts'

const file: OutgoingFile = {
  kind: 'image',
  name: 'a.png',
  mimeType: 'image/png',
  sizeBytes: 1,
  async *open() {
    yield new Uint8Array(1)
  },
}
const ready: MediaState = { is: 'ready', file }
const image = (url: string) => ({ url, kind: 'image', label: '' }) as const
const alone = (from: number, to: number, ...urls: string[]): PlacedMedia => ({
  from,
  to,
  media: urls.map(image),
  alone: true,
  settled: true,
})
const world = (states: Record<string, MediaState>, more: Partial<ArrangeWorld> = {}): ArrangeWorld => ({
  stateOf: (url) => states[url] ?? { is: 'pending' },
  waitedMs: () => 0,
  isTaken: () => false,
  isOver: false,
  leavesNothing: () => false,
  ...more,
})

test('text behind a picture that is on its way is not shown yet, but not for ever', () => {
  expect(arrange([alone(10, 20, 'a')], world({}))).toEqual({ limit: 10 })
  expect(arrange([alone(10, 20, 'a')], world({}, { waitedMs: () => PATIENCE_MS }))).toEqual({})
})

test('a picture that is there takes the place of its block', () => {
  expect(arrange([alone(10, 20, 'a')], world({ a: ready }))).toEqual({
    take: { from: 10, to: 20, media: [image('a')] },
  })
})

test('a block that may still become another one is waited for', () => {
  const open = { ...alone(10, 20, 'a'), settled: false }
  expect(arrange([open], world({ a: ready }))).toEqual({ limit: 10 })
  expect(arrange([open], world({ a: ready }, { isOver: true })).take).toMatchObject({ from: 10, to: 20 })
})

test('links of what is lost stay, and the others come behind them', () => {
  const states = { a: ready, b: { is: 'failed' } } as const
  expect(arrange([alone(10, 20, 'a', 'b')], world(states))).toEqual({
    take: { from: 20, to: 20, media: [image('a'), image('b')] },
  })
  expect(arrange([alone(10, 20, 'b')], world(states))).toEqual({})
})

test('a message that stands is not left without a word', () => {
  const standing = world({ a: ready }, { leavesNothing: () => true })
  expect(arrange([alone(0, 20, 'a')], standing).take).toMatchObject({ from: 20, to: 20 })
})

test('a picture among words comes behind its block, and keeps nobody waiting', () => {
  const among = { ...alone(10, 20, 'a'), alone: false }
  expect(arrange([among], world({}))).toEqual({})
  expect(arrange([among], world({ a: ready }))).toEqual({
    take: { from: 20, to: 20, media: [image('a')] },
  })
})

test('what stands on the screen already is not shown twice', () => {
  expect(arrange([alone(10, 20, 'a')], world({ a: ready }, { isTaken: () => true }))).toEqual({})
})
