// How does the command menu get its entries? All at once, with every language, and only when something changed.
// https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { CommandSpec, Localized, OptionSpec } from '../../src/contract/policy.ts'
import { callAs, type DiscordApi } from './api.ts'
import { fieldsOf, isFields, readList, type Fields } from '../common/read.ts'
import { locales } from './locales.ts'

/** Commands of this kind are ours; others (context menus, an activity's entry point) stay as they are. */
const CHAT_INPUT = 1
const MAX = { commands: 100, options: 25, choices: 25, descriptionChars: 100, choiceChars: 100 } as const
/** Of a command's names, descriptions and values, in the longest language. */
const MAX_COMMAND_CHARS = 8_000

const optionTypes = { string: 3, integer: 4, boolean: 5, number: 10, choice: 3, file: 11 } as const

type Entry = Readonly<Record<string, unknown>>

export async function publishMenu(
  account: string,
  api: DiscordApi,
  applicationId: string,
  commands: readonly CommandSpec[],
  signal: AbortSignal,
): Promise<void> {
  const route = Routes.applicationCommands(applicationId)
  const entries = commands.filter(isNameable).slice(0, MAX.commands).map(toEntry)
  const standing = await standingCommands(account, api, route, signal)
  const [ours, others] = [standing?.filter(isOurs), standing?.filter((each) => !isOurs(each)) ?? []]
  if (ours !== undefined && isSame(ours, entries)) return
  await callAs(account, api, { method: 'PUT', route, body: [...entries, ...others.map(kept)] }, signal)
}

/** Undefined where the server cannot say: then the menu is sent anyway. */
async function standingCommands(
  account: string,
  api: DiscordApi,
  route: `/${string}`,
  signal: AbortSignal,
): Promise<readonly Fields[] | undefined> {
  try {
    const query = { with_localizations: 'true' }
    const answer = await callAs(account, api, { method: 'GET', route, query }, signal)
    return readList(answer).filter(isFields)
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'unsupported') return undefined
    throw error
  }
}

/** A command without a kind is one of ours: that is the default. */
function isOurs({ type }: Fields): boolean {
  return type === undefined || type === CHAT_INPUT
}

function kept({
  application_id: _application,
  guild_id: _guild,
  version: _version,
  ...command
}: Fields): Entry {
  return command
}

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
function isNameable({ name, options }: CommandSpec): boolean {
  return [name, ...options.map((option) => option.name)].every(
    (each) => /^[-_'\p{L}\p{N}]{1,32}$/u.test(each) && each === each.toLowerCase(),
  )
}

/** Too long a command keeps its options, but their choices are typed. */
function toEntry(command: CommandSpec): Entry {
  const whole = entryOf(command, command.options)
  if (charsOf(whole) <= MAX_COMMAND_CHARS) return whole
  return entryOf(
    command,
    command.options.map(({ choices: _choices, ...option }) => option),
  )
}

function entryOf({ description, name }: CommandSpec, options: readonly OptionSpec[]): Entry {
  const required = [...options.filter((each) => each.required), ...options.filter((each) => !each.required)]
  return {
    type: CHAT_INPUT,
    name,
    ...described(description, name),
    options: required.slice(0, MAX.options).map((option) => ({
      type: optionTypes[option.type],
      name: option.name,
      ...described(option.description, option.name),
      required: option.required,
      ...boundsOf(option),
      ...choicesOf(option),
    })),
  }
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
  return typeof value === 'string' ? value.length : 0
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

/** More choices than Discord shows are typed instead; the bridge checks them. */
function choicesOf({ choices = [] }: OptionSpec): Entry {
  const cut = (text: string): string => text.trim().slice(0, MAX.choiceChars).toWellFormed()
  const fits = choices.length <= MAX.choices && choices.every(({ value }) => value.length <= MAX.choiceChars)
  if (choices.length === 0 || !fits) return {}
  return {
    choices: choices.map(({ label, value }) => ({
      name: cut(label['en'] ?? '') || value,
      value,
      name_localizations: inLocales(label, cut),
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

/** The language itself, or its only or first variety: `zh` and `zh-CN` serve `zh-CN`; `zh-CN` does not serve `zh-TW`. */
function sayIn(text: Localized, locale: string): string | undefined {
  const wanted = locale.toLowerCase()
  const language = wanted.split('-', 1)[0]
  const keys = Object.keys(text)
  const key =
    keys.find((each) => each.toLowerCase() === wanted) ?? keys.find((each) => each.toLowerCase() === language)
  return key === undefined ? undefined : text[key]
}

/** As sets: the server may answer in any order, with fields of its own and with null for what was not given. */
function isSame(standing: readonly Fields[], entries: readonly Entry[]): boolean {
  const ours = entries.map(normal).toSorted()
  const theirs = standing.map(normal).toSorted()
  return ours.length === theirs.length && ours.every((each, n) => each === theirs[n])
}

function normal(command: Fields): string {
  return JSON.stringify([
    command['name'],
    command['description'],
    sorted(command['description_localizations']),
    readList(command['options']).map(normalOption),
  ])
}

function normalOption(value: unknown): unknown {
  const option = fieldsOf(value)
  const bounds = ['min_length', 'max_length', 'min_value', 'max_value'].map((name) => option[name] ?? null)
  return [
    option['type'],
    option['name'],
    option['description'],
    sorted(option['description_localizations']),
    option['required'] === true,
    ...bounds,
    readList(option['choices']).map((each) => {
      const choice = fieldsOf(each)
      return [choice['name'], choice['value'], sorted(choice['name_localizations'])]
    }),
  ]
}

function sorted(localizations: unknown): unknown {
  return Object.entries(fieldsOf(localizations)).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
