// What did a person choose or fill in? The values of a sent form, and of a select menu.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure
import type { OptionValue } from '../../src/contract/event.ts'
import { fieldsOf, readAmount, readList, readString, type Fields } from '../common/read.ts'
import { readFile } from './media.ts'
import { componentTypes, LIST_IDS_FROM } from './modal.ts'

export type Values = Readonly<Record<string, OptionValue>>

/** A select has no fields: what was chosen goes under `values`. */
export function valuesOfSelect(data: Fields): Values | undefined {
  if (!Array.isArray(data['values'])) return undefined
  return { values: stringsOf(data['values']) }
}

/** Labels and rows hold the fields one level down. What was left empty is left out. */
export function valuesOfForm(data: Fields, channelId: string): Values {
  const values: Record<string, OptionValue> = {}
  for (const row of readList(data['components']).map(fieldsOf)) {
    for (const field of [row['component'], ...readList(row['components'])].map(fieldsOf)) {
      const name = readString(field['custom_id'])
      const value = valueOfField(field, data, channelId)
      if (name !== undefined && value !== undefined) values[name] = value
    }
  }
  return values
}

/** A file of a command's option or of a form, by its id. */
export function resolvedFile(data: Fields, id: unknown, channelId: string): OptionValue | undefined {
  const files = fieldsOf(fieldsOf(data['resolved'])['attachments'])
  return typeof id === 'string' ? readFile(files[id], { channelId }) : undefined
}

/** One chosen value is that value, several are a list, as is what a select of several gives; a file is the file. */
function valueOfField(field: Fields, data: Fields, channelId: string): OptionValue | undefined {
  const { type, value } = field
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return readString(value)
  const chosen = stringsOf(field['values'])
  if (chosen.length === 0) return undefined
  if (type === componentTypes.fileUpload) return resolvedFile(data, chosen[0], channelId)
  const isList = (readAmount(field['id']) ?? 0) >= LIST_IDS_FROM
  return chosen.length === 1 && !isList ? chosen[0] : chosen
}

function stringsOf(value: unknown): readonly string[] {
  return readList(value).filter((item) => typeof item === 'string')
}
