// What a chat platform does: the one file to read before adding Slack.
//
// Few members are required. An absent member *is* the statement "cannot": there are no flags beside it.
// Whatever throws, throws `PlatformError` (errors.ts), translated by the adapter once. Every call takes a signal
// and ends when it aborts. Deadlines are the caller's (reply/pace.ts): an adapter need not add its own.

import type { Aside, Block, Thought } from './document.ts'
import type {
  Attachment,
  ChatAddress,
  ChatEvent,
  JsonObject,
  MessageId,
  ReplyTarget,
  SenderId,
} from './event.ts'
import type { AttachmentStream, FileLimits, OutgoingFile } from './files.ts'
import type { AccountWants, Finding } from './finding.ts'
import type { Control, Form } from './form.ts'
import type { Notice } from './notice.ts'
import type { CommandSpec } from './policy.ts'
import type { Clock, Fetch, Logger, Memory, Metrics, ProxyEnv, Words } from './runtime.ts'

export type { AttachmentStream, FileLimits, ImageLimits, OutgoingFile } from './files.ts'
export type { AccountWants, Finding } from './finding.ts'
export type { Control, Form, FormField } from './form.ts'

/** What every adapter is made with: its `createPlatform(account, settings, tools, part?)`. */
export interface PlatformTools {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly words: Words
  readonly fetch: Fetch
  /** Absent: no proxy is named. `fetch` goes by it already. */
  readonly proxyEnv?: ProxyEnv
}

export interface PlatformWorld {
  /** Validated commands and built-ins: what the adapter answers from when there is no time to ask. */
  readonly commands: readonly CommandSpec[]
  readonly memory: Memory
  /** Access or budgets speak of roles: `Sender.roles` is worth a call, where the event does not bring it. */
  readonly rolesWanted?: boolean
  /** Aborts when the process stops: `start`'s loops end. */
  readonly signal: AbortSignal
}

/** The live connection of one account. `Body` is a message in the platform's own form; the core never looks inside. */
export interface Platform<Body = unknown> {
  /** The key under `platforms` in the configuration; several accounts of one kind may run. */
  readonly account: string

  /**
   * Connects and begins to offer events to `inbox`. Called once, at start. Resolves when events flow (or, where the
   * platform is down, as soon as it is trying: it keeps trying with growing pauses until `world.signal` aborts).
   * Rejects only for what a restart will not mend: `PlatformError` of kind `denied` (wrong token).
   */
  start(inbox: Inbox, world: PlatformWorld): Promise<void>

  /** Called once at shutdown, before turns drain: no new event is taken in afterwards. Resolves when intake is closed; sending still works. */
  stop(): Promise<void>

  /** Opens the place an event came from. No I/O; called for each turn, also for one read back after a restart. */
  outboxFor(target: ReplyTarget): Outbox<Body>

  /**
   * Bytes of an attachment, as a stream with a length, never a whole buffer. Called after acceptance, beside the lane; again
   * after a failure. May block; `gone` when the platform dropped it; `rejected` with `limitBytes` when it is larger than
   * the platform hands out. Whoever begins to read the stream and stops ends the download by that.
   */
  openAttachment(attachment: Attachment, signal: AbortSignal): Promise<AttachmentStream>

  /** Fetches what the event only refers to (quotes, forwards, names). Called after acceptance with a deadline; on failure the event is used as it is. */
  complete?(event: ChatEvent, signal: AbortSignal): Promise<ChatEvent>

  /**
   * Makes the platform's command menu equal to `commands`; publishes only what changed, removes what was ours. Called
   * at start and on reload, and without `start` by `bridge commands` (where `commands` is empty to remove all).
   */
  publishCommands?(commands: readonly CommandSpec[], signal: AbortSignal): Promise<void>

  /** What the platform shows as this bot's commands, list by list. For `bridge commands`; works without `start`. */
  publishedCommands?(signal: AbortSignal): Promise<readonly PublishedMenu[]>

  /** Where to write to this person alone, for what concerns admins. Absent: this platform cannot write first. */
  openDirect?(person: SenderId, signal: AbortSignal): Promise<ReplyTarget>

  /**
   * The parts several processes may share this account's connection by (`0/2`, `1/2`: Discord's shards), in a fixed order.
   * Each gets a platform of its own, made with that part. Absent, or fewer than two: it is one.
   */
  parts?(signal: AbortSignal): Promise<readonly string[]>

