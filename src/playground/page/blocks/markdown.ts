// How are lines with marks read as blocks? One reader; each dialect says which forms it draws.

import type { PageBlock, PageSpan } from '../protocol.ts'

export interface BlockDialect {
  readonly spans: (text: string) => readonly PageSpan[]
  readonly maxHeading: number
  /** `-# `. */
  readonly hasSmall: boolean
  /** Tables with pipes, and `---`. */
  readonly hasTables: boolean
  /** `>>> `: all that follows is quoted. */
  readonly hasLongQuotes: boolean
  /** A line that is a block by itself: a picture. */
  readonly own?: (line: string) => readonly PageBlock[] | undefined
}

/** Lists in lists, quotes in lists: beyond it all is words. */
const MAX_DEPTH = 10

export function readBlocks(text: string, dialect: BlockDialect): readonly PageBlock[] {
  return blocksOf(text.replace(/\r\n?/g, '\n').split('\n'), dialect, 0)
}

interface Taken {
  readonly blocks: readonly PageBlock[]
  /** The first line that is no part of them. */
  readonly next: number
}
type Reader = (
  lines: readonly string[],
  at: number,
  dialect: BlockDialect,
  depth: number,
) => Taken | undefined

function blocksOf(lines: readonly string[], dialect: BlockDialect, depth: number): readonly PageBlock[] {
  const blocks: PageBlock[] = []
  let at = 0
  while (at < lines.length) {
    if ((lines[at] ?? '').replace(/[\u200b\u2060]/g, '').trim() === '') {
      at += 1
      continue
    }
    const taken = special(lines, at, dialect, depth) ?? paragraph(lines, at, dialect, depth)
    blocks.push(...taken.blocks)
    at = taken.next
  }
  return blocks
}

function special(
  lines: readonly string[],
  at: number,
  dialect: BlockDialect,
  depth: number,
): Taken | undefined {
  for (const read of READERS) {
    const taken = read(lines, at, dialect, depth)
    if (taken !== undefined) return taken
  }
  return undefined
}

const fence: Reader = (lines, at) => {
  const open = /^( *)(`{3,}|~{3,})([^`\n]*)$/.exec(lines[at] ?? '')
  if (open === null) return undefined
  const [, indent = '', marks = '', info = ''] = open
  let next = at + 1
  while (next < lines.length && !isClosing(lines[next] ?? '', marks)) next += 1
  const text = lines
    .slice(at + 1, next)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n')
    .replace(/[\u200b\u2060]/g, '')
  const language = info.trim()
  return {
    blocks: [{ kind: 'code', ...(language === '' ? {} : { language }), text }],
    next: Math.min(lines.length, next + 1),
  }
}

function isClosing(line: string, marks: string): boolean {
  const trimmed = line.trim()
  return trimmed.length >= marks.length && trimmed === (marks[0] ?? '').repeat(trimmed.length)
}

