// How does a command of the bridge look in Discord's menu? Names, languages, contexts, options, choices. Pure.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object
import type { CommandSpec, Localized, OptionSpec } from '../../src/contract/policy.ts'
import { fieldsOf, readList } from '../common/read.ts'
import { locales, sayIn } from './locales.ts'

export type Entry = Readonly<Record<string, unknown>>

/** The kind of command with a slash: what the bridge publishes. */
export const CHAT_INPUT = 1
export const MAX_COMMANDS = 100
const MAX = { options: 25, choices: 25, descriptionChars: 100, choiceChars: 100 } as const
/** Of a command's names, descriptions and values, in the longest language. */
const MAX_COMMAND_CHARS = 8_000

const optionTypes = { string: 3, integer: 4, boolean: 5, number: 10, choice: 3, file: 11 } as const
/** https://discord.com/developers/docs/resources/application#application-object: interaction context types. */
const CONTEXTS = { group: 0, direct: 1 } as const

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
export function isNameable({ name, options }: CommandSpec): boolean {
  return [name, ...options.map((option) => option.name)].every(
    (each) => /^[-_'\p{L}\p{N}]{1,32}$/u.test(each) && each === each.toLowerCase(),
  )
}

/** Too long a command keeps its options, but their choices are suggested while somebody types. */
export function toEntry(command: CommandSpec): Entry {
  const whole = entryOf(command, true)
  return charsOf(whole) <= MAX_COMMAND_CHARS ? whole : entryOf(command, false)
}

/** A choice as a menu or a list of suggestions takes it; undefined where Discord does not. */
export function choiceValue(type: OptionSpec['type'], value: string): string | number | undefined {
  if (type !== 'integer' && type !== 'number')
    return value !== '' && value.length <= MAX.choiceChars ? value : undefined
  const number = value.trim() === '' ? NaN : Number(value)
  const isRight = type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)
  return isRight ? number : undefined
}

/** At most 100 characters, no character cut in two. */
export function cutChoice(text: string): string {
  return text
    .trim()
    .slice(0, MAX.choiceChars)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .toWellFormed()
}

function entryOf(command: CommandSpec, withChoices: boolean): Entry {
  const { description, name, options } = command
  const required = [...options.filter((each) => each.required), ...options.filter((each) => !each.required)]
  return {
    type: CHAT_INPUT,
    name,
    ...described(description, name),
    ...contextsOf(command),
    options: required.slice(0, MAX.options).map((option) => ({
      type: optionTypes[option.type],
      name: option.name,
      ...described(option.description, option.name),
      required: option.required,
      ...boundsOf(option),
      ...choicesOf(option, withChoices),
    })),
  }
}

/** A server's own list knows no contexts: it is shown there and nowhere else. */
function contextsOf({ guilds, where }: CommandSpec): Entry {
  if (guilds !== undefined || where === undefined || new Set(where).size !== 1) return {}
  return { contexts: where.slice(0, 1).map((each) => CONTEXTS[each]) }
}

/** More than Discord counts, which is names, values and descriptions, each in its longest language. */
function charsOf(value: unknown): number {
  const given = fieldsOf(value)
  const own = [given['name'], given['value'], given['description']].map(lengthOf)
  const localized = [given['name_localizations'], given['description_localizations']].map((each) =>
    Math.max(0, ...Object.values(fieldsOf(each)).map(lengthOf)),
  )
  const inner = [...readList(given['options']), ...readList(given['choices'])].map(charsOf)
  return [...own, ...localized, ...inner].reduce((sum, each) => sum + each, 0)
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : typeof value === 'number' ? String(value).length : 0
}

function described(description: Localized, name: string): Entry {
  const cut = (text: string): string => text.trim().slice(0, MAX.descriptionChars).toWellFormed()
  const plain = cut(description['en'] ?? '')
  return {
    description: plain === '' ? name : plain,
    description_localizations: inLocales(description, cut),
  }
}

function boundsOf({ max, min, type }: OptionSpec): Entry {
  switch (type) {
    case 'string':
      return {
        ...(min === undefined ? {} : { min_length: Math.min(Math.max(0, Math.floor(min)), 6_000) }),
        ...(max === undefined ? {} : { max_length: Math.min(Math.max(1, Math.floor(max)), 6_000) }),
      }
    case 'integer':
    case 'number':
      return {
        ...(min === undefined ? {} : { min_value: min }),
        ...(max === undefined ? {} : { max_value: max }),
      }
    case 'boolean':
    case 'choice':
    case 'file':
      return {}
  }
}

/** More choices than Discord shows, or longer ones, are suggested while somebody types (suggest.ts). */
function choicesOf({ choices = [], type }: OptionSpec, withChoices: boolean): Entry {
  if (choices.length === 0 || type === 'boolean' || type === 'file') return {}
  const values = choices.map(({ value }) => choiceValue(type, value))
  const fits = choices.length <= MAX.choices && values.every((value) => value !== undefined)
  if (!fits || !withChoices) return { autocomplete: true }
  return {
    choices: choices.map(({ label, value }, n) => ({
      name: cutChoice(label['en'] ?? '') || cutChoice(value),
      value: values[n],
      name_localizations: inLocales(label, cutChoice),
    })),
  }
}

/** Every language of Discord's that ours serve. */
function inLocales(text: Localized, cut: (text: string) => string): Readonly<Record<string, string>> {
  const pairs = locales.flatMap((locale) => {
    const said = cut(sayIn(text, locale) ?? '')
    return said === '' ? [] : [[locale, said] as const]
  })
  return Object.fromEntries(pairs)
}
