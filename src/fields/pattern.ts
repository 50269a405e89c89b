// Does a text match an owner's pattern as a whole, and is the pattern one to be tried on strangers' texts?

import { runInNewContext } from 'node:vm'

/** Longer texts match no pattern: what is tried on them has a bound. */
export const MAX_PATTERN_TEXT_CHARS = 1_000

/** A pattern that needs longer does not match. Ordinary ones need less than a thousandth of it. */
const TIME_LIMIT_MS = 100
/** At the start a busy machine must not make an ordinary pattern a fault. */
const PROBING_LIMIT_MS = 500

/** Never throws, and ends: a broken pattern, or one that takes too long on this text, matches nothing. */
export function matchesWhole(pattern: string, text: string): boolean {
  return text.length <= MAX_PATTERN_TEXT_CHARS && tried(pattern, [text], TIME_LIMIT_MS) === 'matched'
}

/**
 * For the start: `broken` is no regular expression, `slow` backtracks without end on short texts, as `(a+)+` does.
 * Found by trying: each character of the pattern, and each two neighbours, repeated and then cut off by what fits nothing.
 */
export function patternFault(pattern: string): 'broken' | 'slow' | undefined {
  const characters = Array.from(new Set(Array.from(`${pattern}a0 -`))).slice(0, MAX_PROBES)
  const units = [...characters, ...characters.map((one, i) => one + (characters[i + 1] ?? 'a'))]
  const outcome = tried(
    pattern,
    units.map((unit) => `${unit.repeat(PROBE_CHARS / unit.length)}\u0000`),
    PROBING_LIMIT_MS,
  )
  return outcome === 'broken' || outcome === 'slow' ? outcome : undefined
}

/** Long enough for 2^n to be forever, short enough for n³ to be nothing. */
const PROBE_CHARS = 60
const MAX_PROBES = 60

/** In a context of its own, because there a time limit can end it. */
function tried(
  pattern: string,
  texts: readonly string[],
  limitMs: number,
): 'matched' | 'other' | 'broken' | 'slow' {
  if (!isRegExp(pattern)) return 'broken'
  try {
    const matched: unknown = runInNewContext(
      `const whole = new RegExp(source, 'u'); texts.filter((text) => whole.test(text)).length === texts.length`,
      { source: `^(?:${pattern})$`, texts },
      { timeout: limitMs },
    )
    return matched === true ? 'matched' : 'other'
  } catch {
    return 'slow'
  }
}

/** By itself, and within brackets: `a)(b` is only the latter. */
function isRegExp(pattern: string): boolean {
  try {
    return [pattern, `^(?:${pattern})$`].every((source) => new RegExp(source, 'u').unicode)
  } catch {
    return false
  }
}
