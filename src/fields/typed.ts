// Which words did a person type behind a command, and which of them are quoted or named?

/** A word, or what stood in quotes. Positions are UTF-16 units of the text. */
export interface TypedWord {
  /** `city` of `city=Oslo`; absent for a mere value. */
  readonly name?: string
  /** Which sign followed the name: only `=` shows that a name was meant. */
  readonly sign?: '=' | ':'
  /** Without name, quotes and the backslashes in them. */
  readonly text: string
  readonly quoted: boolean
  readonly from: number
  /** Where the value begins: behind the name and its sign. */
  readonly valueFrom: number
  readonly to: number
}

/** Never closed, these are apostrophes: `'tis`. */
const APOSTROPHES: readonly string[] = ["'", '‘']

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
  ['「', '」'],
  ['『', '』'],
  ['＂', '＂'],
])

/** `=`, `:` and their full-width forms, behind what could be a name. */
const NAMED = /([\p{L}_][\p{L}\p{M}\p{N}_-]{0,99})([=:＝：])/uy
const WORD_END = /\s|$/gu
const SPACE = /\s*/uy

/** Splits at spaces, never throws, and takes a time that grows with the text alone. */
export function readTyped(text: string): readonly TypedWord[] {
  const words: TypedWord[] = []
  const unclosed = new Set<string>()
  let at = 0
  for (;;) {
    at = skip(SPACE, text, at)
    if (at >= text.length) return words
    const named = matchAt(NAMED, text, at)
    const valueFrom = at + (named?.[0].length ?? 0)
    const quoted = readQuoted(text, valueFrom, unclosed)
    const to = quoted?.to ?? matchFrom(WORD_END, text, valueFrom)
    words.push({
      ...(named === undefined ? {} : { name: named[1] ?? '', sign: isEquals(named[2]) ? '=' : ':' }),
      text: quoted?.text ?? text.slice(valueFrom, to),
      quoted: quoted !== undefined,
      from: at,
      valueFrom,
      to,
    })
    at = to
  }
}

function isEquals(sign: string | undefined): boolean {
  return sign === '=' || sign === '＝'
}

/**
 * In quotes a backslash stands before a quote or a backslash that is meant itself. A quote closes only at a word's end:
 * `'don't'` is one word. One that is never closed takes all the rest. `unclosed`: apostrophes of which no closing one
 * follows any more.
 */
function readQuoted(
  text: string,
  from: number,
  unclosed: Set<string>,
): { readonly text: string; readonly to: number } | undefined {
  const opening = text.charAt(from)
  const closing = CLOSING.get(opening)
  if (closing === undefined || unclosed.has(opening)) return undefined
  let content = ''
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (char === '\\' && (next === '\\' || next === opening || next === closing)) {
      content += next
      at += 1
    } else if (char === closing && (next === '' || /\s/u.test(next))) {
      return { text: content, to: at + 1 }
    } else {
      content += char
    }
  }
  if (!APOSTROPHES.includes(opening) && content.trim() !== '') return { text: content, to: text.length }
  unclosed.add(opening)
  return undefined
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | undefined {
  sticky.lastIndex = at
  return sticky.exec(text) ?? undefined
}

function skip(sticky: RegExp, text: string, at: number): number {
  return at + (matchAt(sticky, text, at)?.[0].length ?? 0)
}

function matchFrom(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.index ?? text.length
}
