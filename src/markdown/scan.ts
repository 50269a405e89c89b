// What is open at the end of this line: which quotes and list items, a fence, a table, a paragraph?
//
// A line at a time, from the source alone, so that any place of a reply can be told apart again after a restart. It
// follows CommonMark as far as chat answers go; where it errs, a part looks a little different and loses nothing.

export interface ScanState {
  /** Quotes and list items the next line may continue, outermost first. */
  readonly containers: readonly Container[]
  readonly leaf: Leaf
}
export type Container =
  | { readonly kind: 'quote' }
  | {
      readonly kind: 'item'
      /** Spaces before the marker. */
      readonly pad: number
      /** `-`, `+`, `*`, or the delimiter of an ordered one: `.` or `)`. */
      readonly mark: string
      /** Running number; absent on bullets. */
      readonly number?: number
      /** Columns from the container's left edge to the item's text. */
      readonly width: number
    }
export type Leaf =
  | { readonly kind: 'blank' }
  /** `text`: its last line, which may turn out to be a table's head. */
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading' }
  | { readonly kind: 'fence'; readonly mark: string; readonly language: string; readonly fresh: boolean }
  | { readonly kind: 'table'; readonly head: string; readonly delimiter: string; readonly fresh: boolean }
  /** Rules, indented code, a line that closed a fence. */
  | { readonly kind: 'other' }

export const scanStart: ScanState = { containers: [], leaf: { kind: 'blank' } }

/** Longer lines are judged by their beginning. */
const LOOKED_AT_CHARS = 1_000
const MAX_CONTAINERS = 8
const MAX_LANGUAGE_CHARS = 40

/** `line` comes without its line end; a half line gives what would be open if it ended here. */
export function scanLine(state: ScanState, line: string): ScanState {
  const { rest, matched } = continueContainers(state.containers, line.slice(0, LOOKED_AT_CHARS))
  const kept = state.containers.slice(0, matched)
  const stays = matched === state.containers.length
  const { leaf } = state

  if (leaf.kind === 'fence' && stays) {
    return closesFence(rest, leaf.mark)
      ? { containers: kept, leaf: { kind: 'other' } }
      : { containers: kept, leaf: { ...leaf, fresh: false } }
  }
  if (isBlank(rest)) return { containers: kept, leaf: { kind: 'blank' } }

  const sibling = state.containers[matched]
  const opened = openContainers(kept, rest, leaf.kind === 'paragraph' && stays, sibling)
  const isNew = opened.containers.length > kept.length
  const start = blockStart(opened.rest, leaf.kind === 'paragraph' && !isNew)
  if (start !== undefined) return { containers: opened.containers, leaf: start }

  if (leaf.kind === 'paragraph' && !isNew) {
    // A line that starts nothing continues the paragraph, even without the marks of its quotes and items.
    const delimiter = opened.rest.trim()
    if (stays && isTableHead(leaf.text, delimiter)) {
      return {
        containers: kept,
        leaf: { kind: 'table', head: leaf.text.trim(), delimiter, fresh: true },
      }
    }
    return { containers: state.containers, leaf: { kind: 'paragraph', text: opened.rest } }
  }
  if (leaf.kind === 'table' && stays && !isNew) return { containers: kept, leaf: { ...leaf, fresh: false } }
  return { containers: opened.containers, leaf: { kind: 'paragraph', text: opened.rest } }
}

/** Text of a line without the marks of the containers that are open round it. */
export function insideContainers(state: ScanState, line: string): string {
  return continueContainers(state.containers, line).rest
}

/** Just after the end of the line that `from` is in; the text's length when it has no end yet. */
export function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  const end = newline === -1 ? text.length : newline + 1
  const lone = text.slice(from, end).indexOf('\r')
  if (lone === -1) return end
  return from + lone + (text.charAt(from + lone + 1) === '\n' ? 2 : 1)
}

