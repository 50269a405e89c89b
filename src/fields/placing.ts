// Which fields do words belong to that name none?
//
// 1. In the order of the fields, a word each. A text that is the last field takes all that is left.
// 2. An optional field is passed over only by a word that is not of its kind and that a field behind it can take. Where
//    none can, the word stays with the field whose turn it was: that one is to be blamed.
// 3. A text with none behind it takes several words where fields follow it: up to the word that plainly is for one of
//    them, `New York 3`, else whatever the fields cannot take at the end.
// 4. What then is left over is told: no text swallows what is another field's.

import type { FormField } from '../contract/platform.ts'
import { isCalledChoice } from './choices.ts'
import type { TypedWord } from './typed.ts'
import { isNumber, readValue } from './values.ts'

export interface LooseWord extends Pick<TypedWord, 'text' | 'quoted' | 'from' | 'to'> {
  /** Its place among all words. */
  readonly index: number
}

export interface Placed {
  readonly given: readonly (readonly [name: string, text: string])[]
  /** As it stands in what was typed; empty where all words found their field. */
  readonly left: string
}

export function isText({ kind }: FormField): boolean {
  return kind === 'text' || kind === 'long'
}

/** Whether a word is of a field's kind; a number also where it is out of bounds. */
export function canTake(field: FormField, text: string): boolean {
  switch (field.kind) {
    case 'text':
    case 'long':
      return field.pattern === undefined || fits(field, text)
    case 'integer':
    case 'number':
      return isNumber(text)
    case 'boolean':
      return !isNumber(text) && fits(field, text)
    case 'choice':
    case 'choices':
    case 'file':
      return fits(field, text)
  }
}

/** `rest`: what was typed, which the words are parts of. `fields`: those without a name, in their order. */
export function place(rest: string, loose: readonly LooseWord[], fields: readonly FormField[]): Placed {
  const given: (readonly [string, string])[] = []
  let words = loose
  for (const [i, field] of fields.entries()) {
    const [first] = words
    if (first === undefined) break
    const behind = fields.slice(i + 1)
    if (isPassedOver(field, behind, textOf(rest, words), first)) continue
    const count = countFor(rest, words, field, behind)
    given.push([field.name, textOf(rest, words.slice(0, count))])
    words = words.slice(count)
  }
  return { given, left: textOf(rest, words) }
}

function fits(field: FormField, text: string): boolean {
  return readValue(field, text).ok
}

function isPassedOver(
  field: FormField,
  behind: readonly FormField[],
  whole: string,
  { text }: LooseWord,
): boolean {
  if (isText(field) || field.required || canTake(field, text) || fits(field, text)) return false
  if (field.kind === 'choice' && fits(field, whole)) return false
  const required = behind.findIndex((other) => other.required)
  const reachable = required < 0 ? behind : behind.slice(0, required + 1)
  return reachable.some((other) => canTake(other, text) || (isText(other) && fits(other, whole)))
}

/** How many of the words are the field's: one at least. */
function countFor(
  rest: string,
  words: readonly LooseWord[],
  field: FormField,
  behind: readonly FormField[],
): number {
  if (isText(field)) {
    return behind.length === 0 ? countForLast(rest, words, field) : countForText(rest, words, behind)
  }
  const isLast = behind.length === 0
  if (field.kind === 'choice' || (field.kind === 'choices' && isLast)) {
    if (isLast && fits(field, textOf(rest, words))) return words.length
    const most = Math.min(words.length, MAX_CHOICE_WORDS)
    for (let count = most; count > 0; count--) {
      if (fits(field, textOf(rest, words.slice(0, count)))) return count
    }
    return isLast ? words.length : 1
  }
  return 1
}

/** A choice's label is tried with so many words at most. */
const MAX_CHOICE_WORDS = 12

/** All of it; but where only the first word has the right form, what follows is left over. */
function countForLast(rest: string, words: readonly LooseWord[], field: FormField): number {
  const [first] = words
  if (field.pattern === undefined || first === undefined || fits(field, textOf(rest, words))) {
    return words.length
  }
  return fits(field, first.text) ? 1 : words.length
}

function countForText(rest: string, words: readonly LooseWord[], behind: readonly FormField[]): number {
  const [first, second] = words
  if (first === undefined || second === undefined || first.quoted) return 1
  if (behind.some((field) => isText(field) && canTake(field, second.text))) return 1
  if (behind.some((field) => field.kind === 'boolean' && canTake(field, second.text))) return 1
  const plain = words.findIndex((word, i) => i > 0 && behind.some((field) => isPlainly(field, word)))
  if (plain > 0) return plain
  if (behind.some(isText)) return 1
  const earliest = Math.max(1, words.length - behind.length)
  for (let count = earliest; count < words.length; count++) {
    if (isFitting(rest, words.slice(count), behind)) return count
  }
  return words.length > 1 + behind.length ? words.length : 1
}

/** In the midst of a text a `no` is a word like others, and so is a `B` that could be the second choice. */
function isPlainly(field: FormField, { text, quoted }: LooseWord): boolean {
  if (quoted) return false
  if (field.kind === 'integer' || field.kind === 'number') return isNumber(text)
  return field.kind === 'choice' && isCalledChoice(field.choices ?? [], text)
}

/** Whether these words are the fields', each of them. Among the fields is no text. */
function isFitting(rest: string, words: readonly LooseWord[], fields: readonly FormField[]): boolean {
  const { given, left } = place(rest, words, fields)
  const byName = new Map(given)
  return (
    left === '' &&
    fields.every((field) => {
      const text = byName.get(field.name)
      return text === undefined || fits(field, text)
    })
  )
}

/** One word without its quotes; several as they stand, with the spaces and line breaks between them. */
function textOf(rest: string, words: readonly LooseWord[]): string {
  const [first, ...more] = words
  if (first === undefined) return ''
  if (more.length === 0) return first.text
  let text = rest.slice(first.from, first.to)
  let before = first
  for (const word of more) {
    const from = word.index === before.index + 1 ? before.to : word.from
    text += `${from === word.from ? ' ' : ''}${rest.slice(from, word.to)}`
    before = word
  }
  return text
}
