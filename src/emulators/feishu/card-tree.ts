// What stands in a card's JSON? Its elements are found, read as a person reads them, counted and replaced.
import { seenInMarkdown, type Seen } from './seen.ts'
import { isRecord, listOf, recordOf, stringOf, type Json } from './types.ts'

export interface ShownButton {
  readonly label: string
  /** What a callback carries; absent on a button that calls nobody back. */
  readonly value?: unknown
  readonly name?: string
  readonly url?: string
  /** It sends the form it stands in. */
  readonly submits: boolean
}

/** Every object with a tag under `value`, in reading order. */
export function elementsIn(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return listOf(value).flatMap(elementsIn)
  if (!isRecord(value)) return []
  const below = Object.values(value).flatMap((inner) => (typeof inner === 'object' ? elementsIn(inner) : []))
  return typeof value['tag'] === 'string' ? [value, ...below] : below
}

/** The elements of a card: of its body in 2.0, at the top in 1.0. */
export function elementsOf(card: Json): readonly Json[] {
  return elementsIn(recordOf(card['body'])['elements'] ?? card['elements'])
}

export function elementById(card: Json, elementId: string): Json | undefined {
  return elementsOf(card).find((element) => element['element_id'] === elementId)
}

/** The card with that element replaced by what `change` gives. */
export function withElement(card: Json, elementId: string, change: (element: Json) => readonly Json[]): Json {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return listOf(value).flatMap((item): readonly unknown[] =>
        isRecord(item) && item['element_id'] === elementId ? change(item) : [walk(item)],
      )
    }
    if (!isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return recordOf(walk(card))
}

/** The words a person reads in the body: markdown and plain text, one block per element. */
export function textOfCard(card: Json): string {
  return seenInCard(card).text
}

export function seenInCard(card: Json): Seen {
  const blocks = elementsOf(card)
    .map(ownWords)
    .filter((words) => words !== '')
  return seenInMarkdown(blocks.join('\n\n'))
}

export function titleOfCard(card: Json): string {
  return stringOf(recordOf(recordOf(card['header'])['title'])['content']) ?? ''
}

export function buttonsOfCard(card: Json): readonly ShownButton[] {
  return elementsOf(card)
    .filter(({ tag }) => tag === 'button')
    .map((button) => shownButton(button, card['schema'] === '2.0'))
}

/** Tables a markdown text draws, outside code. */
export function tablesIn(markdown: string): number {
  const lines = withoutCode(markdown).split('\n')
  return lines.filter((line, i) => isDelimiterRow(line) && (lines[i - 1] ?? '').includes('|')).length
}

/** Image keys or addresses a markdown text names, outside code. */
export function imagesIn(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/!\[[^\]\n]*\]\(([^)\s]*)[^)]*\)/g)].map(
    (match) => match[1] ?? '',
  )
}

export function markdownsOf(card: Json): readonly string[] {
  return elementsOf(card)
    .filter(({ tag }) => tag === 'markdown')
    .map(({ content }) => stringOf(content) ?? '')
}

function withoutCode(markdown: string): string {
  return markdown
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*\s*$|$(?![\s\S]))/gm, '')
    .replace(/`[^`\n]*`/g, '')
}

function isDelimiterRow(line: string): boolean {
  return /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(line) && line.includes('|')
}

function ownWords(element: Json): string {
  if (element['tag'] === 'img') {
    const alt = stringOf(recordOf(element['alt'])['content']) ?? ''
    return `![${alt}](${stringOf(element['img_key']) ?? ''})`
  }
  const text = element['tag'] === 'div' ? recordOf(element['text'])['content'] : element['content']
  const shows = ['markdown', 'div'].includes(String(element['tag']))
  return shows ? (stringOf(text) ?? '') : ''
}

/** A 2.0 button calls back by `behaviors` alone: a `value` beside it, as in 1.0, is silently ignored. */
export function shownButton(button: Json, isSecond: boolean): ShownButton {
  const behaviors = listOf(button['behaviors']).map(recordOf)
  const callback = behaviors.find(({ type }) => type === 'callback')
  const value = callback === undefined ? (isSecond ? undefined : button['value']) : callback['value']
  const url = behaviors.find(({ type }) => type === 'open_url')?.['default_url'] ?? button['url']
  const name = stringOf(button['name'])
  return {
    label: stringOf(recordOf(button['text'])['content']) ?? '',
    ...(value === undefined ? {} : { value }),
    ...(name === undefined ? {} : { name }),
    ...(typeof url === 'string' ? { url } : {}),
    submits: button['form_action_type'] === 'submit' || button['action_type'] === 'form_submit',
  }
}
