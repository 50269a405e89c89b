// How does a rich message read as text? Its tree of nodes, flattened; pictures and films in it apart.
// https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'

export interface FlatPost {
  /** With placeholders for those mentioned, as in plain messages. */
  readonly text: string
  /** `img` and `media` nodes. */
  readonly media: readonly Fields[]
}

/** Events carry the post bare, what was sent by an app may come wrapped in its language. */
export function flattenPost(content: unknown): FlatPost {
  const post = unwrap(fieldsOf(content))
  const media: Fields[] = []
  const lines = readList(post['content']).map((line) =>
    (Array.isArray(line) ? readList(line) : [line])
      .map((node) => (isFields(node) ? wordsOfNode(node, media) : ''))
      .join(''),
  )
  const title = readString(post['title']) ?? ''
  return { text: [title, ...lines].join('\n').trim(), media }
}

function unwrap(content: Fields): Fields {
  if (Array.isArray(content['content'])) return content
  return (
    (Object.values(content).find((value) => isFields(value) && Array.isArray(value['content'])) as
      Fields | undefined) ?? content
  )
}

function wordsOfNode(node: Fields, media: Fields[]): string {
  const text = readString(node['text']) ?? ''
  switch (node['tag']) {
    case 'a': {
      const href = readString(node['href']) ?? ''
      return href === '' || href === text ? text : text === '' ? href : `${text} (${href})`
    }
    case 'at': {
      const id = readString(node['user_id']) ?? ''
      if (/^@_(user_\d+|all)$/.test(id)) return id
      if (id === 'all') return '@_all'
      const name = readString(node['user_name'])
      return name === undefined ? '' : `@${name}`
    }
    case 'img':
    case 'media':
      media.push(node)
      return ''
    case 'emotion':
      return `[${readString(node['emoji_type']) ?? ''}]`
    case 'hr':
      return '---'
    case 'code_block':
      return `\`\`\`${(readString(node['language']) ?? '').toLowerCase()}\n${text.replace(/\n$/, '')}\n\`\`\``
    default:
      return text
  }
}

/** A card, or anything else built of components: every text in it, in reading order. */
export function flattenCard(content: unknown): string {
  const lines: string[] = []
  collect(content, 0)
  return lines.join('\n').trim()

  function collect(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH || lines.length >= MAX_LINES) return
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) collect(item, depth + 1)
      return
    }
    if (!isFields(value) || PRESSED.has(String(value['tag']))) return
    const text = readString(value['text']) ?? readString(value['content'])
    if (text !== undefined && value['tag'] !== undefined) lines.push(withoutKeys(text))
    else if (typeof value['title'] === 'string' && value['title'] !== '') lines.push(value['title'])
    for (const [name, inner] of Object.entries(value)) if (!UNSEEN.has(name)) collect(inner, depth + 1)
  }
}

/** Keys of pictures say nothing: what stands beneath the picture does. */
function withoutKeys(text: string): string {
  return text.replace(/!\[([^\]\n]*)\]\(img_[A-Za-z0-9_-]*\)/g, (_, alt: string) => `🖼 ${alt}`.trim())
}

/** Cards nest five deep, with their rows and columns between. */
const MAX_DEPTH = 16
const MAX_LINES = 500
/** What is pressed or filled in is not said. */
const PRESSED: ReadonlySet<string> = new Set([
  'button',
  'action',
  'input',
  'overflow',
  'select_static',
  'multi_select_static',
  'date_picker',
  'checker',
])
/** What a card holds but does not show. */
const UNSEEN: ReadonlySet<string> = new Set([
  'config',
  'behaviors',
  'value',
  'card_link',
  'i18n_content',
  'i18n_elements',
])
