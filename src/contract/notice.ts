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
  /** What a file is called that has no name. */
  | 'media.name.image'
  | 'media.name.file'
  | 'media.name.audio'
  | 'media.name.voice'
  | 'media.name.video'
  | 'media.name.sticker'
  /** What the agent is asked when files come without a word. */
  | 'media.alone.image'
  | 'media.alone.images'
  | 'media.alone.file'
  | 'media.alone.audio'
  | 'media.alone.files'
  /** {name}, {size}, {limit}: with their units. */
  | 'media.tooLarge'
  /** {name}, {size}: the assistant said so. */
  | 'media.tooLargeThere'
  /** {name}, {limit}: what the chat platform hands out to bots. */
  | 'media.tooLargeHere'
  /** {name}, {type}: what it is, by its ending. */
  | 'media.wrongType'
  /** {name}: nobody can tell what it is. */
  | 'media.unknownType'
  /** {name}, {limit}: text that is neither taken as a file nor short enough to be read into the question. */
  | 'media.textTooLong'
  /** {name}. */
  | 'media.empty'
  /** {name}: the platform does not hand it out any more. */
  | 'media.expired'
  /** {name}. */
  | 'media.unavailable'
  /** {name}: agents of this kind (chatflows) take no files. */
  | 'media.noFiles'
  /** {name}, {percent}: shown while it goes on. */
  | 'media.uploading'
  /** {done}, {count}. */
  | 'media.uploadingMany'
  | 'voice.hearing'
  /** Above what a model thinks, and has thought. */
  | 'thinking.now'
  | 'thinking.done'
  /** {tool}: what the agent uses just now. */
  | 'working.tool'
  /** A voice message nobody could understand: {name}. */
  | 'voice.notHeard'
  /** There are no words in it: {name}. */
  | 'voice.silent'
  /** {name}, {limit}. */
  | 'voice.tooLong'
  /** The reply could not be read aloud. */
  | 'voice.notSpoken'
  | 'control.listen'
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
  /** A question of the agent's was left unanswered too long. */
  | 'turn.expired'
  /** Pressed by somebody else. */
  | 'action.notYours'
  /** Pressed twice. */
  | 'action.done'
  | 'action.thanks'
  /** Labels of buttons. */
  | 'control.stop'
  | 'control.again'
  | 'control.runAgain'
  | 'control.answer'
  | 'control.send'
  | 'control.done'
  | 'control.open'
  | 'control.debug'
  /** {command}: some of its required options are missing. */
  | 'ask.options'
  | 'ask.parameters'
  | 'control.skip'
  /** A plugin wants to be allowed. */
  | 'ask.link'
  /** {fields}: what a workflow wants to know, where it says so in no words. */
  | 'ask.fields'
  /** {label}, {value}: what stands in the place of a question that was answered. */
  | 'ask.answered'
  | 'ask.formAnswered'
  /** What stands in the place of a question that ran out or was stopped. */
  | 'ask.over'
  | 'ask.yes'
  | 'ask.no'
  /** Within a form on the screen: hints in empty fields, and behind the label of a number. */
  | 'form.type'
  | 'form.choose'
  | 'form.integer'
  | 'form.number'
  /** {label}: a form cannot take files there. */
  | 'form.file'
  /** An asynchronous workflow. */
  | 'run.started'
  /** Cut in the middle; `onLost` says what is done. */
  | 'run.lost'
  | 'run.failed'
  | 'run.missing'
  | 'run.refused'
  /** {command}, {option}, {usage}. */
  | 'option.unknown'
  /** {command}, {text}, {usage}. */
  | 'option.tooMany'
  /** {option}. */
  | 'option.missing'
  | 'option.integer'
  | 'option.number'
  | 'option.boolean'
  /** {option}, {choices}. */
  | 'option.choice'
  /** {option}, {min}. */
  | 'option.min'
  /** {option}, {max}. */
  | 'option.max'
  | 'option.short'
  | 'option.long'
  | 'option.pattern'
  | 'option.file'
  /** {name}: an option's file that could not be uploaded. */
  | 'file.notSent'
  /** {name}: of a kind the assistant does not take. */
  | 'file.notTaken'
  | 'again.nothing'
  /** {agent}. */
  | 'agent.current'
  /** {agents}. */
  | 'agent.choices'
  /** {agent}. */
  | 'agent.changed'
  /** {agent}, {agents}. */
  | 'agent.unknown'
  | 'status.idle'
  /** {waiting}. */
  | 'status.busy'
  | 'status.asked'
  /** {seconds}. */
  | 'status.wait'
  /** {since}: a date and time, UTC. */
  | 'status.conversation'
  | 'status.noConversation'
  /** {user}: as access rules write it. */
  | 'whoami.person'
  /** {chat}. */
  | 'whoami.chat'
  /** {thread}. */
  | 'whoami.thread'
  /** {account}: the key under `platforms`. */
  | 'whoami.account'
  /** {roles}. */
  | 'whoami.roles'
  | 'whoami.admin'
  | 'builtin.again'
  | 'builtin.agent'
  | 'builtin.status'
  | 'builtin.whoami'
  /** The option of /agent. */
  | 'builtin.agent.name'
  /** {hours}: until the allowance of tokens is there again. */
  | 'budget.tokens'
  /** {place}, {seconds}: shown while a question waits for the upstream limit. */
  | 'queue.position'
  /** {code}, {minutes}. */
  | 'pairing.code'
  /** Asked again while the code is still good, or too many are waiting already. */
  | 'pairing.pending'
  /** Told to the person who has been let in. */
  | 'pairing.welcome'
  /** {person}: told to the admin. */
  | 'pairing.done'
  /** To the admin: no such code, or it has run out. */
  | 'pairing.unknown'
  /** To the admin who gave no code. */
  | 'pairing.usage'
  | 'admin.only'
  /** {reason}: what Coze calls it. Told to admins, once. */
  | 'admin.quota'
  /** {reason}: nobody but a person who logs in again can mend it. Told to admins, once. */
  | 'admin.login'
  /** {days}, {date}. Told to admins some days ahead. */
  | 'admin.loginEnds'
  | 'admin.tokenEnds'
  /** {date}. */
  | 'admin.tokenEnded'
  | 'forget.done'
  | 'builtin.forget'
  | 'builtin.pair'
  /** The option of /pair. */
  | 'builtin.pair.code'

export interface Notice {
  readonly key: NoticeKey
  readonly params?: Readonly<Record<string, string | number>>
}
