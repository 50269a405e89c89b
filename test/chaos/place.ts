// What is a place where people and the bot come together, whatever the platform? What they say there, what stands there.

import type { PlatformName } from '../../src/playground/seats.ts'

export interface Place {
  readonly platform: PlatformName
  /** For findings: `discord thread 3`. */
  readonly name: string
  readonly kind: 'direct' | 'group' | 'thread'
  /** Says it, `person` by number, so that the bot is meant; with a picture, if one is given. */
  say(person: number, text: string, picture?: Buffer): Sent
  /** Gives a command natively. Undefined where the platform does not offer it yet. */
  command(person: number, name: string, topic: string): Sent | undefined
  /** The bot's messages that stand there, oldest first. */
  shown(): readonly Shown[]
  /** Presses a button by its label on the newest message that has it. False when none has. */
  press(person: number, label: string): boolean
  /** What says here that the bot is at work, although no message does: drafts. */
  drafts(): number
}

export interface Shown {
  readonly id: string
  readonly text: string
  /** The message itself says that it still grows: a card in streaming mode, "thinking …". */
  readonly isGenerating: boolean
  /** It can be stopped: the bridge has more to say. */
  readonly canStop: boolean
}

/** Something a person said, on its way to the bot. */
export interface Sent {
  /** The platform tells of it once more. */
  redeliver(): void
  /** By design §6 the platform will not offer it again, and it was never taken: it does not count as asked. Says which rule. */
  excluded(): string | undefined
}

export const BOT_NAME = '@emu_bot'

/** Of the button that stops a reply, in every language. */
export function isStop(label: string): boolean {
  return label.startsWith('⏹')
}
