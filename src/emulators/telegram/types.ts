// What the Bot API puts on the wire: the objects this emulator stores, answers and delivers.

/** A JSON object whose fields are not known yet. */
export type Json = Readonly<Record<string, unknown>>

export interface User {
  readonly id: number
  readonly is_bot: boolean
  readonly first_name: string
  readonly last_name?: string
  readonly username?: string
  readonly language_code?: string
}

export type ChatType = 'private' | 'group' | 'supergroup' | 'channel'

export interface Chat {
  readonly id: number
  readonly type: ChatType
  readonly title?: string
  readonly first_name?: string
  readonly username?: string
  readonly is_forum?: true
}

/** Offsets and lengths count UTF-16 units. https://core.telegram.org/bots/api#messageentity */
export interface Entity {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly user?: User
  readonly language?: string
  readonly custom_emoji_id?: string
  readonly unix_time?: number
  readonly date_time_format?: string
}

/** A text with its markup resolved. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly Entity[]
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly Json[])[]
}

/** Opens the text field of those it is meant for. Not part of a message on the wire. */
export interface ForceReply {
  readonly selective: boolean
  readonly placeholder?: string
}

/** A message as answered and delivered. Never changed in place: an edit stores a new object. */
export interface Message {
  readonly message_id: number
  readonly message_thread_id?: number
  readonly from?: User
  readonly sender_chat?: Chat
  readonly author_signature?: string
  /** Seconds. */
  readonly date: number
  readonly chat: Chat
  readonly is_topic_message?: true
  readonly reply_to_message?: Message
  readonly quote?: { readonly text: string; readonly position: number; readonly is_manual?: true }
  readonly edit_date?: number
  readonly has_protected_content?: true
  readonly media_group_id?: string
  readonly via_bot?: User
  readonly forward_origin?: Json
  readonly is_automatic_forward?: true
  readonly text?: string
  readonly entities?: readonly Entity[]
  readonly link_preview_options?: Json
  readonly rich_message?: Json
  readonly caption?: string
  readonly caption_entities?: readonly Entity[]
  readonly photo?: readonly Json[]
  readonly document?: Json
  readonly voice?: Json
  readonly audio?: Json
  readonly video?: Json
  readonly animation?: Json
  readonly video_note?: Json
  readonly sticker?: Json
  readonly live_photo?: Json
  readonly location?: Json
  readonly contact?: Json
  readonly poll?: Json
  readonly forum_topic_created?: Json
  readonly forum_topic_edited?: Json
  readonly forum_topic_closed?: Json
  readonly forum_topic_reopened?: Json
  readonly new_chat_members?: readonly User[]
  readonly left_chat_member?: User
  readonly migrate_to_chat_id?: number
  readonly migrate_from_chat_id?: number
  readonly pinned_message?: Message
  readonly reply_markup?: InlineKeyboard
}

/** An entry of a command menu. https://core.telegram.org/bots/api#botcommand */
export interface BotCommand {
  readonly command: string
  readonly description: string
}

/** One list as `setMyCommands` left it. */
export interface CommandList {
  readonly scope: Json
  /** Two letters, or '' for everybody without a list of their own. */
  readonly language: string
  readonly commands: readonly BotCommand[]
}

/** One update; exactly one member stands beside `update_id`. */
export interface Update {
  readonly update_id: number
  readonly [type: string]: unknown
}

/** The member kinds this emulator can produce, with the default set of https://core.telegram.org/bots/api#getupdates */
export const OPT_IN_UPDATES: ReadonlySet<string> = new Set([
  'chat_member',
  'message_reaction',
  'message_reaction_count',
])
