// How do Discord's typed options and forms become fields on the page, and what is typed there values again?

import type { CommandOptions, FormValues, ShownForm } from '../../../emulators/discord/index.ts'
import { isJson, recordsIn, textIn, type Json } from '../blocks/json.ts'
import type { PageCommand, PageField, PageForm } from '../protocol.ts'
import type { GivenFile } from '../shelf.ts'
import { Wrong } from '../wrong.ts'

export type GivenValues = (command: Json) => CommandOptions

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type */
const TYPE = { string: 3, integer: 4, boolean: 5, number: 10, attachment: 11 } as const

/** Those a person types after a `/`. */
export function commandsOf(commands: readonly Json[]): readonly PageCommand[] {
  return commands
    .filter(({ type }) => type === undefined || type === 1)
    .map((command) => {
      const zh = inChinese(command)
      return {
        platform: 'discord',
        name: textIn(command['name']),
        description: textIn(command['description']),
        ...(zh === undefined ? {} : { descriptionZh: zh }),
        options: recordsIn(command['options']).map(fieldOf),
      }
    })
}

function inChinese(entry: Json): string | undefined {
  const localized = entry['description_localizations']
  const zh = isJson(localized) ? localized['zh-CN'] : undefined
  return typeof zh === 'string' ? zh : undefined
}

function fieldOf(option: Json): PageField {
  const zh = inChinese(option)
  const { min_value: min, max_value: max } = option
  const choices = recordsIn(option['choices']).map((choice) => ({
    value: String(choice['value']),
    label: textIn(choice['name']),
  }))
  return {
    name: textIn(option['name']),
    label: textIn(option['description']),
    ...(zh === undefined ? {} : { labelZh: zh }),
    kind: choices.length > 0 ? 'choice' : kindOf(option['type']),
    isRequired: option['required'] === true,
    ...(choices.length > 0 ? { choices } : {}),
    ...(typeof min === 'number' ? { min } : {}),
    ...(typeof max === 'number' ? { max } : {}),
  }
}

function kindOf(type: unknown): PageField['kind'] {
  if (type === TYPE.integer || type === TYPE.number) return 'number'
  if (type === TYPE.boolean) return 'boolean'
  return type === TYPE.attachment ? 'file' : 'line'
}

/** What the page filled in; a field left empty is left out. */
export function valuesFor(
  command: Json,
  values: Readonly<Record<string, string>>,
  fileOf: (id: string) => GivenFile,
): CommandOptions {
  const entries = recordsIn(command['options']).flatMap((option) => {
    const name = textIn(option['name'])
    const value = values[name]
    return value === undefined || value === '' ? [] : [[name, valueOf(option, value, fileOf)] as const]
  })
  return Object.fromEntries(entries)
}

/** `city=Oslo days=3`, or the words alone for the first option. */
export function typedValues(command: Json, line: string): CommandOptions {
  const values: Record<string, string> = {}
  const rest = line.replace(
    /(?:^|\s)([\w-]+)=(?:"([^"]*)"|(\S*))/g,
    (_, name: string, quoted?: string, bare?: string) => {
      values[name] = quoted ?? bare ?? ''
      return ''
    },
  )
  const first = textIn(recordsIn(command['options'])[0]?.['name'])
  if (rest.trim() !== '' && first !== '') values[first] ??= rest.trim()
  return valuesFor(command, values, () => {
    throw new Wrong('A file is given where the command is filled in: pick it from the list.')
  })
}

function valueOf(option: Json, value: string, fileOf: (id: string) => GivenFile): CommandOptions[string] {
  const { type } = option
  if (type === TYPE.attachment) return fileOf(value)
  if (type === TYPE.boolean) return value === 'true'
  if (type !== TYPE.integer && type !== TYPE.number) return value
  const number = Number(value)
  if (!Number.isFinite(number)) throw new Wrong(`“${value}” is no number.`)
  return number
}

/** A form as it opens in front of a person. */
export function formOf({ customId, title, fields }: ShownForm): PageForm {
  return {
    id: customId,
    title,
    submitLabel: '',
    fields: fields.map((field): PageField => {
      const chosen = field.options?.find((option) => option.default === true)?.value
      const value = field.value ?? chosen
      return {
        name: field.id,
        label: field.label,
        kind: FIELD_KINDS[field.kind],
        isRequired: field.required,
        ...(value === undefined ? {} : { value }),
        ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
        ...(field.options === undefined
          ? {}
          : { choices: field.options.map(({ value: id, label }) => ({ value: id, label })) }),
      }
    }),
  }
}

/** What stands in the form when it is sent; an empty field that need not be filled in keeps what it had. */
export function answersFor(
  { fields }: ShownForm,
  values: Readonly<Record<string, string>>,
  fileOf: (id: string) => GivenFile,
): FormValues {
  const answers: Record<string, FormValues[string]> = {}
  for (const { id, kind, required } of fields) {
    const value = values[id]
    if (value === undefined || (value === '' && !required)) continue
    if (kind === 'checkbox') answers[id] = value === 'true'
    else if (kind === 'file') answers[id] = [fileOf(value)]
    else answers[id] = kind === 'text' || kind === 'paragraph' ? value : [value]
  }
  return answers
}

const FIELD_KINDS: Readonly<Record<ShownForm['fields'][number]['kind'], PageField['kind']>> = {
  text: 'line',
  paragraph: 'text',
  select: 'choice',
  radio: 'choice',
  checkboxes: 'choice',
  checkbox: 'boolean',
  file: 'file',
}
