// How does a bot answer presses and queries, react, and say that it is typing?
import { isObject } from './args.ts'
import { badRequest, forbidden } from './errors.ts'
import { checkTopic, findChat, GENERAL_TOPIC, mayWrite } from './places.ts'
import { answerPress } from './presses.ts'
import type { Json } from './types.ts'
import type { Methods } from './world.ts'

/** https://core.telegram.org/bots/api#sendchataction */
const ACTIONS = new Set(
  (
    'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker ' +
    'find_location record_video_note upload_video_note record_audio upload_audio'
  ).split(' '),
)
/** https://core.telegram.org/bots/api#reactiontypeemoji */
const REACTIONS = new Set(
  (
    '❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 ' +
    '😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
  ).split(' '),
)
const ANSWER_LENGTH = 200
const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid'

export const interactionMethods: Methods = {
  sendChatAction: (args, world) => {
    const state = findChat(world, args)
    if (state.chat.type === 'channel') throw badRequest('chat actions are not allowed in channels')
    mayWrite(state)
    const action = args.text('action') ?? ''
    if (!ACTIONS.has(action)) throw badRequest('wrong parameter action in request')
    const threadId = args.integer('message_thread_id')
    const isGeneral = threadId === GENERAL_TOPIC && state.chat.is_forum === true
    if (threadId !== undefined && threadId !== 0 && !isGeneral) checkTopic(world, state, threadId)
    world.store.addAction(state.chat.id, threadId, action, world.nowMs())
    return true
  },
  setMessageReaction: (args, world) => {
    const state = findChat(world, args)
    mayWrite(state)
    const message = state.messages.get(args.integer('message_id') ?? 0)
    if (message === undefined) throw badRequest('message to react not found')
    const given = args.json('reaction')
    const reactions: readonly unknown[] = Array.isArray(given) ? given : []
    if (reactions.length > 1) throw badRequest('REACTIONS_TOO_MANY')
    const valid = reactions.filter((reaction): reaction is Json => isObject(reaction) && isKnown(reaction))
    if (valid.length < reactions.length) throw badRequest('REACTION_INVALID')
    const byUser = state.reactions.get(message.message_id) ?? new Map<number, readonly Json[]>()
    byUser.set(world.me.id, valid)
    state.reactions.set(message.message_id, byUser)
    world.store.changed()
    return true
  },
  answerCallbackQuery: (args, world) => {
    const id = args.text('callback_query_id') ?? ''
    const text = args.text('text') ?? ''
    if (text.length > ANSWER_LENGTH) throw badRequest('MESSAGE_TOO_LONG')
    const url = args.text('url')
    const answer = { text, showAlert: args.flag('show_alert'), ...(url === undefined ? {} : { url }) }
    if (!answerPress(world, id, answer)) throw badRequest(TOO_OLD)
    return true
  },
  answerInlineQuery: () => {
    throw badRequest(TOO_OLD)
  },
  answerGuestQuery: () => {
    throw badRequest(TOO_OLD)
  },
  sendChecklist: () => {
    throw forbidden('business connection is required')
  },
}

function isKnown(reaction: Json): boolean {
  if (reaction['type'] === 'custom_emoji') return typeof reaction['custom_emoji_id'] === 'string'
  return reaction['type'] === 'emoji' && REACTIONS.has(String(reaction['emoji']).replace(/\ufe0f/g, ''))
}