  /** Where the platform calls us. Mounted by server/ under `/webhooks/<path>`, with the raw bytes. Absent in polling and socket modes. */
  readonly webhook?: Webhook

  /**
   * For `doctor`: is the token right, are permissions, intents, privacy mode as needed? Blocks; never throws for a finding,
   * works without `start`, and disturbs nobody who is connected. `wants`: what the configuration asks of the account.
   */
  check(signal: AbortSignal, wants?: AccountWants): Promise<readonly Finding[]>

  /** For /readyz and the log: connected, and since when it is not. Must not block. */
  health(): Health
}

export type Health =
  | { readonly state: 'up' }
  | { readonly state: 'starting' | 'down'; readonly because: string }
  | { readonly state: 'stopped' }

/**
 * Takes an event in. Resolving means: stored (or knowingly ignored), so the platform may be told so. Rejecting means:
 * not stored, do not acknowledge; the platform shall offer it again. Decided from stored data and command specs alone:
 * it makes no Coze and no platform call, so it takes one disk write. Called by adapters, one event at a time per chat.
 */
export type Inbox = (event: ChatEvent, signal: AbortSignal) => Promise<Ack>

/** What must be answered at once where the platform waits for it (Discord interactions, Feishu card callbacks, Telegram callback answers). */
export type Ack =
  | { readonly show: 'nothing' }
  /** A reply will come; `private`: only the person shall see it. */
  | { readonly show: 'waiting'; readonly private: boolean }
  | { readonly show: 'notice'; readonly notice: Notice }
  | { readonly show: 'form'; readonly form: Form }

/** Where one place (chat, thread) is written to. Called through the pacer only, one call at a time per reply. */
export interface Outbox<Body = unknown> {
  readonly limits: Limits
  readonly renderer: Renderer<Body>

  /** A new message. `key` is the same for every attempt at the same message: idempotency where the platform has it. */
  post(body: Body, opts: PostOptions, signal: AbortSignal): Promise<MessageId>

  /** Replaces a message. The same content again is a success, not an error. `gone`: it was deleted. */
  edit(id: MessageId, body: Body, opts: EditOptions, signal: AbortSignal): Promise<void>

  /** Looks for the message posted under `key`, after an unknown outcome. Absent where the platform cannot tell. */
  findPosted?(key: string, signal: AbortSignal): Promise<MessageId | undefined>

  /** A surface better than post-and-edit (Telegram drafts, Feishu CardKit). No I/O. `resume`: the state journaled before a restart. */
  openStream?(opts: {
    readonly key: string
    /** Surely nothing was ever sent under this key: what a send answers needs no second look. */
    readonly fresh?: true
    readonly replyTo?: MessageId
    readonly resume?: SurfaceState
  }): Surface<Body>

  /**
   * Native attachments, with captions, as one message (an album counts as one): pictures, at most
   * `limits.files.imagesPerMessage`, or one file of another kind. `findPosted(opts.key)` finds it. `rejected`: this
   * platform will not have it this way.
   */
  sendFiles?(
    files: readonly OutgoingFile[],
    opts: PostOptions,
    signal: AbortSignal,
  ): Promise<readonly MessageId[]>

  /**
   * Makes a picture usable inside a body: resolves with what stands there in the place of its address (Feishu's image
   * keys). Where this is there, pictures of an answer stay in its text.
   */
  prepareImage?(file: OutgoingFile, signal: AbortSignal): Promise<string>

  /**
   * Opens a thread for a conversation of its own, before asking; on `messageId` where given. Safe to repeat: a thread
   * that stands on that message already is the answer.
   */
  openThread?(
    opts: { readonly title: string; readonly messageId?: MessageId },
    signal: AbortSignal,
  ): Promise<{ readonly address: ChatAddress; readonly replyTarget: ReplyTarget }>

  /**
   * Posts a message that holds a form, where that exists; sent, it comes back as an `ActionEvent` with `values`. When it
   * has been answered or has run out, `edit` puts plain words in its place. Otherwise see `Limits.maxFormFields`; where
   * there is neither, the bridge asks step by step.
   */
  ask?(form: Form, opts: PostOptions, signal: AbortSignal): Promise<MessageId>

