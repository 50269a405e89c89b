// Was a person told honestly that there will be no answer? Known by the sentences the bridge has for people.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lettersOf } from './marks.ts'

/** They end a question. What only says that a file was left out, or that something waits, does not. */
const ENDS =
  /^(?:failure\.|turn\.(?:tooOld|empty|expired|stopped)|run\.(?:lost|failed|missing|refused)|lane\.full|budget\.|option\.|command\.unknown|action\.expired)/
/** They may stand beside an answer. */
const BESIDE = /^(?:media\.|voice\.|run\.started|queue\.|ask\.)/

interface Sentence {
  readonly key: string
  /** The letters between the gaps. */
  readonly pieces: readonly string[]
}

const SENTENCES: readonly Sentence[] = ['en', 'zh-CN'].flatMap((locale) => {
  const file = join(import.meta.dirname, `../../config/locales/${locale}.json`)
  const sentences = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  return Object.entries(sentences).map(([key, sentence]) => ({
    key,
    pieces: sentence
      .split(/\{\w+\}/)
      .map(lettersOf)
      .filter((piece) => piece !== ''),
  }))
})

/** The name of the sentence that ends a question, if the text holds one. */
export function toldIn(text: string): string | undefined {
  const letters = lettersOf(text)
  return SENTENCES.find(({ key, pieces }) => ENDS.test(key) && holds(letters, pieces))?.key
}

/** Letters without those sentences that may stand beside a whole answer. */
export function withoutNotices(letters: string): string {
  let left = letters
  for (const { key, pieces } of SENTENCES) {
    if (!BESIDE.test(key) || pieces.join('').length < 12 || !holds(left, pieces)) continue
    const [first = ''] = pieces
    const last = pieces.at(-1) ?? ''
    const from = left.indexOf(first)
    left = left.slice(0, from) + left.slice(left.indexOf(last, from) + last.length)
  }
  return left
}

function holds(letters: string, pieces: readonly string[]): boolean {
  if (pieces.join('').length < 4) return false
  let at = 0
  for (const piece of pieces) {
    const found = letters.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return true
}
