import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseReader } from './sse.ts'
import type { SseEvent } from './sse.ts'

const body =
  'event:a\ndata:{"t":"中文 👩‍🚀 é"}\n\n: a comment\nevent: b\ndata: x\n\nevent:c\ndata:\n\nevent:done\ndata:"[DONE]"\n\n'

function read(bytes: Uint8Array, cuts: readonly number[]): SseEvent[] {
  const reader = createSseReader()
  const events: SseEvent[] = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    events.push(...reader.take(bytes.subarray(from, to)))
    from = to
  }
  return [...events, ...reader.end()]
}

test('gives the same events wherever the network cuts the body, LF and CRLF', () => {
  for (const text of [body, body.replaceAll('\n', '\r\n')]) {
    const bytes = Buffer.from(text)
    const whole = read(bytes, [])
    expect(whole.map(({ event }) => event)).toEqual(['a', 'b', 'c', 'done'])
    expect(whole[0]?.data).toBe('{"t":"中文 👩‍🚀 é"}')
    expect(whole[2]?.data).toBe('')
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(read(bytes, [cut])).toEqual(whole)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        expect(
          read(
            bytes,
            cuts.toSorted((a, b) => a - b),
          ),
        ).toEqual(whole)
      }),
    )
  }
})

test('an event that the body ends in is given, and marked', () => {
  for (const text of [
    'event:done\ndata:"[DONE]"',
    'event:done\ndata:"[DONE]"\n',
    'event:done\r\ndata:"[DONE]"\r',
  ]) {
    expect(read(Buffer.from(text), [])).toEqual([{ event: 'done', data: '"[DONE]"', unfinished: true }])
  }
})

test('an event of 300 kB in small pieces is one event', () => {
  const text = `event:a\ndata:${'中'.repeat(100_000)}\n\n`
  const bytes = Buffer.from(text)
  const cuts = Array.from({ length: 200 }, (_, i) => (i + 1) * 1_499)
  const events = read(bytes, cuts)
  expect(events).toHaveLength(1)
  expect(events[0]?.data).toBe('中'.repeat(100_000))
})

test('an event beyond every measure is refused rather than kept', () => {
  const reader = createSseReader()
  const piece = Buffer.from(`data:${'x'.repeat(4 * 1024 * 1024)}`)
  expect(() => {
    for (let i = 0; i < 6; i += 1) reader.take(piece)
  }).toThrow(RangeError)
})
