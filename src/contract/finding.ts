// What does `doctor` find, and what does the configuration ask of what is looked at?

import type { CommandSpec } from './policy.ts'

/** One line of `doctor`. */
export interface Finding {
  /**
   * `note`: nothing is wrong as far as can be seen, but it is worth knowing, or cannot be seen from here. `warning`: it
   * works, though not all of it, or not for long. `fault`: something that was configured does not work.
   */
  readonly verdict: 'ok' | 'note' | 'warning' | 'fault'
  /** What was looked at: `telegram token`. */
  readonly subject: string
  readonly reason: string
  /** The exact way to mend it; absent when there is nothing to mend. */
  readonly remedy?: string
}

/** What the configuration asks of an account: what is right for one may be wrong for another. */
export interface AccountWants {
  /** What wakes the bot in groups there, over all routes. Empty: private chats and commands alone. */
  readonly groupTriggers: readonly ('mention' | 'reply' | 'always')[]
  /** Chats that routes and access name, by id. */
  readonly chats: readonly string[]
  /** Questions in groups get a thread of their own. */
  readonly threads: boolean
  readonly rolesWanted: boolean
  /** The environment names a proxy. */
  readonly proxied: boolean
  /** A bridge runs over the same store just now. Undefined: that cannot be seen. */
  readonly running?: boolean
}

/** What the configuration makes use of at the assistant. */
export interface AssistantWants {
  /** Whose workflows are run. */
  readonly commands: readonly CommandSpec[]
  /** Files of people are handed on. */
  readonly uploads: boolean
  /** Voice messages are written down. */
  readonly hears: boolean
  /** Voices that replies are read aloud with. */
  readonly voices: readonly string[]
  /** Verdicts on answers are handed on. */
  readonly rates: boolean
  /** Agents' local tools are answered. */
  readonly tools: boolean
}
