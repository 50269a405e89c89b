// What does a person see of a form in a card? Its fields with what stands in them, and the button that sends it.
import { elementsIn, elementsOf, shownButton, type ShownButton } from './card-tree.ts'
import { listOf, recordOf, stringOf, type Json } from './types.ts'

export interface ShownForm {
  readonly name: string
  readonly fields: readonly ShownField[]
  readonly submit: ShownButton
}
export interface ShownField {
  readonly name: string
  readonly kind: 'text' | 'long' | 'choice' | 'choices' | 'other'
  /** The words at or right above it. */
  readonly label: string
  readonly required: boolean
  readonly placeholder: string
  /** What stands there before anything is typed or chosen. */
  readonly value: string | readonly string[]
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly maxChars?: number
}

/** The first form of the card. */
export function formOfCard(card: Json): ShownForm | undefined {
  const form = elementsOf(card).find(({ tag }) => tag === 'form')
  const parts = elementsIn(form?.['elements'])
  const submit = parts.find(({ tag, form_action_type: does }) => tag === 'button' && does === 'submit')
  if (form === undefined || submit === undefined) return undefined
  let above = ''
  const fields: ShownField[] = []
  for (const part of parts) {
    const tag = String(part['tag'])
    const words = tag === 'div' ? recordOf(part['text'])['content'] : part['content']
    if (tag === 'div' || tag === 'markdown') above = stringOf(words) ?? ''
    else if (KINDS[tag] !== undefined && typeof part['name'] === 'string') {
      fields.push(fieldOf(part, part['name'], KINDS[tag], above))
      above = ''
    }
  }
  return { name: String(form['name']), fields, submit: shownButton(submit, true) }
}

const KINDS: Readonly<Record<string, ShownField['kind']>> = {
  input: 'text',
  select_static: 'choice',
  multi_select_static: 'choices',
  checker: 'other',
  date_picker: 'other',
  picker_time: 'other',
  picker_datetime: 'other',
  select_person: 'other',
  multi_select_person: 'other',
  select_img: 'other',
}

function fieldOf(part: Json, name: string, kind: ShownField['kind'], above: string): ShownField {
  const label = wordsIn(part['label'])
  const most = part['max_length']
  return {
    name,
    kind: kind === 'text' && part['input_type'] === 'multiline_text' ? 'long' : kind,
    label: label === '' ? above : label,
    required: part['required'] === true,
    placeholder: wordsIn(part['placeholder']),
    value:
      kind === 'choices'
        ? listOf(part['selected_values']).map(String)
        : (stringOf(part['default_value']) ?? stringOf(part['initial_option']) ?? ''),
    options: listOf(part['options'])
      .map(recordOf)
      .map(({ value, text }) => ({ value: String(value), label: wordsIn(text) })),
    ...(typeof most === 'number' ? { maxChars: most } : {}),
  }
}

function wordsIn(text: unknown): string {
  return stringOf(recordOf(text)['content']) ?? ''
}
