// Which forms and suggestions may an answer hold?
import { everyComponent, KIND } from './components.ts'
import { refuseIf, type Problem } from './errors.ts'
import { isJson, listOf, type Json } from './types.ts'

const MAX_TITLE = 45
const MAX_CUSTOM_ID = 100
const MAX_FIELDS = 5
const MAX_LABEL = 45
const MAX_DESCRIPTION = 100
const MAX_PLACEHOLDER = 100
const MAX_TEXT = 4_000
/** Of a select; of radio buttons, check boxes and files. https://docs.discord.com/developers/components/reference */
const MAX_CHOSEN = 25
const MAX_FEW = 10
const MAX_CHOICES = 25
const MAX_CHOICE = 100

/** What a label may hold. */
const INPUTS: readonly unknown[] = [3, 4, 5, 6, 7, 8, 19, 21, 22, 23]
const ENTITY_SELECTS: readonly unknown[] = [5, 6, 7, 8]

/** Refuses a form Discord would refuse. https://docs.discord.com/developers/components/reference#label */
export function modalProblems(data: Json): void {
  const fields = listOf(data['components'])
  const ids = everyComponent(fields).flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []))
  refuseIf([
    ...text(data['title'], 'data.title', 1, MAX_TITLE),
    ...text(data['custom_id'], 'data.custom_id', 1, MAX_CUSTOM_ID),
    ...count(fields, 'data.components', 1, MAX_FIELDS),
    ...fields.flatMap((field, i) => fieldProblems(field, `data.components.${i}`)),
    ...(new Set(ids).size === ids.length
      ? []
      : [
          problem(
            'data.components',
            'COMPONENT_CUSTOM_ID_DUPLICATED',
            'Component custom id cannot be duplicated',
          ),
        ]),
  ])
}

