// May this content be sent? Type by type: its JSON, its size, whose files it names, and the card inside.
import { cardFault, messageCardError, MAX_CARD_BYTES } from './card-check.ts'
import { postOf } from './content-words.ts'
import { ApiError, cardContentError, invalidParam } from './errors.ts'
import { isRecord, listOf, readJson, recordOf, stringOf, type CardState, type Json } from './types.ts'
import type { World } from './world.ts'

/** Feishu docs: send a message. */
const MAX_TEXT_BYTES = 150 * 1024
const FILE_TYPES: Readonly<Record<string, readonly string[]>> = {
  // An mp4 must go as media, an opus as audio: 230055.
  file: ['pdf', 'doc', 'xls', 'ppt', 'stream'],
  audio: ['opus'],
  media: ['mp4'],
}
const POST_NODES = ['text', 'a', 'at', 'img', 'media', 'emotion', 'hr', 'code_block', 'md']

export interface CheckedContent {
  readonly msgType: string
  readonly content: string
  /** The entity that goes out with this message. */
  readonly entity?: CardState
}

export function checkContent(world: World, msgType: unknown, content: unknown): CheckedContent {
  if (typeof msgType !== 'string' || typeof content !== 'string')
    throw invalidParam('msg_type or content is missing')
  const parsed = readJson(content)
  if (parsed === undefined) throw invalidParam('content is not a string in json format')
  const sizeBytes = Buffer.byteLength(content)
  switch (msgType) {
    case 'text':
      if ((stringOf(parsed['text']) ?? '') === '') throw invalidParam('text content is empty')
      if (sizeBytes > MAX_TEXT_BYTES) throw tooLong()
      break
    case 'post':
      if (sizeBytes > MAX_CARD_BYTES) throw tooLong()
      checkPost(world, parsed)
      break
    case 'image':
      checkFile(world, parsed['image_key'], ['image'])
      break
    case 'file':
    case 'audio':
    case 'media':
      checkFile(world, parsed['file_key'], FILE_TYPES[msgType] ?? [])
      break
    case 'interactive':
      return { msgType, content, ...checkCard(world, parsed) }
    case 'sticker':
    case 'share_chat':
    case 'share_user':
      break
    default:
      throw new ApiError(230054, 'This message type does not support the operation.')
  }
  return { msgType, content }
}

function checkCard(world: World, content: Json): { readonly entity?: CardState } {
  if (content['type'] === 'template') throw cardContentError(200380, 'template does not exist')
  if (content['type'] === 'card') return { entity: unsentEntity(world, recordOf(content['data'])['card_id']) }
  const isCard =
    content['schema'] === '2.0' || Array.isArray(content['elements']) || isRecord(content['i18n_elements'])
  if (!isCard)
    throw cardContentError(200621, 'parse card json err, please check whether the card json is correct')
  const fault = cardFault(content, (key) => world.files.byKey(key)?.byBot === true)
  if (fault !== undefined) throw messageCardError(fault)
  return {}
}

/** An entity can be sent exactly once, and only while it lives. */
function unsentEntity(world: World, cardId: unknown): CardState {
  const state = typeof cardId === 'string' ? world.store.cards.get(cardId) : undefined
  if (state === undefined) throw cardContentError(11310, 'cardid is invalid', String(cardId))
  if (state.messageId !== undefined)
    throw cardContentError(11310, 'card entity has already been sent', state.id)
  return state
}

function checkPost(world: World, content: Json): void {
  const post = postOf(content)
  if (Array.isArray(content['content']) || !Array.isArray(post['content']))
    throw invalidParam('post needs a locale around title and content')
  for (const node of listOf(post['content']).flatMap(listOf).map(recordOf)) {
    if (!POST_NODES.includes(String(node['tag'])))
      throw invalidParam(`unknown tag ${String(node['tag'])} in post`)
    if (node['tag'] === 'img') checkFile(world, node['image_key'], ['image'])
    if (node['tag'] === 'media') checkFile(world, node['file_key'], FILE_TYPES['media'] ?? [])
  }
}

function checkFile(world: World, key: unknown, types: readonly string[]): void {
  const file = typeof key === 'string' ? world.files.byKey(key) : undefined
  if (file?.byBot !== true) throw new ApiError(230017, 'Bot is NOT the owner of the resource.')
  if (!types.includes(file.type))
    throw new ApiError(230055, 'The type of file upload does not match the type of message being sent.')
}

function tooLong(): ApiError {
  return new ApiError(230025, 'The length of the message content reaches its limit.')
}
