// What did the person say, and to whom? Text with its entities read: our own mention cut out, others as @name, commands.
//
// Decided by entities alone: "@name" found in the text would also match "@name_other".
import { describeShared } from './media.ts'
import { fieldsOf, isFields, readList, readString, readWhole, type Fields } from '../common/read.ts'
import { flattenRich } from './rich.ts'

/** The bot itself, from getMe. */
export interface Self {
  readonly id: number
  readonly username?: string
}

export interface WordsOf {
  /** Readable text, trimmed. */
  readonly text: string
  readonly mentionsBot: boolean
  /** The command the message begins with; a mention of us may stand before it. */
  readonly command?: {
    readonly name: string
    readonly target?: 'me' | 'other'
    /** Typed with a full-width slash, as Chinese keyboards do: Telegram itself does not take it for a command. */
    readonly wide: boolean
    /** All that stands behind it, as it was typed. */
    readonly rest: string
  }
  /** Media blocks of a rich message. */
  readonly media: readonly Fields[]
}

interface Mark {
  readonly from: number
  readonly to: number
  readonly kind: 'cut-own' | 'own-suffix' | 'name' | 'command'
}

export function wordsOf(message: Fields, me: Self): WordsOf {
  const source = sourceOf(message)
  const marks = marksOf(source.text, source.entities, me)
  const text = readable(source.text, marks, 0)
  const command = commandOf(source.text, marks) ?? wideCommandOf(source.text, marks, me)
  const mentionsBot =
    command?.target === 'me' || marks.some(({ kind }) => kind === 'cut-own' || kind === 'own-suffix')
  return {
    text: text === '' ? describeShared(message) : text,
    mentionsBot,
    media: source.media,
    ...(command === undefined ? {} : { command }),
  }
}

function sourceOf(message: Fields): {
  readonly text: string
  readonly entities: readonly unknown[]
  readonly media: readonly Fields[]
} {
  const text = readString(message['text'])
  if (text !== undefined) return { text, entities: readList(message['entities']), media: [] }
  const caption = readString(message['caption'])
  if (caption !== undefined) {
    return { text: caption, entities: readList(message['caption_entities']), media: [] }
  }
  return flattenRich(message['rich_message'])
}

/** The marks that change how the text reads, in order and without overlaps. */
function marksOf(text: string, entities: readonly unknown[], me: Self): readonly Mark[] {
  const marks = entities.flatMap((entity) => (isFields(entity) ? markOf(text, entity, me) : []))
  marks.sort((a, b) => a.from - b.from || a.to - b.to)
  let end = 0
  return marks.filter((mark) => {
    if (mark.from < end) return false
    end = mark.to
    return true
  })
}

function markOf(text: string, entity: Fields, me: Self): readonly Mark[] {
  const from = readWhole(entity['offset'])
  const length = readWhole(entity['length'])
  if (from === undefined || length === undefined || from < 0 || length <= 0 || from + length > text.length)
    return []
  const to = from + length
  const slice = text.slice(from, to)
  switch (entity['type']) {
    case 'mention':
      return isOwnName(slice.slice(1), me) ? [{ from, to, kind: 'cut-own' }] : []
    case 'text_mention':
      return [{ from, to, kind: fieldsOf(entity['user'])['id'] === me.id ? 'cut-own' : 'name' }]
    case 'bot_command': {
      const at = slice.indexOf('@')
      if (at === -1 || !isOwnName(slice.slice(at + 1), me)) return [{ from, to, kind: 'command' }]
      return [
        { from, to: from + at, kind: 'command' },
        { from: from + at, to, kind: 'own-suffix' },
      ]
    }
    default:
      return []
  }
}

/** The text from `start` on, with the marks applied; blanks left over by a cut close up. */
function readable(text: string, marks: readonly Mark[], start: number): string {
  let out = ''
  let at = start
  for (const { from, to, kind } of marks) {
    if (from < start || kind === 'command') continue
    out += text.slice(at, from)
    at = to
    if (kind === 'name') {
      const name = text.slice(from, to)
      out += name.startsWith('@') ? name : `@${name}`
    } else if (kind === 'cut-own' && (out === '' || /\s$/.test(out))) {
      while (text.charAt(at) === ' ') at += 1
    }
  }
  return (out + text.slice(at)).trim()
}

function commandOf(text: string, marks: readonly Mark[]): WordsOf['command'] {
  const index = marks.findIndex(({ kind }) => kind === 'command')
  const mark = marks[index]
  if (mark === undefined) return undefined
  const before = marks.slice(0, index).filter(({ kind }) => kind === 'cut-own')
  if (readable(text.slice(0, mark.from), before, 0) !== '') return undefined
  const suffix = marks[index + 1]
  const isOurs = suffix?.kind === 'own-suffix' && suffix.from === mark.to
  const [name = '', target] = text.slice(mark.from + 1, mark.to).split('@')
  if (!/^\w{1,64}$/.test(name)) return undefined
  return {
    name: name.toLowerCase(),
    ...(isOurs ? { target: 'me' } : target === undefined ? {} : { target: 'other' }),
    wide: false,
    rest: restOf(text, marks, isOurs ? suffix.to : mark.to),
  }
}

function wideCommandOf(text: string, marks: readonly Mark[], me: Self): WordsOf['command'] {
  const first = marks[0]
  const start = first?.kind === 'cut-own' && text.slice(0, first.from).trim() === '' ? first.to : 0
  const found = /^\s*／(\w{1,64})(?:@(\w+))?(?!\S)/.exec(text.slice(start))
  if (found === null) return undefined
  const [typed, name = '', target] = found
  return {
    name: name.toLowerCase(),
    ...(target === undefined ? {} : { target: isOwnName(target, me) ? 'me' : 'other' }),
    wide: true,
    rest: restOf(text, marks, start + typed.length),
  }
}

/** Our own mention at an end of it only addresses us. */
function restOf(text: string, marks: readonly Mark[], start: number): string {
  const own = marks.filter(({ kind, from }) => kind === 'cut-own' && from >= start)
  let [from, to] = [start, text.length]
  for (const mark of own) if (text.slice(from, mark.from).trim() === '') from = mark.to
  for (const mark of own.toReversed()) {
    if (mark.from >= from && text.slice(mark.to, to).trim() === '') to = mark.from
  }
  return text.slice(from, to).trim()
}

function isOwnName(name: string, me: Self): boolean {
  return me.username !== undefined && name.toLowerCase() === me.username.toLowerCase()
}
