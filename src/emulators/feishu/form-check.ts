// May this form be shown? Names, choices, defaults and a button that sends it.
// Feishu docs: card JSON v2, form container; 200530 is the platform's own, the other words are ours.
import { elementsIn, elementsOf } from './card-tree.ts'
import { listOf, recordOf, stringOf, type Json } from './types.ts'

export interface FormFault {
  readonly code: number
  readonly text: string
}

const NAMED_IN_FORMS =
  `input button checker select_static multi_select_static select_person multi_select_person
  date_picker picker_time picker_datetime select_img`.split(/\s+/)
const INPUT_TYPES = ['text', 'multiline_text', 'password']
const OPTION_PROPERTIES = ['text', 'value', 'icon']
const MAX_INPUT_CHARS = 1_000
const MALFORMED = 200220
const NAMELESS = 200530

/** What refuses a form, or a part of one that stands outside. */
export function formFault(card: Json): FormFault | undefined {
  const all = elementsOf(card)
  const forms = all.filter(({ tag }) => tag === 'form')
  const inside = forms.flatMap(({ elements }) => elementsIn(elements))
  if (inside.some(({ tag }) => tag === 'form')) return malformed('a form can not stand in a form')
  const names = new Set<unknown>()
  for (const { name } of forms) {
    if (typeof name !== 'string' || name === '') return { code: NAMELESS, text: 'form has no name' }
    if (names.has(name)) return malformed(`duplicate form name: ${name}`)
    names.add(name)
  }
  const stray = all.find((element) => element['form_action_type'] !== undefined && !inside.includes(element))
  if (stray !== undefined) return malformed('form_action_type outside a form')
  const faults = [...forms.map(oneFormFault), ...all.map(partFault)]
  return faults.find((fault) => fault !== undefined)
}

function oneFormFault({ elements }: Json): FormFault | undefined {
  const named = elementsIn(elements).filter(({ tag }) => NAMED_IN_FORMS.includes(String(tag)))
  const seen = new Set<string>()
  for (const { tag, name } of named) {
    if (typeof name !== 'string' || name === '')
      return { code: NAMELESS, text: `${String(tag)} in a form has no name` }
    if (seen.has(name)) return malformed(`duplicate name in a form: ${name}`)
    seen.add(name)
  }
  const sends = named.some(({ tag, form_action_type: does }) => tag === 'button' && does === 'submit')
  return sends ? undefined : malformed('a form has no submit button')
}

function partFault(element: Json): FormFault | undefined {
  switch (element['tag']) {
    case 'input':
      return inputFault(element)
    case 'select_static':
    case 'multi_select_static':
      return selectFault(element)
    case 'button': {
      const does = element['form_action_type']
      return does === undefined || does === 'submit' || does === 'reset'
        ? undefined
        : malformed('form_action_type is invalid')
    }
    default:
      return undefined
  }
}

function inputFault({ max_length: most = MAX_INPUT_CHARS, default_value: value, input_type: type }: Json) {
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1 || most > MAX_INPUT_CHARS)
    return malformed('max_length is invalid')
  if (type !== undefined && (typeof type !== 'string' || !INPUT_TYPES.includes(type)))
    return malformed('input_type is invalid')
  const isFine = value === undefined || (typeof value === 'string' && value.length <= most)
  return isFine ? undefined : malformed('default_value is invalid')
}

function selectFault(element: Json): FormFault | undefined {
  const options = listOf(element['options']).map(recordOf)
  if (options.length === 0) return malformed('options is empty')
  const values = options.map(({ value }) => stringOf(value) ?? '')
  for (const option of options) {
    const unknown = Object.keys(option).find((key) => !OPTION_PROPERTIES.includes(key))
    if (unknown !== undefined) return malformed(`unknown property, property: ${unknown}, option`)
    if ((stringOf(recordOf(option['text'])['content']) ?? '') === '')
      return malformed('an option has no text')
  }
  if (values.includes('')) return malformed('an option has no value')
  if (new Set(values).size < values.length) return malformed('duplicate option value')
  const chosen =
    element['tag'] === 'select_static'
      ? element['initial_option'] === undefined
        ? []
        : [element['initial_option']]
      : listOf(element['selected_values'])
  return chosen.every((value) => typeof value === 'string' && values.includes(value))
    ? undefined
    : malformed('the chosen option does not exist')
}

function malformed(text: string): FormFault {
  return { code: MALFORMED, text }
}
