// What is a valid `reply_markup`? Inline keyboards stay with the message, the other kinds with the text field.
import { isObject, type Args } from './args.ts'
import { badRequest } from './errors.ts'
import type { InlineKeyboard, Json } from './types.ts'

export interface Markup {
  readonly inline: InlineKeyboard | undefined
  /** A reply keyboard, its removal, or a forced reply. */
  readonly other: Json | undefined
}

const ACTIONS = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
  'disabled',
]
/** https://core.telegram.org/bots/api#inlinekeyboardbutton */
const CALLBACK_BYTES = 64
const COPY_LENGTH = 256

export function readMarkup(args: Args): Markup {
  const value = args.json('reply_markup')
  if (value === undefined) return { inline: undefined, other: undefined }
  if (!isObject(value)) throw badRequest("can't parse reply keyboard markup JSON object")
  const rows = value['inline_keyboard']
  if (rows === undefined) {
    const known = ['keyboard', 'remove_keyboard', 'force_reply'].some((key) => value[key] !== undefined)
    return { inline: undefined, other: known ? value : undefined }
  }
  if (!Array.isArray(rows))
    throw badRequest('can\'t parse inline keyboard: field "inline_keyboard" must be of type Array')
  const keyboard = rows
    .map((row: unknown) => {
      if (!Array.isArray(row)) throw badRequest("can't parse inline keyboard: expected an Array")
      return row.map(readButton)
    })
    .filter((row) => row.length > 0)
  return { inline: keyboard.length === 0 ? undefined : { inline_keyboard: keyboard }, other: undefined }
}

/** Whether `data` is on a button of the keyboard. */
export function hasButton(keyboard: InlineKeyboard | undefined, data: string): boolean {
  return (
    keyboard?.inline_keyboard.some((row) => row.some((button) => button['callback_data'] === data)) === true
  )
}

function readButton(button: unknown): Json {
  if (!isObject(button)) throw badRequest("can't parse inline keyboard button: expected an Object")
  const text = button['text']
  if (typeof text !== 'string' || text === '')
    throw badRequest('can\'t parse inline keyboard button: can\'t find field "text"')
  if (!ACTIONS.some((action) => button[action] !== undefined)) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
  }
  const data = button['callback_data']
  if (data !== undefined) {
    const sizeBytes = typeof data === 'string' ? Buffer.byteLength(data) : 0
    if (sizeBytes < 1 || sizeBytes > CALLBACK_BYTES) throw badRequest('BUTTON_DATA_INVALID')
  }
  const url = button['url']
  if (url !== undefined && (typeof url !== 'string' || !/^(?:https?|tg|ton):\/\/\S+$/i.test(url))) {
    throw badRequest('BUTTON_URL_INVALID')
  }
  const copy = button['copy_text']
  if (isObject(copy) && (typeof copy['text'] !== 'string' || copy['text'].length > COPY_LENGTH)) {
    throw badRequest('BUTTON_COPY_TEXT_INVALID')
  }
  return button
}
