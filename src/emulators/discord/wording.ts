// What does a person's message consist of? Words with mentions put before them, files, a forward, a webhook's name.
import { userNamed } from './beings.ts'
import { ALLOWS_ALL, type AllowedMentions } from './mentions.ts'
import type { NewMessage } from './posting.ts'
import type { ChannelRef, MessageRef, Person } from './rooms.ts'
import type { ChannelState } from './store.ts'
import { MAX_FILES } from './file-rules.ts'
import {
  addFile,
  addPreview,
  addSticker,
  addVoice,
  type SentFile,
  type SentSticker,
  type SentVoice,
} from './sent-files.ts'
import { MESSAGE_FLAGS, type Attachment, type Json, type Message } from './types.ts'
import type { World } from './world.ts'

export interface SayOptions {
  readonly replyTo?: MessageRef | string
  /** Whether the reply pings the author answered; it does by default. */
  readonly ping?: boolean
  /** Puts `<@bot>` before the words. */
  readonly mention?: boolean
  /** Puts the bot's managed role before the words. */
  readonly roleMention?: boolean
  readonly everyone?: boolean
  /** Ten at most. */
  readonly files?: readonly SentFile[]
  /** Forwards this message; the words stay empty. */
  readonly forward?: MessageRef
  /** Said by a webhook under the person's name. */
  readonly webhook?: boolean
  /** Nothing stands beside it: neither words nor files. */
  readonly voice?: SentVoice
  readonly embeds?: readonly Json[]
  /** The words hold a link to a picture, which is shown below them. */
  readonly preview?: SentFile
  readonly stickers?: readonly SentSticker[]
  readonly poll?: Json
  /** Another type of message: 7 a join, 6 a pin. */
  readonly type?: number
  readonly silent?: boolean
}

export type { ChannelRef, MessageRef, Person }

/** What stands in the message: the words with what the options put before them. */
export function wordsOf(world: World, state: ChannelState, text: string, options: SayOptions): string {
  const guild = world.store.guilds.get(state.channel.guild_id ?? '')
  if (options.roleMention === true && guild === undefined) throw new Error('no roles in a direct channel')
  const before = [
    ...(options.mention === true ? [`<@${world.me.id}>`] : []),
    ...(options.roleMention === true ? [`<@&${guild?.botRoleId ?? ''}>`] : []),
    ...(options.everyone === true ? ['@everyone'] : []),
  ]
  return [...before, text].join(' ').trim()
}

export function newMessage(
  world: World,
  state: ChannelState,
  person: Person,
  text: string,
  options: SayOptions,
): NewMessage {
  const replyId = typeof options.replyTo === 'string' ? options.replyTo : options.replyTo?.messageId
  const replyTo = replyId === undefined ? undefined : state.messages.get(replyId)
  if (replyId !== undefined && replyTo === undefined)
    throw new Error(`channel ${state.channel.id} shows no message ${replyId}`)
  const allowed: AllowedMentions = { ...ALLOWS_ALL, repliedUser: options.ping ?? true }
  const webhookId = options.webhook === true ? world.ids.next() : undefined
  const { user } = person
  const forwarded = options.forward === undefined ? {} : forwardOf(world, options.forward)
  const fields: Partial<Message> = {
    attachments: attachmentsOf(world, state, options),
    embeds: [
      ...(options.embeds ?? []),
      ...(options.preview === undefined ? [] : [addPreview(world, state.channel.id, options.preview)]),
    ],
    flags:
      (options.voice === undefined ? 0 : MESSAGE_FLAGS.voiceMessage) |
      (options.silent === true ? MESSAGE_FLAGS.suppressNotifications : 0),
    ...(options.stickers === undefined
      ? {}
      : { sticker_items: options.stickers.map((sticker) => addSticker(world, sticker)) }),
    ...(options.poll === undefined ? {} : { poll: options.poll }),
    ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
    ...forwarded,
  }
  return {
    author: webhookId === undefined ? user : userNamed(webhookId, user.global_name ?? user.username, true),
    content: isWordless(options) ? '' : wordsOf(world, state, text, options),
    allowed,
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(replyTo === undefined ? {} : { replyTo }),
    fields,
  }
}

/** A forward and a voice message come without words. */
function isWordless({ forward, voice }: SayOptions): boolean {
  return forward !== undefined || voice !== undefined
}

function attachmentsOf(
  world: World,
  state: ChannelState,
  { files = [], voice }: SayOptions,
): readonly Attachment[] {
  if (files.length > MAX_FILES) throw new Error(`people send at most ${MAX_FILES} files at once`)
  if (voice === undefined) return files.map((file) => addFile(world, state.channel.id, file))
  if (files.length > 0) throw new Error('beside a voice message there are no files')
  return [addVoice(world, state.channel.id, voice)]
}

/** A forward: a picture of the message without its author. */
function forwardOf(world: World, { channelId, messageId }: MessageRef): Partial<Message> {
  const source = world.store.channels.get(channelId)
  const shown = source?.messages.get(messageId)?.message
  if (source === undefined || shown === undefined)
    throw new Error(`channel ${channelId} shows no message ${messageId}`)
  const {
    type,
    content,
    embeds,
    attachments,
    timestamp,
    edited_timestamp,
    flags,
    mentions,
    mention_roles,
    components,
    sticker_items,
  } = shown
  const { guild_id } = source.channel
  return {
    flags: MESSAGE_FLAGS.hasSnapshot,
    message_reference: {
      type: 1,
      channel_id: channelId,
      message_id: messageId,
      ...(guild_id === undefined ? {} : { guild_id }),
    },
    message_snapshots: [
      {
        message: {
          type,
          content,
          embeds,
          attachments,
          timestamp,
          edited_timestamp,
          flags,
          mentions,
          mention_roles,
          components,
          ...(sticker_items === undefined ? {} : { sticker_items }),
        },
      },
    ],
  }
}
