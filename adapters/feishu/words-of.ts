// What did the person say, and to whom? A message's content with its mentions read, its files, its command.
//
// For messages as they are pushed and as they are fetched: both carry type, content and mentions.
import type { Attachment } from '../../src/contract/event.ts'
import { describeShared, readAttachments } from './media.ts'
import { mentionsSelf, readPlaceholders, type Mention, type Self } from './mentions.ts'
import { flattenCard, flattenPost } from './post.ts'
import { fieldsOf, isFields, readString, type Fields } from '../common/read.ts'

export interface WordsOf {
  /** Readable text, trimmed. */
  readonly text: string
  readonly mentionsBot: boolean
  readonly attachments: readonly Attachment[]
  /** The command the message begins with; a mention of us may stand before it. */
  readonly command?: { readonly name: string; readonly rest: string }
}

export interface Said {
  readonly messageId: string
  /** Of the merged forward it is a child of. */
  readonly parentId?: string
  /** `message_type` in events, `msg_type` over REST. */
  readonly type: string
  /** JSON, as a string. */
  readonly content: unknown
  readonly mentions: readonly Mention[]
}

export function wordsOf(
  { messageId, parentId, type, content, mentions }: Said,
  me: Self | undefined,
): WordsOf {
  const given = parse(content)
  const carrier = { messageId, ...(parentId === undefined ? {} : { parentId }) }
  const { raw, media } = rawOf(type, given)
  const text = readPlaceholders(raw, mentions, me)
  const command = type === 'text' || type === 'post' ? commandOf(text) : undefined
  return {
    text,
    mentionsBot: mentionsSelf(mentions, me),
    attachments: readAttachments(carrier, type, given, media),
    ...(command === undefined ? {} : { command }),
  }
}

function rawOf(type: string, content: Fields): { readonly raw: string; readonly media: readonly Fields[] } {
  switch (type) {
    case 'text':
      return { raw: readString(content['text']) ?? '', media: [] }
    case 'post': {
      const { text, media } = flattenPost(content)
      return { raw: text, media }
    }
    case 'interactive':
      return { raw: flattenCard(cardOf(content)), media: [] }
    default:
      return { raw: describeShared(type, content), media: [] }
  }
}

/** Asked for raw, a card comes as a string inside. */
function cardOf(content: Fields): Fields {
  const inner = ['user_dsl', 'user_card', 'json_card'].map((name) => readString(content[name])).find(Boolean)
  return inner === undefined ? content : parse(inner)
}

/** People also type the full-width slash. A path like /usr/bin is none. */
function commandOf(text: string): WordsOf['command'] {
  const found = /^[/／]([\p{L}\p{N}_-]{1,64})(?:\s+([\s\S]*))?$/u.exec(text)
  if (found?.[1] === undefined) return undefined
  return { name: found[1].toLowerCase(), rest: (found[2] ?? '').trim() }
}

function parse(content: unknown): Fields {
  if (isFields(content)) return content
  try {
    const value: unknown = JSON.parse(readString(content) ?? '{}')
    return fieldsOf(value)
  } catch {
    return {}
  }
}
