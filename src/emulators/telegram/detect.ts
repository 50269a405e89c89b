// Which parts of a plain text do clients and the server mark by themselves? Mentions, commands, tags, addresses.
import type { Entity } from './types.ts'

interface Pattern {
  readonly type: string
  /** A cheap test before the expression runs. */
  readonly hint: string
  readonly expression: RegExp
}

const DOMAIN_ENDINGS = 'com|org|net|io|dev|app|cn|me|ai|co|info|edu|gov|uk|de|fr|jp|kr|ru|in|xyz|site|online'
const PATTERNS: readonly Pattern[] = [
  {
    type: 'url',
    hint: '://',
    expression: /\b(?:https?|ftp|tg|ton):\/\/[^\s<>"'`，。；！？、（）【】「」]+/giu,
  },
  { type: 'email', hint: '@', expression: /(?<![\w.+-])[\w.+-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}/giu },
  {
    type: 'url',
    hint: '.',
    expression: new RegExp(
      `(?<![\\w@./-])(?:[a-z\\d](?:[a-z\\d-]*[a-z\\d])?\\.)+(?:${DOMAIN_ENDINGS})(?![\\w-])(?::\\d+)?(?:[/?#][^\\s<>"'\`，。；！？、（）【】「」]*)?`,
      'giu',
    ),
  },
  { type: 'mention', hint: '@', expression: /(?<![\w/@])@[a-z\d_]{3,32}(?![\w@])/giu },
  {
    type: 'bot_command',
    hint: '/',
    expression: /(?<![\w/<>])\/[a-z\d_]{1,64}(?:@[a-z\d_]{3,32})?(?![\w/])/giu,
  },
  {
    type: 'hashtag',
    hint: '#',
    expression: /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_#])/giu,
  },
  { type: 'cashtag', hint: '$', expression: /(?<![\w$])\$[A-Z]{1,8}(?![\w$])/gu },
]

/** The entities found in `text`, in order, none overlapping another of them. */
export function detectEntities(text: string): readonly Entity[] {
  const found: Entity[] = []
  for (const { type, hint, expression } of PATTERNS) {
    if (!text.includes(hint)) continue
    for (const match of text.matchAll(expression)) {
      const whole = type === 'url' ? match[0].replace(/[.,:;!?'")\]}]+$/, '') : match[0]
      const entity = { type, offset: match.index, length: whole.length }
      if (!found.some((other) => overlaps(entity, other))) found.push(entity)
    }
  }
  return found.sort((a, b) => a.offset - b.offset)
}

/** Whether two ranges share a character. */
export function overlaps(a: Entity, b: Entity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length
}
