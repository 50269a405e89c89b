// What does a person see of Discord's Markdown? A small reader of the dialect, after the patterns its clients use.
// https://github.com/ariabuckles/simple-markdown is what the desktop client's rules are built upon.
//
// `words` is the text as shown, without any mark; `marks` tells what is emphasised, hidden, quoted or linked.

export interface ShownText {
  readonly words: string
  readonly marks: readonly string[]
}

interface Sheet {
  words: string
  readonly marks: string[]
}

export function shownOnDiscord(content: string): ShownText {
  const sheet: Sheet = { words: '', marks: [] }
  readBlocks(sheet, content, false)
  return sheet
}

function readBlocks(sheet: Sheet, source: string, inQuote: boolean): void {
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at)
    const isLineStart = at === 0 || source.charAt(at - 1) === '\n'
    const taken = (isLineStart && readLineStart(sheet, rest, inQuote)) || readInlineAt(sheet, rest)
    at += taken
  }
}

/** How many characters were a block of their own; 0 for none. */
function readLineStart(sheet: Sheet, rest: string, inQuote: boolean): number {
  const quote = /^(?: *>>> +[^]*| *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*\n?)/.exec(rest)
  if (quote !== null && !inQuote) {
    const inner = quote[0].replace(/^ *>(?:>>)? ?/gm, '')
    note(sheet, 'quote', () => readBlocks(sheet, inner, true))
    return quote[0].length
  }
  const heading = /^ *(#{1,3}|-#)\s+([^\n]+)(?:\n|$)/.exec(rest)
  if (heading !== null) {
    note(sheet, heading[1] ?? '', () => readInline(sheet, heading[2] ?? ''))
    sheet.words += '\n'
    return heading[0].length
  }
  const item = /^( *)([*-]|\d+\.) +(?=[^\n])/.exec(rest)
  if (item !== null) {
    sheet.words += item[0]
    sheet.marks.push(`item:${item[2] ?? ''}`)
    return item[0].length + readLineStart(sheet, rest.slice(item[0].length), inQuote)
  }
  return 0
}

function readInline(sheet: Sheet, source: string): void {
  let at = 0
  while (at < source.length) at += readInlineAt(sheet, source.slice(at))
}

/** First match wins; each pattern is anchored at the place reached. */
function readInlineAt(sheet: Sheet, rest: string): number {
  for (const [kind, pattern] of PATTERNS) {
    const match = pattern.exec(rest)
    if (match === null) continue
    show(sheet, kind, match)
    return match[0].length
  }
  const plain = /^[\s\S][0-9A-Za-z\u00c0-\uffff]*/.exec(rest)?.[0] ?? rest.charAt(0)
  // A text run ends before an address and before a line end.
  const stop = plain.slice(1).search(/https?:\/\/|\n/)
  const run = stop === -1 ? plain : plain.slice(0, stop + 1)
  sheet.words += run
  return run.length
}

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['fence', /^```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][^]*?)\n*```/i],
  ['escape', /^\\([^0-9A-Za-z\s])/],
  ['address', /^<([^: >]+:\/[^ >]+)>/],
  ['address', /^(https?:\/\/[^\s<]+[^<.,:;"')\]\s])/],
  ['mention', /^<(?:@[!&]?|#|id:|t:|\/|a?:)[^>]*>/],
  [
    'link',
    /^\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?(?:\s+['"]([\s\S]*?)['"])?\s*\)/,
  ],
  // The longer of the two wins in the client; with both at one place that is italic round bold.
  ['italic', /^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/],
  ['bold', /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/],
  ['underline', /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/],
  ['italic', /^_((?:__|\\[\s\S]|[^\\_])+?)_\b/],
  ['strike', /^~~([\s\S]+?)~~(?!_)/],
  ['spoiler', /^\|\|([\s\S]+?)\|\|/],
  ['code', /^(`+)([\s\S]*?[^`])\1(?!`)/],
  ['emoji', /^:([^\s:]+?):/],
]

function show(sheet: Sheet, kind: string, match: RegExpExecArray): void {
  const [all, first = '', second = ''] = match
  switch (kind) {
    case 'escape':
      sheet.words += first
      return
    case 'fence':
      note(sheet, `fence${first === '' ? '' : ` ${first}`}`, () => {
        sheet.words += second
      })
      return
    case 'code':
      note(sheet, kind, () => {
        sheet.words += second.replace(/^ (?= *`)|(` *) $/g, '$1')
      })
      return
    case 'address':
      note(sheet, kind, () => {
        sheet.words += first
      })
      return
    case 'link':
      note(sheet, `link ${second}`, () => readInline(sheet, first))
      return
    case 'mention':
    case 'emoji':
      note(sheet, kind, () => {
        sheet.words += all
      })
      return
    default:
      note(sheet, kind, () => readInline(sheet, first))
  }
}

function note(sheet: Sheet, kind: string, read: () => void): void {
  const from = sheet.words.length
  const place = sheet.marks.push('') - 1
  read()
  sheet.marks[place] = `${kind}:${sheet.words.slice(from).replaceAll('\u200b', '')}`
}
