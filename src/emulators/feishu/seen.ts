// What does a person see where a picture stands? `🖼` and the words beneath it; which key stands there is told apart.

export interface Seen {
  readonly text: string
  readonly images: readonly SeenImage[]
}
export interface SeenImage {
  readonly key: string
  /** As written, with its escapes. */
  readonly alt: string
  /** Where its `🖼` stands in the text. */
  readonly at: number
}

export const PICTURE = '🖼'

/** A card's Markdown: pictures outside code; an unfinished one is none yet. */
export function seenInMarkdown(markdown: string): Seen {
  const images: SeenImage[] = []
  let text = ''
  let from = 0
  for (const match of markdown.matchAll(CODE_OR_PICTURE)) {
    const { alt, key } = match.groups ?? {}
    if (alt === undefined || key === undefined) continue
    text += markdown.slice(from, match.index)
    from = match.index + match[0].length
    images.push({ key, alt, at: text.length })
    text += alt === '' ? PICTURE : `${PICTURE} ${alt}`
  }
  return { text: text + markdown.slice(from), images }
}

/** Fenced code, code in a line, or a picture. */
const CODE_OR_PICTURE =
  /^ {0,3}(?<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\k<fence>[`~]*\s*$|$(?![\s\S]))|`[^`\n]*`|!\[(?<alt>[^\]\n]*)\]\((?<key>[^)\s]*)[^)]*\)/gm