const heading: Reader = (lines, at, { spans, maxHeading }) => {
  const found = /^(#{1,6}) +(.*)$/.exec(lines[at] ?? '')
  const level = found?.[1]?.length ?? 0
  if (found === null || level > maxHeading) return undefined
  return { blocks: [{ kind: 'heading', level, spans: spans((found[2] ?? '').trim()) }], next: at + 1 }
}

const small: Reader = (lines, at, { spans, hasSmall }) => {
  const words: string[] = []
  while (hasSmall && /^-# +/.test(lines[at + words.length] ?? ''))
    words.push((lines[at + words.length] ?? '').replace(/^-# +/, ''))
  if (words.length === 0) return undefined
  return { blocks: [{ kind: 'small', spans: spans(words.join('\n')) }], next: at + words.length }
}

const quote: Reader = (lines, at, dialect, depth) => {
  const first = lines[at] ?? ''
  if (depth >= MAX_DEPTH) return undefined
  if (dialect.hasLongQuotes && first.startsWith('>>> ')) {
    const inner = [first.slice(4), ...lines.slice(at + 1)]
    return { blocks: [{ kind: 'quote', blocks: blocksOf(inner, dialect, depth + 1) }], next: lines.length }
  }
  let next = at
  // On Discord the blank behind it belongs to the mark.
  const isQuoted = (line = ''): boolean => (dialect.hasTables ? /^ *>/.test(line) : /^ *>(?: |$)/.test(line))
  while (next < lines.length && isQuoted(lines[next])) next += 1
  if (next === at) return undefined
  const inner = lines.slice(at, next).map((line) => line.replace(/^ *> ?/, ''))
  return { blocks: [{ kind: 'quote', blocks: blocksOf(inner, dialect, depth + 1) }], next }
}

const list: Reader = (lines, at, dialect, depth) => {
  const first = markerOf(lines[at] ?? '')
  if (first === undefined || depth >= MAX_DEPTH) return undefined
  const items: string[][] = []
  let next = at
  while (next < lines.length) {
    const line = lines[next] ?? ''
    const marker = markerOf(line)
    if (marker !== undefined && marker.indent <= first.indent + 1 && marker.indent >= first.indent - 1) {
      if (marker.ordered !== first.ordered) break
      items.push([marker.rest])
    } else if (line.trim() === '') {
      const following = lines.slice(next + 1).find((later) => later.trim() !== '')
      if (following === undefined || !goesOn(following, first.indent)) break
      items.at(-1)?.push('')
    } else if (indentOf(line) > first.indent) items.at(-1)?.push(line)
    else break
    next += 1
  }
  const blocks = items.map(([head = '', ...rest]) => blocksOf([head, ...dedented(rest)], dialect, depth + 1))
  return { blocks: [{ kind: 'list', ordered: first.ordered, start: first.start, items: blocks }], next }
}

function goesOn(line: string, indent: number): boolean {
  return indentOf(line) > indent || markerOf(line)?.indent === indent
}

interface Marker {
  readonly indent: number
  readonly ordered: boolean
  readonly start: number
  readonly rest: string
}

function markerOf(line: string): Marker | undefined {
  const found = /^( *)(?:([-*+•])|(\d{1,9})[.)]) +(.*)$/.exec(line)
  if (found === null || /^ *-# /.test(line)) return undefined
  const [, indent = '', , number, rest = ''] = found
  return { indent: indent.length, ordered: number !== undefined, start: Number(number ?? 1), rest }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function dedented(lines: readonly string[]): readonly string[] {
  const indents = lines.filter((line) => line.trim() !== '').map(indentOf)
  const least = indents.reduce((min, indent) => Math.min(min, indent), Infinity)
  return lines.map((line) => line.slice(Math.min(least, indentOf(line))))
}

const table: Reader = (lines, at, { hasTables, spans }) => {
  const head = lines[at] ?? ''
  if (!hasTables || !head.includes('|') || !DELIMITER.test(lines[at + 1] ?? '')) return undefined
  let next = at + 2
  while (next < lines.length && (lines[next] ?? '').includes('|')) next += 1
  const rows = lines.slice(at + 2, next).map((line) => cellsOf(line).map(spans))
  return { blocks: [{ kind: 'table', head: cellsOf(head).map(spans), rows }], next }
}

const DELIMITER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/

/** `\|` is a letter. */
function cellsOf(line: string): readonly string[] {
  return line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}

const rule: Reader = (lines, at, { hasTables }) =>
  hasTables && /^ *(?:-{3,}|\*{3,}|_{3,}) *$/.test(lines[at] ?? '')
    ? { blocks: [{ kind: 'rule' }], next: at + 1 }
    : undefined

const own: Reader = (lines, at, { own: read }) => {
  const blocks = read?.(lines[at] ?? '')
  return blocks === undefined ? undefined : { blocks, next: at + 1 }
}

const READERS: readonly Reader[] = [fence, own, heading, small, quote, rule, table, list]

/** Up to an empty line, or to what is no paragraph. */
function paragraph(lines: readonly string[], at: number, dialect: BlockDialect, depth: number): Taken {
  let next = at + 1
  while (next < lines.length) {
    if ((lines[next] ?? '').trim() === '' || special(lines, next, dialect, depth) !== undefined) break
    next += 1
  }
  const words = lines.slice(at, next).map((line) => line.trim())
  return { blocks: [{ kind: 'paragraph', spans: dialect.spans(words.join('\n')) }], next }
}
