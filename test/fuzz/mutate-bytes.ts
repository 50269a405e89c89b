// How do bytes go wrong on their way? Flipped, cut, doubled, spliced, and with what no one expects in their middle.

import type { Random } from './random.ts'

/** More would only measure how fast memory is copied. */
const LONGEST = 2_000_000

const INTERESTING: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(0xff),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
  // A byte order mark, half a surrogate pair, a code point beyond the last one, an overlong slash.
  Uint8Array.of(0xef, 0xbb, 0xbf),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(0xc0, 0xaf),
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    '\r',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '\u2028',
    '%00',
    'data:',
  ].map(bytes),
  ...[
    'null',
    'true',
    '-1',
    '1e999',
    '99999999999999999999',
    '"__proto__"',
    '<html>',
    '\\ud800',
    '\\u0000',
  ].map(bytes),
]

export function mutateBytes(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let result = input
  const times = 1 + (random.chance(0.5) ? 0 : random.below(4))
  for (let i = 0; i < times; i++) result = random.pick(MUTATIONS)(result, others, random)
  return result.length > LONGEST ? result.subarray(0, LONGEST) : result
}

type Mutation = (input: Uint8Array, others: readonly Uint8Array[], random: Random) => Uint8Array

const MUTATIONS: readonly Mutation[] = [
  function flipBits(input, _others, random) {
    const copy = Uint8Array.from(input)
    for (let i = 0; i <= random.below(8) && copy.length > 0; i++) {
      const at = random.below(copy.length)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
    }
    return copy
  },
  function overwrite(input, _others, random) {
    const copy = Uint8Array.from(input)
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256)
    return copy
  },
  function truncate(input, _others, random) {
    return input.subarray(0, random.below(input.length + 1))
  },
  function behead(input, _others, random) {
    return input.subarray(random.below(input.length + 1))
  },
  function drop(input, _others, random) {
    const [from, to] = span(input, random)
    return join(input.subarray(0, from), input.subarray(to))
  },
  function double(input, _others, random) {
    const [from, to] = span(input, random)
    const piece = input.subarray(from, to)
    const times = random.chance(0.1) ? Math.min(2_000, Math.ceil(LONGEST / 4 / Math.max(1, piece.length))) : 2
    return join(input.subarray(0, from), ...Array.from({ length: times }, () => piece), input.subarray(to))
  },
  function insert(input, _others, random) {
    const at = random.below(input.length + 1)
    return join(input.subarray(0, at), random.pick(INTERESTING), input.subarray(at))
  },
  function stretch(input, _others, random) {
    const at = random.below(input.length + 1)
    const run = new Uint8Array(10 ** (1 + random.below(5))).fill(
      random.pick([0x41, 0x00, 0x5b, 0x20, 0x5c, 0xe4]),
    )
    return join(input.subarray(0, at), run, input.subarray(at))
  },
  function splice(input, others, random) {
    const other = random.pick(others)
    return join(
      input.subarray(0, random.below(input.length + 1)),
      other.subarray(random.below(other.length + 1)),
    )
  },
  function nothing() {
    return new Uint8Array()
  },
]

function span(input: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = random.below(input.length + 1)
  return [from, from + random.below(Math.min(64, input.length - from) + 1)]
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces)
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
