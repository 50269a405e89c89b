import { expect, test } from 'vitest'
import type { PageCall } from '../protocol.ts'
import { createWireLog, linesOf } from './wire.ts'

const call = (id: number, more: Partial<PageCall> = {}): PageCall => ({
  id,
  with: 'coze',
  direction: 'in',
  method: 'delta',
  path: '/v3/chat',
  atMs: id,
  chars: 4,
  ...more,
})

test('pieces of a stream are one line, calls out are lines of their own, newest first', () => {
  const out = { with: 'discord', direction: 'out', method: 'PATCH', path: '/channels' } as const
  const lines = linesOf([call(1), call(2), call(3, out), call(4, out), call(5)], 10)
  expect(lines.map(({ call: { id }, count, chars }) => [id, count, chars])).toEqual([
    [5, 1, 4],
    [4, 1, 4],
    [3, 1, 4],
    [2, 2, 8],
  ])
})

test('no more lines than asked for, however long the stream before them', () => {
  const calls = Array.from({ length: 50 }, (_, n) => call(n, { path: `/${n % 2}` }))
  expect(linesOf(calls, 7)).toHaveLength(7)
})

test('a call that got its answer later stands once, and the log does not grow for ever', () => {
  const log = createWireLog()
  log.add([call(1), call(2)])
  log.add([call(1, { tookMs: 9 })])
  expect(log.all().map(({ id, tookMs }) => [id, tookMs])).toEqual([
    [1, 9],
    [2, undefined],
  ])
  for (let id = 0; id < 5_000; id += 1) log.add([call(id)])
  expect(log.all().length).toBeLessThan(2_000)
  expect(log.all().at(-1)?.id).toBe(4_999)
})
