// Which of a command's fields did a person mean by what they typed behind it?
//
// 1. One text alone takes everything, as it stands.
// 2. `city=Oslo` and `days: 3` name their field. The rest goes to the fields that were not named, in their order.
// 3. Where there is more than fields, the last text takes it, and fields behind it what fits them at the end.
// 4. Where no field can take more, words behind a named text belong to it: `city=New York days=3`.

import type { Notice } from '../contract/notice.ts'
import type { FormField } from '../contract/platform.ts'
import { readTyped } from './typed.ts'
import type { TypedWord } from './typed.ts'
import { readValue } from './values.ts'

export interface GivenArguments {
  /** By field, as it was typed: `readValues` says whether it fits. */
  readonly given: Readonly<Record<string, string>>
  /**
   * What no field could take: `option.unknown` with `option`, `option.tooMany` with `text`. Their sentences also want
   * `command` and `usage`, which only the caller knows.
   */
  readonly faults: readonly Notice[]
}

/** Never throws, whatever was typed. A field is named by its name or, where that is one word, by its label. */
export function readArguments(rest: string, fields: readonly FormField[]): GivenArguments {
  const typable = fields.filter(({ kind }) => kind !== 'file')
  const only = typable.length === 1 ? typable[0] : undefined
  if (only !== undefined && isText(only)) return { given: entries(wholeText(rest, only)), faults: [] }

  const words = readWords(rest, fields)
  const { named, loose, faults } = sorted(rest, words, fields)
  const free = typable.filter(({ name }) => !named.has(name))
  const placed = place(rest, loose, free)
  return { given: entries([...named, ...placed.given]), faults: [...faults, ...placed.faults] }
}

/** A word on its way to its field. */
interface Word extends Pick<TypedWord, 'text' | 'quoted' | 'from' | 'valueFrom' | 'to'> {
  /** The field it names. */
  readonly field?: FormField
  /** What it names with `=`, and is no field. */
  readonly unknownName?: string
  /** Its place among all words. */
  readonly index: number
}

function isText({ kind }: FormField): boolean {
  return kind === 'text' || kind === 'long'
}

function fits(field: FormField | undefined, text: string): boolean {
  return field !== undefined && readValue(field, text).ok
}

function entries(values: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  return Object.fromEntries([...values].filter(([, text]) => text.trim() !== ''))
}

function wholeText(rest: string, field: FormField): readonly (readonly [string, string])[] {
  const [first] = readTyped(rest)
  const raw =
    first?.name !== undefined && namedField([field], first.name) ? rest.slice(first.valueFrom) : rest
  const [word, ...more] = readTyped(raw)
  const isQuoted = word?.quoted === true && word.name === undefined && more.length === 0
  return [[field.name, isQuoted ? word.text : raw.trim()]]
}

/** By its name rather than by another's label. */
function namedField(fields: readonly FormField[], word: string): FormField | undefined {
  const wanted = word.toLowerCase()
  return (
    fields.find(({ name }) => name.toLowerCase() === wanted) ??
    fields.find(({ label }) => label.toLowerCase() === wanted)
  )
}

/** Knows the named fields, and takes `days: 3` for one word. */
function readWords(rest: string, fields: readonly FormField[]): readonly Word[] {
  const words: Word[] = []
  for (const typed of readTyped(rest)) {
    const word = toWord(rest, typed, fields, words.length)
    const before = words.at(-1)
    const isAwaited = before?.field !== undefined && before.text === '' && !before.quoted
    if (isAwaited && word.field === undefined) {
      const { text, quoted, from, to } = word
      words[words.length - 1] = { ...before, text, quoted, valueFrom: from, to }
    } else {
      words.push(word)
    }
  }
  return words
}

