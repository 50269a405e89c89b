// How does a Telegram client draw a rich message? A tree of blocks, its runs of text within.
// https://core.telegram.org/bots/api#richmessage

import type { PageBlock, PageSpan } from '../protocol.ts'
import { isJson, recordsIn, textIn, type Json } from './json.ts'
import { codeSpan, linkTo, textSpans } from './spans.ts'
import { wordsOfSpans } from './words.ts'

/** A tree may come from anywhere; the server allows 16 levels. */
const MAX_DEPTH = 32

export function telegramRich(blocks: unknown, depth = 0): readonly PageBlock[] {
  return depth > MAX_DEPTH ? [] : recordsIn(blocks).flatMap((block) => blockOf(block, depth))
}

function blockOf(block: Json, depth: number): readonly PageBlock[] {
  const spans = runsOf(block['text'], depth)
  const inner = (): readonly PageBlock[] => telegramRich(block['blocks'], depth + 1)
  switch (block['type']) {
    case 'heading':
    case 'section_heading':
      return [{ kind: 'heading', level: Math.min(6, Number(block['size'] ?? block['level'] ?? 2)), spans }]
    case 'preformatted': {
      const language = textIn(block['language'])
      const text = wordsOfSpans(spans)
      return [{ kind: 'code', ...(language === '' ? {} : { language }), text }]
    }
    case 'blockquote':
    case 'pullquote':
    case 'expandable_blockquote':
      return [
        {
          kind: 'quote',
          blocks: [...paragraph(spans), ...inner()],
          ...(block['type'] === 'expandable_blockquote' ? { collapsible: true } : {}),
        },
      ]
    case 'details':
    case 'thinking':
      return [
        {
          kind: 'panel',
          title: wordsOfSpans(runsOf(block['summary'], depth)),
          isOpen: block['is_open'] === true,
          blocks: [...paragraph(spans), ...inner()],
        },
      ]
    case 'list':
      return [
        {
          kind: 'list',
          ordered: recordsIn(block['items']).some(({ label }) => /\d/.test(textIn(label))),
          start: 1,
          items: recordsIn(block['items']).map((item) => [
            ...paragraph(runsOf(item['text'], depth)),
            ...telegramRich(item['blocks'], depth + 1),
          ]),
        },
      ]
    case 'table': {
      const rows = (Array.isArray(block['cells']) ? (block['cells'] as readonly unknown[]) : []).map((row) =>
        recordsIn(row).map((cell) => runsOf(cell['text'], depth)),
      )
      return [{ kind: 'table', head: rows[0] ?? [], rows: rows.slice(1) }]
    }
    case 'divider':
      return [{ kind: 'rule' }]
    default:
      return [...paragraph(spans), ...inner()]
  }
}

function paragraph(spans: readonly PageSpan[]): readonly PageBlock[] {
  return spans.length === 0 ? [] : [{ kind: 'paragraph', spans }]
}

function runsOf(text: unknown, depth: number): readonly PageSpan[] {
  if (depth > MAX_DEPTH) return []
  if (typeof text === 'string') return textSpans(text)
  if (Array.isArray(text)) return (text as readonly unknown[]).flatMap((part) => runsOf(part, depth + 1))
  if (!isJson(text)) return []
  const spans = runsOf(text['text'], depth + 1)
  switch (text['type']) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'spoiler':
      return [{ kind: text['type'], spans }]
    case 'strikethrough':
      return [{ kind: 'strike', spans }]
    case 'code':
      return [codeSpan(wordsOfSpans(spans))]
    case 'url':
    case 'text_link':
      return linkTo(textIn(text['url']), spans)
    case 'mention':
    case 'text_mention':
    case 'bot_command':
      return [{ kind: 'mention', spans }]
    default:
      return spans
  }
}
