// Words for a person, before they are words: a key and what fills its gaps.
// The sentences themselves are in config/locales/, one file a language; `words/` says them.

/** Every sentence a person in a chat can be told. The locale files hold exactly these keys (a test compares). */
export type NoticeKey =
  /** Nothing to do with the person: try again later. */
  | 'failure.unavailable'
  | 'failure.busy'
  /** The owner must act; the person can only tell them. */
  | 'failure.owner'
  | 'failure.quota'
  | 'failure.tooLong'
  | 'failure.refused'
  | 'failure.unsupported'
  /** The reply broke off and cannot be continued; what stands, stands. */
  | 'failure.brokenOff'
  /** The platform takes no more of this reply. */
  | 'failure.notShown'
  /** We cannot know whether it was asked; asking again is the person's choice. */
  | 'failure.cannotTell'
  /** It came in while the bridge was down, longer ago than `maxAgeMs`. */
  | 'turn.tooOld'
  | 'turn.stopped'
  | 'turn.nothingToStop'
  /** Coze finished without a visible word. */
  | 'turn.empty'
  /** {count}: how many wait already. */
  | 'lane.full'
  /** {minutes}: until the budget allows the next question. */
  | 'budget.spent'
  | 'access.denied'
  /** {limit}: characters. */
  | 'input.tooLong'
  | 'media.notYet'
  /** What the message refers to (a quote, a forward) cannot be read, and it says nothing itself. */
  | 'input.unreadable'
  /** A button or form that stands for nothing any more. */
  | 'action.expired'
  | 'conversation.new'
  | 'command.unknown'
  | 'help.title'
  | 'help.direct'
  | 'help.group'
  | 'help.commands'
  /** {command}, {description}: one line a command. */
  | 'help.command'
  | 'builtin.help'
  | 'builtin.new'
  | 'builtin.stop'
  | 'builtin.start'

export interface Notice {
  readonly key: NoticeKey
  readonly params?: Readonly<Record<string, string | number>>
}
