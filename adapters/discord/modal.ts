// How does a form look on Discord? A modal of up to five fields, each under its label. Pure and total.
// https://discord.com/developers/docs/components/reference#label
import type { Form, FormField } from '../../src/contract/platform.ts'
import type { Words } from '../../src/contract/runtime.ts'

/** The first five fields of a form: the bridge asks on for the others. */
export const MAX_FORM_FIELDS = 5

/** A select of several choices bears an id from here on, so that even one chosen value is read back as a list. */
export const LIST_IDS_FROM = 1_000

export const componentTypes = {
  stringSelect: 3,
  textInput: 4,
  textDisplay: 10,
  label: 18,
  fileUpload: 19,
} as const

const SHORT = 1
const PARAGRAPH = 2
/** https://discord.com/developers/docs/components/reference#text-input, #string-select, #label; interactions: modals. */
const MAX = {
  title: 45,
  label: 45,
  description: 100,
  placeholder: 100,
  choiceChars: 100,
  choices: 25,
  textChars: 4_000,
  nameChars: 100,
} as const

type Component = Readonly<Record<string, unknown>>

/** `data` of a modal callback. `locale`: the person's. */
export function modalOf(form: Form, words: Words, locale?: string): Component {
  const fields = form.fields.slice(0, MAX_FORM_FIELDS)
  const title = cut(form.title, MAX.title)
  return {
    custom_id: form.token,
    title: title === '' ? '…' : title,
    components:
      fields.length === 0
        ? [{ type: componentTypes.textDisplay, content: form.submitLabel.trim() || '…' }]
        : fields.map((field, n) =>
            labelled(field, n, { words, ...(locale === undefined ? {} : { locale }) }),
          ),
  }
}

interface Speech {
  readonly words: Words
  readonly locale?: string
}

/** A label too long for its line stands whole below it. */
function labelled(field: FormField, n: number, speech: Speech): Component {
  const label = field.label.trim()
  return {
    type: componentTypes.label,
    label: cut(label, MAX.label) || cut(field.name, MAX.label) || String(n + 1),
    ...(label.length > MAX.label ? { description: cut(label, MAX.description) } : {}),
    component: {
      custom_id: field.name.slice(0, MAX.nameChars) || String(n),
      required: field.required,
      ...inputOf(field, n, speech),
    },
  }
}

function inputOf(field: FormField, n: number, speech: Speech): Component {
  switch (field.kind) {
    case 'text':
    case 'integer':
    case 'number':
      return textInput(field, SHORT)
    case 'long':
      return textInput(field, PARAGRAPH)
    case 'boolean':
      return select(field, [
        { value: 'true', label: speech.words.say({ key: 'ask.yes' }, speech.locale) },
        { value: 'false', label: speech.words.say({ key: 'ask.no' }, speech.locale) },
      ])
    case 'choice':
      return isSelectable(field) ? select(field, choicesOf(field)) : textInput(field, SHORT)
    case 'choices': {
      if (!isSelectable(field)) return textInput(field, SHORT)
      const choices = choicesOf(field)
      return { ...select(field, choices), id: LIST_IDS_FROM + n, max_values: choices.length }
    }
    case 'file':
      return { type: componentTypes.fileUpload, ...mayBeEmpty(field) }
  }
}

/** More choices than a select holds, or longer ones, are typed: the bridge checks them. */
function isSelectable(field: FormField): boolean {
  const choices = choicesOf(field)
  return (
    choices.length > 0 &&
    choices.length <= MAX.choices &&
    choices.every(({ value }) => value !== '' && value.length <= MAX.choiceChars)
  )
}

type Choice = NonNullable<FormField['choices']>[number]

/** Each value once. */
function choicesOf({ choices = [] }: FormField): readonly Choice[] {
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()]
}

function select(field: FormField, choices: readonly Choice[]): Component {
  const { default: given } = field
  const chosen = new Set(Array.isArray(given) ? given : [wordsOf(given)])
  return {
    type: componentTypes.stringSelect,
    ...mayBeEmpty(field),
    options: choices.map(({ value, label }) => ({
      value,
      label: cut(label, MAX.choiceChars) || cut(value, MAX.choiceChars) || '…',
      ...(given !== undefined && chosen.has(value) ? { default: true } : {}),
    })),
  }
}

function mayBeEmpty({ required }: FormField): Component {
  return required ? {} : { min_values: 0 }
}

/** `min` and `max` of a text are lengths; those of a number are told, and checked when it is back. */
function textInput(field: FormField, style: number): Component {
  const { default: given, kind, max, min } = field
  const isText = kind === 'text' || kind === 'long'
  const most = isText && max !== undefined ? whole(max, 1) : MAX.textChars
  const least = isText && min !== undefined ? Math.min(whole(min, 0), most) : 0
  const preset = cut(wordsOf(given), most)
  const hint = hintOf(field)
  return {
    type: componentTypes.textInput,
    style,
    ...(isText && min !== undefined ? { min_length: least } : {}),
    ...(isText && max !== undefined ? { max_length: most } : {}),
    ...(preset === '' || preset.length < least ? {} : { value: preset }),
    ...(hint === '' ? {} : { placeholder: hint }),
  }
}

function wordsOf(given: FormField['default']): string {
  if (Array.isArray(given)) return given.join(', ')
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
    ? String(given)
    : ''
}

/** Bounds of a number; some of many choices. */
function hintOf(field: FormField): string {
  const { kind, max, min } = field
  if (kind === 'choice' || kind === 'choices') return someOf(choicesOf(field))
  if (kind !== 'integer' && kind !== 'number') return ''
  if (min !== undefined && max !== undefined) return `${min} – ${max}`
  return min === undefined ? (max === undefined ? '' : `≤ ${max}`) : `≥ ${min}`
}

/** As many labels as fit, whole ones. */
function someOf(choices: readonly Choice[]): string {
  const [first, ...others] = choices.map(({ label, value }) => label.trim() || value)
  if (first === undefined) return ''
  let hint = first
  for (const next of others) {
    if (`${hint}, ${next}, …`.length > MAX.placeholder) return cut(`${hint}, …`, MAX.placeholder)
    hint = `${hint}, ${next}`
  }
  return cut(hint, MAX.placeholder)
}

function whole(value: number, least: number): number {
  return Math.min(MAX.textChars, Math.max(least, Math.floor(value)))
}

/** No character cut in two. */
function cut(text: string, chars: number): string {
  return text
    .trim()
    .slice(0, chars)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .toWellFormed()
}
