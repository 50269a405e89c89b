// How much of a rich message is understood? Enough to show its words: paragraphs from Markdown or HTML, blocks as given.
import { badRequest } from './errors.ts'
import { codePoints } from './format.ts'
import type { Json } from './types.ts'

/** https://core.telegram.org/bots/api#inputrichmessage */
const RICH_LENGTH = 32_768

/** The `rich_message` a Message carries. Exactly one of `markdown`, `html`, `blocks` must be given. */
export function readRich(given: Json): Json {
  const sources = ['markdown', 'html', 'blocks'].filter((key) => given[key] !== undefined)
  if (sources.length !== 1)
    throw badRequest('exactly one of the fields "markdown", "html", "blocks" must be specified')
  const blocks = given['blocks']
  if (Array.isArray(blocks)) return { blocks }
  const source = given['markdown'] ?? given['html']
  const text = typeof source === 'string' ? source : ''
  if (codePoints(text) > RICH_LENGTH) throw badRequest('RICH_MESSAGE_TEXT_TOO_LONG')
  const plain =
    given['html'] === undefined
      ? text
      : text.replace(/<\/(?:p|h\d|li|div)>/gi, '\n\n').replace(/<[^>]*>/g, '')
  const paragraphs = plain
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
  if (paragraphs.length === 0) throw badRequest('message text is empty')
  return { blocks: paragraphs.map((paragraph) => ({ type: 'paragraph', text: paragraph })) }
}
