// Which commands does Discord take? Names, descriptions, options and their sizes.
import { refuseIf, type Problem } from './errors.ts'
import { isJson, listOf, type Json } from './types.ts'

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-naming */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u
const LOCALES: ReadonlySet<string> = new Set(
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'.split(
    ' ',
  ),
)
const MAX_DESCRIPTION = 100
const MAX_OPTIONS = 25
const MAX_CHOICES = 25
/** Names, descriptions and values of one command together; same page. */
const MAX_SUM = 8000
const MAX_OF_TYPE: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15, 4: 1 }

export function checkCommand(command: unknown): void {
  refuseIf(commandProblems(command, ''))
}

/** A whole set: each one, their number, and no name twice. */
export function checkCommands(commands: readonly unknown[]): void {
  const problems = commands.flatMap((command, i) => commandProblems(command, `${i}.`))
  const keys = commands.filter(isJson).map(({ type = 1, name }) => `${String(type)} ${String(name)}`)
  const twice = keys.findIndex((key, i) => keys.indexOf(key) !== i)
  const tooMany = Object.entries(MAX_OF_TYPE).flatMap(([type, max]) => {
    const count = keys.filter((key) => key.startsWith(`${type} `)).length
    return count > max ? [problem('', 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)] : []
  })
  refuseIf([
    ...problems,
    ...tooMany,
    ...(twice < 0
      ? []
      : [
          problem(
            `${twice}`,
            'APPLICATION_COMMANDS_DUPLICATE_NAME',
            'Application command names must be unique',
          ),
        ]),
  ])
}

function commandProblems(command: unknown, at: string): readonly Problem[] {
  if (!isJson(command))
    return [problem(at.slice(0, -1), 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType')]
  const { type = 1, options } = command
  if (type !== 1) return type === 4 ? [] : plainNameProblems(command['name'], `${at}name`)
  return [
    ...nameProblems(command, at),
    ...descriptionProblems(command['description'], `${at}description`),
    ...localeProblems(command, at),
    ...optionsProblems(listOf(options), `${at}options`),
    ...(sizeOf(command) > MAX_SUM
      ? [
          problem(
            at.slice(0, -1),
            'APPLICATION_COMMAND_TOO_LARGE',
            `Command exceeds maximum size (${MAX_SUM})`,
          ),
        ]
      : []),
  ]
}

function optionsProblems(options: readonly unknown[], at: string): readonly Problem[] {
  const list = options.filter(isJson)
  const lastRequired = list.findLastIndex(({ required }) => required === true)
  const firstOptional = list.findIndex(({ required }) => required !== true)
  return [
    ...(options.length > MAX_OPTIONS
      ? [problem(at, 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_OPTIONS} or fewer in length.`)]
      : []),
    ...(firstOptional >= 0 && firstOptional < lastRequired
      ? [
          problem(
            `${at}.${lastRequired}`,
            'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
            'Required options must be placed before non-required options',
          ),
        ]
      : []),
    ...list.flatMap((option, i) => optionProblems(option, `${at}.${i}.`)),
  ]
}

function optionProblems(option: Json, at: string): readonly Problem[] {
  const { type, choices, autocomplete, options } = option
  const offered = listOf(choices)
  const isKnown = typeof type === 'number' && type >= 1 && type <= 11
  return [
    ...nameProblems(option, at),
    ...descriptionProblems(option['description'], `${at}description`),
    ...localeProblems(option, at),
    ...(isKnown
      ? []
      : [
          problem(
            `${at}type`,
            'BASE_TYPE_CHOICES',
            'Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.',
          ),
        ]),
    ...(offered.length > MAX_CHOICES
      ? [problem(`${at}choices`, 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_CHOICES} or fewer in length.`)]
      : []),
    ...(offered.length > 0 && autocomplete === true
      ? [
          problem(
            `${at}autocomplete`,
            'APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES',
            'Autocomplete and choices are mutually exclusive',
          ),
        ]
      : []),
    ...optionsProblems(listOf(options), `${at}options`),
  ]
}

function nameProblems({ name, name_localizations: names }: Json, at: string): readonly Problem[] {
  const localized: readonly unknown[] = isJson(names) ? Object.values(names) : []
  const isWrong = (value: unknown): boolean =>
    typeof value !== 'string' || !NAME.test(value) || value !== value.toLowerCase()
  if (name === undefined) return [problem(`${at}name`, 'BASE_TYPE_REQUIRED', 'This field is required')]
  const message = 'Command name is invalid'
  return [
    ...(isWrong(name) ? [problem(`${at}name`, 'APPLICATION_COMMAND_INVALID_NAME', message)] : []),
    ...(localized.some(isWrong)
      ? [problem(`${at}name_localizations`, 'APPLICATION_COMMAND_INVALID_NAME', message)]
      : []),
  ]
}

function plainNameProblems(name: unknown, at: string): readonly Problem[] {
  return typeof name === 'string' && name.length >= 1 && name.length <= 32
    ? []
    : [problem(at, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 32 in length.')]
}

function descriptionProblems(value: unknown, at: string): readonly Problem[] {
  if (typeof value !== 'string') return [problem(at, 'BASE_TYPE_REQUIRED', 'This field is required')]
  return value.length >= 1 && value.length <= MAX_DESCRIPTION
    ? []
    : [problem(at, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${MAX_DESCRIPTION} in length.`)]
}

function localeProblems(holder: Json, at: string): readonly Problem[] {
  return ['name_localizations', 'description_localizations'].flatMap((key) => {
    const value = holder[key]
    const strange = isJson(value) ? Object.keys(value).find((locale) => !LOCALES.has(locale)) : undefined
    return strange === undefined
      ? []
      : [problem(`${at}${key}.${strange}`, 'BASE_TYPE_CHOICES', 'Value must be a known locale.')]
  })
}

/** The longest of each text's languages counts. */
function sizeOf(command: Json): number {
  const longest = (text: unknown, localized: unknown): number =>
    Math.max(
      ...[text, ...(isJson(localized) ? Object.values(localized) : [])].map((value) =>
        typeof value === 'string' ? value.length : 0,
      ),
    )
  const own =
    longest(command['name'], command['name_localizations']) +
    longest(command['description'], command['description_localizations'])
  const choices = listOf(command['choices'])
    .filter(isJson)
    .reduce((sum, choice) => sum + longest(choice['name'], undefined) + String(choice['value']).length, 0)
  return listOf(command['options'])
    .filter(isJson)
    .reduce((sum, option) => sum + sizeOf(option), own + choices)
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}
