// What do people read in a message that is no card? Words of text and post, a short name for the rest.
import { listOf, readJson, recordOf, stringOf, type Json, type MessageState } from './types.ts'
import type { World } from './world.ts'

export function wordsOf(world: World, message: MessageState): string {
  const content = recordOf(readJson(message.content))
  switch (message.msgType) {
    case 'text':
      return textWords(world, stringOf(content['text']) ?? '', message)
    case 'post':
      return postWords(world, postOf(content), message)
    default:
      return ''
  }
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

function postWords(world: World, post: Json, message: MessageState): string {
  const lines = listOf(post['content']).map((line) =>
    listOf(line)
      .map((node) => nodeWords(world, recordOf(node), message))
      .join(''),
  )
  return [stringOf(post['title']) ?? '', ...lines].filter((line, i) => i > 0 || line !== '').join('\n')
}

function nodeWords({ store }: World, node: Json, { mentions }: MessageState): string {
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
    case 'img':
    case 'media':
      return ''
    default:
      return stringOf(node['text']) ?? ''
  }
}
