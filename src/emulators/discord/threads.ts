// How does a thread come to be, and who is in it?
import { refusals } from './errors.ts'
import { changeMessage, postMessage, scopeOf } from './posting.ts'
import type { ChannelState, MessageState } from './store.ts'
import { CHANNEL_TYPES, MESSAGE_FLAGS, MESSAGE_TYPES, type ChannelType, type User } from './types.ts'
import { threadEvent, threadMember } from './views.ts'
import { timestamp, type World } from './world.ts'

export interface NewThread {
  readonly parent: ChannelState
  readonly name: string
  readonly by: User
  readonly id?: string
  readonly type?: ChannelType
  readonly archiveMinutes?: number
  readonly tags?: readonly string[]
}

/** A thread, told with THREAD_CREATE; the maker is in it, and nothing is said yet. */
export function addThread(world: World, thread: NewThread): ChannelState {
  const { parent, by } = thread
  const now = timestamp(world)
  const state = world.store.addChannel({
    id: thread.id ?? world.ids.next(),
    type: thread.type ?? CHANNEL_TYPES.publicThread,
    flags: 0,
    last_message_id: null,
    ...(parent.channel.guild_id === undefined ? {} : { guild_id: parent.channel.guild_id }),
    name: thread.name,
    parent_id: parent.channel.id,
    owner_id: by.id,
    rate_limit_per_user: 0,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    thread_metadata: {
      archived: false,
      locked: false,
      archive_timestamp: now,
      create_timestamp: now,
      auto_archive_duration: thread.archiveMinutes ?? 4320,
    },
    ...(parent.channel.type === CHANNEL_TYPES.forum ? { applied_tags: thread.tags ?? [] } : {}),
  })
  state.members.add(by.id)
  world.dispatch('THREAD_CREATE', scopeOf(state), () => ({
    ...threadEvent(world, state),
    newly_created: true,
  }))
  world.store.changed()
  return state
}

/** A thread on a message of a text channel: it has the message's id, and begins with a stub of it. */
export function threadFromMessage(
  world: World,
  parent: ChannelState,
  shown: MessageState,
  thread: Omit<NewThread, 'parent' | 'id'>,
): ChannelState {
  const { id } = shown.message
  if (world.store.channels.has(id)) throw refusals.threadExists()
  const state = addThread(world, { ...thread, parent, id })
  const change = { flags: shown.message.flags | MESSAGE_FLAGS.hasThread, thread: state.channel }
  changeMessage(world, parent, shown, change, { quiet: true })
  postMessage(world, state, {
    author: shown.message.author,
    type: MESSAGE_TYPES.threadStarter,
    content: '',
    allowed: { users: [], roles: [], everyone: false, repliedUser: false },
    fields: {
      message_reference: {
        type: 0,
        channel_id: parent.channel.id,
        message_id: id,
        ...(parent.channel.guild_id === undefined ? {} : { guild_id: parent.channel.guild_id }),
      },
    },
  })
  return state
}

export function addMember(world: World, state: ChannelState, userId: string): void {
  if (state.members.has(userId)) return
  state.members.add(userId)
  tellMembers(world, state, [userId], [])
}

export function tellMembers(
  world: World,
  state: ChannelState,
  added: readonly string[],
  removed: readonly string[],
): void {
  const now = timestamp(world)
  state.channel = { ...state.channel, member_count: state.members.size }
  world.dispatch('THREAD_MEMBERS_UPDATE', scopeOf(state), () => ({
    id: state.channel.id,
    guild_id: state.channel.guild_id,
    member_count: state.members.size,
    added_members: added.map((id) => threadMember(state.channel.id, id, now)),
    removed_member_ids: removed,
  }))
}
