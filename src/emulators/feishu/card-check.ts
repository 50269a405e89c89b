// May this card be shown? One violation anywhere refuses the whole card, as on the platform.
import { elementsOf, imagesIn, markdownsOf, tablesIn } from './card-tree.ts'
import { componentFault } from './component-check.ts'
import { ApiError, cardContentError } from './errors.ts'
import { formFault } from './form-check.ts'
import { isRecord, listOf, recordOf, stringOf, type Json } from './types.ts'

/** Feishu docs: cards 2.0, CardKit error codes; the table limit is measured, not documented. */
export const MAX_CARD_BYTES = 30 * 1024
const MAX_COMPONENTS = 200
const MAX_TABLES = 5
const ELEMENT_ID = /^[A-Za-z][A-Za-z0-9_]{0,19}$/
const TOP_LEVEL = [
  'schema',
  'config',
  'card_link',
  'header',
  'body',
  'i18n_header',
  'i18n_body',
  'i18n_config',
]
const FIRST_EDITION_TAGS = ['action', 'note']
/** What is counted with its element, not by itself. */
const INNER_TAGS = ['plain_text', 'lark_md', 'standard_icon', 'custom_icon', 'text_tag']
const TAGS = [
  ...INNER_TAGS,
  'column_set',
  'column',
  'form',
  'interactive_container',
  'collapsible_panel',
  'repeat',
  'div',
  'markdown',
  'img',
  'img_combination',
  'person',
  'person_list',
  'chart',
  'table',
  'hr',
  'audio',
  'input',
  'overflow',
  'button',
  'checker',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
  'date_picker',
  'picker_time',
  'picker_datetime',
  'select_img',
  'select_tree',
]
export interface CardFault {
  readonly code: number
  readonly text: string
  readonly value?: string
}

/** What refuses the card, or undefined. `knowsImage` says whether an image key was uploaded. */
export function cardFault(card: Json, knowsImage: (key: string) => boolean): CardFault | undefined {
  if (Object.keys(card).length === 0) return { code: 300307, text: 'card json is empty' }
  return card['schema'] === '2.0'
    ? (shapeFault(card) ?? amountFault(card) ?? imageFault(card, knowsImage))
    : (amountFault(card) ?? imageFault(card, knowsImage))
}

/** The fault as CardKit tells it. */
export function cardKitError({ code, text, value }: CardFault): ApiError {
  return SUBS_ONLY.includes(code)
    ? cardContentError(code, text, value)
    : new ApiError(code, `ErrMsg: ${text}; `)
}

/** The fault as the message API tells it. */
export function messageCardError({ code, text, value }: CardFault): ApiError {
  return code === 200860
    ? new ApiError(230025, 'The length of the message content reaches its limit.')
    : cardContentError(code, text, value)
}

/** Codes that appear only inside 230099. */
const SUBS_ONLY = [11310, 200861, 200530]

function shapeFault(card: Json): CardFault | undefined {
  const unknown = Object.keys(card).find((key) => !TOP_LEVEL.includes(key))
  if (unknown !== undefined) return { code: 200220, text: `unknown property, property: ${unknown}` }
  if (!Array.isArray(recordOf(card['body'])['elements']))
    return { code: 200220, text: 'body.elements is missing' }
  if (recordOf(card['config'])['update_multi'] === false)
    return { code: 300302, text: 'update_multi can not be false' }
  const ids = new Set<unknown>()
  for (const element of elementsOf(card)) {
    const tag = String(element['tag'])
    if (FIRST_EDITION_TAGS.includes(tag))
      return {
        code: 200861,
        text: `cards of schema V2 no longer support this capability; unsupported tag ${tag}`,
      }
    if (!TAGS.includes(tag)) return { code: 200220, text: `not support tag: ${tag}` }
    const id = element['element_id']
    if (id === undefined) continue
    if (typeof id !== 'string' || !ELEMENT_ID.test(id)) return { code: 200220, text: 'element_id is invalid' }
    if (ids.has(id)) return { code: 300301, text: `duplicate element_id: ${id}` }
    ids.add(id)
  }
  const part = componentFault(card)
  return part === undefined ? formFault(card) : { code: 200220, text: part }
}

function amountFault(card: Json): CardFault | undefined {
  if (Buffer.byteLength(JSON.stringify(card)) > MAX_CARD_BYTES)
    return { code: 200860, text: 'card content exceeds the limit of 30 KB' }
  const elements = elementsOf(card).filter(({ tag }) => !INNER_TAGS.includes(String(tag)))
  if (elements.length > MAX_COMPONENTS) return { code: 300305, text: 'the number of elements exceeds 200' }
  const drawn = markdownsOf(card).reduce((sum, markdown) => sum + tablesIn(markdown), 0)
  const tables = drawn + elements.filter(({ tag }) => tag === 'table').length
  return tables > MAX_TABLES
    ? { code: 11310, text: 'card table number over limit', value: 'table' }
    : undefined
}

function imageFault(card: Json, knowsImage: (key: string) => boolean): CardFault | undefined {
  const keys = [
    ...markdownsOf(card).flatMap(imagesIn),
    ...elementsOf(card)
      .filter(({ tag }) => tag === 'img')
      .map((element) => stringOf(element['img_key']) ?? ''),
  ]
  const wrong = keys.find((key) => !key.startsWith('img_') || !knowsImage(key))
  return wrong === undefined
    ? undefined
    : { code: 200570, text: 'card contains invalid image keys', value: wrong }
}

/** The card inside a JSON string; throws when there is none, or it is of the first edition. */
export function readSecondEdition(text: unknown): Json {
  const card = parsed(text)
  if (card === undefined) throw new ApiError(200220, 'ErrMsg: card json can not be parsed; ')
  if (Object.keys(card).length === 0) throw new ApiError(300307, 'ErrMsg: card json is empty; ')
  if (card['schema'] !== '2.0') throw new ApiError(300303, 'ErrMsg: only schema 2.0 is supported; ')
  return card
}

/** Elements inside a JSON string: an array, or one. */
export function readElements(text: unknown): readonly Json[] | undefined {
  const value = parsedAny(text)
  const list = Array.isArray(value) ? listOf(value) : [value]
  return list.every(isRecord) && list.length > 0 ? list : undefined
}

function parsed(text: unknown): Json | undefined {
  const value = parsedAny(text)
  return isRecord(value) ? value : undefined
}

function parsedAny(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
