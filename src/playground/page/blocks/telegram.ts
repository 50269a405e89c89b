// How does a Telegram client draw text with its entities?
// https://core.telegram.org/bots/api#messageentity

import type { PageBlock, PageSpan } from '../protocol.ts'
import { codeSpan, linkTo, textSpans } from './spans.ts'

/** `offset` and `length` in UTF-16 units, as JavaScript counts. */
export interface TextEntity {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly language?: string
}

export function telegramBlocks(text: string, entities: readonly TextEntity[]): readonly PageBlock[] {
  return blocksWithin(text, 0, text.length, sorted(entities))
}

const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote'])

/** The outer one first. */
function sorted(entities: readonly TextEntity[]): readonly TextEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}

function blocksWithin(
  text: string,
  from: number,
  to: number,
  entities: readonly TextEntity[],
): readonly PageBlock[] {
  const blocks: PageBlock[] = []
  let at = from
  for (const entity of entities) {
    const start = entity.offset
    const end = Math.min(to, start + entity.length)
    if (!BLOCKS.has(entity.type) || start < at || start >= to || end <= start) continue
    blocks.push(...paragraphs(text, at, start, entities), blockOf(text, entity, end, entities))
    at = end
  }
  return [...blocks, ...paragraphs(text, at, to, entities)]
}

function blockOf(text: string, entity: TextEntity, end: number, entities: readonly TextEntity[]): PageBlock {
  const { type, offset, language = '' } = entity
  if (type === 'pre')
    return { kind: 'code', ...(language === '' ? {} : { language }), text: trimmed(text.slice(offset, end)) }
  const inner = entities.filter((other) => other !== entity && other.type !== type)
  return {
    kind: 'quote',
    blocks: blocksWithin(text, offset, end, inner),
    ...(type === 'expandable_blockquote' ? { collapsible: true } : {}),
  }
}

function trimmed(text: string): string {
  return text.replace(/^\n|\n$/g, '')
}

/** Between empty lines. */
function paragraphs(
  text: string,
  from: number,
  to: number,
  entities: readonly TextEntity[],
): readonly PageBlock[] {
  const blocks: PageBlock[] = []
  const part = text.slice(from, to)
  let at = 0
  for (const piece of part.split(/(\n[ \t]*\n+)/)) {
    const start = from + at
    at += piece.length
    const lead = piece.length - piece.trimStart().length
    const words = piece.trim()
    if (words === '') continue
    // A list's indent is part of what is shown.
    const first = start + (piece.slice(0, lead).lastIndexOf('\n') + 1)
    blocks.push({ kind: 'paragraph', spans: spansWithin(text, first, start + lead + words.length, entities) })
  }
  return blocks
}

function spansWithin(
  text: string,
  from: number,
  to: number,
  entities: readonly TextEntity[],
): readonly PageSpan[] {
  const spans: PageSpan[] = []
  let at = from
  for (const [n, entity] of entities.entries()) {
    const start = Math.max(entity.offset, from)
    const end = Math.min(to, entity.offset + entity.length)
    if (BLOCKS.has(entity.type) || start < at || end <= start) continue
    spans.push(
      ...textSpans(text.slice(at, start)),
      ...spanOf(text, start, end, entity, entities.slice(n + 1)),
    )
    at = end
  }
  return [...spans, ...textSpans(text.slice(at, to))]
}

function spanOf(
  text: string,
  from: number,
  to: number,
  { type, url }: TextEntity,
  inner: readonly TextEntity[],
): readonly PageSpan[] {
  const spans = (): readonly PageSpan[] => spansWithin(text, from, to, inner)
  const own = text.slice(from, to)
  switch (type) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'spoiler':
      return [{ kind: type, spans: spans() }]
    case 'strikethrough':
      return [{ kind: 'strike', spans: spans() }]
    case 'code':
      return [codeSpan(own)]
    case 'text_link':
      return linkTo(url ?? '', spans())
    case 'url':
      return linkTo(/^https?:\/\//i.test(own) ? own : `https://${own}`, spans())
    case 'mention':
    case 'text_mention':
    case 'bot_command':
    case 'hashtag':
    case 'cashtag':
      return [{ kind: 'mention', spans: spans() }]
    default:
      return spans()
  }
}
