// What is a script? Steps that are the same on every platform, and the bridge and the Coze they are played with.

import type { NoticeKey } from '../../contract/notice.ts'
import type { CozeEmulator, CozeEmulatorOptions } from '../../emulators/coze/index.ts'
import type { Hands, ShownButton, ShownReply } from '../hands/hands.ts'
import type { Emulators, Locale, PlatformName } from '../seats.ts'

export interface Script {
  /** As it is typed: `--script workflows`. */
  readonly name: string
  readonly title: string
  /** The bridge's configuration file, as YAML. */
  configFor(platforms: readonly PlatformName[]): string
  readonly coze: CozeEmulatorOptions
  /** A service of the owner's that the bridge calls; its address is put into the bridge's variables. */
  readonly openService?: () => Promise<Service>
  /** Commands that must be known everywhere before it begins. */
  readonly commands: readonly string[]
  readonly steps: readonly Step[]
}

export interface Service {
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface Step {
  readonly name: string
  /** For people: what is shown. */
  readonly title: string
  /** Somebody alone with the bot, or Ann and Bob with it in a group. */
  readonly where: 'private' | 'group'
  /** Of the people in it; English by default. */
  readonly locale?: Locale
  /** It changes something for everybody: nothing else may be played meanwhile. */
  readonly alone?: true
  /** Rejects with `Unseen` where something else is shown than should be. */
  play(scene: Scene): Promise<void>
}

/** One step on one platform. Everything that waits rejects with `Unseen` when it was in vain. */
export interface Scene {
  readonly platform: PlatformName
  /** Words that only the people of this step and platform use: what they cause at Coze is found by them. */
  readonly mark: string
  readonly ann: Hands
  /** In groups; Ann herself where she is alone. */
  readonly bob: Hands
  readonly coze: CozeEmulator
  readonly emulators: Partial<Emulators>
  /** The bridge's own words, in Ann's language. */
  words(key: NoticeKey, params?: Readonly<Record<string, string | number>>): string
  /** Waits for these words in one of the bot's messages; `what`: for the verdict. */
  sees(what: string, words: string): Promise<ShownReply>
  /** Waits until all of this Markdown stands, in order, over the messages since the step began. */
  seesWhole(what: string, markdown: string): Promise<readonly ShownReply[]>
  /** Waits for a button with this label on the newest message. */
  seesButton(label: string): Promise<ShownButton>
  /** Waits for anything; `seen` says what is there instead. */
  waits(what: string, holds: () => boolean, seen?: () => string): Promise<void>
  /** Checks what must be so now. */
  expects(what: string, holds: boolean, seen: string): void
  /** Waits until no reply grows any more, and what is shown stays. */
  settles(): Promise<void>
  /** How many different states of a message were on screen. */
  statesOf(messageId: string): number
  /** What Ann sees that is no message: it stands among her deeds. */
  finds(what: string): void
  /** Waits until every platform has come this far; then the bridge is killed (SIGKILL) and started again, once. */
  restart(): Promise<void>
}
