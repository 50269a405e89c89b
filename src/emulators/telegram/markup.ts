// What is a valid `reply_markup`? Inline keyboards stay with the message, the other kinds with the text field.
import { isObject, type Args } from './args.ts'
import { badRequest } from './errors.ts'
import type { ForceReply, InlineKeyboard, Json } from './types.ts'

export interface Markup {
  readonly inline: InlineKeyboard | undefined
  /** A reply keyboard, its removal, or a forced reply. A message that carries one can never be edited. */
  readonly other: Json | undefined
  readonly forceReply: ForceReply | undefined
}

const NO_MARKUP: Markup = { inline: undefined, other: undefined, forceReply: undefined }

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
/** Bytes of JSON. Telegram names no number; this one lets a hundred buttons with full data through. */
const MARKUP_BYTES = 12_000
/** https://core.telegram.org/bots/api#forcereply */
const PLACEHOLDER_LENGTH = 64

/** `only: 'inline'`: what edits and channels take. */
export function readMarkup(args: Args, only?: 'inline'): Markup {
  const value = args.json('reply_markup')
  if (value === undefined) return NO_MARKUP
  if (!isObject(value)) throw badRequest("can't parse reply keyboard markup JSON object")
  const rows = value['inline_keyboard']
  if (rows === undefined) {
    const known = ['keyboard', 'remove_keyboard', 'force_reply'].some((key) => value[key] !== undefined)
    if (known && only === 'inline') throw badRequest('inline keyboard expected')
    return { ...NO_MARKUP, other: known ? value : undefined, forceReply: readForceReply(value) }
  }
  if (!Array.isArray(rows))
    throw badRequest('can\'t parse inline keyboard: field "inline_keyboard" must be of type Array')
  const keyboard = rows
    .map((row: unknown) => {
      if (!Array.isArray(row)) throw badRequest("can't parse inline keyboard: expected an Array")
      return row.map(readButton)
    })
    .filter((row) => row.length > 0)
  if (Buffer.byteLength(JSON.stringify(keyboard)) > MARKUP_BYTES) throw badRequest('reply markup is too long')
  return { ...NO_MARKUP, inline: keyboard.length === 0 ? undefined : { inline_keyboard: keyboard } }
}

/** Whether `data` is on a button of the keyboard. */
export function hasButton(keyboard: InlineKeyboard | undefined, data: string): boolean {
  return (
    keyboard?.inline_keyboard.some((row) => row.some((button) => button['callback_data'] === data)) === true
  )
}

/** The data behind the one button with this label. */
export function dataOfButton(keyboard: InlineKeyboard | undefined, label: string): string | undefined {
  const named = (keyboard?.inline_keyboard ?? []).flat().filter(({ text }) => text === label)
  if (named.length > 1) throw new Error(`there are ${named.length} buttons ${JSON.stringify(label)}`)
  const data = named[0]?.['callback_data']
  return typeof data === 'string' ? data : undefined
}

function readForceReply(markup: Json): ForceReply | undefined {
  if (markup['force_reply'] !== true) return undefined
  const placeholder = markup['input_field_placeholder']
  const selective = markup['selective'] === true
  if (placeholder === undefined) return { selective }
  if (typeof placeholder !== 'string') {
    throw badRequest('can\'t parse reply markup: field "input_field_placeholder" must be of type String')
  }
  if (placeholder.length < 1 || placeholder.length > PLACEHOLDER_LENGTH)
    throw badRequest('REPLY_MARKUP_INVALID')
  return { selective, placeholder }
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
