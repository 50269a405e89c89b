// What does a person see of a form, and what does their client send of it?
import { KIND } from './components.ts'
import { isJson, listOf, type Json } from './types.ts'
import type { SentFile } from './sent-files.ts'

/** A form as it stands before a person. */
export interface ShownForm {
  readonly customId: string
  readonly title: string
  readonly fields: readonly ShownField[]
}
export interface ShownField {
  readonly id: string
  readonly label: string
  readonly description?: string
  readonly kind: 'text' | 'paragraph' | 'select' | 'radio' | 'checkboxes' | 'checkbox' | 'file'
  readonly required: boolean
  readonly value?: string
  readonly placeholder?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minValues?: number
  readonly maxValues?: number
  readonly options?: readonly {
    readonly value: string
    readonly label: string
    readonly default?: boolean
  }[]
}

/** By field: what was typed, what was chosen, a ticked box, files. A field left out keeps its default. */
export type FormValues = Readonly<
  Record<string, string | boolean | SentFile | readonly (string | SentFile)[]>
>

/** Text and words between the fields are left out. */
export function shownForm(modal: Json): ShownForm {
  return {
    customId: String(modal['custom_id']),
    title: String(modal['title']),
    fields: inputsOf(modal).map(({ holder, input }) => {
      const description = holder['description']
      const options = listOf(input['options']).filter(isJson)
      return {
        id: String(input['custom_id']),
        label: [holder['label'], input['label']].find((label) => typeof label === 'string') ?? '',
        ...(typeof description === 'string' ? { description } : {}),
        kind: kindOf(input),
        required: input['type'] !== KIND.checkbox && input['required'] !== false,
        ...textOf(input, 'value', 'value'),
        ...textOf(input, 'placeholder', 'placeholder'),
        ...numberOf(input, 'min_length', 'minLength'),
        ...numberOf(input, 'max_length', 'maxLength'),
        ...numberOf(input, 'min_values', 'minValues'),
        ...numberOf(input, 'max_values', 'maxValues'),
        ...(options.length === 0
          ? {}
          : {
              options: options.map((option) => ({
                value: String(option['value']),
                label: String(option['label']),
                ...(option['default'] === true ? { default: true } : {}),
              })),
            }),
      }
    }),
  }
}

/**
 * What a client sends for a form: each field with what was typed or chosen. Throws where a client would not let it be
 * sent. `upload`: stores a file and gives its id.
 */
export function filledIn(
  modal: Json,
  values: FormValues,
  upload: (file: SentFile) => string,
): readonly Json[] {
  const known = new Set(inputsOf(modal).map(({ input }) => input['custom_id']))
  const strange = Object.keys(values).find((id) => !known.has(id))
  if (strange !== undefined) throw new Error(`the form has no field ${strange}`)
  const filled = (input: Json, i: number): Json => ({
    type: input['type'],
    id: input['id'] ?? i + 1,
    custom_id: input['custom_id'],
    ...valueOf(input, values[String(input['custom_id'])], upload),
  })
  return listOf(modal['components'])
    .filter(isJson)
    .map((field, i) => {
      const { type, component, components } = field
      const id = field['id'] ?? 100 + i
      if (type === KIND.label && isJson(component)) return { type, id, component: filled(component, i) }
      if (type === KIND.row)
        return {
          type,
          id,
          components: listOf(components)
            .filter(isJson)
            .map((each) => filled(each, i)),
        }
      return { type, id }
    })
}

function valueOf(
  input: Json,
  given: FormValues[string] | undefined,
  upload: (file: SentFile) => string,
): Json {
  const { type, required } = input
  const fault = (what: string): Error => new Error(`the field ${String(input['custom_id'])} ${what}`)
  if (type === KIND.textInput) {
    const text = given ?? input['value'] ?? ''
    if (typeof text !== 'string') throw fault('takes a text')
    if (required !== false && text === '') throw fault('must be filled in')
    const { max_length: max, min_length: min } = input
    if (text.length > Number(max ?? 4000) || (text !== '' && text.length < Number(min ?? 0)))
      throw fault('does not take a text of this length')
    return { value: text }
  }
  if (type === KIND.checkbox) return { value: typeof given === 'boolean' ? given : input['default'] === true }
  const list = listFrom(given ?? defaultsOf(input))
  if (type === KIND.fileUpload) {
    checkCount(input, list.length, fault)
    return { values: list.map((file) => (typeof file === 'string' ? file : upload(file))) }
  }
  const offered = listOf(input['options'])
    .filter(isJson)
    .map(({ value }) => value)
  if (offered.length > 0 && list.some((value) => !offered.includes(value)))
    throw fault('does not offer that choice')
  if (type === KIND.radioGroup) {
    if (list.length > 1 || (list.length === 0 && required !== false)) throw fault('takes one choice')
    return { value: list[0] ?? null }
  }
  checkCount(input, list.length, fault)
  return { values: list }
}

function checkCount(input: Json, chosen: number, fault: (what: string) => Error): void {
  const { max_values: max = 1, min_values: min = 1, required } = input
  if (chosen === 0 && required === false) return
  if (chosen < Math.max(Number(min), required === false ? 0 : 1)) throw fault('must be filled in')
  if (chosen > Number(max)) throw fault(`takes no more than ${Number(max)}`)
}

function defaultsOf(input: Json): readonly string[] {
  return listOf(input['options'])
    .filter(isJson)
    .filter((option) => option['default'] === true)
    .map(({ value }) => String(value))
}

function listFrom(given: FormValues[string]): readonly (string | SentFile)[] {
  if (typeof given === 'boolean') return [String(given)]
  if (typeof given === 'string') return [given]
  return 'bytes' in given ? [given] : given
}

function inputsOf(modal: Json): readonly { readonly holder: Json; readonly input: Json }[] {
  return listOf(modal['components'])
    .filter(isJson)
    .flatMap((holder) =>
      [holder['component'], ...listOf(holder['components'])]
        .filter(isJson)
        .map((input) => ({ holder, input })),
    )
}

function kindOf({ type, style }: Json): ShownField['kind'] {
  switch (type) {
    case KIND.textInput:
      return style === 2 ? 'paragraph' : 'text'
    case KIND.fileUpload:
      return 'file'
    case KIND.radioGroup:
      return 'radio'
    case KIND.checkboxGroup:
      return 'checkboxes'
    case KIND.checkbox:
      return 'checkbox'
    default:
      return 'select'
  }
}

function textOf<Name extends string>(input: Json, from: string, to: Name): Partial<Record<Name, string>> {
  const value = input[from]
  return typeof value === 'string' ? ({ [to]: value } as Partial<Record<Name, string>>) : {}
}

function numberOf<Name extends string>(input: Json, from: string, to: Name): Partial<Record<Name, number>> {
  const value = input[from]
  return typeof value === 'number' ? ({ [to]: value } as Partial<Record<Name, number>>) : {}
}
