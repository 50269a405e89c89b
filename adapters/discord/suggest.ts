// What is suggested while somebody types into an option? Read from the commands alone: no store, no call. Pure.
// https://discord.com/developers/docs/interactions/application-commands#autocomplete
import type { CommandSpec, OptionSpec } from '../../src/contract/policy.ts'
import { choiceValue, cutChoice } from './command-entry.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'
import { sayIn } from './locales.ts'

export interface Suggestion {
  readonly name: string
  readonly value: string | number
}

const MAX_SUGGESTIONS = 25

/** For an autocomplete interaction. Nothing where command or option are not known (any more). */
export function suggestionsFor(
  interaction: unknown,
  commands: readonly CommandSpec[],
): readonly Suggestion[] {
  const given = fieldsOf(interaction)
  const data = fieldsOf(given['data'])
  const name = readString(data['name'])?.toLowerCase()
  const focused = focusedIn(data)
  const option = commands
    .find((command) => command.name === name)
    ?.options.find((each) => each.name === focused?.['name'])
  if (focused === undefined || option === undefined) return []
  const { value } = focused
  const typed = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return ranked(option, typed, readString(given['locale']) ?? 'en')
}

/** Also within sub-commands. A number half typed comes as text. */
function focusedIn(holder: Fields): Fields | undefined {
  for (const option of readList(holder['options']).map(fieldsOf)) {
    if (option['focused'] === true) return option
    const inner = focusedIn(option)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** What begins as typed first, then what holds it; the label in the person's language before value and other languages. */
function ranked({ choices = [], type }: OptionSpec, typed: string, locale: string): readonly Suggestion[] {
  const wanted = fold(typed)
  return choices
    .flatMap(({ label, value }) => {
      const sent = choiceValue(type, value)
      const shown = sayIn(label, locale) ?? label['en'] ?? ''
      const name = cutChoice(shown) || cutChoice(value)
      const rank = rankOf(wanted, fold(shown), [value, ...Object.values(label)].map(fold))
      return sent === undefined || name === '' || rank === undefined ? [] : [{ rank, name, value: sent }]
    })
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name, value }) => ({ name, value }))
}

function rankOf(wanted: string, shown: string, others: readonly string[]): number | undefined {
  if (shown.startsWith(wanted)) return 0
  if (others.some((other) => other.startsWith(wanted))) return 1
  if (shown.includes(wanted)) return 2
  return others.some((other) => other.includes(wanted)) ? 3 : undefined
}

function fold(text: string): string {
  return text.trim().toLowerCase()
}
