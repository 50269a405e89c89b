// What do chat answers look like? Generators of realistic and of hostile Markdown, for laws.

import fc from 'fast-check'

const words = [
  '扣子',
  '智能体',
  '请看下面的例子',
  '流式回复',
  'bridge',
  'Coze',
  'streaming reply',
  'the quick brown fox',
  'שלום עולם',
  'مرحبا بالعالم',
  'don’t',
  '2024',
  '3.14',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  '🇨🇳🇺🇸',
  'é',
  '️❤️‍🔥',
  'snake_case',
  'R&D',
]
const word = fc.constantFrom(...words)
const stop = fc.constantFrom('。', '！', '？', '. ', '! ', ', ', '，', ' ', '：', '\n')
const phrase = fc
  .array(fc.tuple(word, stop), { minLength: 1, maxLength: 12 })
  .map((pairs) => pairs.flat().join(''))
const inline = fc.oneof(
  { weight: 6, arbitrary: phrase },
  word.map((text) => `**${text}**`),
  word.map((text) => `*${text}*`),
  word.map((text) => `~~${text}~~`),
  word.map((text) => `\`${text}\``),
  word.map((text) => `[${text}](https://example.com/a_b?c=d)`),
  fc.constant('见https://coze.com/a，谢谢 '),
)
const sentence = fc.array(inline, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '))
const paragraph = sentence.map((text) => text.trim())
const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), word)
  .map(([level, text]) => `${'#'.repeat(level)} ${text}`)
const codeLine = fc.oneof(
  word,
  fc.constantFrom('const a = 1 // 说明', '  if (x) {', '', '| not | a table |', '# not a heading', '- x'),
)
const fence = fc
  .tuple(
    fc.constantFrom('```', '````', '~~~', '~~~~'),
    fc.constantFrom('', 'js', 'python', 'c++'),
    fc.array(codeLine, { maxLength: 30 }),
  )
  .map(([mark, language, lines]) => [`${mark}${language}`, ...lines, mark].join('\n'))
const nestedFence = fence.map((inner) => `~~~~~md\n${inner}\n~~~~~`)
const table = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.array(word, { minLength: 1, maxLength: 40 }))
  .map(([columns, cells]) => {
    const row = (at: number) =>
      `| ${Array.from({ length: columns }, (_, column) => cells[(at + column) % cells.length]).join(' | ')} |`
    return [row(0), `|${' --- |'.repeat(columns)}`, ...cells.map((_, at) => row(at))].join('\n')
  })
const list = fc
  .tuple(
    fc.constantFrom('-', '*', '1.'),
    fc.array(fc.tuple(sentence, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 15 }),
  )
  .map(([mark, items]) => {
    let number = 0
    return items
      .map(([text, depth], at) => {
        const flat = text.replaceAll('\n', ' ').trim()
        if (at === 0 || depth === 0) number += 1
        return at === 0 || depth === 0
          ? `${mark === '1.' ? `${number}.` : mark} ${flat}`
          : `${' '.repeat(4 * Math.min(depth, 2))}- ${flat}`
      })
      .join('\n')
  })
const itemWithFence = fence.map((text) => `1. first:\n${text.replaceAll(/^/gmu, '   ')}\n2. second`)
const quote = paragraph.map((text) => text.replaceAll(/^/gmu, '> '))
const quotedFence = fence.map((text) => text.replaceAll(/^/gmu, '> '))
const longWord = fc.integer({ min: 1, max: 900 }).map((count) => '长x'.repeat(count))
const longLine = fc
  .array(phrase, { minLength: 10, maxLength: 60 })
  .map((parts) => parts.join('').replaceAll('\n', ' '))

const block = fc.oneof(
  { weight: 6, arbitrary: paragraph },
  { weight: 2, arbitrary: heading },
  { weight: 3, arbitrary: fence },
  nestedFence,
  { weight: 2, arbitrary: table },
  { weight: 3, arbitrary: list },
  itemWithFence,
  quote,
  quotedFence,
  longWord,
  longLine,
  fc.constant('---'),
)

/** A chat answer of a few to a few dozen blocks. */
export const answers = fc
  .tuple(
    fc.array(fc.tuple(block, fc.constantFrom('\n\n', '\n\n', '\n\n', '\n', '\n\n\n')), {
      minLength: 1,
      maxLength: 25,
    }),
    fc.constantFrom('\n', '\n', '\r\n'),
  )
  .map(([blocks, newline]) => blocks.flat().join('').replaceAll('\n', newline))

const scrap = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '~~',
    '`',
    '```',
    '````',
    '~~~',
    '[',
    '](',
    ')',
    '![',
    '<',
    '&',
    '&am',
    '\\',
    '|',
    '|-|',
    '\n|--|--|\n',
  ],
  ...[
    '- ',
    '1. ',
    '10) ',
    '> ',
    '# ',
    '#',
    '\n',
    '\n\n',
    '\r',
    '\r\n',
    '\t',
    '    ',
    ' ',
    '---',
    '===',
    '\u200D',
    '\uFE0F',
    '\uD83D',
  ],
  ...['👩', '🇨', '字', 'word', 'a', '：', '。', '- [ ] ', 'http://a', '\0'],
)
/** Anything at all, with a taste for marks. */
export const scraps = fc.array(scrap, { maxLength: 120 }).map((parts) => parts.join(''))
export const hostile = fc.oneof(
  scraps,
  fc
    .tuple(scrap, fc.integer({ min: 1, max: 2_000 }), scraps)
    .map(([one, count, rest]) => one.repeat(count) + rest),
)

/** Cuts a text into chunks as a stream would. */
export function chunked(text: string, sizes: readonly number[]): readonly string[] {
  const chunks: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(text.slice(at, at + size))
    at += size
  }
  return chunks
}
export const chunkSizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 })
