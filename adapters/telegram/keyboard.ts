// How do controls look on Telegram? Inline buttons under the message; a question in words opens the person's text field.
// https://core.telegram.org/bots/api#inlinekeyboardmarkup
import type { ForceReply, InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import type { Control } from '../../src/contract/platform.ts'

/**
 * Beyond some 10 kB Telegram refuses a keyboard ("reply markup is too long", without a number): so many buttons stay
 * below it, with full tokens and the longest labels in Chinese.
 */
export const MAX_CONTROLS = 30
/** A phone shows fewer in one row. */
const MAX_LABEL_CHARS = 64
/** https://core.telegram.org/bots/api#forcereply: 1–64 characters. */
const MAX_PLACEHOLDER_CHARS = 64

/** Choices one below the other, as their labels may be long; stop, again and thumbs share the last row. */
export function keyboardOf(controls: readonly Control[]): InlineKeyboardMarkup | undefined {
  const shown = controls.slice(0, MAX_CONTROLS)
  const tall = shown
    .filter((control) => !isSmall(control))
    .map(buttonsOf)
    .filter((row) => row.length > 0)
  const small = shown.filter(isSmall).flatMap(buttonsOf)
  const rows = small.length === 0 ? tall : [...tall, small]
  return rows.length === 0 ? undefined : { inline_keyboard: rows }
}

/**
 * For a new message alone: an edit takes inline keyboards only, and a message posted with a `ForceReply` can never be
 * edited. https://core.telegram.org/bots/api#updating-messages
 */
export function markupOfPost(
  controls: readonly Control[],
  direct: boolean,
): InlineKeyboardMarkup | ForceReply | undefined {
  const keyboard = keyboardOf(controls)
  const question = controls.find(({ kind }) => kind === 'reply')
  if (keyboard !== undefined || question?.kind !== 'reply') return keyboard
  const placeholder = cut(question.placeholder ?? '', MAX_PLACEHOLDER_CHARS)
  return {
    force_reply: true,
    // In a group the field of the asked person alone: whose message the question hangs on.
    ...(direct ? {} : { selective: true }),
    ...(placeholder === '' ? {} : { input_field_placeholder: placeholder }),
  }
}

function isSmall({ kind }: Control): boolean {
  return kind === 'stop' || kind === 'again' || kind === 'thumbs'
}

function buttonsOf(control: Control): InlineKeyboardButton[] {
  switch (control.kind) {
    case 'suggestion':
    case 'choice':
    case 'openForm':
    case 'stop':
    case 'again':
      return [{ text: labelOf(control.label), callback_data: control.token }]
    case 'thumbs':
      return [
        { text: '👍', callback_data: control.upToken },
        { text: '👎', callback_data: control.downToken },
      ]
    case 'link':
      return isPublic(control.url) ? [{ text: labelOf(control.label), url: control.url }] : []
    case 'reply':
      return []
  }
}

/** A button without words is refused, and the message with it. */
function labelOf(label: string): string {
  return cut(label, MAX_LABEL_CHARS) || '…'
}

/** Telegram refuses the whole message for a link to a machine without a dot in its name. */
function isPublic(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && hostname.includes('.')
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** One line of at most so many UTF-16 units; no character is cut in two. */
function cut(text: string, maxChars: number): string {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim()
  if (line.length <= maxChars) return line
  let kept = ''
  for (const { segment } of graphemes.segment(line)) {
    if (kept.length + segment.length > maxChars - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
