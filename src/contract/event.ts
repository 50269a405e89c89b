// What happened on a chat platform, in one form for all of them.
//
// Events are plain and serialisable: they are stored before they are handled, and read back after a restart.
// Adapters make them in their pure `inbound`; nothing platform-specific travels further than `ReplyTarget`.

import type { Notice } from './notice.ts'

declare const brand: unique symbol
/** A string only its maker may look into. Minted at one border (an adapter's `inbound`, `bridge/`), opaque elsewhere. */
export type Brand<Name extends string> = string & { readonly [brand]: Name }

/** Unique over all accounts and all time; also the id of the turn it starts: the key by which doubles are known. */
export type EventId = Brand<'EventId'>
export type ChatId = Brand<'ChatId'>
export type ThreadId = Brand<'ThreadId'>
export type SenderId = Brand<'SenderId'>
export type MessageId = Brand<'MessageId'>

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export type ChatEvent = MessageEvent | CommandEvent | ActionEvent | LifeEvent
/** The events a person causes and may expect a reply to. */
export type AskingEvent = MessageEvent | CommandEvent | ActionEvent

/** Where something happened. `account` is the key under `platforms` in the configuration. */
export interface ChatAddress {
  readonly account: string
  readonly chatId: ChatId
  /** A sub-room: forum topic, Discord thread, Feishu topic. Absent in the chat's main room. */
  readonly threadId?: ThreadId
}

export interface Sender {
  readonly id: SenderId
  readonly name?: string
  readonly isBot: boolean
  /** BCP 47, as the platform tells it: the language notices are written in. */
  readonly locale?: string
  readonly roles?: readonly string[]
}

/** Plain data from which the adapter of `account` opens an outbox, also after a restart. Only that adapter reads `place`. */
export interface ReplyTarget {
  readonly account: string
  readonly place: JsonObject
}

export interface EventBase {
  readonly id: EventId
  readonly address: ChatAddress
  readonly chatKind: 'direct' | 'group'
  readonly sender: Sender
  readonly replyTarget: ReplyTarget
  /** Milliseconds since 1970, by the platform's clock. */
  readonly sentAtMs: number
}

export interface MessageEvent extends EventBase {
  readonly kind: 'message'
  /** The message itself, for a reply to hang on. */
  readonly messageId: MessageId
  /** Readable text: the bot's own mention removed, other mentions as @name. May be empty when there are attachments. */
  readonly text: string
  readonly mentionsBot: boolean
  readonly repliesToBot: boolean
  /** What the person answered to. Filled in by `Platform.complete` where the event itself does not carry the text. */
  readonly quoted?: QuotedRef
  readonly attachments: readonly Attachment[]
  /** It refers to something it does not carry (a quote, a merged forward): `Platform.complete` is worth its calls. */
  readonly incomplete?: true
  /** Album: events with one key are one question; the bridge joins them. */
  readonly groupKey?: string
}

export interface CommandEvent extends EventBase {
  readonly kind: 'command'
  /** The message that carried the command, where the platform has one (a Discord interaction has none). */
  readonly messageId?: MessageId
  /** Without slash and without the bot's name, in lower case. */
  readonly name: string
  readonly options: Readonly<Record<string, OptionValue>>
  /** What stood behind the command and was not parsed into options. */
  readonly rest: string
  /** It can be answered with a form at once (`Ack` of kind `form`). */
  readonly opensForm?: true
}

/** A button pressed, a form sent. `token` finds in the store what it stands for. */
export interface ActionEvent extends EventBase {
  readonly kind: 'action'
  readonly token: string
  readonly values?: Readonly<Record<string, OptionValue>>
  /** The message the button stands on. */
  readonly messageId?: MessageId
  /** It can be answered with a form at once (`Ack` of kind `form`). */
  readonly opensForm?: true
}

interface LifeBase {
  readonly id: EventId
  readonly sentAtMs: number
}
/** What happens to chats rather than in them. */
export type LifeEvent =
  /** A chat got another id (Telegram group to supergroup): stored ids follow. */
  | (LifeBase & { readonly kind: 'moved'; readonly from: ChatAddress; readonly to: ChatAddress })
  /** The bot came into a chat: invited to a group, or started by a person. */
  | (LifeBase & {
      readonly kind: 'joined'
      readonly address: ChatAddress
      readonly how: 'invited' | 'started'
      readonly replyTarget: ReplyTarget
    })
  /** A person took a message back: a turn that has not been asked yet is dropped. */
  | (LifeBase & { readonly kind: 'retracted'; readonly address: ChatAddress; readonly messageId: MessageId })
  /** The bot was blocked or put out: nothing can be sent there any more. */
  | (LifeBase & { readonly kind: 'gone'; readonly address: ChatAddress })

export type OptionValue = string | number | boolean | readonly string[] | Attachment

export type AttachmentKind = 'image' | 'file' | 'audio' | 'voice' | 'video' | 'sticker'
/** A reference, not bytes: `ref` lets its adapter fetch a fresh link, because platform links expire. */
export interface Attachment {
  readonly kind: AttachmentKind
  readonly name?: string
  /** As the sender's app declares it; not to be trusted. */
  readonly mimeType?: string
  readonly sizeBytes?: number
  readonly durationMs?: number
  readonly ref: JsonObject
  /** Its place among the items of its album, which may come in any order. */
  readonly order?: number
  /** What the bridge has made of it, once its bytes were fetched. Never set by an adapter. */
  readonly taken?: TakenFile
}

export type TakenFile =
  /** It is at the assistant, under this id. */
  | { readonly as: 'file'; readonly kind: 'image' | 'file' | 'audio'; readonly fileId: string }
  /** A small text file: its words go into the question. */
  | { readonly as: 'text'; readonly name: string; readonly text: string }
  /** What was heard in a voice message. */
  | { readonly as: 'words'; readonly text: string }
  /** It is left out; the person is told why. */
  | { readonly as: 'nothing'; readonly notice: Notice }

export interface QuotedRef {
  readonly messageId?: MessageId
  readonly senderName?: string
  readonly fromBot: boolean
  /** Absent until `Platform.complete` has fetched it, where the platform does not send it along. */
  readonly text?: string
  readonly attachments?: readonly Attachment[]
}
