// Is all of the answer on screen? Compared by its letters, line by line, without asking the bridge how it writes.
//
// Markup looks different on every platform; letters, digits and signs of any script do not. Headers that a split table
// repeats, and marks a platform adds, may stand between; nothing of the answer may be missing or out of order.

export type Verdict = { readonly whole: true } | { readonly whole: false; readonly because: string }

/** `answer`: Markdown as Coze sent it. `shown`: the texts of the reply's messages, in order. */
export function isWholeAnswer(answer: string, shown: readonly string[]): Verdict {
  const screen = letters(shown.join('\n'))
  let at = 0
  let before: number | undefined
  for (const line of answer.split('\n')) {
    const wanted = letters(withoutHidden(line))
    if (wanted === '') continue
    const found = screen.indexOf(wanted, at)
    if (found < 0)
      return { whole: false, because: `this line is not on screen, or not where it belongs: ${line}` }
    at = found + wanted.length
    before ??= Math.min(found, MOST_THOUGHT)
  }
  const expected = letters(withoutHidden(answer)).length
  const most = expected * 1.25 + 400
  if (screen.length - (before ?? 0) > most) {
    return {
      whole: false,
      because: `${screen.length} letters on screen, ${expected} in the answer: something stands twice`,
    }
  }
  return { whole: true }
}

/** What a model thought may stand above its answer, and is no part of it: so many letters at most. */
const MOST_THOUGHT = 1_000

/** What a platform shows as a link's target or a fence's language is not text on screen. */
function withoutHidden(markdown: string): string {
  return markdown.replace(/^( *)(```+|~~~+)[^\n]*$/gm, '').replace(/(\[[^\]]*\])\([^)\s]*\)/g, '$1')
}

function letters(text: string): string {
  return text.normalize('NFC').replace(/[^\p{L}\p{N}\p{Extended_Pictographic}]/gu, '')
}
