// Does the menu at Discord say already what it should say? Then nothing is sent.
import { fieldsOf, readList, type Fields } from '../common/read.ts'
import type { Entry } from './command-entry.ts'

/** As sets: the server may answer in any order, with fields of its own and with null for what was not given. */
export function isSameMenu(standing: readonly Fields[], entries: readonly Entry[]): boolean {
  const ours = entries.map(normal).toSorted()
  const theirs = standing.map(normal).toSorted()
  return ours.length === theirs.length && ours.every((each, n) => each === theirs[n])
}

function normal(command: Fields): string {
  return JSON.stringify([
    command['name'],
    command['description'],
    sorted(command['description_localizations']),
    contextsOf(command['contexts']),
    readList(command['options']).map(normalOption),
  ])
}

/** Not told is everywhere. We never ask for chats among people without the bot (2), nor take them away. */
function contextsOf(contexts: unknown): readonly unknown[] {
  const told = readList(contexts).filter((each) => each === 0 || each === 1)
  return told.length === 0 ? [0, 1] : told.toSorted()
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
    option['autocomplete'] === true,
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
