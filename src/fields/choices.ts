// Which of the choices did a person mean?

import type { Notice } from '../contract/notice.ts'
import type { FormField } from '../contract/platform.ts'

type Choices = NonNullable<FormField['choices']>

/**
 * Its value, its label or what it is called in another language, in any case; else its place in the list, `2`, `2.` or
 * `B`, where no choice is itself called something like that.
 */
export function readChoice(choices: Choices, text: string): string | undefined {
  const called = calledChoices(choices, text)
  if (called.length > 0) return called.length === 1 ? called[0] : undefined
  return choices[placeOf(choices, simple(text)) ?? -1]?.value
}

/** By what it is called, not by its place: a `B` in the midst of a text is seldom the second choice. */
export function isCalledChoice(choices: Choices, text: string): boolean {
  return calledChoices(choices, text).length === 1
}

/**
 * Several, as a list or in one text with commas, semicolons, line breaks or spaces between. `undefined`: one of them is
 * no choice. Without choices anything is one.
 */
export function readChoices(
  choices: Choices | undefined,
  raw: string | readonly string[],
): readonly string[] | undefined {
  const marked = typeof raw === 'string' ? raw.split(MARKS) : raw
  if (choices === undefined) return trimmed(marked)
  const readings = typeof raw === 'string' ? [[raw], marked, raw.split(MARKS_AND_SPACES)] : [raw]
  for (const words of readings.map(trimmed)) {
    const found = words.flatMap((word) => readChoice(choices, word) ?? [])
    if (found.length > 0 && found.length === words.length) return [...new Set(found)]
  }
  return undefined
}
const MARKS = /[,，、;；\n]/u
const MARKS_AND_SPACES = /[\s,，、;；]+/u

/** So many are named in a sentence. */
const NAMED = 12

export function choicesFault({ label, choices = [] }: FormField): Notice {
  const names = choices.slice(0, NAMED).map((choice) => choice.label)
  const more = choices.length > NAMED ? ', …' : ''
  return { key: 'option.choice', params: { option: label, choices: `${names.join(', ')}${more}` } }
}

/** The values of all that are called so; what is shown goes before what is not. */
function calledChoices(choices: Choices, text: string): readonly string[] {
  const typed = text.trim()
  const exact = choices.find(({ value }) => value === typed) ?? choices.find(({ label }) => label === typed)
  if (exact !== undefined) return [exact.value]
  const word = simple(typed)
  const shown = choices.filter((choice) => namesOf(choice).includes(word))
  const alike = shown.length > 0 ? shown : choices.filter((choice) => aliasesOf(choice).includes(word))
  return [...new Set(alike.map(({ value }) => value))]
}

function placeOf(choices: Choices, word: string): number | undefined {
  const [, digits, letter] = /^\(?(?:([1-9]\d{0,3})|([a-z]))[.):、]?$/u.exec(word) ?? []
  const names = choices.flatMap(namesOf)
  if (digits !== undefined) return names.some((name) => /^\d/.test(name)) ? undefined : Number(digits) - 1
  if (letter === undefined || names.some((name) => /^[a-z]$/.test(name))) return undefined
  return letter.charCodeAt(0) - 'a'.charCodeAt(0)
}

function namesOf({ value, label }: Choices[number]): readonly string[] {
  return [simple(value), simple(label)]
}

function aliasesOf({ aliases = [] }: Choices[number]): readonly string[] {
  return aliases.map(simple)
}

function simple(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase()
}

function trimmed(words: readonly string[]): readonly string[] {
  return words.map((word) => word.trim()).filter((word) => word !== '')
}