  /** "is typing…", for `limits.typingLastsMs`. Dropped by the pacer when calls are short. */
  showTyping?(signal: AbortSignal): Promise<void>
}

export interface PostOptions extends EditOptions {
  /** At most 25 characters of [a-z0-9]: fits Discord's nonce. */
  readonly key: string
  readonly replyTo?: MessageId
}
export interface EditOptions {
  /** Every time: some platforms drop buttons that an edit does not repeat. */
  readonly controls: readonly Control[]
}

/**
 * One message on screen that grows. Always the whole body, never a delta, so a frame may be skipped.
 * Calls come one at a time. Post-and-edit is itself a surface, written once in reply/surface.ts.
 */
export interface Surface<Body = unknown> {
  /** Shows a state. Returns plain data from which the surface can be resumed; journaled at the first frame and when it changes. */
  update(body: Body, frame: EditOptions, signal: AbortSignal): Promise<SurfaceState>
  /**
   * The last state; the message stands. Safe to repeat, also on a resumed surface: it posts at most what is missing.
   * A reply that waited for a person goes on later, in the same message: a surface resumed from its state takes `update`
   * and `finish` again.
   */
  finish(body: Body, opts: EditOptions, signal: AbortSignal): Promise<MessageId>
  /** Gives up: nothing may stay "typing" or "generating". What stands, stands. */
  abandon(signal: AbortSignal): Promise<void>
}
export type SurfaceState = JsonObject

/** Turns blocks into the platform's form. Total and pure: any tree gives a body the platform accepts, if `fill` ≤ 1. */
export interface Renderer<Body = unknown> {
  render(blocks: readonly Block[]): Body
  /** The largest used ÷ allowed over all of the platform's limits; 1 is full. */
  fill(body: Body): number
  /** When the platform refuses markup, and for notices. `thought`: shown where that takes no markup either. */
  plain(text: string, thought?: Thought): Body
  /**
   * `body` with a thought above it, folded up in the platform's own way, and a line below; maybe fuller than it may be.
   * Absent: neither is shown here.
   */
  withAside?(body: Body, aside: Aside): Body
  /** Two bodies that look the same need no call. */
  equal(a: Body, b: Body): boolean
  /** Nothing a person could see: such a body is not sent. */
  isEmpty(body: Body): boolean
  /** Source text of up to this many UTF-16 units without tables surely has `fill` ≤ 1: spares rendering just to measure. */
  readonly surelyFitsChars: number
}

/** Kinds of calls a budget may name. `stream`: a surface of the platform's own. */
export type CallKind = 'post' | 'edit' | 'stream' | 'typing' | 'file'

export interface Limits {
  /** Narrowest first: a rate limit without a `budgetKey` blocks the first budget that names the call. */
  readonly budgets: readonly CallBudget[]
  /** A platform's own surface dies after this long; the pipeline opens the next before. */
  readonly surfaceLivesMs?: number
  /** An unchanged surface needs a call this often to stay on screen. */
  readonly keepAliveMs?: number
  readonly typingLastsMs?: number
  /** Buttons on one message. */
  readonly maxControls?: number
  /**
   * A button of kind `openForm` opens a form of at most so many fields (Discord modals): its press is answered by an
   * `Ack` of kind `form`. Absent: buttons open nothing.
   */
  readonly maxFormFields?: number
  /** What `sendFiles` takes. */
  readonly files?: FileLimits
}
/** At most `calls` in any `perMs`. Places that share a limit share the `key`. */
export interface CallBudget {
  readonly key: string
  readonly calls: number
  readonly perMs: number
  /** Least time between two frames; finals and answers need not keep it. */
  readonly minGapMs?: number
  /** All kinds when absent. */
  readonly for?: readonly CallKind[]
}

/** Raw bytes: signatures are checked on them. */
export interface Webhook {
  /** Path below `/webhooks/`, without slashes at its ends. */
  readonly path: string
  /** Acknowledge (2xx) only what is stored. Never throws. */
  handle(request: RawRequest, signal: AbortSignal): Promise<RawResponse>
}
export interface RawRequest {
  readonly method: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
export interface RawResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One list of commands as the platform holds it. */
export interface PublishedMenu {
  /** Who sees it, in a few words: `everywhere`, `guild 1100…`, `private chats, zh`. */
  readonly where: string
  readonly commands: readonly { readonly name: string; readonly description: string }[]
}
