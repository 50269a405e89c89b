// What is a form, as a card? A field below the other, each in its own way, and the button that sends them.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/form-container
import type { NoticeKey } from '../../src/contract/notice.ts'
import type { Form, FormField } from '../../src/contract/platform.ts'
import type { Words } from '../../src/contract/runtime.ts'
import { summaryOf } from './body.ts'
import { cleanText } from './escape.ts'
import { callback, type ButtonPlace, type Element } from './keyboard.ts'

/** What a card may have, less some room (Feishu docs: 30 KB, 200 elements with what stands in them). */
const MAX_BYTES = 28_000
const MAX_FIELDS = 60
/** How many choices each list keeps, and how long they and the fields' labels may be, until the card is small enough. */
const ROOMS = [
  { choices: 500, choiceChars: 80, labelChars: 200 },
  { choices: 250, choiceChars: 80, labelChars: 200 },
  { choices: 120, choiceChars: 60, labelChars: 200 },
  { choices: 60, choiceChars: 40, labelChars: 120 },
  { choices: 30, choiceChars: 40, labelChars: 80 },
  { choices: 15, choiceChars: 30, labelChars: 40 },
  { choices: 5, choiceChars: 24, labelChars: 24 },
] as const
type Room = (typeof ROOMS)[number]
/** Of a header; longer questions stand in the body. */
const MAX_TITLE_CHARS = 60
/** Feishu docs: input, `max_length`. */
const MAX_INPUT_CHARS = 1_000

type Say = (key: NoticeKey, params?: Readonly<Record<string, string>>) => string

/** Undefined where no card can hold it. */
export function formCardJson(form: Form, place: ButtonPlace, words: Words): string | undefined {
  if (form.fields.length > MAX_FIELDS) return undefined
  const say = sayFor(form, words)
  for (const room of ROOMS) {
    const card = JSON.stringify(cardOf(form, place, room, say))
    if (Buffer.byteLength(card) <= MAX_BYTES) return card
  }
  return undefined
}

/** Where no card can be shown: what is asked for, to be read. */
export function formInWords(form: Form, words: Words): string {
  const say = sayFor(form, words)
  const lines = form.fields.map((field) => {
    if (field.kind === 'file') return say('form.file', { label: field.label })
    const choices = choicesOf(field, say).map(({ label }) => label)
    return `• ${labelOf(field, ROOMS[0], say)}${choices.length === 0 ? '' : `: ${choices.join(' / ')}`}`
  })
  return cleanText([form.title, ...lines].join('\n'))
    .slice(0, MAX_WORDS_CHARS)
    .toWellFormed()
}

const MAX_WORDS_CHARS = 4_000

/** A form speaks the person's language already: its own hints follow. */
function sayFor({ title, submitLabel }: Form, words: Words): Say {
  const locale = /\p{Script=Han}/u.test(submitLabel + title) ? 'zh-CN' : 'en'
  return (key, params) => words.say({ key, ...(params === undefined ? {} : { params }) }, locale)
}

function cardOf(form: Form, place: ButtonPlace, room: Room, say: Say): Element {
  const title = cleanText(form.title).trim()
  const isShort = title.length <= MAX_TITLE_CHARS && !title.includes('\n')
  const files = form.fields.filter(({ kind }) => kind === 'file')
  const typed = form.fields.filter(({ kind }) => kind !== 'file')
  return {
    schema: '2.0',
    config: { update_multi: true, summary: { content: summaryOf(title) } },
    ...(isShort && title !== '' ? { header: { title: plain(title), template: 'blue' } } : {}),
    body: {
      elements: [
        ...(isShort ? [] : [textOf(title)]),
        ...files.map((field) => textOf(say('form.file', { label: cut(field.label, room.labelChars) }))),
        ...(typed.length === 0 ? [] : [containerOf(form, typed, place, room, say)]),
      ],
    },
  }
}

function containerOf(
  { token, submitLabel }: Form,
  fields: readonly FormField[],
  place: ButtonPlace,
  room: Room,
  say: Say,
): Element {
  return {
    tag: 'form',
    name: 'form',
    elements: [
      ...fields.flatMap((field) => elementsOf(field, room, say)),
      {
        tag: 'button',
        name: nameBeside(fields),
        text: plain(cut(submitLabel, MAX_TITLE_CHARS)),
        type: 'primary',
        form_action_type: 'submit',
        behaviors: [callback(token, place)],
      },
    ],
  }
}

