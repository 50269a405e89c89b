// How do controls look on Telegram? Inline buttons under the message.
// https://core.telegram.org/bots/api#inlinekeyboardmarkup
import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import type { Control } from '../../src/contract/platform.ts'

/** Many more are taken in practice; nobody reads them. */
export const MAX_CONTROLS = 50

/** Choices one below the other, as their labels may be long; stop, again and thumbs share the last row. */
export function keyboardOf(controls: readonly Control[]): InlineKeyboardMarkup | undefined {
  if (controls.length === 0) return undefined
  const shown = controls.slice(0, MAX_CONTROLS)
  const tall = shown.filter((control) => !isSmall(control)).map(buttonsOf)
  const small = shown.filter(isSmall).flatMap(buttonsOf)
  return { inline_keyboard: small.length === 0 ? tall : [...tall, small] }
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
      return [{ text: control.label, callback_data: control.token }]
    case 'thumbs':
      return [
        { text: '👍', callback_data: control.upToken },
        { text: '👎', callback_data: control.downToken },
      ]
    case 'link':
      return [{ text: control.label, url: control.url }]
  }
}