/** A line without its end. */
export function lineText(text: string, from: number, to: number): string {
  let end = to
  while (end > from && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1
  return text.slice(from, end)
}

export function isBlank(text: string): boolean {
  return /^\s*$/u.test(text)
}

function continueContainers(
  containers: readonly Container[],
  line: string,
): { readonly rest: string; readonly matched: number } {
  let rest = line
  let matched = 0
  for (const container of containers) {
    if (container.kind === 'quote') {
      const mark = /^ {0,3}>[ \t]?/u.exec(rest)
      if (mark === null) break
      rest = rest.slice(mark[0].length)
    } else if (!isBlank(rest)) {
      rest = withoutTabs(rest)
      if (!rest.startsWith(' '.repeat(container.width))) break
      rest = rest.slice(container.width)
    }
    matched += 1
  }
  return { rest, matched }
}

function openContainers(
  kept: readonly Container[],
  line: string,
  inParagraph: boolean,
  sibling: Container | undefined,
): { readonly containers: readonly Container[]; readonly rest: string } {
  const containers = [...kept]
  let rest = line
  while (containers.length < MAX_CONTAINERS) {
    const interrupts = inParagraph && containers.length === kept.length
    const quote = /^ {0,3}>[ \t]?/u.exec(rest)
    if (quote !== null) {
      containers.push({ kind: 'quote' })
      rest = rest.slice(quote[0].length)
      continue
    }
    if (isRule(rest)) break
    const item = /^( {0,3})(?:([-*+])|(\d{1,9})([.)]))([ \t]+|$)/u.exec(rest)
    if (item === null) break
    const [all, pad = '', bullet, digits, delimiter = '', space = ''] = item
    const isEmpty = isBlank(rest.slice(all.length))
    if (interrupts && (isEmpty || (digits !== undefined && Number(digits) !== 1))) break
    const mark = bullet ?? delimiter
    const gap = isEmpty || withoutTabs(space).length > 4 ? 1 : withoutTabs(space).length
    const width = pad.length + (bullet ?? `${digits ?? ''}.`).length + gap
    const before = containers.length === kept.length ? sibling : undefined
    const number = digits === undefined ? undefined : runningNumber(Number(digits), mark, before)
    containers.push({ kind: 'item', pad: pad.length, mark, width, ...(number !== undefined && { number }) })
    rest = isEmpty ? '' : ' '.repeat(withoutTabs(space).length - gap) + rest.slice(all.length)
  }
  return { containers, rest }
}

/** Lists count on from their first number, whatever the later ones say. */
function runningNumber(written: number, mark: string, before: Container | undefined): number {
  return before?.kind === 'item' && before.number !== undefined && before.mark === mark
    ? before.number + 1
    : written
}

function blockStart(line: string, inParagraph: boolean): Leaf | undefined {
  if (/^(?: {4}|\t)/u.test(line)) return inParagraph ? undefined : { kind: 'other' }
  const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/u.exec(line)
  if (fence !== null) {
    const [, mark = '', info = ''] = fence
    if (!mark.startsWith('`') || !info.includes('`')) {
      const language = (info.trim().split(/\s/u, 1)[0] ?? '').slice(0, MAX_LANGUAGE_CHARS)
      return { kind: 'fence', mark, language, fresh: true }
    }
  }
  if (/^ {0,3}#{1,6}(?:[ \t]|$)/u.test(line)) return { kind: 'heading' }
  if (isRule(line)) return { kind: 'other' }
  return isBlank(line) ? { kind: 'blank' } : undefined
}

function closesFence(line: string, mark: string): boolean {
  const close = /^ {0,3}(`{3,}|~{3,})[ \t]*$/u.exec(line)?.[1]
  return close !== undefined && close.startsWith(mark[0] ?? '') && close.length >= mark.length
}

function isRule(line: string): boolean {
  return /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/u.test(line)
}

/** A line and the one below it: do they begin a table? */
export function isTableHead(head: string, delimiter: string): boolean {
  if (!head.includes('|') || !/^[|:-][-|: \t]*$/u.test(delimiter) || /^-[ \t]/u.test(delimiter)) return false
  const marks = cellsOf(delimiter.trim())
  return (
    marks.every((cell) => /^[ \t]*:?-+:?[ \t]*$/u.test(cell)) && marks.length === cellsOf(head.trim()).length
  )
}

function cellsOf(row: string): readonly string[] {
  const cells = row.split(/(?<!\\)\|/u)
  if (cells[0] === '') cells.shift()
  if (cells.at(-1) === '') cells.pop()
  return cells
}

function withoutTabs(text: string): string {
  const indent = /^[ \t]*/u.exec(text)?.[0] ?? ''
  return indent.includes('\t') ? indent.replaceAll('\t', '    ') + text.slice(indent.length) : text
}
