// How does a value from a workflow read as Markdown: as a text, a list, a table?

import { readFileUrl, toLink, toMedia } from './file-url.ts'
import { isObject } from './json.ts'
import type { Unknowns } from './json.ts'

/** Deeper than this nobody reads a list; the rest stands as JSON. Our choice, like the two below. */
const MAX_DEPTH = 4
const MAX_COLUMNS = 6
const MAX_CELL_CHARS = 120

/** Texts as they are; lists of like objects as a table; other lists and objects as nested lists. Never throws. */
export function toMarkdown(value: unknown): string {
  if (!isNested(value)) return toScalar(value)
  const columns = columnsOf(value)
  if (columns !== undefined) return toTable(columns, value as readonly Unknowns[])
  return toItems(value, 0).join('\n')
}

function isNested(value: unknown): value is readonly unknown[] | Unknowns {
  return Array.isArray(value) || isObject(value)
}

function toScalar(value: unknown, show: typeof toLink = toMedia): string {
  if (typeof value === 'string') {
    const file = readFileUrl(value)
    return file === undefined ? value : show(file)
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The keys of two or more objects with few short values; undefined when a table would not read well. */
function columnsOf(value: readonly unknown[] | Unknowns): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return undefined
  const columns = new Set<string>()
  for (const row of value as readonly Unknowns[]) {
    for (const [key, cell] of Object.entries(row)) {
      columns.add(key)
      if (!isOneWord(cell) || columns.size > MAX_COLUMNS) return undefined
    }
  }
  return columns.size < 2 ? undefined : [...columns]
}

function isShort(text: string): boolean {
  return readFileUrl(text) !== undefined || (text.length <= MAX_CELL_CHARS && !/[\r\n]/.test(text.trim()))
}

function toTable(columns: readonly string[], rows: readonly Unknowns[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(toCell).join(' | ')} |`
  return [
    line(columns),
    `|${' --- |'.repeat(columns.length)}`,
    // Cells are for words: a picture there is a link to it.
    ...rows.map((row) =>
      line(columns.map((key) => (Object.hasOwn(row, key) ? toScalar(row[key], toLink) : ''))),
    ),
  ].join('\n')
}

function toCell(text: string): string {
  return text.trim().replaceAll('|', '\\|')
}

function toItems(value: readonly unknown[] | Unknowns, depth: number): readonly string[] {
  const pad = '  '.repeat(depth)
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? (value as readonly unknown[]).map((item) => ['', item] as const)
    : Object.entries(value)
  return entries.flatMap(([key, item]) => {
    const label = key === '' ? '' : `**${key.replace(/[\\*_`[\]]/g, '\\$&')}**: `
    if (!isNested(item)) {
      return [`${pad}- ${label}${toScalar(item).replace(/\r?\n/g, `\n${pad}  `)}`.trimEnd()]
    }
    if (depth + 1 >= MAX_DEPTH) return [`${pad}- ${label}\`${shortJson(item)}\``]
    const inner = toItems(item, depth + 1)
    if (label === '' && isObject(item) && Object.values(item).every(isOneWord)) {
      return [`${pad}- ${inner.map((line) => line.trimStart().replace(/^- /, '')).join(', ')}`]
    }
    if (label !== '') return [`${pad}- ${label}`.trimEnd(), ...inner]
    // An unnamed list or object begins on the line of its own dash.
    const [first = '', ...rest] = inner
    return [`${pad}- ${first.trimStart().replace(/^- /, '')}`.trimEnd(), ...rest]
  })
}

function isOneWord(value: unknown): boolean {
  return !isNested(value) && (typeof value !== 'string' || isShort(value))
}

function shortJson(value: unknown): string {
  try {
    return JSON.stringify(value).replaceAll('`', "'")
  } catch {
    return '…'
  }
}