/** Names are unique within a form. */
function nameBeside(fields: readonly FormField[]): string {
  let name = 'submit'
  while (fields.some((field) => field.name === name)) name += '_'
  return name
}

function elementsOf(field: FormField, room: Room, say: Say): readonly Element[] {
  const choices = choicesOf(field, say)
  return choices.length === 0 ? [inputOf(field, room, say)] : selectOf(field, choices, room, say)
}

function inputOf(field: FormField, room: Room, say: Say): Element {
  const { default: given } = field
  const isText = field.kind === 'text' || field.kind === 'long'
  const most = isText && field.max !== undefined ? Math.floor(field.max) : MAX_INPUT_CHARS
  const max_length = Math.min(MAX_INPUT_CHARS, Math.max(1, most))
  const value = typeof given === 'string' || typeof given === 'number' ? String(given) : ''
  return {
    tag: 'input',
    name: field.name,
    required: field.required,
    label: plain(labelOf(field, room, say)),
    label_position: 'top',
    placeholder: plain(say('form.type')),
    width: 'fill',
    max_length,
    ...(field.kind === 'long' ? { input_type: 'multiline_text', rows: 4 } : {}),
    // Cut it would be another one.
    ...(value === '' || value.length > max_length ? {} : { default_value: value }),
  }
}

function selectOf(field: FormField, choices: readonly Choice[], room: Room, say: Say): readonly Element[] {
  const isMany = field.kind === 'choices'
  const wanted = chosenIn(field)
  // What is chosen already stays, however few there is room for.
  const chosen = choices.filter(({ value }) => wanted.includes(value)).slice(0, isMany ? room.choices : 1)
  const others = choices.filter((choice) => !chosen.includes(choice))
  const kept = new Set([...chosen, ...others.slice(0, Math.max(1, room.choices - chosen.length))])
  const values = chosen.map(({ value }) => value)
  return [
    textOf(`${labelOf(field, room, say)}${field.required ? ' *' : ''}`),
    {
      tag: isMany ? 'multi_select_static' : 'select_static',
      name: field.name,
      required: field.required,
      placeholder: plain(say('form.choose')),
      width: 'fill',
      options: choices
        .filter((choice) => kept.has(choice))
        .map(({ value, label }) => ({ text: plain(cut(label, room.choiceChars)), value })),
      ...(values.length === 0 ? {} : isMany ? { selected_values: values } : { initial_option: values[0] }),
    },
  ]
}

type Choice = NonNullable<FormField['choices']>[number]

/** Each value once, with a label: anything else would refuse the whole card. */
function choicesOf({ kind, choices }: FormField, say: Say): readonly Choice[] {
  if (kind !== 'choice' && kind !== 'choices' && kind !== 'boolean') return []
  const given =
    choices ??
    (kind === 'boolean'
      ? [
          { value: 'true', label: say('ask.yes') },
          { value: 'false', label: say('ask.no') },
        ]
      : [])
  const byValue = new Map(given.map((choice) => [choice.value, choice]))
  return [...byValue.values()].flatMap(({ value, label }) =>
    value === '' ? [] : [{ value, label: label.trim() === '' ? value : label }],
  )
}

function chosenIn({ default: given }: FormField): readonly string[] {
  if (Array.isArray(given)) return given.map(String)
  return given === undefined || typeof given === 'object' ? [] : [String(given)]
}

/** What kind of number, and between which, stands beside it: an input takes any words. */
function labelOf(field: FormField, room: Room, say: Say): string {
  const label = cut(field.label.trim() === '' ? field.name : field.label, room.labelChars)
  if (field.kind !== 'integer' && field.kind !== 'number') return label
  const { min, max } = field
  const range =
    min === undefined
      ? max === undefined
        ? ''
        : `≤ ${max}`
      : max === undefined
        ? `≥ ${min}`
        : `${min}–${max}`
  const kind = say(field.kind === 'integer' ? 'form.integer' : 'form.number')
  return `${label} (${range === '' ? kind : `${kind}, ${range}`})`
}

function textOf(words: string): Element {
  return { tag: 'div', text: plain(words) }
}

function plain(words: string): Element {
  return { tag: 'plain_text', content: cleanText(words) }
}

function cut(words: string, most: number): string {
  return words.length <= most ? words : `${words.slice(0, most - 1).toWellFormed()}…`
}
