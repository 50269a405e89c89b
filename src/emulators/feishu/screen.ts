// What does a person see in a room right now?
import { buttonsOfCard, titleOfCard, type ShownButton } from './card-tree.ts'
import { formOfCard, type ShownForm } from './form-tree.ts'
import type { StoredFile } from './files.ts'
import { cardJsonOf, isGenerating, seenIn } from './frames.ts'
import type { SeenImage } from './seen.ts'
import { readJson, recordOf, stringOf, type ChatState, type MessageState } from './types.ts'
import type { World } from './world.ts'

export interface ShownMessage {
  readonly chatId: string
  readonly messageId: string
  readonly byBot: boolean
  /** open_id of a person, app_id of the bot. */
  readonly senderId: string
  readonly msgType: string
  /** The words, pictures as `🖼 alt`; of a card, those of its state now. */
  readonly text: string
  /** In reading order: in a card, a post, or alone. */
  readonly images: readonly ShownImage[]
  /** What a file, a voice message or a film brings; its kind is `msgType`. */
  readonly file?: StoredFile
  /** The header of a card. */
  readonly title: string
  /** A card in streaming mode: it was never closed by the app. */
  readonly generating: boolean
  /** The line in the chat list; "generating" while nothing else was set. */
  readonly summary?: string
  readonly cardId?: string
  readonly buttons: readonly ShownButton[]
  /** Its form; the button that sends it is among `buttons` as well. */
  readonly form?: ShownForm
  /** The message it answers; in a thread its first. */
  readonly replyTo?: string
  readonly threadId?: string
  readonly recalled: boolean
  readonly editedCount: number
  /** `emoji_type`s, the bot's and people's. */
  readonly reactions: readonly string[]
  readonly followUps: readonly string[]
  /** The content as sent: file keys and the like. */
  readonly content: string
}

export interface ShownImage extends SeenImage {
  /** Absent where the key is none of this platform's. */
  readonly file?: StoredFile
}

const GENERATING = '[生成中...]'

/** In order; of one thread when one is named. Recalled messages stand there without text. */
export function messagesOn(world: World, room: ChatState, threadId?: string): readonly ShownMessage[] {
  return room.messages
    .filter((message) => threadId === undefined || message.threadId === threadId)
    .map((message) => shownMessage(world, message))
}

/** The screen as lines, for a failed wait. */
export function picture(world: World): string {
  const lines: string[] = []
  for (const room of world.store.chats.values()) {
    lines.push(`${room.chat.mode} ${room.chat.id} ${room.chat.name}`)
    for (const message of messagesOn(world, room).slice(-12)) {
      const who = message.byBot ? 'bot' : (world.store.people.get(message.senderId)?.name ?? 'somebody')
      const marks = [
        message.msgType === 'text' ? '' : message.msgType,
        message.generating ? 'generating' : '',
        message.recalled ? 'recalled' : '',
        message.editedCount > 0 ? 'edited' : '',
      ].filter((mark) => mark !== '')
      lines.push(
        `  ${message.messageId}${marks.length === 0 ? '' : ` (${marks.join(', ')})`} ${who}: ${clipped(message.text)}${partsOf(message)}`,
      )
    }
  }
  const calls = world.store.calls.slice(-12).map(({ operation, code }) => `${operation} ${code}`)
  return [
    ...lines,
    `last calls: ${calls.join(', ')}`,
    `events not acknowledged: ${world.deliveries.pending().length}; connected: ${world.sockets.isConnected}`,
  ].join('\n')
}

export function shownMessage(world: World, message: MessageState): ShownMessage {
  const card = cardJsonOf(world, message)
  const generating = isGenerating(world, message)
  const summary =
    card === undefined
      ? undefined
      : (stringOf(recordOf(recordOf(card['config'])['summary'])['content']) ??
        (generating ? GENERATING : undefined))
  const form = card === undefined || message.recalled ? undefined : formOfCard(card)
  const { text, images } = seenIn(world, message)
  const file = fileOf(world, message)
  return {
    chatId: message.chatId,
    messageId: message.id,
    byBot: message.byBot,
    senderId: message.senderId,
    msgType: message.msgType,
    text,
    images: images.map((image) => withFile(world, image)),
    ...(file === undefined ? {} : { file }),
    title: card === undefined ? '' : titleOfCard(card),
    generating,
    ...(summary === undefined ? {} : { summary }),
    ...(message.cardId === undefined ? {} : { cardId: message.cardId }),
    buttons: card === undefined || message.recalled ? [] : buttonsOfCard(card),
    ...(form === undefined ? {} : { form }),
    ...(message.parentId === undefined ? {} : { replyTo: message.parentId }),
    ...(message.threadId === undefined ? {} : { threadId: message.threadId }),
    recalled: message.recalled,
    editedCount: message.editedCount,
    reactions: [...message.reactions.values()].map(({ emoji }) => emoji),
    followUps: message.followUps,
    content: message.content,
  }
}

function withFile(world: World, image: SeenImage): ShownImage {
  const file = world.files.byKey(image.key)
  return file === undefined ? image : { ...image, file }
}

function fileOf(world: World, { content, msgType, recalled }: MessageState): StoredFile | undefined {
  if (recalled || !['file', 'audio', 'media'].includes(msgType)) return undefined
  return world.files.byKey(stringOf(recordOf(readJson(content))['file_key']) ?? '')
}

/** A form's fields and the buttons, as a person sees them. */
function partsOf({ form, buttons }: ShownMessage): string {
  const fields = (form?.fields ?? []).map(
    ({ label, required, value }) => ` {${label}${required ? '*' : ''}: ${String(value)}}`,
  )
  return [...fields, ...buttons.map(({ label }) => ` [${label}]`)].join('')
}

function clipped(text: string): string {
  const line = text.replaceAll('\n', '⏎')
  return line.length > 160 ? `${line.slice(0, 100)} … ${line.slice(-50)} (${line.length})` : line
}
