// Which routes open, tell and change channels, and show in them that the bot is typing or reacting?
import type { BucketKind, Handler, Route } from './call.ts'
import { invalidForm, refusals } from './errors.ts'
import { messageFor } from './messages.ts'
import { channelFor, demand } from './permissions.ts'
import { guildIdOf, scopeOf } from './posting.ts'
import { isSnowflake } from './snowflake.ts'
import type { ChannelState, GuildState } from './store.ts'
import { CHANNEL_TYPES, isThread, type Json, type User } from './types.ts'
import { channelView, emojiOf, threadEvent } from './views.ts'
import { timestamp, type World } from './world.ts'

const MAX_REACTIONS = 20

const user: Handler = ({ params }, world) => {
  const found = world.store.users.get(params['user'] ?? '')
  if (found === undefined) throw refusals.unknownUser()
  return { status: 200, body: found }
}

const openDirect: Handler = ({ body }, world) => {
  const id = body['recipient_id']
  if (!isSnowflake(id)) {
    const message = `Value "${String(id)}" is not snowflake.`
    throw invalidForm([{ path: 'recipient_id', code: 'NUMBER_TYPE_COERCE', message }])
  }
  const person = world.store.users.get(id)
  if (person === undefined || person.id === world.me.id) throw refusals.refusesMessages()
  return { status: 200, body: channelView(directChannelOf(world, person)) }
}

const channel: Handler = ({ params }, world) => ({
  status: 200,
  body: channelView(channelFor(world, params['channel'])),
})

const change: Handler = ({ params, body }, world) => {
  const state = channelFor(world, params['channel'])
  demand(world, state.channel, isThread(state.channel) ? 'MANAGE_THREADS' : 'MANAGE_CHANNELS')
  const { name, topic, archived, locked } = body
  const { thread_metadata: metadata } = state.channel
  state.channel = {
    ...state.channel,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(metadata === undefined
      ? {}
      : {
          thread_metadata: {
            ...metadata,
            archived: typeof archived === 'boolean' ? archived : metadata.archived,
            locked: typeof locked === 'boolean' ? locked : metadata.locked,
            archive_timestamp: typeof archived === 'boolean' ? timestamp(world) : metadata.archive_timestamp,
          },
        }),
  }
  tellChannelUpdate(world, state)
  return { status: 200, body: channelView(state) }
}

/** Only a new name or topic has the small budget. */
const renames = ({ name, topic }: Json): BucketKind =>
  name === undefined && topic === undefined ? 'other' : 'rename'

const typing: Handler = ({ params }, world) => {
  const state = channelFor(world, params['channel'])
  if (state.channel.type !== CHANNEL_TYPES.direct)
    demand(world, state.channel, isThread(state.channel) ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES')
  world.store.addTyping(state.channel.id, world.nowMs())
  return { status: 204 }
}

const react: Handler = (call, world) => {
  const { state, shown } = messageFor(world, call)
  const emoji = call.params['emoji'] ?? ''
  if (!isEmoji(emoji)) throw refusals.unknownEmoji()
  if (!shown.reactions.has(emoji)) {
    demand(world, state.channel, 'ADD_REACTIONS')
    if (shown.reactions.size >= MAX_REACTIONS) throw refusals.tooManyReactions()
  }
  if (state.channel.thread_metadata?.archived === true) throw refusals.archivedThread()
  setReaction(world, state, call.params['message'] ?? '', emoji, world.me, true)
  return { status: 204 }
}

const unreact: Handler = (call, world) => {
  const { state } = messageFor(world, call)
  setReaction(world, state, call.params['message'] ?? '', call.params['emoji'] ?? '', world.me, false)
  return { status: 204 }
}

const MINE = '/channels/:channel/messages/:message/reactions/:emoji/@me'
export const channelRoutes: readonly Route[] = [
  { name: 'getUser', method: 'GET', path: '/users/:user', bucket: 'other', run: user },
  { name: 'openDirect', method: 'POST', path: '/users/@me/channels', bucket: 'other', run: openDirect },
  { name: 'getChannel', method: 'GET', path: '/channels/:channel', bucket: 'read', run: channel },
  { name: 'changeChannel', method: 'PATCH', path: '/channels/:channel', bucket: renames, run: change },
  { name: 'typing', method: 'POST', path: '/channels/:channel/typing', bucket: 'typing', run: typing },
  { name: 'react', method: 'PUT', path: MINE, bucket: 'reaction', run: react },
  { name: 'unreact', method: 'DELETE', path: MINE, bucket: 'reaction', run: unreact },
]

/** The direct channel of a person; made the first time. */
export function directChannelOf(world: World, person: User): ChannelState {
  const known = [...world.store.channels.values()].find(
    ({ channel: { type, recipients } }) => type === CHANNEL_TYPES.direct && recipients?.[0]?.id === person.id,
  )
  return (
    known ??
    world.store.addChannel({
      id: world.ids.next(),
      type: CHANNEL_TYPES.direct,
      flags: 0,
      last_message_id: null,
      recipients: [person],
    })
  )
}

export function setReaction(
  world: World,
  state: ChannelState,
  messageId: string,
  emoji: string,
  by: User,
  on: boolean,
): void {
  const shown = state.messages.get(messageId)
  if (shown === undefined) throw refusals.unknownMessage()
  const who = shown.reactions.get(emoji) ?? new Set<string>()
  if (who.has(by.id) === on) return
  if (on) who.add(by.id)
  else who.delete(by.id)
  if (who.size === 0) shown.reactions.delete(emoji)
  else shown.reactions.set(emoji, who)
  world.store.changed()
  const guildState: GuildState | undefined = world.store.guilds.get(state.channel.guild_id ?? '')
  const by_member = guildState?.members.get(by.id)
  world.dispatch(on ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', scopeOf(state), () => ({
    user_id: by.id,
    channel_id: state.channel.id,
    message_id: messageId,
    ...guildIdOf(state),
    ...(on && by_member !== undefined ? { member: by_member } : {}),
    ...(on ? { message_author_id: shown.message.author.id } : {}),
    emoji: emojiOf(emoji),
    burst: false,
    type: 0,
  }))
}

export function tellChannelUpdate(world: World, state: ChannelState): void {
  const event = isThread(state.channel) ? 'THREAD_UPDATE' : 'CHANNEL_UPDATE'
  world.dispatch(event, scopeOf(state), () =>
    isThread(state.channel) ? threadEvent(world, state) : { ...state.channel },
  )
  world.store.changed()
}

function isEmoji(name: string): boolean {
  return /^\p{Emoji}/u.test(name) || /^\w+:\d+$/.test(name)
}
