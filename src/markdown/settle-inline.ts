// Which emphasis, code, link or escape is still open at the end of a paragraph's text?

/** `end`: how much of the text is shown; `close`: the marks that follow. */
export interface Settled {
  readonly end: number
  readonly close: string
}

/** A bracket open for longer than this is taken for an ordinary one, so that the answer does not seem to stand still. */
const MAX_LINK_TEXT_CHARS = 200
const MAX_LINK_URL_CHARS = 2_000

interface Opener {
  readonly mark: string
  readonly at: number
  count: number
}

/** One pass over the text; emphasis that is closed is forgotten, what is left over is closed or hidden. */
export function settleInline(text: string): Settled {
  const openers: Opener[] = []
  let brackets: { readonly at: number; readonly openers: number }[] = []
  let end = halfTokenFrom(text)
  let code = ''
  let at = 0
  while (at < end) {
    const char = text.charAt(at)
    if (char === '\\') at += 2
    else if (char === '`') {
      const run = runAt(text, at)
      const closeAt = findRun(text, at + run.length, run, end)
      if (closeAt !== undefined) {
        at = closeAt + run.length
        continue
      }
      // An open code span: marks behind it are code. A shorter run at the very end may be half of its close.
      const half = /`+$/u.exec(text.slice(at + run.length, end))?.[0].length ?? 0
      end -= half
      if (text.slice(at + run.length, end).trim() === '') end = at
      else code = run
      break
    } else if (char === '*' || char === '_' || char === '~') {
      const run = runAt(text, at)
      readRun(text, at, run, end, openers)
      at += run.length
    } else if (char === '[') {
      brackets.push({ at: text.charAt(at - 1) === '!' ? at - 1 : at, openers: openers.length })
      at += 1
    } else if (char === ']') {
      const open = brackets.pop()
      const after = text.charAt(at + 1)
      if (open === undefined) at += 1
      else if (after === '(') {
        const close = linkEnd(text, at + 2, end)
        if (close === 'half') {
          end = open.at
          break
        }
        if (close !== undefined) openers.length = Math.min(openers.length, open.openers)
        at = close ?? at + 1
      } else if (at + 1 >= end) {
        end = open.at
        break
      } else at += 1
    } else at += 1
  }
  brackets = brackets.filter((open) => open.at < end)
  if (code === '') {
    const half = brackets.find(
      (open) => end - open.at <= MAX_LINK_TEXT_CHARS && !text.slice(open.at, end).includes('\n'),
    )
    if (half !== undefined) end = half.at
  }
  return closeAll(text, end, code, openers)
}

/** Closes from the innermost outwards; an opener with nothing behind it is hidden. */
function closeAll(text: string, from: number, code: string, openers: readonly Opener[]): Settled {
  let end = from
  let close = code
  for (const opener of openers.toReversed()) {
    if (opener.at >= end) continue
    const length = opener.mark === '~' ? 2 : opener.count
    if (close === '' && text.slice(opener.at + length, end).trim() === '') end = opener.at
    else close += opener.mark.repeat(length)
  }
  if (close === '') return { end, close }
  const trimmed = text.slice(0, end).trimEnd().length
  return { end: trimmed, close }
}

/** A run of `*`, `_` or `~` opens, closes, or is only itself. At the very end it is hidden unless it closes exactly. */
function readRun(text: string, at: number, run: string, end: number, openers: Opener[]): void {
  const mark = run.charAt(0)
  const before = text.charAt(at - 1)
  const after = at + run.length < end ? text.charAt(at + run.length) : ''
  const spaceBefore = before === '' || /\s/u.test(before)
  const spaceAfter = after === '' || /\s/u.test(after)
  const inWord = mark === '_' && isWord(before) && isWord(after)
  let left = mark === '~' && run.length < 2 ? 0 : run.length
  if (!spaceBefore && !inWord) left = closeWith(openers, mark, left)
  const canOpen = !spaceAfter && !inWord && !(isPunctuation(after) && isWord(before))
  if (left > 0 && canOpen) openers.push({ mark, at, count: left })
}

function closeWith(openers: Opener[], mark: string, run: number): number {
  let left = run
  for (let at = openers.length - 1; at >= 0 && left > 0; at -= 1) {
    const opener = openers[at]
    if (opener?.mark !== mark) continue
    const used = Math.min(left, opener.count)
    left -= used
    opener.count -= used
    openers.length = opener.count === 0 ? at : at + 1
  }
  return left
}

/** Where a token begins that cannot be judged before the next character: half an escape, entity, tag, or run. */
function halfTokenFrom(text: string): number {
  const tail = text.slice(-MAX_LINK_URL_CHARS)
  const half = /(?:(?<!\\)(?:\\\\)*\\|&(?:#?\w{0,31})|<[a-z/!][^\s<>]*|<|!|\[)$/iu.exec(tail)?.[0].length ?? 0
  const end = text.length - half
  return end - halfRun(text, end)
}

/** A run of emphasis marks at the end: kept only when it may be the whole closing mark of what is open. */
function halfRun(text: string, end: number): number {
  const run = /(?:\*+|_+|~+)$/u.exec(text.slice(Math.max(0, end - 100), end))?.[0] ?? ''
  if (run === '') return 0
  const mark = run.charAt(0)
  const before = text.charAt(end - run.length - 1)
  if (before === '\\') return 0
  if (before === '' || /\s/u.test(before)) return run.length
  const openers: Opener[] = []
  for (let at = 0; at < end - run.length;) {
    const char = text.charAt(at)
    if (char === '\\') at += 2
    else if (char === '`') {
      const ticks = runAt(text, at)
      const close = findRun(text, at + ticks.length, ticks, end)
      at = close === undefined ? at + ticks.length : close + ticks.length
      if (close === undefined) return 0
    } else if (char === '*' || char === '_' || char === '~') {
      const inner = runAt(text, at)
      readRun(text, at, inner, end, openers)
      at += inner.length
    } else at += 1
  }
  const open = openers.findLast((opener) => opener.mark === mark)
  return open !== undefined && run.length >= (mark === '~' ? 2 : open.count) ? 0 : run.length
}

/** Just after a link's `)`; `half` while it may still come; `undefined` when this is no link. */
function linkEnd(text: string, from: number, end: number): number | 'half' | undefined {
  let depth = 1
  let inTitle = ''
  for (let at = from; at < end; at += 1) {
    const char = text.charAt(at)
    if (at - from > MAX_LINK_URL_CHARS || char === '\n') return undefined
    if (char === '\\') at += 1
    else if (inTitle !== '') inTitle = char === inTitle ? '' : inTitle
    else if (char === '"' || char === "'") inTitle = char
    else if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth === 0) return at + 1
    } else if (/\s/u.test(char) && !/^\s+["'(]?/u.test(text.slice(at, at + 3))) return undefined
  }
  return 'half'
}

function runAt(text: string, at: number): string {
  const char = text.charAt(at)
  let end = at + 1
  while (text.charAt(end) === char) end += 1
  return text.slice(at, end)
}

function findRun(text: string, from: number, run: string, end: number): number | undefined {
  let at = text.indexOf(run, from)
  while (at !== -1 && at < end) {
    let stop = at + run.length
    while (text.charAt(stop) === '`') stop += 1
    if (stop - at === run.length && stop <= end) return at
    at = text.indexOf(run, stop)
  }
  return undefined
}

function isWord(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char)
}
function isPunctuation(char: string): boolean {
  return /[\p{P}\p{S}]/u.test(char) && !/[\u3000-\u303F\uFF00-\uFFEF]/u.test(char)
}
