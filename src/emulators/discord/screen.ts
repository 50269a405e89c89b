// What does a person see in a channel right now?
import { present } from '../common/bounded.ts'
import { everyComponent } from './components.ts'
import { textOf } from './posting.ts'
import { byAge } from './snowflake.ts'
import type { ChannelState, MessageState, Pinged } from './store.ts'
import { MESSAGE_FLAGS, type Attachment, type Json, type Message, type User } from './types.ts'
import type { World } from './world.ts'

export interface ShownButton {
  readonly label: string
  readonly customId?: string
  readonly url?: string
  readonly disabled?: boolean
}

export interface ShownFile {
  readonly id: string
  readonly name: string
  readonly sizeBytes: number
  readonly contentType?: string
  /** Lower-case hex. Absent for what is made while it is read. */
  readonly sha256?: string
  /** Alt text. */
  readonly description?: string
  /** Of a voice message: how long it is, and how loud over its length. */
  readonly durationMs?: number
  readonly loudness?: readonly number[]
  readonly isSpoiler: boolean
}

export interface ShownMessage {
  readonly id: string
  readonly channelId: string
  readonly messageId: string
  readonly author: User
  readonly byBot: boolean
  /** The content, or the words of Components V2. */
  readonly text: string
  readonly replyTo?: string
  readonly components: readonly Json[]
  /** In reading order. */
  readonly buttons: readonly ShownButton[]
  readonly attachments: readonly Attachment[]
  /** The files as people see them, those too that components hide left out. */
  readonly files: readonly ShownFile[]
  readonly embeds: readonly Json[]
  readonly edited: boolean
  readonly flags: number
  /** A deferred answer: "thinking…". */
  readonly isLoading: boolean
  /** Only this person sees it. */
  readonly onlyFor?: string
  readonly reactions: readonly string[]
  /** Who was really told when it was posted; an edit tells nobody. */
  readonly pinged: Pinged
  /** The message as on the wire. */
  readonly message: Message
}

/** In order. System messages have an empty text. `personId`: with what only this person sees. */
export function messagesOn(world: World, state: ChannelState, personId?: string): readonly ShownMessage[] {
  return [...state.messages.values()]
    .filter(({ onlyFor }) => onlyFor === undefined || onlyFor === personId)
    .sort((a, b) => byAge(a.message, b.message))
    .map((shown) => messageOn(world, shown))
}

export function messageShown(
  world: World,
  { channelId, messageId }: { readonly channelId: string; readonly messageId: string },
): ShownMessage | undefined {
  const shown = world.store.channels.get(channelId)?.messages.get(messageId)
  return shown === undefined ? undefined : messageOn(world, shown)
}

/** The screen as lines, for a failed wait. */
export function picture(world: World, gateway: string): string {
  const lines: string[] = []
  for (const state of world.store.channels.values()) {
    const { type, id, name, recipients } = state.channel
    lines.push(`channel ${id} (type ${type}) ${name ?? recipients?.[0]?.username ?? ''}`)
    const all = [...state.messages.values()].map((shown) => messageOn(world, shown))
    for (const shown of all.slice(-12)) {
      const who = shown.byBot ? 'bot' : shown.author.username
      const marks = `${shown.edited ? ' (edited)' : ''}${shown.isLoading ? ' (thinking)' : ''}${shown.onlyFor === undefined ? '' : ' (private)'}`
      const files = shown.files.map(({ name, sizeBytes }) => ` [${name}, ${sizeBytes} bytes]`).join('')
      lines.push(`  #${shown.id}${marks} ${who}: ${clipped(shown.text)}${files}`)
    }
  }
  const calls = world.store.calls.slice(-12).map(({ route, status }) => `${route} ${status}`)
  return [...lines, `last calls: ${calls.join(', ')}`, `gateway: ${gateway}`].join('\n')
}

function messageOn(world: World, { message, pinged, onlyFor, reactions }: MessageState): ShownMessage {
  const replied = message.message_reference?.type === 0 ? message.message_reference.message_id : undefined
  return {
    id: message.id,
    channelId: message.channel_id,
    messageId: message.id,
    author: message.author,
    byBot: message.author.id === world.me.id,
    text: textOf(message),
    ...(replied === undefined ? {} : { replyTo: replied }),
    components: message.components,
    buttons: everyComponent(message.components).flatMap(buttonOf),
    attachments: message.attachments.map((attachment) => world.files.signed(attachment)),
    files: filesOf(world, message),
    embeds: message.embeds,
    edited: message.edited_timestamp !== null,
    flags: message.flags,
    isLoading: (message.flags & MESSAGE_FLAGS.loading) !== 0,
    ...(onlyFor === undefined ? {} : { onlyFor }),
    reactions: [...reactions.keys()],
    pinged,
    message,
  }
}

/** With components nothing is shown that they do not show. */
function filesOf(world: World, { attachments, components, flags }: Message): readonly ShownFile[] {
  const shown = JSON.stringify(components)
  return attachments
    .filter(({ id }) => (flags & MESSAGE_FLAGS.componentsV2) === 0 || shown.includes(`"${id}"`))
    .map((attachment) => {
      const { content_type, description, duration_secs, filename, id, size, waveform } = attachment
      return {
        id,
        name: filename,
        sizeBytes: size,
        isSpoiler: ((attachment.flags ?? 0) & IS_SPOILER) !== 0,
        ...present({
          contentType: content_type,
          sha256: world.files.byId(id)?.content.sha256,
          description,
          durationMs: duration_secs === undefined ? undefined : Math.round(duration_secs * 1_000),
          loudness: waveform === undefined ? undefined : [...Buffer.from(waveform, 'base64')],
        }),
      }
    })
}

/** https://docs.discord.com/developers/resources/message#attachment-object-attachment-flags */
const IS_SPOILER = 1 << 3

function buttonOf(component: Json): readonly ShownButton[] {
  const { type, label, custom_id: customId, url, disabled } = component
  if (type !== 2) return []
  return [
    {
      label: typeof label === 'string' ? label : '',
      ...(typeof customId === 'string' ? { customId } : {}),
      ...(typeof url === 'string' ? { url } : {}),
      ...(disabled === true ? { disabled } : {}),
    },
  ]
}

function clipped(text: string): string {
  const line = text.replaceAll('\n', '⏎')
  return line.length > 160 ? `${line.slice(0, 100)} … ${line.slice(-50)} (${line.length})` : line
}
