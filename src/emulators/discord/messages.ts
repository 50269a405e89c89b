// Which routes write, change, read and remove messages?
import { isEmpty, readMessage, type ReadMessage } from './body.ts'
import type { Call, Handler, Route } from './call.ts'
import { invalidForm, refusals, type Answer } from './errors.ts'
import { isVoice } from './file-rules.ts'
import { historyLimit, pick } from './history.ts'
import { ALLOWS_ALL } from './mentions.ts'
import { channelFor, demand } from './permissions.ts'
import { changeMessage, postMessage, removeMessage } from './posting.ts'
import { byAge, isSnowflake } from './snowflake.ts'
import type { ChannelState, MessageState } from './store.ts'
import { CHANNEL_TYPES, MESSAGE_FLAGS, MESSAGE_TYPES, isJson, isThread, type Message } from './types.ts'
import { messageView } from './views.ts'
import type { World } from './world.ts'

const create: Handler = (call, world) => {
  const state = writableChannel(world, call.params['channel'])
  const known = sameNonce(world, call, state)
  if (known !== undefined) return { status: 200, body: messageView(world, known) }
  const read = readMessage(call, world, { channelId: state.channel.id, fallback: ALLOWS_ALL })
  const replyTo = repliedMessage(world, call, state)
  if (isEmpty(read)) throw refusals.emptyMessage()
  if (call.files.length > 0) demand(world, state.channel, 'ATTACH_FILES')
  if (isVoice(read.flags)) demand(world, state.channel, 'SEND_VOICE_MESSAGES', refusals.noVoiceHere)
  const { nonce } = call.body
  const posted = postMessage(world, state, {
    author: world.me,
    content: read.content ?? '',
    allowed: read.allowed,
    ...(replyTo === undefined ? {} : { replyTo }),
    fields: {
      ...fieldsOf(read),
      ...(typeof nonce === 'string' || typeof nonce === 'number' ? { nonce } : {}),
    },
  })
  return { status: 200, body: messageView(world, posted) }
}

const edit: Handler = (call, world) => {
  const { state, shown } = messageFor(world, call)
  if (isThread(state.channel) && state.channel.thread_metadata?.archived === true)
    throw refusals.archivedThread()
  editShown(world, call, state, shown)
  return { status: 200, body: messageView(world, shown) }
}

const remove: Handler = (call, world) => {
  const { state, shown } = messageFor(world, call)
  if (shown.message.author.id !== world.me.id) demand(world, state.channel, 'MANAGE_MESSAGES')
  removeMessage(world, state, shown)
  return { status: 204 }
}

const getOne: Handler = (call, world) => {
  const { state, shown } = messageFor(world, call)
  demand(world, state.channel, 'READ_MESSAGE_HISTORY')
  return { status: 200, body: messageView(world, shown) }
}

const list: Handler = (call, world): Answer => {
  const state = channelFor(world, call.params['channel'])
  if (state.channel.type === CHANNEL_TYPES.forum) throw refusals.notText()
  const limit = historyLimit(call.query.get('limit'))
  const all = [...state.messages.values()].filter(({ onlyFor }) => onlyFor === undefined).sort(byMessageAge)
  const picked = pick(all, call.query, limit)
  return { status: 200, body: picked.toReversed().map((shown) => messageView(world, shown)) }
}

export const messageRoutes: readonly Route[] = [
  {
    name: 'createMessage',
    method: 'POST',
    path: '/channels/:channel/messages',
    bucket: 'create',
    run: create,
  },
  {
    name: 'editMessage',
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    bucket: 'edit',
    run: edit,
  },
  {
    name: 'deleteMessage',
    method: 'DELETE',
    path: '/channels/:channel/messages/:message',
    bucket: 'delete',
    run: remove,
  },
  {
    name: 'getMessage',
    method: 'GET',
    path: '/channels/:channel/messages/:message',
    bucket: 'read',
    run: getOne,
  },
  { name: 'listMessages', method: 'GET', path: '/channels/:channel/messages', bucket: 'read', run: list },
]

/** The message a path names, in a channel the bot can see. */
export function messageFor(
  world: World,
  { params }: Pick<Call, 'params'>,
): { readonly state: ChannelState; readonly shown: MessageState } {
  const state = channelFor(world, params['channel'])
  const shown = state.messages.get(params['message'] ?? '')
  if (shown === undefined || shown.onlyFor !== undefined) throw refusals.unknownMessage()
  return { state, shown }
}

