// What can people do on a platform, as the page knows it? Each platform's own way of it is a file in panes/.

import type { Board } from './board.ts'
import type { PagePerson, PagePlatform } from './protocol.ts'
import type { GivenFile, Shelf } from './shelf.ts'

/** Every deed throws `Wrong`, or the emulator's own sentence, where a client would not let one do it. */
export interface Pane {
  readonly platform: PagePlatform
  /** Gets an account, a private chat with the bot, and a place in the group. */
  join(person: PagePerson): void
  say(saying: Saying): void
  press(pressing: Pressing): Promise<void> | void
  command(giving: Giving): void
  submit(submission: Submission): Promise<void> | void
  close(): void
}

export interface PaneParts {
  readonly board: Board
  readonly shelf: Shelf
}

export interface Where {
  readonly roomId: string
  readonly personId: string
}
export interface Saying extends Where {
  readonly text: string
  readonly mention: boolean
  readonly replyTo?: string
  readonly files: readonly GivenFile[]
}
export interface Pressing extends Where {
  readonly messageId: string
  readonly controlId: string
  readonly value?: string
}
export interface Giving extends Where {
  readonly name: string
  readonly values: Readonly<Record<string, string>>
  readonly fileOf: (id: string) => GivenFile
}
export interface Submission extends Where {
  readonly formId: string
  readonly messageId?: string
  readonly values: Readonly<Record<string, string>>
  readonly fileOf: (id: string) => GivenFile
}

/** `Date.now()` with fractions, as the page measures too. */
export function sinceEpochMs(atPerfMs: number): number {
  return performance.timeOrigin + atPerfMs
}
