// How does a Feishu client draw a rich text (a `post`)? A paragraph a line, pictures and code between them.
// https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json

import type { PageBlock, PageSpan } from '../protocol.ts'
import { feishuBlocks, type FeishuNames } from './feishu.ts'
import { isJson, recordsIn, textIn, type Json } from './json.ts'
import { linkTo, textSpans } from './spans.ts'

/** With or without its language around it. `mentioned`: names of placeholders such as `@_user_1`. */
export function feishuPost(
  content: Json,
  names: FeishuNames,
  mentioned: (key: string) => string | undefined = () => undefined,
): readonly PageBlock[] {
  const post = Array.isArray(content['content']) ? content : (Object.values(content).find(isJson) ?? {})
  const title = textIn(post['title'])
  const lines = Array.isArray(post['content']) ? (post['content'] as readonly unknown[]) : []
  const head: readonly PageBlock[] =
    title === '' ? [] : [{ kind: 'heading', level: 3, spans: textSpans(title) }]
  return [...head, ...lines.flatMap((line) => blocksOfLine(recordsIn(line), names, mentioned))]
}

function blocksOfLine(
  nodes: readonly Json[],
  names: FeishuNames,
  mentioned: (key: string) => string | undefined,
): readonly PageBlock[] {
  const blocks: PageBlock[] = []
  let spans: PageSpan[] = []
  const flush = (): void => {
    if (spans.length > 0) blocks.push({ kind: 'paragraph', spans })
    spans = []
  }
  for (const node of nodes) {
    const alone = blockOf(node, names)
    if (alone === undefined) {
      spans.push(...spansOf(node, names, mentioned))
      continue
    }
    flush()
    blocks.push(...alone)
  }
  flush()
  return blocks
}

function blockOf(node: Json, names: FeishuNames): readonly PageBlock[] | undefined {
  switch (node['tag']) {
    case 'img': {
      const file = names.picture(textIn(node['image_key']), '')
      return file === undefined ? [] : [{ kind: 'picture', file }]
    }
    case 'hr':
      return [{ kind: 'rule' }]
    case 'code_block': {
      const language = textIn(node['language']).toLowerCase()
      const text = textIn(node['text']).replace(/\n$/, '')
      return [{ kind: 'code', ...(language === '' ? {} : { language }), text }]
    }
    case 'md':
      return feishuBlocks(textIn(node['text']), names)
    default:
      return undefined
  }
}

const STYLES = { bold: 'bold', italic: 'italic', underline: 'underline', lineThrough: 'strike' } as const

function spansOf(
  node: Json,
  names: FeishuNames,
  mentioned: (key: string) => string | undefined,
): readonly PageSpan[] {
  const text = textIn(node['text'])
  switch (node['tag']) {
    case 'a':
      return linkTo(textIn(node['href']), textSpans(text === '' ? textIn(node['href']) : text))
    case 'at': {
      const id = textIn(node['user_id'])
      const name = mentioned(id) ?? names.person(id) ?? textIn(node['user_name'])
      return [{ kind: 'mention', spans: textSpans(`@${name === '' ? id : name}`) }]
    }
    case 'emotion':
      return textSpans(`[${textIn(node['emoji_type'])}]`)
    default: {
      const styles = Array.isArray(node['style']) ? (node['style'] as readonly unknown[]) : []
      return Object.entries(STYLES).reduce<readonly PageSpan[]>(
        (spans, [style, kind]) => (styles.includes(style) ? [{ kind, spans }] : spans),
        textSpans(text),
      )
    }
  }
}