/** Refuses suggestions Discord would refuse. `type`: of the option that was typed into. */
export function choiceProblems(data: Json, type: unknown): void {
  const choices = listOf(data['choices'])
  refuseIf([
    ...(Array.isArray(data['choices'])
      ? []
      : [problem('data.choices', 'BASE_TYPE_REQUIRED', 'This field is required')]),
    ...(choices.length > MAX_CHOICES
      ? [problem('data.choices', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')]
      : []),
    ...choices.flatMap((choice, i) => [
      ...text(isJson(choice) ? choice['name'] : undefined, `data.choices.${i}.name`, 1, MAX_CHOICE),
      ...valueProblems(isJson(choice) ? choice['value'] : undefined, `data.choices.${i}.value`, type),
    ]),
  ])
}

const INTEGER = 4
const NUMBER = 10

function valueProblems(value: unknown, path: string, type: unknown): readonly Problem[] {
  if (type !== INTEGER && type !== NUMBER) return text(value, path, 1, MAX_CHOICE)
  const isRight = typeof value === 'number' && (type === NUMBER || Number.isSafeInteger(value))
  return isRight ? [] : [problem(path, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not a number.`)]
}

function fieldProblems(field: unknown, path: string): readonly Problem[] {
  if (!isJson(field)) return text(undefined, path, 1, 1)
  const { component, description, label, type } = field
  switch (type) {
    case KIND.label:
      return [
        ...text(label, `${path}.label`, 1, MAX_LABEL),
        ...optionalText(description, `${path}.description`, 1, MAX_DESCRIPTION),
        ...inputProblems(component, `${path}.component`),
      ]
    case KIND.row:
      // The older form: a row with one text input, which bears its label itself.
      return listOf(field['components']).flatMap((inner, i) => [
        ...inputProblems(inner, `${path}.components.${i}`, [KIND.textInput]),
        ...text(isJson(inner) ? inner['label'] : undefined, `${path}.components.${i}.label`, 1, MAX_LABEL),
      ])
    case KIND.textDisplay:
      return text(field['content'], `${path}.content`, 1, MAX_TEXT)
    default:
      return [unionProblem(path, [1, 10, 18])]
  }
}

function inputProblems(input: unknown, path: string, allowed = INPUTS): readonly Problem[] {
  if (!isJson(input)) return text(undefined, path, 1, 1)
  const { type } = input
  if (!allowed.includes(type)) return [unionProblem(path, allowed)]
  const id = text(input['custom_id'], `${path}.custom_id`, 1, MAX_CUSTOM_ID)
  if (ENTITY_SELECTS.includes(type)) return [...id, ...chosenProblems(input, path, MAX_CHOSEN)]
  switch (type) {
    case KIND.textInput:
      return [...id, ...textInputProblems(input, path)]
    case KIND.stringSelect:
      return [
        ...id,
        ...optionalText(input['placeholder'], `${path}.placeholder`, 0, 150),
        ...optionProblems(input, path, 1, MAX_CHOSEN),
        ...chosenProblems(input, path, MAX_CHOSEN),
      ]
    case KIND.radioGroup:
      return [...id, ...optionProblems(input, path, 2, MAX_FEW)]
    case KIND.checkboxGroup:
      return [...id, ...optionProblems(input, path, 1, MAX_FEW), ...chosenProblems(input, path, MAX_FEW)]
    case KIND.fileUpload:
      return [...id, ...chosenProblems(input, path, MAX_FEW)]
    default:
      return id
  }
}

function textInputProblems(input: Json, path: string): readonly Problem[] {
  const { max_length: max, min_length: min, style, value } = input
  const least = typeof min === 'number' ? min : 0
  const most = typeof max === 'number' ? max : MAX_TEXT
  return [
    ...(style === 1 || style === 2
      ? []
      : [problem(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2}.')]),
    ...between(min, `${path}.min_length`, 0, MAX_TEXT),
    ...between(max, `${path}.max_length`, 1, MAX_TEXT),
    ...(least > most
      ? [
          problem(
            `${path}.min_length`,
            'TEXT_INPUT_LENGTHS',
            'min_length must not be greater than max_length',
          ),
        ]
      : []),
    ...optionalText(input['placeholder'], `${path}.placeholder`, 0, MAX_PLACEHOLDER),
    ...(value === '' ? [] : optionalText(value, `${path}.value`, least, most)),
  ]
}

function optionProblems(input: Json, path: string, min: number, max: number): readonly Problem[] {
  const options = listOf(input['options'])
  const values = options.filter(isJson).map(({ value }) => value)
  const isTwice = new Set(values).size !== values.length
  return [
    ...count(options, `${path}.options`, min, max),
    ...options.flatMap((option, i) =>
      ['label', 'value'].flatMap((key) =>
        text(isJson(option) ? option[key] : undefined, `${path}.options.${i}.${key}`, 1, MAX_CHOICE),
      ),
    ),
    ...(isTwice
      ? [
          problem(
            `${path}.options`,
            'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
            'The specified option value is already used',
          ),
        ]
      : []),
  ]
}

/** How many may be chosen. Nothing chosen is possible only where it need not be filled in. */
function chosenProblems(input: Json, path: string, most: number): readonly Problem[] {
  const { max_values: max = 1, min_values: min = 1, options, required } = input
  const chosen = listOf(options).filter((option) => isJson(option) && option['default'] === true).length
  return [
    ...between(min, `${path}.min_values`, 0, most),
    ...between(max, `${path}.max_values`, 1, most),
    ...(typeof min === 'number' && typeof max === 'number' && min > max
      ? [problem(`${path}.min_values`, 'BASE_TYPE_BAD_RANGE', 'min_values must not exceed max_values')]
      : []),
    ...(min === 0 && required !== false
      ? [problem(`${path}.required`, 'COMPONENT_REQUIRED', 'required must be false if min_values is 0')]
      : []),
    ...(typeof max === 'number' && chosen > max
      ? [problem(`${path}.options`, 'SELECT_COMPONENT_TOO_MANY_DEFAULTS', 'Too many options are chosen')]
      : []),
  ]
}

function count(list: readonly unknown[], path: string, min: number, max: number): readonly Problem[] {
  if (list.length >= min && list.length <= max) return []
  return [problem(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)]
}

function between(value: unknown, path: string, min: number, max: number): readonly Problem[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return []
  return [problem(path, 'NUMBER_TYPE_MAX', `int value should be between ${min} and ${max}.`)]
}

function optionalText(value: unknown, path: string, min: number, max: number): readonly Problem[] {
  return value === undefined || value === null ? [] : text(value, path, min, max)
}

function text(value: unknown, path: string, min: number, max: number): readonly Problem[] {
  if (typeof value !== 'string') return [problem(path, 'BASE_TYPE_REQUIRED', 'This field is required')]
  if (value.length >= min && value.length <= max) return []
  return [problem(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)]
}

function unionProblem(path: string, allowed: readonly unknown[]): Problem {
  const message = `Value of field "type" must be one of (${allowed.join(', ')}).`
  return problem(`${path}.type`, 'UNION_TYPE_CHOICES', message)
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}
