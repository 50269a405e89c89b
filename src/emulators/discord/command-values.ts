// Would a person's client send a command with these options? Not without a required one, nor with a value it does not take.
import type { CommandOptions } from './command-data.ts'
import { isJson, listOf, type Json } from './types.ts'

const TYPE = { string: 3, integer: 4, boolean: 5, number: 10, attachment: 11 } as const

/** Throws where it would not. An unknown option is left to the bot: an older list had it. */
export function demandWellFilled(command: Json, name: string, options: CommandOptions): void {
  if ((command['type'] ?? 1) !== 1) return
  const path = command['name'] === name ? [] : name.split(' ').slice(1)
  const leaf = path.reduce<Json | undefined>(
    (at, step) => optionsOf(at).find((option) => option['name'] === step),
    command,
  )
  for (const option of optionsOf(leaf)) {
    const value = options[String(option['name'])]
    if (value === undefined) {
      if (option['required'] === true) throw new Error(`/${name} needs ${String(option['name'])}`)
    } else if (!takes(option, value)) {
      throw new Error(`/${name} does not take this for ${String(option['name'])}`)
    }
  }
}

function takes(option: Json, value: CommandOptions[string]): boolean {
  const { type } = option
  const choices = listOf(option['choices']).filter(isJson)
  if (choices.length > 0) return choices.some((choice) => choice['value'] === value)
  switch (type) {
    case TYPE.string:
      return typeof value === 'string' && isWithin(value.length, option['min_length'], option['max_length'])
    case TYPE.integer:
      return Number.isSafeInteger(value) && isWithin(Number(value), option['min_value'], option['max_value'])
    case TYPE.number:
      return typeof value === 'number' && isWithin(value, option['min_value'], option['max_value'])
    case TYPE.boolean:
      return typeof value === 'boolean'
    case TYPE.attachment:
      return typeof value === 'object' && 'bytes' in value
    default:
      return typeof value === 'object' && 'id' in value
  }
}

function isWithin(value: number, min: unknown, max: unknown): boolean {
  return !(typeof min === 'number' && value < min) && !(typeof max === 'number' && value > max)
}

function optionsOf(holder: Json | undefined): readonly Json[] {
  return listOf(holder?.['options']).filter(isJson)
}
