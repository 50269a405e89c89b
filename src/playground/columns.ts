// How do several screens stand side by side in a terminal? Lines of cells; Chinese and emoji take two of them.

import { displayWidth } from '../../adapters/common/width.ts'

export interface Column {
  readonly title: string
  /** One line below the title. */
  readonly status: string
  readonly text: string
}

export interface Space {
  readonly widthCells: number
  /** Of text, for each column. */
  readonly maxLines: number
  /** What a column that does not fit keeps. */
  readonly keep: 'start' | 'end'
}

const BETWEEN = ' │ '
/** In narrower columns hardly a word fits: then they stand one below the other. */
const LEAST_CELLS = 16

/** Every line is at most `widthCells` wide. */
export function sideBySide(columns: readonly Column[], space: Space): readonly string[] {
  const cells = Math.floor((space.widthCells - BETWEEN.length * (columns.length - 1)) / columns.length)
  if (columns.length > 1 && cells < LEAST_CELLS)
    return columns.flatMap((column) => sideBySide([column], space))
  const drawn = columns.map(({ title, status, text }) => [
    clip(title, cells),
    clip(status, cells),
    '─'.repeat(cells),
    ...fitting(wrap(text, cells), space, cells),
  ])
  const height = drawn.reduce((most, lines) => Math.max(most, lines.length), 0)
  return Array.from({ length: height }, (_, row) => {
    const between = row === 2 ? '─┼─' : BETWEEN
    return drawn
      .map((lines) => pad(lines[row] ?? '', cells))
      .join(between)
      .trimEnd()
  })
}

/** Lines of at most so many cells: broken at blanks and between wide characters, else where it must be. */
export function wrap(text: string, cells: number): readonly string[] {
  return clean(text)
    .split('\n')
    .flatMap((line) => wrapLine(line, cells))
}

/** What goes on below stands under the words of a list's item or of indented code. */
function wrapLine(line: string, cells: number): readonly string[] {
  if (displayWidth(line) <= cells) return [line]
  const start = /^ *(?:(?:[•│]|\d+\.) )?/.exec(line)?.[0] ?? ''
  const indent = ' '.repeat(Math.min(displayWidth(start), Math.floor(cells / 3)))
  const lines: string[] = []
  let current = ''
  const breakHere = (): void => {
    if (current.trim() !== '') lines.push(current.trimEnd())
    current = lines.length === 0 ? '' : indent
  }
  for (const word of wordsOf(line)) {
    if (displayWidth(current + word.trimEnd()) > cells) breakHere()
    for (const { segment } of graphemes.segment(word)) {
      if (segment.trim() !== '' && displayWidth(current + segment) > cells) breakHere()
      current += segment
    }
  }
  return current.trim() === '' ? lines : [...lines, current.trimEnd()]
}

/** Each with the blanks behind it; a wide character is a word of its own, with the punctuation that follows it. */
function wordsOf(line: string): readonly string[] {
  return line.match(/^ +|[\u2e80-\u{3fffd}][，。、；：？！）】》”’]* *|[^\s\u2e80-\u{3fffd}]+ *| +/gu) ?? []
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

function fitting(lines: readonly string[], { maxLines, keep }: Space, cells: number): readonly string[] {
  if (lines.length <= maxLines) return lines
  const hidden = lines.length - maxLines + 1
  const note = clip(`… ${hidden} lines ${keep === 'end' ? 'above' : 'more'}`, cells)
  return keep === 'end' ? [note, ...lines.slice(hidden)] : [...lines.slice(0, maxLines - 1), note]
}

/** What would move the cursor or colour the screen is not for the terminal. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '    ')
    .replace(/(?!\n)\p{Cc}/gu, '')
}

export function clip(text: string, cells: number): string {
  const line = clean(text).replace(/\s*\n\s*/g, ' ')
  if (displayWidth(line) <= cells) return line
  let kept = ''
  for (const { segment } of graphemes.segment(line)) {
    if (displayWidth(kept + segment) >= cells) break
    kept += segment
  }
  return `${kept}…`
}

export function pad(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - displayWidth(text)))
}
