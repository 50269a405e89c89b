// What do sending, editing and deleting text do?
import { isDeepStrictEqual } from 'node:util'
import { isObject, type Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { badRequest } from './errors.ts'
import { CAPTION_LENGTH, codePoints, readText, TEXT_LENGTH } from './format.ts'
import { readMarkup } from './markup.ts'
import { findChat, findPlace, writableChat } from './places.ts'
import { postAsBot, showMessage, type Content } from './posting.ts'
import { readRich } from './rich.ts'
import type { ChatState } from './store.ts'
import type { Json, Message } from './types.ts'
import { knownUser, seconds, type Methods, type World } from './world.ts'

export const messageMethods: Methods = {
  sendMessage: (args, world) => {
    const place = findPlace(world, args)
    return postAsBot(world, place, args, readTextContent(args, world, 'message is too long'))
  },
  sendRichMessage: (args, world) => {
    const place = findPlace(world, args)
    return postAsBot(world, place, args, { rich_message: readRichContent(args) })
  },
  editMessageText: (args, world) => {
    const { state, message } = findOwn(args, world)
    if (message.text === undefined && message.rich_message === undefined) {
      throw badRequest('there is no text in the message to edit')
    }
    const content = args.has('rich_message')
      ? { rich_message: readRichContent(args) }
      : readTextContent(args, world, 'MESSAGE_TOO_LONG')
    const { text: _t, entities: _e, rich_message: _r, link_preview_options: _l, ...rest } = message
    return storeEdit(world, state, message, rest, content, args)
  },
  editMessageCaption: (args, world) => {
    const { state, message } = findOwn(args, world)
    if (message.text !== undefined) throw badRequest('there is no caption in the message to edit')
    const { caption: _c, caption_entities: _e, ...rest } = message
    return storeEdit(world, state, message, rest, readCaption(args, world), args)
  },
  editMessageReplyMarkup: (args, world) => {
    const { state, message } = findOwn(args, world)
    return storeEdit(world, state, message, message, {}, args)
  },
  deleteMessage: (args, world) => {
    const state = findChat(world, args)
    const message = state.messages.get(args.integer('message_id') ?? 0)
    if (message === undefined) throw badRequest('message to delete not found')
    if (!mayDelete(world, state, message)) throw badRequest("message can't be deleted")
    removeMessage(world, state, message)
    return true
  },
  deleteMessages: (args, world) => {
    const state = findChat(world, args)
    const ids = args.json('message_ids')
    if (!Array.isArray(ids)) throw badRequest('message identifiers are not specified')
    if (ids.length > 100) throw badRequest('too many message identifiers specified')
    for (const id of ids) {
      const message = state.messages.get(Number(id))
      if (message !== undefined && mayDelete(world, state, message)) removeMessage(world, state, message)
    }
    return true
  },
}

/** The caption of a media call, with its entities. */
export function readCaption(args: Args, world: World): Content {
  if (!args.has('caption')) return {}
  const { text, entities } = readText(args, 'caption', knownUser(world))
  if (codePoints(text) > CAPTION_LENGTH) throw badRequest('message caption is too long')
  if (text === '') return {}
  return { caption: text, ...(entities.length === 0 ? {} : { caption_entities: entities }) }
}

export function removeMessage(world: World, state: ChatState, message: Message): void {
  state.messages.delete(message.message_id)
  state.pinned.delete(message.message_id)
  showMessage(world, 'delete', message)
}

/** The bot's own message that `message_id` names, in a chat it may write to. */
export function findOwn(args: Args, world: World): { readonly state: ChatState; readonly message: Message } {
  if (args.has('inline_message_id')) throw badRequest('MESSAGE_ID_INVALID')
  const state = writableChat(world, args)
  const messageId = args.integer('message_id') ?? 0
  if (messageId === 0) throw badRequest('message identifier is not specified')
  const message = state.messages.get(messageId)
  if (message === undefined) throw badRequest('message to edit not found')
  const isOwn =
    message.from?.id === world.me.id || (state.chat.type === 'channel' && message.from === undefined)
  // Only messages without a reply_markup or with an inline keyboard: https://core.telegram.org/bots/api#updating-messages
  if (!isOwn || state.uneditable.has(messageId)) throw badRequest("message can't be edited")
  return { state, message }
}

/** Stores `rest` with `content`; a markup left out is a markup removed. */
export function storeEdit(
  world: World,
  state: ChatState,
  before: Message,
  rest: Message,
  content: Content,
  args: Args,
): Message {
  const { reply_markup: _, edit_date: _d, ...kept } = rest
  const { inline } = readMarkup(args, 'inline')
  const after = { ...kept, ...content, ...present({ reply_markup: inline }) }
  if (isSame(before, after)) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  }
  const message = { ...after, edit_date: seconds(world) }
  state.messages.set(message.message_id, message)
  showMessage(world, 'edit', message)
  return message
}

function isSame(before: Message, after: Message): boolean {
  if (before.text !== after.text || before.caption !== after.caption) return false
  const { edit_date: _, ...shown } = before
  return isDeepStrictEqual(shown, after)
}

function readTextContent(args: Args, world: World, tooLong: string): Content {
  const { text, entities } = readText(args, 'text', knownUser(world))
  if (text === '') throw badRequest('message text is empty')
  if (codePoints(text) > TEXT_LENGTH) throw badRequest(tooLong)
  const preview = args.json('link_preview_options')
  return {
    text,
    ...(entities.length === 0 ? {} : { entities }),
    ...(isObject(preview) && Object.keys(preview).length > 0 ? { link_preview_options: preview } : {}),
  }
}

function readRichContent(args: Args): Json {
  const given = args.json('rich_message')
  if (!isObject(given)) throw badRequest('rich_message is empty')
  return readRich(given)
}

/** Own messages always; those of others as an administrator, and in private chats. */
function mayDelete(world: World, state: ChatState, message: Message): boolean {
  return (
    message.from?.id === world.me.id || state.chat.type === 'private' || state.botStatus === 'administrator'
  )
}
