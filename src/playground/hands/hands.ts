// What can people do with the bot, whatever platform they are on? Each platform's own way of it is a file beside this.

import type { Locale, PlatformName } from '../seats.ts'

/** A platform where people come together with the bot. */
export interface Venue {
  /** Somebody new, in a private chat with the bot. */
  privately(who: Newcomer): Hands
  /** New people and the bot in a group of their own. */
  inGroup(who: readonly Newcomer[]): readonly Hands[]
  /** Whether people can give this command by now. */
  offers(command: string): boolean
}

export interface Newcomer {
  readonly name: string
  readonly locale: Locale
  /** Told everything this person does, as words that follow the name: `types /weather Oslo`. */
  readonly onDeed: (deed: string) => void
}

/** One person in one chat. What waits for the bot rejects with `Unseen` when nothing comes in time. */
export interface Hands {
  readonly platform: PlatformName
  readonly name: string
  readonly locale: Locale
  /** Of the person, as the platform writes it. */
  readonly personId: string
  say(text: string): void
  /** Natively: picked from the menu with typed options, or typed. */
  runCommand(command: GivenCommand): Promise<void>
  /** As a message of its own; words beside it where the platform has them, else right after it. */
  sendFile(file: GivenFile, words?: string): void
  /** As one message, several of them as an album; words likewise. */
  sendPictures(pictures: readonly GivenFile[], words?: string): void
  sendVoice(voice: GivenVoice): void
  /** What only the presser was told: a toast, an alert, a message nobody else sees. Undefined: nothing. */
  press(button: ShownButton, options?: { readonly stale?: boolean }): Promise<string | undefined>
  /**
   * Answers what the bot asks, in the platform's own form: a form, or one field after the other. Gives what only they
   * were told, where the form itself says it.
   */
  fill(values: Values): Promise<string | undefined>
  /** The same where one thing is asked; alone with the bot simply as the next message, where nothing opens for it. */
  answer(words: string): Promise<void>
  /** The bot's messages this person sees, oldest first. */
  shown(): readonly ShownReply[]
  /** What of that is no words: pictures, files, sound; oldest first. */
  media(): readonly SeenMedia[]
  /** The commands that are offered when they type "/", as they read them. */
  menu(): readonly MenuEntry[]
  /** Each time one of the bot's messages here is posted or changes; the message's id and its words then. */
  onChange(listener: (messageId: string, text: string) => void): void
}

export interface GivenCommand {
  readonly name: string
  readonly options?: Readonly<Record<string, string | number | boolean>>
  /** Given to the option of that name. */
  readonly file?: { readonly option: string; readonly file: GivenFile }
  /** How the options are written where a command is typed; `name=value` when left out. */
  readonly typed?: string
  /** A client with an old menu sends it all the same: unknown, or without what is required. */
  readonly force?: true
}

/** By the field's name, in the order they are asked for. Of a choice: its label. */
export type Values = Readonly<Record<string, string>>

export interface GivenFile {
  readonly name: string
  readonly bytes: Buffer
}

/** Ogg Opus. */
export interface GivenVoice {
  readonly bytes: Buffer
  readonly durationMs: number
}

export interface SeenMedia {
  readonly messageId: string
  /** As it is shown: a voice message is played in its place. */
  readonly kind: 'picture' | 'file' | 'voice' | 'sound' | 'video'
  /** '' where the platform shows none. */
  readonly name: string
  /** What stands beside it, or is read out to who cannot see it. */
  readonly words: string
  readonly sizeBytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly durationMs?: number
}

export interface ShownReply {
  readonly messageId: string
  readonly text: string
  readonly buttons: readonly ShownButton[]
  /** Buttons that open a page. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
}

export interface MenuEntry {
  readonly name: string
  readonly description: string
}

export interface ShownButton {
  readonly label: string
  readonly messageId: string
  /** What the platform knows it by. */
  readonly key: unknown
}

/** What should have been on screen and was not. */
export class Unseen extends Error {
  readonly expected: string
  readonly seen: string

