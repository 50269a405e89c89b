// What do people see in a message that is no card? Words of text and post with its pictures, a short name for files.
import { PICTURE, type Seen, type SeenImage } from './seen.ts'
import { listOf, readJson, recordOf, stringOf, type Json, type MessageState } from './types.ts'
import type { World } from './world.ts'

export function seenInContent(world: World, message: MessageState): Seen {
  const content = recordOf(readJson(message.content))
  const key = stringOf(content['image_key']) ?? ''
  switch (message.msgType) {
    case 'text':
      return bare(textWords(world, stringOf(content['text']) ?? '', message))
    case 'post':
      return seenInPost(world, postOf(content), message)
    case 'image':
      return { text: PICTURE, images: [{ key, alt: '', at: 0 }] }
    case 'file':
    case 'audio':
    case 'media':
      return bare(`${FILE_SIGNS[message.msgType]} ${nameOf(world, content)}`.trim())
    default:
      return bare('')
  }
}

const FILE_SIGNS = { file: '📎', audio: '🎤', media: '🎬' } as const

function nameOf(world: World, content: Json): string {
  return world.files.byKey(stringOf(content['file_key']) ?? '')?.name ?? ''
}

function bare(text: string): Seen {
  return { text, images: [] }
}

/** A post with or without its locale around it. */
export function postOf(content: Json): Json {
  if (Array.isArray(content['content'])) return content
  return recordOf(Object.values(content)[0])
}

function textWords({ store }: World, text: string, { mentions }: MessageState): string {
  const named = text.replace(/<at\s+user_id="([^"]*)"\s*>([^<]*)<\/at>/g, (_, id: string, name: string) =>
    id === 'all' ? '@all' : `@${name === '' ? (store.people.get(id)?.name ?? id) : name}`,
  )
  const plain = named.replace(/<\/?[bius]>/g, '')
  // Longest first: @_user_10 begins like @_user_1.
  return mentions
    .toSorted((a, b) => b.key.length - a.key.length)
    .reduce((words, { key, name }) => words.replaceAll(key, `@${name}`), plain)
}

function seenInPost(world: World, post: Json, message: MessageState): Seen {
  const images: SeenImage[] = []
  const title = stringOf(post['title']) ?? ''
  let text = title
  listOf(post['content']).forEach((line, at) => {
    if (at > 0 || title !== '') text += '\n'
    for (const node of listOf(line).map(recordOf)) {
      const key = node['tag'] === 'img' ? stringOf(node['image_key']) : undefined
      if (key !== undefined) images.push({ key, alt: '', at: text.length })
      text += key === undefined ? nodeWords(world, node, message) : PICTURE
    }
  })
  return { text, images }
}

function nodeWords(world: World, node: Json, { mentions }: MessageState): string {
  const { store } = world
  switch (node['tag']) {
    case 'at': {
      const id = stringOf(node['user_id']) ?? ''
      const mentioned = mentions.find(({ key, openId }) => key === id || openId === id)
      return `@${mentioned?.name ?? store.people.get(id)?.name ?? id}`
    }
    case 'hr':
      return '---'
    case 'emotion':
      return `:${stringOf(node['emoji_type']) ?? ''}:`
    case 'media':
      return `${FILE_SIGNS.media} ${nameOf(world, node)}`.trim()
    default:
      return stringOf(node['text']) ?? ''
  }
}
