// Which of a command's fields did a person mean by what they typed behind it?
//
// 1. One text alone takes everything, as it stands.
// 2. `city=Oslo` and `days: 3` name their field. A name that is no field's is told, unless a long text could take it.
// 3. The rest goes to the fields that were not named, in their order (placing.ts); what is left over is told.
// 4. Where no field can take more, words behind a named text belong to it: `city=New York days=3`.

import type { Notice } from '../contract/notice.ts'
import type { FormField } from '../contract/platform.ts'
import { canTake, isText, place } from './placing.ts'
import type { LooseWord } from './placing.ts'
import { readTyped } from './typed.ts'
import type { TypedWord } from './typed.ts'

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
  const { given, left } = place(rest, loose, free)
  const leftOver = left === '' ? [] : [tooMany(left)]
  return { given: entries([...named, ...given]), faults: [...faults, ...leftOver] }
}

/** A word on its way to its field. */
interface Word extends LooseWord {
  /** Where its value begins: behind the name and its sign. */
  readonly valueFrom: number
  /** The field it names. */
  readonly field?: FormField
  /** What it names with `=`, and is no field. */
  readonly unknownName?: string
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
  const isLong = free.some(({ kind }) => kind === 'long')
  /** The named text that following words would belong to. */
  let open: Word | undefined
  for (const word of words) {
    if (word.field !== undefined) {
      const isTwice = named.has(word.field.name)
      if (isTwice) faults.push(tooMany(rest.slice(word.from, word.to)))
      else named.set(word.field.name, word.text)
      open = isTwice || word.quoted || !isText(word.field) ? undefined : word
    } else if (word.unknownName !== undefined && !isLong) {
      faults.push({ key: 'option.unknown', params: { option: word.unknownName } })
      open = undefined
    } else if (open?.field === undefined || word.quoted || free.some((field) => canTake(field, word.text))) {
      loose.push(word)
      open = undefined
    } else {
      named.set(open.field.name, rest.slice(open.valueFrom, word.to))
    }
  }
  return { named, loose, faults }
}

const MAX_TOLD_CHARS = 60

function tooMany(text: string): Notice {
  const characters = Array.from(text)
  const told = characters.length <= MAX_TOLD_CHARS ? text : `${characters.slice(0, MAX_TOLD_CHARS).join('')}…`
  return { key: 'option.tooMany', params: { text: told } }
}
