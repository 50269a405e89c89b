// How does JSON go wrong that is still JSON? Other types, keys gone or with names that mean something to JavaScript,
// numbers and texts at their ends, and far too deep.

import type { Random } from './random.ts'

/** What the raws of one text may come to. */
const LONGEST = 2_000_000

type Place = Readonly<{ holder: object; key: string }>

/** Undefined where there is no JSON in the text: a whole document, or one in a line of its own (`data: {…}`). */
export function mutateJson(text: string, others: readonly string[], random: Random): string | undefined {
  const found = jsonIn(text, random)
  if (found === undefined) return undefined
  const raws = new Map<string, string>()
  const root = { value: structuredClone(found.value) }
  const times = 1 + (random.chance(0.6) ? 0 : random.below(5))
  for (let i = 0; i < times; i++) {
    const place = random.pick(placesIn(root))
    random.pick(MUTATIONS)(place, { random, raws, others })
  }
  let json = toText(root.value)
  for (const [token, raw] of raws) {
    // It may have been multiplied since.
    const times = json.split(`"${token}"`).length - 1
    json = json.replaceAll(`"${token}"`, () => (raw.length * times > LONGEST ? 'null' : raw))
  }
  return text.slice(0, found.from) + json + text.slice(found.to)
}

interface Means {
  readonly random: Random
  /** What JSON.stringify cannot write: numbers beyond numbers, nesting too deep for it. By a token that stands for it. */
  readonly raws: Map<string, string>
  readonly others: readonly string[]
}
type Mutation = (place: Place, means: Means) => void

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  'id',
  'type',
  '0',
  'é\u0000\ud800',
] as const

const TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud83d',
  '\ude00a\ud83d',
  '\u202e\u2066\u200f',
  '\u{e0041}\u{e007f}',
  '\u2028\u2029',
  '👨‍👩‍👧‍👦'.repeat(50),
  '../../../../etc/passwd',
  'http://127.0.0.1:1/',
  'javascript:alert(1)',
  '${env:PATH}{person.name}',
  '%s%n%00%ff',
  '-1',
  'NaN',
  '9007199254740993',
  '@everyone <@&1> <script>',
  '```\n'.repeat(40),
  '|'.repeat(3_000),
  '*_`[('.repeat(600),
  'a'.repeat(100_000),
  '"\\'.repeat(5_000),
]

const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '-1',
  '1.5',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '-9223372036854775809',
  '1e308',
  '1e999',
  '-1e999',
  '1e-400',
  '253402300800000',
  '8640000000000001',
  '99999999999999999999999999',
]

const VALUES: readonly unknown[] = [null, true, false, [], {}, [[]], [null], [{}], { a: null }, [[[[[[]]]]]]]

const MUTATIONS: readonly Mutation[] = [
  function otherType(place, { random }) {
    set(place, structuredClone(random.pick(VALUES)))
  },
  function otherText(place, { random }) {
    set(place, random.pick(TEXTS))
  },
  function otherNumber(place, means) {
    setRaw(place, means.random.pick(NUMBERS), means)
  },
  function noJson(place, means) {
    if (means.random.chance(0.2))
      setRaw(place, means.random.pick(['NaN', 'Infinity', 'undefined', "'", '01', '"\\x"', '']), means)
    else set(place, toText(get(place)))
  },
  function drop({ holder, key }) {
    if (Array.isArray(holder) && /^\d+$/.test(key)) removeItem(holder, Number(key))
    else Reflect.deleteProperty(holder, key)
  },
  function rename({ holder, key }, { random }) {
    const value = get({ holder, key })
    Reflect.deleteProperty(holder, key)
    set({ holder, key: random.pick(NAMES) }, value)
  },
  function add(place, { random }) {
    const value = get(place)
    const holder = isHolder(value) ? value : place.holder
    set({ holder, key: random.pick(NAMES) }, structuredClone(random.pick(VALUES)))
  },
  function swap(place, { random, others }) {
    const other = jsonIn(random.pick(others), random)
    if (other !== undefined) set(place, get(random.pick(placesIn({ value: structuredClone(other.value) }))))
  },
  function wrap(place, { random }) {
    const value = get(place)
    set(place, random.pick([[value], { value }, [value, value], toText(value)]))
  },
  function bury(place, means) {
    const depth = 10 ** (1 + means.random.below(5))
    const [open, close] = means.random.pick([['[', ']'] as const, ['{"a":', '}'] as const])
    setRaw(
      place,
      `${open.repeat(depth)}1${close.repeat(means.random.chance(0.8) ? depth : depth - 1)}`,
      means,
    )
  },
  function multiply(place, { random }) {
    const value = get(place)
    const times = 10 ** (1 + random.below(3))
    const isSmall = toText(value).length < 2_000
    if (Array.isArray(value) && isSmall) {
      const items: readonly unknown[] = value
      set(place, Array.from({ length: times }, () => structuredClone(items)).flat())
    } else if (typeof value === 'string')
      set(place, value.repeat(Math.min(times, Math.ceil(200_000 / (value.length + 1)))))
    else if (isSmall)
      set(
        place,
        Array.from({ length: Math.min(times, 100) }, () => value),
      )
  },
]

/** Not by `splice`: it asks the list for its constructor, which may be one of ours by now. */
function removeItem(list: unknown[], at: number): void {
  for (let i = at; i < list.length - 1; i++) list[i] = list[i + 1]
  if (list.length > 0) list.length--
}

function set({ holder, key }: Place, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}

function get({ holder, key }: Place): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value
}

function setRaw(place: Place, raw: string, { raws }: Means): void {
  const token = `raw-${raws.size}-value`
  raws.set(token, raw)
  set(place, token)
}

/** Every place in it, the whole included. */
function placesIn(root: object): readonly Place[] {
  const places: Place[] = []
  const waiting: object[] = [root]
  for (
    let holder = waiting.pop();
    holder !== undefined && places.length < MOST_PLACES;
    holder = waiting.pop()
  ) {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key })
      const value = get({ holder, key })
      if (isHolder(value)) waiting.push(value)
    }
  }
  // The last mutation may have taken away everything.
  return places.length > 0 ? places : [{ holder: root, key: 'value' }]
}
const MOST_PLACES = 2_000

interface Found {
  readonly value: unknown
  readonly from: number
  readonly to: number
}

function jsonIn(text: string, random: Random): Found | undefined {
  const whole = parse(text)
  if (whole !== undefined) return { value: whole.value, from: 0, to: text.length }
  const found = text.matchAll(/[{[].*[}\]]/g).flatMap((match) => {
    const parsed = parse(match[0])
    return parsed === undefined ? [] : [{ ...parsed, from: match.index, to: match.index + match[0].length }]
  })
  const all = [...found.take(200)]
  return all.length === 0 ? undefined : random.pick(all)
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Nothing where the value was dropped before. */
function toText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  return text ?? ''
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
