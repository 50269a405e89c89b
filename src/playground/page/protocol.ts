// What do the playground's server and its page tell each other? Plain JSON; both sides are compiled against this file.
//
// The server pushes `PageEvent`s over one event stream, each a whole thing that replaces what was there under its id: a page
// that missed some asks again and gets all of it. The page posts `PageAction`s. Nothing here is HTML: the page makes
// elements of `PageBlock`s, so that no answer can bring markup of its own.

export type PagePlatform = 'discord' | 'telegram' | 'feishu'

export type PageEvent =
  /** First of all, and again after a reconnect: what is there. The page forgets all else. */
  | {
      readonly kind: 'hello'
      readonly people: readonly PagePerson[]
      readonly rooms: readonly PageRoom[]
      readonly commands: readonly PageCommand[]
      readonly coze: PageCoze
      readonly bridge: PageBridge
      /** Behaviours the panel offers. */
      readonly behaviours: readonly PageBehaviour[]
      /** What to try, as buttons for a newcomer. */
      readonly hints: readonly PageHint[]
    }
  | { readonly kind: 'person'; readonly person: PagePerson }
  | { readonly kind: 'room'; readonly room: PageRoom }
  /** New, or in place of the one with its id. */
  | { readonly kind: 'message'; readonly roomId: string; readonly message: PageMessage }
  | { readonly kind: 'deleted'; readonly roomId: string; readonly messageId: string }
  /** "is typing…" until then, by the server's `Date.now()`. */
  | { readonly kind: 'typing'; readonly roomId: string; readonly untilMs: number }
  /** A form that opens for this person (a modal): after a press or a slash command. Forms inside messages come with them. */
  | { readonly kind: 'form'; readonly roomId: string; readonly personId: string; readonly form: PageForm }
  /** Words that pop up for one person and go by themselves: Telegram's callback answers, Feishu's toasts. */
  | {
      readonly kind: 'toast'
      readonly platform: PagePlatform
      readonly personId: string
      readonly text: string
    }
  | { readonly kind: 'commands'; readonly commands: readonly PageCommand[] }
  | { readonly kind: 'coze'; readonly coze: PageCoze }
  | { readonly kind: 'bridge'; readonly bridge: PageBridge }
  | { readonly kind: 'wire'; readonly calls: readonly PageCall[] }

/** Sits on all three platforms, with an account on each. */
export interface PagePerson {
  readonly id: string
  readonly name: string
  readonly locale: 'en' | 'zh'
}

/** A private chat of one person with the bot, a group of all of them, or a thread or topic in one. */
export interface PageRoom {
  readonly id: string
  readonly platform: PagePlatform
  readonly kind: 'direct' | 'group' | 'thread'
  readonly title: string
  /** Of a private chat. */
  readonly personId?: string
}

export interface PageMessage {
  readonly id: string
  readonly author: { readonly name: string; readonly isBot: boolean; readonly personId?: string }
  /** `Date.now()` of the server when it was posted. */
  readonly postedAtMs: number
  /** `Date.now()`, with fractions, when this state of it came to the emulator: for "how long until the page shows it". */
  readonly changedAtMs: number
  readonly edits: number
  /** `draft`: not posted yet (Telegram's drafts); `growing`: the platform itself shows that more is to come (Feishu's cards). */
  readonly state: 'final' | 'draft' | 'growing'
  /** Only this person sees it. */
  readonly onlyFor?: string
  readonly replyTo?: { readonly author: string; readonly text: string }
  readonly blocks: readonly PageBlock[]
  readonly files: readonly PageFile[]
  /** Rows of buttons. */
  readonly controls: readonly (readonly PageControl[])[]
  /** A form inside the message (Feishu's cards). */
  readonly form?: PageForm
  /** The person is asked to answer this very message (Telegram's ForceReply). */
  readonly wantsReply?: boolean
}

export type PageBlock =
  | { readonly kind: 'paragraph'; readonly spans: readonly PageSpan[] }
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly PageSpan[] }
  | { readonly kind: 'code'; readonly language?: string; readonly text: string }
  /** `collapsible`: Telegram's expandable quotes; closed at first. */
  | { readonly kind: 'quote'; readonly blocks: readonly PageBlock[]; readonly collapsible?: boolean }
  | {
      readonly kind: 'list'
      readonly ordered: boolean
      readonly start: number
      readonly items: readonly (readonly PageBlock[])[]
    }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly PageSpan[])[]
      readonly rows: readonly (readonly (readonly PageSpan[])[])[]
    }
  | { readonly kind: 'rule' }
  | { readonly kind: 'picture'; readonly file: PageFile }
  /** Feishu's collapsible panel. */
  | {
      readonly kind: 'panel'
      readonly title: string
      readonly isOpen: boolean
      readonly blocks: readonly PageBlock[]
    }
  /** Discord's `-# ` lines and other small print. */
  | { readonly kind: 'small'; readonly spans: readonly PageSpan[] }

