// Which routes make, join and leave threads, and post in forums?
import { isEmpty, readMessage } from './body.ts'
import type { Call, Handler, Route } from './call.ts'
import { invalidForm, refusals } from './errors.ts'
import { ALLOWS_ALL } from './mentions.ts'
import { fieldsOf, messageFor } from './messages.ts'
import { channelFor, demand } from './permissions.ts'
import { postMessage } from './posting.ts'
import type { ChannelState } from './store.ts'
import { addMember, addThread, tellMembers, threadFromMessage } from './threads.ts'
import { CHANNEL_TYPES, isJson, isThread, listOf } from './types.ts'
import { messageView, threadEvent, threadMember } from './views.ts'
import type { World } from './world.ts'

const ARCHIVE_MINUTES: readonly unknown[] = [60, 1440, 4320, 10_080]
const FLAG_REQUIRE_TAG = 1 << 4

const fromMessage: Handler = (call, world) => {
  const { state, shown } = messageFor(world, call)
  if (state.channel.guild_id === undefined || isThread(state.channel)) throw refusals.wrongChannelType()
  demand(world, state.channel, 'CREATE_PUBLIC_THREADS')
  const settings = settingsOf(call)
  const made = threadFromMessage(world, state, shown, { ...settings, by: world.me })
  return { status: 201, body: threadEvent(world, made) }
}

const withoutMessage: Handler = (call, world) => {
  const parent = channelFor(world, call.params['channel'])
  if (parent.channel.type === CHANNEL_TYPES.forum) return forumPost(call, world, parent)
  if (parent.channel.type !== CHANNEL_TYPES.text) throw refusals.wrongChannelType()
  // Left out, the type is a private thread.
  const type =
    call.body['type'] === CHANNEL_TYPES.publicThread
      ? CHANNEL_TYPES.publicThread
      : CHANNEL_TYPES.privateThread
  demand(
    world,
    parent.channel,
    type === CHANNEL_TYPES.publicThread ? 'CREATE_PUBLIC_THREADS' : 'CREATE_PRIVATE_THREADS',
  )
  const made = addThread(world, { ...settingsOf(call), parent, type, by: world.me })
  return { status: 201, body: threadEvent(world, made) }
}

function forumPost(call: Call, world: World, parent: ChannelState): ReturnType<Handler> {
  demand(world, parent.channel, 'SEND_MESSAGES')
  const message = call.body['message']
  if (!isJson(message))
    throw invalidForm([{ path: 'message', code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }])
  const settings = settingsOf(call)
  const tags = listOf(call.body['applied_tags']).map(String)
  if ((parent.channel.flags & FLAG_REQUIRE_TAG) !== 0 && tags.length === 0) throw refusals.tagRequired()
  const id = world.ids.next()
  const read = readMessage({ body: message, files: call.files }, world, {
    channelId: id,
    fallback: ALLOWS_ALL,
  })
  if (isEmpty(read)) throw refusals.emptyMessage()
  const made = addThread(world, { ...settings, parent, id, tags, by: world.me })
  const first = postMessage(world, made, {
    id,
    author: world.me,
    content: read.content ?? '',
    allowed: read.allowed,
    fields: fieldsOf(read),
  })
  return { status: 201, body: { ...threadEvent(world, made), message: messageView(world, first) } }
}

const join: Handler = ({ params }, world) => {
  const state = threadFor(world, params['channel'])
  if (state.channel.thread_metadata?.archived === true) throw refusals.archivedThread()
  addMember(world, state, params['user'] === '@me' ? world.me.id : (params['user'] ?? ''))
  return { status: 204 }
}

const leave: Handler = ({ params }, world) => {
  const state = threadFor(world, params['channel'])
  const id = params['user'] === '@me' ? world.me.id : (params['user'] ?? '')
  state.members.delete(id)
  tellMembers(world, state, [], [id])
  return { status: 204 }
}

const listMembers: Handler = ({ params }, world) => {
  const state = threadFor(world, params['channel'])
  const joinedAt = state.channel.thread_metadata?.create_timestamp
  return {
    status: 200,
    body: [...state.members].map((id) => threadMember(state.channel.id, id, joinedAt)),
  }
}

export const threadRoutes: readonly Route[] = [
  {
    name: 'threadFromMessage',
    method: 'POST',
    path: '/channels/:channel/messages/:message/threads',
    bucket: 'other',
    run: fromMessage,
  },
  {
    name: 'createThread',
    method: 'POST',
    path: '/channels/:channel/threads',
    bucket: 'other',
    run: withoutMessage,
  },
  {
    name: 'joinThread',
    method: 'PUT',
    path: '/channels/:channel/thread-members/:user',
    bucket: 'other',
    run: join,
  },
  {
    name: 'leaveThread',
    method: 'DELETE',
    path: '/channels/:channel/thread-members/:user',
    bucket: 'other',
    run: leave,
  },
  {
    name: 'listThreadMembers',
    method: 'GET',
    path: '/channels/:channel/thread-members',
    bucket: 'other',
    run: listMembers,
  },
]

function settingsOf({ body }: Call): { readonly name: string; readonly archiveMinutes?: number } {
  const { name, auto_archive_duration: minutes } = body
  if (typeof name !== 'string' || name.trim() === '')
    throw invalidForm([{ path: 'name', code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }])
  if (name.length > 100)
    throw invalidForm([
      { path: 'name', code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 100 in length.' },
    ])
  if (minutes === undefined || minutes === null) return { name: name.trim() }
  if (!ARCHIVE_MINUTES.includes(minutes)) {
    const message = 'Value must be one of (60, 1440, 4320, 10080).'
    throw invalidForm([{ path: 'auto_archive_duration', code: 'BASE_TYPE_CHOICES', message }])
  }
  return { name: name.trim(), archiveMinutes: Number(minutes) }
}

function threadFor(world: World, id: string | undefined): ChannelState {
  const state = channelFor(world, id)
  if (!isThread(state.channel)) throw refusals.wrongChannelType()
  return state
}
