// How does a Feishu client draw a card's Markdown?
// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text

import type { PageBlock, PageFile, PageSpan } from '../protocol.ts'
import { readBlocks } from './markdown.ts'
import { ADDRESS, CODE, LINK, readSpans, type Atom, type InlineDialect } from './spans.ts'

/** What a client knows beside the words. */
export interface FeishuNames {
  readonly person: (id: string) => string | undefined
  /** A picture by its key. */
  readonly picture: (key: string, alt: string) => PageFile | undefined
}

export function feishuBlocks(markdown: string, names: FeishuNames): readonly PageBlock[] {
  const inline = inlineOf(names)
  return readBlocks(markdown.replace(/<br\s*\/?>/gi, '\n').replace(/^ *<hr\s*\/?> *$/gim, '---'), {
    spans: (text) => readSpans(text, inline),
    maxHeading: 6,
    hasSmall: false,
    hasTables: true,
    hasLongQuotes: false,
    own: (line) => picturesIn(line, names),
  })
}

/** Text with the few tags of a text message or a `plain_text`. */
export function feishuWords(text: string, names: Pick<FeishuNames, 'person'>): readonly PageSpan[] {
  return readSpans(text, { pairs: [], atoms: [mention(names), ADDRESS] })
}

/** A line of nothing but pictures. */
function picturesIn(line: string, { picture }: FeishuNames): readonly PageBlock[] | undefined {
  const found = [...line.matchAll(/!\[([^\]\n]*)\]\(([^)\s]*)[^)]*\)/g)]
  if (found.length === 0 || line.replace(/!\[[^\]\n]*\]\([^)]*\)/g, '').trim() !== '') return undefined
  const files = found.map(([, alt = '', key = '']) => picture(key, decoded(alt)))
  if (files.some((file) => file === undefined)) return undefined
  return files.flatMap((file) => (file === undefined ? [] : [{ kind: 'picture', file } as const]))
}

function inlineOf(names: FeishuNames): InlineDialect {
  return {
    pairs: [
      { mark: '**', kind: 'bold' },
      { mark: '~~', kind: 'strike' },
      { mark: '*', kind: 'italic' },
    ],
    atoms: [ENTITY, CODE, PICTURE, LINK, mention(names), TAG, ADDRESS],
  }
}

const ENTITY: Atom = { pattern: /&#?\w{1,10};/y, read: ([entity]) => words(decoded(entity)) }

/** Within a line: its words, as nothing flows round a picture. */
const PICTURE: Atom = {
  pattern: /!\[([^\]\n]*)\]\([^)\n]*\)/y,
  read: ([, alt = '']) => words(`🖼 ${decoded(alt)}`.trim()),
}

function mention({ person }: Pick<FeishuNames, 'person'>): Atom {
  return {
    pattern: /<at\s+(?:id|ids|user_id|email)=(?:"([^"]*)"|([^\s>]*))\s*>([^<]*)<\/at>/iy,
    read([, quoted, bare, name = '']) {
      const id = quoted ?? bare ?? ''
      const shown = id === 'all' ? '所有人' : (person(id) ?? (name === '' ? id : name))
      return [{ kind: 'mention', spans: words(`@${shown}`) }]
    },
  }
}

/** `<font color=…>` and the like: their words without the colour. */
const TAG: Atom = { pattern: /<\/?[a-z_]+(?:\s[^<>]*)?>/iy, read: () => [] }

function words(text: string): readonly PageSpan[] {
  return [{ kind: 'text', text }]
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** `&lt;`, `&#60;` and `&#x3c;` as the letter they stand for. */
export function decoded(text: string): string {
  return text.replace(
    /&(?:#(?<decimal>\d{1,7})|#x(?<hex>[\da-f]{1,6})|(?<name>\w{1,8}));/gi,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : -1
      if (code > 0x10ffff) return whole
      return code >= 0 ? String.fromCodePoint(code) : (NAMED[(name ?? '').toLowerCase()] ?? whole)
    },
  )
}