  constructor(expected: string, seen: string) {
    super(`expected ${expected}; seen: ${seen}`)
    this.expected = expected
    this.seen = seen
  }
}

const LOOK_EVERY_MS = 20
/** How long a person waits for what must come at once: a form, a notice. */
export const PATIENCE_MS = 15_000
/** How soon the form for an answer stands there, if it is going to. */
export const FORM_MS = 700
/** So long a press may go without any answer before it counts as answered by nothing. */
export const ANSWER_MS = 4_000

/** Looks until there is something to see. */
export async function soon<T>(
  expected: string,
  look: () => T | undefined,
  seen: () => string,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const found = await sooner(look, withinMs)
  if (found === undefined) throw new Unseen(expected, seen())
  return found
}

/** The same; undefined when nothing comes. */
export async function sooner<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const found = look()
    if (found !== undefined || performance.now() > deadlineMs) return found
    // Alone it keeps no process alive: a play that was broken off ends at once.
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref())
  }
}

/** `/weather city="New York" days=3` */
export function typedCommand({ name, options = {}, typed }: GivenCommand): string {
  const words = Object.entries(options).map(([option, value]) => `${option}=${quoted(String(value))}`)
  return [`/${name}`, ...(typed === undefined ? words : [typed])].filter((word) => word !== '').join(' ')
}

export function fileInWords({ name, bytes }: GivenFile): string {
  return `${name} (${bytes.length} bytes)`
}

/** `sends 3 pictures (570 bytes, …) with the words Which is best?` */
export function picturesInWords(pictures: readonly GivenFile[], words = ''): string {
  const sizes = pictures.map(({ bytes }) => `${bytes.length} bytes`).join(', ')
  const what = pictures.length === 1 ? 'a picture' : `${pictures.length} pictures`
  return `sends ${what} (${sizes})${wordsBeside(words)}`
}

export function wordsBeside(words = ''): string {
  return words === '' ? '' : ` with the words ${words}`
}

/** `a picture picture.png (570 bytes): A quiet river` */
export function mediaInWords(media: readonly SeenMedia[]): string {
  if (media.length === 0) return 'neither pictures nor files'
  return media
    .map(({ kind, name, sizeBytes, words }) => `a ${kind} ${name} (${sizeBytes} bytes)${wordsBeside(words)}`)
    .join(' · ')
}

export function valuesInWords(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ')
}

/** `[Oslo] [Bergen]` */
export function buttonsInWords(buttons: readonly Pick<ShownButton, 'label'>[]): string {
  return buttons.map(({ label }) => `[${label}]`).join(' ')
}

/** `presses [Oslo] of [Oslo] [Bergen]`; where there is no choice, only what is pressed. */
export function pressInWords(button: ShownButton, shown: readonly ShownReply[], stale: boolean): string {
  const pressed = `presses ${buttonsInWords([button])}`
  if (stale) return `${pressed}, which is gone`
  const offered = shown.find(({ messageId }) => messageId === button.messageId)?.buttons ?? []
  return offered.length < 2 ? pressed : `${pressed} of ${buttonsInWords(offered)}`
}

/** A button of the newest message that stands for these words. */
export function choiceOf(words: string, shown: readonly ShownReply[]): ShownButton | undefined {
  return shown.at(-1)?.buttons.find(({ label }) => label === words)
}

/** A screen in a few lines, for a wait that was in vain. */
export function screenInWords(shown: readonly ShownReply[]): string {
  if (shown.length === 0) return 'nothing of the bot'
  return shown
    .slice(-3)
    .map(({ text, buttons }) => `“${clipped(text)}” ${buttonsInWords(buttons)}`.trim())
    .join(' · ')
}

function clipped(text: string): string {
  const line = text.replaceAll('\n', ' ⏎ ')
  return line.length > 240 ? `${line.slice(0, 150)} … ${line.slice(-80)}` : line
}

function quoted(value: string): string {
  return /[\s"'=:]/.test(value) ? `"${value}"` : value
}