/** What names no field is a value altogether: `https://…`, `12:30`. */
function toWord(rest: string, typed: TypedWord, fields: readonly FormField[], index: number): Word {
  const { name, sign, text, quoted, from, valueFrom, to } = typed
  if (name === undefined) return { text, quoted, from, valueFrom, to, index }
  const field = namedField(fields, name)
  if (field !== undefined) return { field, text, quoted, from, valueFrom, to, index }
  const whole = { text: rest.slice(from, to), quoted: false, from, valueFrom: from, to, index }
  return sign === '=' ? { ...whole, unknownName: name } : whole
}

interface Sorted {
  readonly named: ReadonlyMap<string, string>
  readonly loose: readonly Word[]
  readonly faults: readonly Notice[]
}

function sorted(rest: string, words: readonly Word[], fields: readonly FormField[]): Sorted {
  const named = new Map<string, string>()
  const loose: Word[] = []
  const faults: Notice[] = []
  const mentioned = new Set(words.map(({ field }) => field))
  const free = fields.filter((field) => field.kind !== 'file' && !mentioned.has(field))
  const hasRoom = free.some(isText)
  /** The named text that following words would belong to. */
  let open: Word | undefined
  for (const word of words) {
    if (word.field !== undefined) {
      const isTwice = named.has(word.field.name)
      if (isTwice) faults.push(tooMany(rest.slice(word.from, word.to)))
      else named.set(word.field.name, word.text)
      open = isTwice || word.quoted || !isText(word.field) ? undefined : word
    } else if (word.unknownName !== undefined && !hasRoom) {
      faults.push({ key: 'option.unknown', params: { option: word.unknownName } })
      open = undefined
    } else if (hasRoom || open?.field === undefined || word.quoted || fits(free[loose.length], word.text)) {
      loose.push(word)
      open = undefined
    } else {
      named.set(open.field.name, rest.slice(open.valueFrom, word.to))
    }
  }
  return { named, loose, faults }
}

function place(
  rest: string,
  loose: readonly Word[],
  free: readonly FormField[],
): { readonly given: readonly (readonly [string, string])[]; readonly faults: readonly Notice[] } {
  const words = [...loose]
  const given: (readonly [string, string])[] = []
  const give = (field: FormField, taken: readonly Word[]) => {
    if (taken.length > 0) given.push([field.name, textOf(rest, taken)])
  }
  const greedy = greedyOf(free)
  for (const field of free.slice(0, greedy)) {
    const [first] = words
    if (first === undefined) break
    const isPassedOver = greedy < free.length && !isText(field) && !field.required && !fits(field, first.text)
    if (!isPassedOver) give(field, words.splice(0, 1))
  }
  const [taker, ...behind] = free.slice(greedy)
  if (taker === undefined) {
    return { given, faults: words.length === 0 ? [] : [tooMany(textOf(rest, words))] }
  }
  if (words.length <= 1 + behind.length) {
    for (const field of [taker, ...behind]) give(field, words.splice(0, 1))
    return { given, faults: [] }
  }
  for (const field of behind.toReversed()) {
    const last = words.at(-1)
    if (words.length > 1 && last !== undefined && (field.required || fits(field, last.text))) {
      give(field, words.splice(-1))
    }
  }
  give(taker, words)
  return { given, faults: [] }
}

/** The index of the field that takes what is too much; behind the last where there is none. */
function greedyOf(free: readonly FormField[]): number {
  const text = free.findLastIndex(isText)
  if (text >= 0) return text
  const last = free.at(-1)?.kind
  return last === 'choice' || last === 'choices' ? free.length - 1 : free.length
}

/** One word without its quotes; several as they stand, with the spaces and line breaks between them. */
function textOf(rest: string, words: readonly Word[]): string {
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

const MAX_TOLD_CHARS = 60

function tooMany(text: string): Notice {
  const characters = Array.from(text)
  const told = characters.length <= MAX_TOLD_CHARS ? text : `${characters.slice(0, MAX_TOLD_CHARS).join('')}…`
  return { key: 'option.tooMany', params: { text: told } }
}
