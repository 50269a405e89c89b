// What the bridge is made of, handed to each of its rooms.

import type { Assistant, ConversationRef, Handle } from '../contract/assistant.ts'
import type { Outbox, Platform } from '../contract/platform.ts'
import type { Policy } from '../contract/policy.ts'
import type { Clock, Logger, Metrics, Words } from '../contract/runtime.ts'
import type { TurnWatch, Watch } from '../contract/watch.ts'
import type { Attachment, EventId } from '../contract/event.ts'
import type { CommandRun, TurnRecord } from '../contract/turn.ts'
import type { Pacer } from '../reply/pace.ts'
import type { ToolCaller } from '../net/tools.ts'
import type { Actions } from '../store/actions.ts'
import type { Choices } from '../store/choices.ts'
import type { Conversations } from '../store/conversations.ts'
import type { Forgetting } from '../store/forgetting.ts'
import type { Journal } from '../store/journal.ts'
import type { Files } from '../store/files.ts'
import type { Pairings } from '../store/pairings.ts'
import type { ToldOnce } from '../store/told.ts'
import type { PersonBudget } from './intake/allowance.ts'
import type { Lobby } from './lobby.ts'
import type { AnswerMedia } from './media/answer-media.ts'
import type { Sharing } from './media/sharing.ts'
import type { Uploads } from './media/uploads.ts'
import type { Speaker } from './voice/speaker.ts'
import type { Waiting } from './waiting.ts'

export interface BridgeWorld {
  readonly assistant: Assistant
  /** By account. */
  readonly platforms: ReadonlyMap<string, Platform>
  readonly policy: Policy
  readonly journal: Journal
  readonly conversations: Conversations
  /** What the buttons stand for. */
  readonly actions: Actions
  /** Which agent a scope has changed to. */
  readonly choices: Choices
  /** Who has been let in by a code, and who waits to be. */
  readonly pairings: Pairings
  /** Deletes what is kept of one person. */
  readonly forgetting: Forgetting
  /** Answers agents' local plugins. */
  readonly tools: ToolCaller
  /** Makes pseudonyms; kept in the store, so that they stay the same. */
  readonly salt: string
  readonly pacer: Pacer
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly words: Words
  /** Aborts when running turns must let go: the journal takes over. */
  readonly letGo: AbortSignal
  /** Replies that may still run at the assistant, by conversation: what to wait for when it says "occupied". */
  readonly lastHandles: Map<string, { readonly conversation: ConversationRef; readonly handle: Handle }>
  readonly waiting: Waiting<LiveTurn>
  /** Turns on their way to a lane: their thread is being opened, their question still shown. */
  readonly underWay: Map<EventId, Promise<void>>
  /** Of these, whose person wants none of them any more: they end on the way. */
  readonly dropped: Set<EventId>
  /** Until its promise ends a turn may still write of itself: what goes on with it waits for that. Never rejects. */
  readonly running: Map<EventId, Promise<void>>
  /** Files on their way to the assistant. */
  readonly uploads: Uploads
  /** Of the whole process, where it has several bridges: the same bytes go up once. */
  readonly sharing?: Sharing
  /** Which files it has already. */
  readonly files: Files
  /** Fetches what answers speak of. `log`: of whose answer it is. */
  answerMedia(account: string, outbox: Outbox, log?: Logger): AnswerMedia
  readonly speaker: Speaker
  /** Where the tokens of an answer are counted. */
  readonly budget?: Pick<PersonBudget, 'spend'>
  /** Where turns wait while too many ask at once. Absent: all are prepared at once. */
  readonly lobby?: Lobby
  /** What admins have been told already. Absent: they are told nothing. */
  readonly told?: ToldOnce
  /** Hears of each turn as it goes on. Absent: nobody does. */
  readonly watch?: Watch | undefined
  /** Turns that can be stopped by a button, by its token. */
  readonly stops: Map<string, LiveTurn>
  /** The last question of a scope, for `again`: in memory alone, since its text is not kept. */
  readonly lastQuestions: Map<string, LastQuestion>
}

/** What was asked, enough to ask it again. */
export interface LastQuestion {
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly command?: CommandRun
}

/** A turn in its lane. */
export interface LiveTurn {
  record: TurnRecord
  /** Aborted by the person's stop, or by the next question where the route says `interrupt`. */
  readonly stop: AbortController
  /** Read back from the journal rather than just accepted. */
  readonly recovered: boolean
  /** Who watches this leg of it. */
  watch?: TurnWatch | undefined
  /** It goes on for hours: what waits behind it may begin. */
  leaveLane(): void
}
