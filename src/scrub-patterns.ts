// How may a secret be written? As it is, percent-encoded, escaped in JSON, or in the middle of base64; whole, or begun.
//
// A pattern is built of units, each a regular expression for one character, so that for every form of a secret there is
// also an expression for all its beginnings: what a text that comes in pieces must hold back.

export interface Pattern {
  /** Global. */
  readonly whole: RegExp
  /** Global. Wherever `begun` may match; found fast. */
  readonly opening: RegExp
  /** Sticky. Matches from where the text may go on to become `whole`, up to the text's end. */
  readonly begun: RegExp
}

/** One way to write one character. */
type Units = readonly string[]
/** All ways to write one character, the longest first. */
type Ways = readonly Units[]

/** Undefined where there is nothing to look for. */
export function createPattern(secrets: readonly string[]): Pattern | undefined {
  const texts = [...new Set(secrets.flatMap(piecesOf))]
    // Longest first, so that a secret within a secret leaves no rest.
    .sort((a, b) => b.length - a.length)
  const forms = [
    ...texts.map((text) => Array.from(text, waysToWrite)),
    ...texts.flatMap(base64Forms).map((text) => Array.from(text, waysToWrite64)),
  ]
  if (forms.length === 0) return undefined
  const [first, firstTwo] = ([1, 2] as const).map((count) => openingsOf(forms, count).join('|'))
  return {
    whole: new RegExp(`(?=${firstTwo})(?:${forms.map((form) => form.map(anyOf).join('')).join('|')})`, 'g'),
    opening: new RegExp(`${firstTwo}|(?:${first})$`, 'g'),
    begun: new RegExp(forms.map(begunOf).join('|'), 'y'),
  }
}

/** How any of them may open: nearly everywhere in a text, a look at two characters says that nothing begins there. */
function openingsOf(forms: readonly (readonly Ways[])[], count: 1 | 2): readonly string[] {
  const openings = forms.flatMap(([ways = [], after = []]) =>
    ways.flatMap((units) => {
      if (count === 1) return units.slice(0, 1)
      if (units.length > 1) return [units.slice(0, 2).join('')]
      return after.map(([next = '']) => units.join('') + next)
    }),
  )
  return [...new Set(openings)].sort()
}

/** A call of Telegram's API has the bot's token in its path. Ids have 10 digits and tokens 35 characters by now. */
export const TELEGRAM_CALL: Pattern = {
  whole: /\/bot\d{1,20}(?::|%3A)[\w-]{1,100}/gi,
  opening: /\//g,
  begun: /\/(?:$|b(?:$|o(?:$|t(?:$|\d{1,20}(?:$|:[\w-]{0,99}$|%(?:$|3(?:$|A[\w-]{0,99}$)))))))/iy,
}

/** Shorter ones would black out half the log and protect nobody. */
const SHORTEST = 4
/** Lines of a key: a base64 line has 64 characters. */
const SHORTEST_LINE = 16
/** A shorter piece of base64 stands in many a text. */
const SHORTEST_BASE64 = 8

/** A key in PEM form is looked for line by line: nothing shows it whole more often than in part. */
function piecesOf(secret: string): readonly string[] {
  if (!secret.includes('\n')) return secret.length >= SHORTEST ? [secret] : []
  const lines = secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('-----'))
  const last = lines.at(-1) ?? ''
  const isRest = lines.length > 1 && last.length < SHORTEST_LINE
  if (lines.every((line) => line.length < SHORTEST_LINE)) return secret.length >= SHORTEST ? [secret] : []
  return [
    ...lines.filter((line) => line.length >= SHORTEST_LINE),
    ...(isRest ? [`${lines.at(-2) ?? ''}\n${last}`] : []),
  ]
}

/** What is surely there of it in base64, wherever it begins in what was encoded (`id:secret`). */
function base64Forms(secret: string): readonly string[] {
  if (secret.includes('\n')) return []
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    const encoded = bytes.toString('base64').replace(/=+$/, '')
    // The first and the last characters hold bits of the neighbours.
    const from = Math.ceil((before * 8) / 6)
    const form = encoded.slice(from, bytes.length % 3 === 0 ? undefined : -1)
    return form.length >= SHORTEST_BASE64 ? [form] : []
  })
}

function waysToWrite(character: string): Ways {
  if (character === '\n') return LINE_BREAKS
  const isPlain = /^\w$/.test(character)
  const percents = percentWays(character, isPlain ? [0] : [0, 1, 2])
  const plain = character.split('').map(literal)
  if (isPlain) return [...percents, plain]
  return [
    ...percents,
    ...[2, 1].map((slashes) => [...backslashes(slashes), ...unicodeUnits(character)]),
    ...(/^["\\/]$/.test(character) ? [3, 2, 1].map((slashes) => [...backslashes(slashes), ...plain]) : []),
    ...shortEscape(character),
    ...(character === ' ' ? [[literal('+')]] : []),
    plain,
  ]
}

/** JSON has a letter for these. */
function shortEscape(character: string): Ways {
  const letter = { '\b': 'b', '\t': 't', '\f': 'f', '\r': 'r' }[character]
  return letter === undefined ? [] : [2, 1].map((count) => [...backslashes(count), letter])
}

const LINE_BREAKS: Ways = [
  ...percentWays('\r\n', [0]),
  ...percentWays('\n', [0, 1]),
  ['\\\\', '\\\\', 'n'],
  ['\\\\', 'n'],
  ['\\r', '\\n'],
  ['\\n'],
  [' '],
]

/** The alphabet of URLs has other characters for two; where it is percent-encoded, more stands for them and for `=`. */
function waysToWrite64(character: string): Ways {
  if (character === '+') return [...percentWays('+', [0]), ['[-+]']]
  if (character === '/') return [...percentWays('/', [0]), [literal('\\'), literal('/')], ['[/_]']]
  return [[literal(character)]]
}

/** `timesAgain`: how often the percent sign itself was encoded again. */
function percentWays(text: string, timesAgain: readonly number[]): Ways {
  // Half a surrogate pair has no percent-encoding.
  const bytes = [...Buffer.from(text.toWellFormed())]
  return timesAgain
    .map((times) =>
      bytes.flatMap((byte) => [
        '%',
        ...'25'.repeat(times).split(''),
        ...hexUnits(byte.toString(16).padStart(2, '0')),
      ]),
    )
    .reverse()
}

function unicodeUnits(character: string): Units {
  return character
    .split('')
    .flatMap((unit, i) => [
      ...(i === 0 ? [] : ['\\\\']),
      'u',
      ...hexUnits(unit.charCodeAt(0).toString(16).padStart(4, '0')),
    ])
}

function hexUnits(hex: string): Units {
  return Array.from(hex, (digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
}

function backslashes(count: number): Units {
  return Array.from({ length: count }, () => '\\\\')
}

/** For one UTF-16 unit. */
function literal(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function anyOf(ways: Ways): string {
  const [only] = ways
  return ways.length === 1 && only !== undefined
    ? only.join('')
    : `(?:${ways.map((units) => units.join('')).join('|')})`
}

/** Every beginning of the form that is not the whole of it, up to the end of the text. */
function begunOf(form: readonly Ways[]): string {
  return form.reduceRight<string>((rest, ways, i) => {
    const beginnings = ways.flatMap((units) =>
      units.slice(1).map((_, n) => `${units.slice(0, n + 1).join('')}$`),
    )
    const goesOn = i === form.length - 1 ? [] : [`${anyOf(ways)}(?:$|${rest})`]
    return `(?:${[...goesOn, ...beginnings].join('|')})`
  }, '')
}
