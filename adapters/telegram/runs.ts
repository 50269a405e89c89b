// How do styled runs become a text with entities? Telegram wants them nested properly, and nothing inside code.
// https://core.telegram.org/bots/api#messageentity

import { BEHIND_AT, ringingAts } from './harmless.ts'

/** A message in Telegram's own form. Offsets and lengths count UTF-16 units. */
export interface TelegramBody {
  readonly text: string
  readonly entities: readonly TelegramEntity[]
}
export interface TelegramEntity {
  readonly type:
    | 'bold'
    | 'italic'
    | 'strikethrough'
    | 'code'
    | 'pre'
    | 'text_link'
    | 'blockquote'
    | 'expandable_blockquote'
  readonly offset: number
  readonly length: number
  /** Of a `text_link`. */
  readonly url?: string
  /** Of a `pre`. */
  readonly language?: string
}

export interface Style {
  readonly quote?: boolean
  readonly bold?: boolean
  readonly italic?: boolean
  readonly strike?: boolean
  readonly link?: string
  readonly raw?: 'code' | 'pre'
  readonly language?: string
}
export interface Run {
  readonly text: string
  readonly style: Style
}

interface OpenMark {
  readonly mark: Mark
  readonly from: number
}
type Mark = Pick<TelegramEntity, 'type' | 'url' | 'language'>

/**
 * 1. each run says which marks it wears; 2. what the next run does not wear is closed, and with it all that was opened
 * inside; 3. what is missing is opened, quotes first; 4. entities are put in order, those over nothing visible dropped.
 */
export function bodyOfRuns(runs: readonly Run[]): TelegramBody {
  let text = ''
  const entities: TelegramEntity[] = []
  let open: readonly OpenMark[] = []
  for (const run of runs) {
    const clean = cleanText(run.text)
    if (clean === '') continue
    const wanted = marksOf(run.style)
    const kept = open.findIndex(({ mark }) => !wanted.some((other) => isSame(mark, other)))
    const standing = kept === -1 ? open : open.slice(0, kept)
    close(open.slice(standing.length))
    const missing = wanted.filter((mark) => !standing.some((other) => isSame(mark, other.mark)))
    const from = text.length
    open = [...standing, ...missing.map((mark) => ({ mark, from }))]
    text += clean
  }
  close(open)
  return { text, entities: inOrder(entities) }

  function close(marks: readonly OpenMark[]): void {
    for (const { mark, from } of marks) {
      const covered = text.slice(from)
      if (covered.trim() !== '') entities.push({ ...mark, offset: from, length: covered.length })
    }
  }
}

/** One after another, entities moved along. */
export function joinBodies(bodies: readonly TelegramBody[], between: string): TelegramBody {
  const texts: string[] = []
  const entities: TelegramEntity[] = []
  let offset = 0
  for (const body of bodies) {
    if (body.text === '') continue
    if (texts.length > 0) offset += between.length
    for (const entity of body.entities) entities.push({ ...entity, offset: entity.offset + offset })
    texts.push(body.text)
    offset += body.text.length
  }
  return { text: texts.join(between), entities }
}

/**
 * As the server would trim, so that its echo equals what we sent: all blanks at the end, and those at the beginning up
 * to the first entity (a code block's indentation stays). tdlib: fix_formatted_text.
 */
export function trimBody({ text, entities }: TelegramBody): TelegramBody {
  const end = text.trimEnd().length
  const firstEntity = entities.reduce((least, { offset }) => Math.min(least, offset), end)
  let start = 0
  while (start < firstEntity && /\s/.test(text.charAt(start))) start += 1
  if (start === 0 && end === text.length) return { text, entities }
  return {
    text: text.slice(start, end),
    entities: entities.flatMap((entity) => {
      const length = Math.min(entity.offset + entity.length, end) - entity.offset
      return length > 0 ? [{ ...entity, offset: entity.offset - start, length }] : []
    }),
  }
}

/** Names ring nobody (harmless.ts); entities move along. The server looks for none in code. */
export function withoutMentions(body: TelegramBody): TelegramBody {
  const code = body.entities.filter(({ type }) => type === 'code' || type === 'pre')
  let nextCode = 0
  const ats = ringingAts(body.text).filter((at) => {
    while (at >= endOf(code[nextCode])) nextCode += 1
    return at < (code[nextCode]?.offset ?? Infinity)
  })
  if (ats.length === 0) return body
  const moved = (index: number): number => index + countBelow(ats, index) * BEHIND_AT.length
  let text = ''
  let from = 0
  for (const at of ats) {
    text += body.text.slice(from, at + 1) + BEHIND_AT
    from = at + 1
  }
  return {
    text: text + body.text.slice(from),
    entities: body.entities.map((entity) => {
      const offset = moved(entity.offset)
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset }
    }),
  }
}

function endOf(entity: TelegramEntity | undefined): number {
  return entity === undefined ? Infinity : entity.offset + entity.length
}

/** How many of `sorted` are less than `limit`. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? Infinity) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** Control characters become blanks (the server does the same), halves of surrogate pairs the replacement character. */
export function cleanText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!CONTROLS.test(wellFormed)) return wellFormed
  return wellFormed.replace(/\r\n?/g, '\n').replace(/\p{Cc}/gu, (c) => (c === '\n' ? c : ' '))
}

/** Any control character but the line feed. */
const CONTROLS = /(?!\n)\p{Cc}/u

function marksOf(style: Style): readonly Mark[] {
  const marks: Mark[] = []
  if (style.quote === true) marks.push({ type: 'blockquote' })
  if (style.raw === 'pre') {
    marks.push({ type: 'pre', ...(style.language === undefined ? {} : { language: style.language }) })
    return marks
  }
  if (style.link !== undefined) marks.push({ type: 'text_link', url: style.link })
  else if (style.raw === 'code') return [...marks, { type: 'code' }]
  if (style.bold === true) marks.push({ type: 'bold' })
  if (style.italic === true) marks.push({ type: 'italic' })
  if (style.strike === true) marks.push({ type: 'strikethrough' })
  return marks
}

function isSame(a: Mark, b: Mark): boolean {
  return a.type === b.type && a.url === b.url && a.language === b.language
}

function inOrder(entities: readonly TelegramEntity[]): readonly TelegramEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}