export type PageSpan =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | {
      readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'mention'
      readonly spans: readonly PageSpan[]
    }
  /** Opened in a new tab, without a referrer. `http:` and `https:` only. */
  | { readonly kind: 'link'; readonly url: string; readonly spans: readonly PageSpan[] }

export interface PageFile {
  readonly name: string
  readonly kind: 'picture' | 'audio' | 'video' | 'file'
  /** Below the page's own address: `files/<id>`. Absent: too large to keep. */
  readonly path?: string
  readonly sizeBytes: number
}

export type PageControl =
  | {
      readonly kind: 'button'
      readonly id: string
      readonly label: string
      readonly look: 'plain' | 'primary' | 'danger'
      readonly isDisabled: boolean
    }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | {
      readonly kind: 'choice'
      readonly id: string
      readonly placeholder: string
      readonly choices: readonly PageChoice[]
    }

export interface PageChoice {
  readonly value: string
  readonly label: string
}

export interface PageForm {
  readonly id: string
  readonly title: string
  readonly fields: readonly PageField[]
  readonly submitLabel: string
}
export interface PageField {
  readonly name: string
  readonly label: string
  /** For a page in Chinese, where the platform was told it. */
  readonly labelZh?: string
  readonly kind: 'line' | 'text' | 'choice' | 'number' | 'boolean' | 'file'
  readonly isRequired: boolean
  readonly value?: string
  readonly placeholder?: string
  readonly choices?: readonly PageChoice[]
  readonly min?: number
  readonly max?: number
}

/** As the platform shows it in its menu. Where commands are typed, the page offers to fill the line in. */
export interface PageCommand {
  readonly platform: PagePlatform
  readonly name: string
  readonly description: string
  /** For a page in Chinese, where the platform was told it. */
  readonly descriptionZh?: string
  /** Typed by the platform itself (Discord); empty where a command is a line of text. */
  readonly options: readonly PageField[]
}

export type PageCoze =
  | { readonly kind: 'emulated'; readonly behaviour: string }
  /** Its token is never told to anybody, the page included. */
  | { readonly kind: 'real'; readonly apiBase: string; readonly botId: string }

export interface PageBehaviour {
  readonly id: string
  /** In both languages of the page. */
  readonly label: { readonly en: string; readonly zh: string }
  readonly says: { readonly en: string; readonly zh: string }
}

export interface PageHint {
  readonly label: { readonly en: string; readonly zh: string }
  readonly text: { readonly en: string; readonly zh: string }
}

export type PageBridge =
  | { readonly state: 'starting' | 'ready' | 'stopping' }
  /** `log`: its last lines, scrubbed. */
  | { readonly state: 'ended'; readonly exitCode: number; readonly log: string }

/** One call on the wire between the bridge and the world, or one push to the bridge. */
export interface PageCall {
  readonly id: number
  readonly with: PagePlatform | 'coze'
  /** `out`: the bridge called. `in`: the platform brought something (an update, a gateway event, a piece of a stream). */
  readonly direction: 'out' | 'in'
  /** `POST`, `PATCH`, `event`, `delta` … */
  readonly method: string
  /** Its address without host, ids shortened and secrets left out. */
  readonly path: string
  readonly atMs: number
  /** Absent on what has no answer. */
  readonly tookMs?: number
  readonly status?: number
  /** Characters of text it carried. */
  readonly chars?: number
  /** Said to slow down. */
  readonly retryAfterMs?: number
}

export type PageAction =
  | {
      readonly do: 'say'
      readonly roomId: string
      readonly personId: string
      readonly text: string
      /** Put a mention of the bot before it. */
      readonly mention?: boolean
      readonly replyTo?: string
      /** As `POST files` answered. */
      readonly fileIds?: readonly string[]
    }
  | {
      readonly do: 'press'
      readonly roomId: string
      readonly personId: string
      readonly messageId: string
      readonly controlId: string
      /** Of a `choice`. */
      readonly value?: string
    }
  | {
      readonly do: 'command'
      readonly roomId: string
      readonly personId: string
      readonly name: string
      readonly values: Readonly<Record<string, string>>
    }
  | {
      readonly do: 'submit'
      readonly roomId: string
      readonly personId: string
      readonly formId: string
      /** Of a form inside a message. */
      readonly messageId?: string
      readonly values: Readonly<Record<string, string>>
    }
  | { readonly do: 'addPerson'; readonly name: string; readonly locale: 'en' | 'zh' }
  | { readonly do: 'behave'; readonly behaviour: string }
  /** The bridge starts anew against it. `token` goes to the bridge's environment and nowhere else. */
  | { readonly do: 'useCoze'; readonly apiBase: string; readonly token: string; readonly botId: string }
  | { readonly do: 'useEmulated' }
  /** SIGKILL and a new start: what was being answered goes on. */
  | { readonly do: 'killBridge' }

/** Of `POST do`: 200, or 400 with a sentence. */
export type PageAnswer =
  { readonly ok: true; readonly personId?: string } | { readonly ok: false; readonly because: string }

/** Of `POST files?name=…`, whose body is the file's bytes. */
export interface PageUpload {
  readonly fileId: string
  readonly name: string
  readonly sizeBytes: number
}
