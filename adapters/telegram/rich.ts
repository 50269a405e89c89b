// What does a rich message say, as plain text with entities? Rich messages carry no `text`, only a tree of blocks.
// https://core.telegram.org/bots/api#richmessage
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'

export interface FlatText {
  readonly text: string
  readonly entities: readonly unknown[]
  /** Blocks that hold media, shaped like a message: `{ photo: … }`, `{ document: … }`. */
  readonly media: readonly Fields[]
}

interface Sheet {
  text: string
  readonly entities: Fields[]
  readonly media: Fields[]
}

/** A tree may come from anywhere; the server allows 16 levels. */
const MAX_DEPTH = 32
const MAX_CHARS = 100_000
/** Runs that matter to us under another roof: who is mentioned, which command is given. */
const KEPT_RUNS = new Set(['mention', 'text_mention', 'bot_command'])

export function flattenRich(rich: unknown): FlatText {
  const sheet: Sheet = { text: '', entities: [], media: [] }
  for (const block of readList(fieldsOf(rich)['blocks'])) addBlock(sheet, block, 0)
  return { text: sheet.text.trimEnd(), entities: sheet.entities, media: sheet.media }
}

function addBlock(sheet: Sheet, value: unknown, depth: number): void {
  if (!isFields(value) || depth > MAX_DEPTH) return
  const type = readString(value['type'])
  if (type === 'buttons' || type === 'thinking' || type === 'anchor') return
  if (type === 'divider') addLine(sheet, '———')
  if (type === 'mathematical_expression') addLine(sheet, readString(value['expression']) ?? '')
  if (type === 'voice_note') sheet.media.push({ voice: value['voice_note'] ?? value['voice'] })
  else if (type !== undefined && isFields(value[type])) sheet.media.push({ [type]: value[type] })
  else if (type === 'photo') sheet.media.push({ photo: value['photo'] })
  for (const name of ['summary', 'text']) addRunLine(sheet, value[name], depth)
  for (const item of readList(value['items'])) addItem(sheet, item, depth)
  for (const block of readList(value['blocks'])) addBlock(sheet, block, depth + 1)
  for (const row of readList(value['cells'])) addRow(sheet, row, depth)
  const caption = value['caption']
  addRunLine(
    sheet,
    isFields(caption) && 'text' in caption && !('type' in caption) ? caption['text'] : caption,
    depth,
  )
  addRunLine(sheet, value['credit'], depth)
}

function addItem(sheet: Sheet, item: unknown, depth: number): void {
  const fields = fieldsOf(item)
  const box = fields['has_checkbox'] === true ? (fields['is_checked'] === true ? '☑ ' : '☐ ') : ''
  add(sheet, `${readString(fields['label']) ?? '•'} ${box}`)
  const before = sheet.text.length
  for (const block of readList(fields['blocks'])) addBlock(sheet, block, depth + 1)
  if (sheet.text.length === before) add(sheet, '\n')
}

function addRow(sheet: Sheet, row: unknown, depth: number): void {
  readList(row).forEach((cell, index) => {
    if (index > 0) add(sheet, ' | ')
    addRun(sheet, fieldsOf(cell)['text'], depth)
  })
  add(sheet, '\n')
}

function addRunLine(sheet: Sheet, run: unknown, depth: number): void {
  const before = sheet.text.length
  addRun(sheet, run, depth)
  if (sheet.text.length > before) add(sheet, '\n')
}

function addLine(sheet: Sheet, text: string): void {
  if (text !== '') add(sheet, `${text}\n`)
}

/** `RichText`: a string, a list of runs, or one typed run. */
function addRun(sheet: Sheet, run: unknown, depth: number): void {
  if (depth > MAX_DEPTH) return
  if (typeof run === 'string') add(sheet, run)
  for (const part of readList(run)) addRun(sheet, part, depth + 1)
  if (!isFields(run)) return
  const offset = sheet.text.length
  addRun(sheet, run['text'] ?? run['alternative_text'] ?? run['expression'], depth + 1)
  const type = readString(run['type'])
  if (type === undefined || !KEPT_RUNS.has(type)) return
  sheet.entities.push({ type, offset, length: sheet.text.length - offset, user: run['user'] })
}

function add(sheet: Sheet, text: string): void {
  sheet.text += text.slice(0, Math.max(0, MAX_CHARS - sheet.text.length))
}
