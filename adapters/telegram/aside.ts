// How do a thought and a passing status look on Telegram? A quote that unfolds, and a line in italics.
// https://core.telegram.org/bots/api#messageentity
import type { Aside, Thought } from '../../src/contract/document.ts'
import { cleanText, joinBodies, trimBody, type TelegramBody } from './runs.ts'

export function withAside(body: TelegramBody, { thought, status }: Aside): TelegramBody {
  const above = thought === undefined ? [] : [quoteOf(thought)]
  const below = status === undefined ? [] : [lineOf(status)]
  return trimBody(joinBodies([...above, body, ...below], '\n\n'))
}

/** While it grows it stands open: folded up, a client shows its first lines alone. */
function quoteOf({ title, text, isOver }: Thought): TelegramBody {
  const heading = oneLine(title)
  const whole = `${heading}\n${cleanText(text).trim()}`.trim()
  return {
    text: whole,
    entities: [
      { type: isOver ? 'expandable_blockquote' : 'blockquote', offset: 0, length: whole.length },
      ...(heading === '' ? [] : [{ type: 'bold', offset: 0, length: heading.length } as const]),
    ],
  }
}

function lineOf(status: string): TelegramBody {
  const line = oneLine(status)
  return { text: line, entities: line === '' ? [] : [{ type: 'italic', offset: 0, length: line.length }] }
}

function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}