/** A channel the bot can write to; an archived thread wakes, a locked one does not. */
export function writableChannel(world: World, id: string | undefined): ChannelState {
  const state = channelFor(world, id)
  const { channel } = state
  if (channel.type === CHANNEL_TYPES.forum) throw refusals.forumWithoutThread()
  if (channel.type === CHANNEL_TYPES.direct) {
    if (channel.recipients?.some(({ id: person }) => world.store.refusesDms.has(person)) === true)
      throw refusals.refusesMessages()
    return state
  }
  demand(world, channel, isThread(channel) ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES')
  if (channel.thread_metadata?.locked === true) throw refusals.lockedThread()
  return state
}

/** What a new message takes from its body. */
export function fieldsOf(read: ReadMessage): Partial<Message> {
  return {
    embeds: read.embeds ?? [],
    components: read.components ?? [],
    attachments: read.attachments ?? [],
    flags: read.flags ?? 0,
  }
}

/** An edit of the bot's own message: only what the body names changes. */
export function editShown(
  world: World,
  call: Pick<Call, 'body' | 'files'>,
  state: ChannelState,
  shown: MessageState,
  fallback = ALLOWS_ALL,
): void {
  const { message: before } = shown
  const changesWords = ['content', 'embeds', 'components', 'attachments'].some((key) => key in call.body)
  if (before.author.id !== world.me.id && (changesWords || call.files.length > 0)) throw refusals.notYours()
  if (isVoice(before.flags)) throw refusals.voiceStaysAsItIs()
  const read = readMessage(call, world, {
    channelId: state.channel.id,
    fallback,
    before,
    ephemeral: shown.onlyFor !== undefined,
  })
  const change: Partial<Message> = {
    ...(read.content === undefined ? {} : { content: read.content }),
    ...(read.embeds === undefined ? {} : { embeds: read.embeds }),
    ...(read.components === undefined ? {} : { components: read.components }),
    ...(read.attachments === undefined ? {} : { attachments: read.attachments }),
    flags: editedFlags(before.flags, read.flags) & ~MESSAGE_FLAGS.loading,
  }
  if (isEmpty({ ...before, ...change })) throw refusals.emptyMessage()
  changeMessage(world, state, shown, change, { allowed: read.allowed })
}

/** SUPPRESS_EMBEDS both ways, IS_COMPONENTS_V2 only on; everything else stays. */
function editedFlags(before: number, told: number | undefined): number {
  if (told === undefined) return before
  const kept = (before & ~MESSAGE_FLAGS.suppressEmbeds) | (told & MESSAGE_FLAGS.suppressEmbeds)
  return kept | (told & MESSAGE_FLAGS.componentsV2)
}

/** With `enforce_nonce`, the same nonce within a few minutes is the same message. */
function sameNonce(world: World, { body }: Call, state: ChannelState): MessageState | undefined {
  const { nonce } = body
  if (body['enforce_nonce'] !== true || (typeof nonce !== 'string' && typeof nonce !== 'number'))
    return undefined
  const since = world.nowMs() - world.behaviour.nonceLivesMs
  return [...state.messages.values()].findLast(
    ({ message }) =>
      message.author.id === world.me.id &&
      message.nonce !== undefined &&
      String(message.nonce) === String(nonce) &&
      Date.parse(message.timestamp) >= since,
  )
}

function repliedMessage(world: World, { body }: Call, state: ChannelState): MessageState | undefined {
  const reference = body['message_reference']
  if (!isJson(reference) || reference['type'] === 1) return undefined
  const id = reference['message_id']
  if (!isSnowflake(id)) {
    const message = `Value "${String(id)}" is not snowflake.`
    throw invalidForm([{ path: 'message_reference.message_id', code: 'NUMBER_TYPE_COERCE', message }])
  }
  demand(world, state.channel, 'READ_MESSAGE_HISTORY', refusals.needsHistory)
  const target = state.messages.get(id)
  const answerable =
    target !== undefined &&
    ![MESSAGE_TYPES.threadCreated, MESSAGE_TYPES.threadStarter].some((type) => type === target.message.type)
  if (answerable) return target
  if (reference['fail_if_not_exists'] === false) return undefined
  throw invalidForm([
    target === undefined
      ? { path: 'message_reference', code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', message: 'Unknown message' }
      : {
          path: 'message_reference',
          code: 'REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE',
          message: 'Cannot reply to a system message',
        },
  ])
}

function byMessageAge(a: MessageState, b: MessageState): number {
  return byAge(a.message, b.message)
}
