// What do people do with messages? They write, edit, delete, react and type.
import { setReaction } from './channels.ts'
import { ALLOWS_ALL } from './mentions.ts'
import { changeMessage, guildIdOf, postMessage, removeMessage, scopeOf } from './posting.ts'
import { channelOf, type ChannelRef, type MessageRef, type Person } from './rooms.ts'
import type { ChannelState, MessageState } from './store.ts'
import { addMember } from './threads.ts'
import { isThread, type Message } from './types.ts'
import { messageEvent } from './views.ts'
import { newMessage, type SayOptions } from './wording.ts'
import { timestamp, type World } from './world.ts'

export interface SentMessage {
  readonly id: string
  readonly channelId: string
  readonly messageId: string
  readonly message: Message
}

export interface People {
  say(person: Person, channel: ChannelRef, text: string, options?: SayOptions): SentMessage
  edit(person: Person, message: MessageRef, text: string): SentMessage
  deleteMessage(message: MessageRef): void
  react(person: Person, message: MessageRef, emoji: string, on?: boolean): void
  /** The person is typing: TYPING_START. */
  type(person: Person, channel: ChannelRef): void
  /** The gateway tells of a message once more: MESSAGE_CREATE with the same id. */
  redeliver(messageId: string): void
}

export function createPeople(world: World): People {
  return {
    say(person, ref, text, options = {}) {
      const state = channelOf(world, ref)
      const guild = world.store.guilds.get(state.channel.guild_id ?? '')
      if (guild !== undefined && options.webhook !== true && !guild.members.has(person.id))
        throw new Error(`${person.user.username} is not in the guild ${guild.name}`)
      if (state.channel.thread_metadata?.locked === true)
        throw new Error(`the thread ${state.channel.id} is locked`)
      if (isThread(state.channel) && options.webhook !== true) addMember(world, state, person.id)
      return sent(postMessage(world, state, newMessage(world, state, person, text, options)).message)
    },
    edit(person, ref, text) {
      const { state, shown } = shownMessage(world, ref)
      if (shown.message.author.id !== person.id) throw new Error('people edit only their own messages')
      changeMessage(world, state, shown, { content: text }, { allowed: ALLOWS_ALL })
      return sent(shown.message)
    },
    deleteMessage(ref) {
      const { state, shown } = shownMessage(world, ref)
      removeMessage(world, state, shown)
    },
    react(person, ref, emoji, on = true) {
      const { state } = shownMessage(world, ref)
      setReaction(world, state, ref.messageId, emoji, person.user, on)
    },
    type(person, ref) {
      const state = channelOf(world, ref)
      world.dispatch('TYPING_START', scopeOf(state), () => ({
        channel_id: state.channel.id,
        user_id: person.id,
        timestamp: Math.floor(Date.parse(timestamp(world)) / 1000),
        ...guildIdOf(state),
      }))
    },
    redeliver(messageId) {
      const found = [...world.store.channels.values()].find(({ messages }) => messages.has(messageId))
      const shown = found?.messages.get(messageId)
      if (found === undefined || shown === undefined) throw new Error(`no channel shows message ${messageId}`)
      world.dispatch('MESSAGE_CREATE', scopeOf(found), (viewer) => messageEvent(world, shown, viewer))
    },
  }
}

/** A message on a screen, and where it stands. */
export function shownMessage(
  world: World,
  { channelId, messageId }: MessageRef,
): { readonly state: ChannelState; readonly shown: MessageState } {
  const state = channelOf(world, channelId)
  const shown = state.messages.get(messageId)
  if (shown === undefined) throw new Error(`channel ${channelId} shows no message ${messageId}`)
  return { state, shown }
}

function sent(message: Message): SentMessage {
  return { id: message.id, channelId: message.channel_id, messageId: message.id, message }
}
