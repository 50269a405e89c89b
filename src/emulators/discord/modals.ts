// Which forms and suggestions may an answer hold, and what comes back when a form is sent?
import { everyComponent, KIND } from './components.ts'
import { refuseIf, type Problem } from './errors.ts'
import { isJson, listOf, type Json } from './types.ts'

const MAX_TITLE = 45
const MAX_CUSTOM_ID = 100
const MAX_FIELDS = 5
const MAX_LABEL = 45
const MAX_CHOICES = 25
const MAX_CHOICE = 100

/** Refuses a form Discord would refuse. https://docs.discord.com/developers/components/reference#text-input */
export function modalProblems(data: Json): void {
  const fields = listOf(data['components'])
  refuseIf([
    ...between(data['title'], 'data.title', 1, MAX_TITLE),
    ...between(data['custom_id'], 'data.custom_id', 1, MAX_CUSTOM_ID),
    ...(fields.length < 1 || fields.length > MAX_FIELDS
      ? [
          {
            path: 'data.components',
            code: 'BASE_TYPE_BAD_LENGTH',
            message: 'Must be between 1 and 5 in length.',
          },
        ]
      : []),
    ...fields.flatMap((field, i) => fieldProblems(field, `data.components.${i}`)),
  ])
}

/** Refuses suggestions Discord would refuse. */
export function choiceProblems(data: Json): void {
  const choices = listOf(data['choices'])
  refuseIf([
    ...(choices.length > MAX_CHOICES
      ? [{ path: 'data.choices', code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 25 or fewer in length.' }]
      : []),
    ...choices.flatMap((choice, i) =>
      between(isJson(choice) ? choice['name'] : undefined, `data.choices.${i}.name`, 1, MAX_CHOICE),
    ),
  ])
}

/** What a person's client sends for a form: each field with what was typed or chosen. Throws where it would not let them send. */
export function filledIn(
  modal: Json,
  values: Readonly<Record<string, string | readonly string[]>>,
): readonly Json[] {
  const known = new Set(everyComponent(listOf(modal['components'])).map((field) => field['custom_id']))
  const strange = Object.keys(values).find((id) => !known.has(id))
  if (strange !== undefined) throw new Error(`the form has no field ${strange}`)
  const input = (field: Json): Json => {
    const { type, custom_id: id, required, value: preset, min_length: min, max_length: max } = field
    const value = values[String(id)] ?? (typeof preset === 'string' ? preset : undefined)
    if (type !== KIND.textInput) return { type, id: field['id'] ?? 1, custom_id: id, values: value ?? [] }
    const text = typeof value === 'string' ? value : ''
    if (required !== false && text === '') throw new Error(`the field ${String(id)} must be filled in`)
    if (text.length > Number(max ?? 4000) || (text !== '' && text.length < Number(min ?? 0)))
      throw new Error(`the field ${String(id)} does not take a text of this length`)
    return { type, id: field['id'] ?? 1, custom_id: id, value: text }
  }
  return listOf(modal['components'])
    .filter(isJson)
    .map((field, i) => {
      const { type, component, components } = field
      if (type === KIND.label && isJson(component)) return { type, id: i + 1, component: input(component) }
      if (type === KIND.row)
        return { type, id: i + 1, components: listOf(components).filter(isJson).map(input) }
      return { type, id: i + 1 }
    })
}

function fieldProblems(field: unknown, path: string): readonly Problem[] {
  if (!isJson(field)) return between(undefined, path, 1, 1)
  if (field['type'] === KIND.label) {
    const inner = field['component']
    return [
      ...between(field['label'], `${path}.label`, 1, MAX_LABEL),
      ...between(
        isJson(inner) ? inner['custom_id'] : undefined,
        `${path}.component.custom_id`,
        1,
        MAX_CUSTOM_ID,
      ),
    ]
  }
  if (field['type'] === KIND.row)
    return listOf(field['components']).flatMap((inner, i) => [
      ...between(
        isJson(inner) ? inner['custom_id'] : undefined,
        `${path}.components.${i}.custom_id`,
        1,
        MAX_CUSTOM_ID,
      ),
      ...between(isJson(inner) ? inner['label'] : undefined, `${path}.components.${i}.label`, 1, MAX_LABEL),
    ])
  if (field['type'] === KIND.textDisplay) return []
  return [
    {
      path: `${path}.type`,
      code: 'UNION_TYPE_CHOICES',
      message: 'Value of field "type" must be one of (1, 10, 18).',
    },
  ]
}

function between(value: unknown, path: string, min: number, max: number): readonly Problem[] {
  if (typeof value !== 'string')
    return [{ path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]
  if (value.length >= min && value.length <= max) return []
  return [{ path, code: 'BASE_TYPE_BAD_LENGTH', message: `Must be between ${min} and ${max} in length.` }]
}
