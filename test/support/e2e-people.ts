// People talking to the bot on any platform: what they ask, what their screen shows, whether all of an answer is there.

import { expect } from 'vitest'
import type { PlatformName, Seat, Chair, SeatFrame, ShownText } from '../../src/playground/seats.ts'
import { until, type E2eParts } from './e2e-stage.ts'
import { chatAbout, chatsAbout, standsWhole } from './e2e-talk.ts'

/** Somebody with a private chat, and all states of the bot's messages there. */
export interface Guest {
  readonly platform: PlatformName
  readonly chair: Chair
  readonly frames: readonly SeatFrame[]
}

export interface Asked {
  readonly guest: Guest
  /** Unlike those of any other question of the test: Coze's chat is found by them. */
  readonly words: string
  /** So many of the bot's messages stood there before. */
  readonly before: number
}

export function guestAt(stage: E2eParts, platform: PlatformName, name = 'Ann'): Guest {
  const chair = seatAt(stage, platform).sitDown(name)
  const frames: SeatFrame[] = []
  chair.onFrame((frame) => frames.push(frame))
  return { platform, chair, frames }
}

export function seatAt({ seats }: E2eParts, platform: PlatformName): Seat {
  const seat = seats.find((each) => each.platform === platform)
  if (seat === undefined) throw new Error(`${platform} is not on this stage`)
  return seat
}

/** `instruction`: a `!word` for the emulated Coze, behind the words. */
export function ask(guest: Guest, words: string, instruction = ''): Asked {
  const before = guest.chair.shown().length
  guest.chair.say(`${words} ${instruction}`.trim())
  return { guest, words, before }
}

/** The bot's messages since the question. */
export function repliesTo({ guest, before }: Asked): readonly ShownText[] {
  return guest.chair.shown().slice(before)
}

export function isWhole(stage: E2eParts, asked: Asked): boolean {
  return standsWhole(stage, asked.words, repliesTo(asked))
}

/** Waits until the whole answers stand; Coze was asked exactly once for each. */
export async function allWhole(
  stage: E2eParts,
  questions: readonly Asked[],
): Promise<readonly (readonly ShownText[])[]> {
  await until(stage, `whole answers to ${describe(questions)}`, () =>
    questions.every((asked) => isWhole(stage, asked)),
  )
  for (const { words } of questions) chatAbout(stage, words)
  return questions.map(repliesTo)
}

export async function comesWhole(stage: E2eParts, asked: Asked): Promise<readonly ShownText[]> {
  const [shown = []] = await allWhole(stage, [asked])
  return shown
}

/**
 * Waits until each reply has changed on screen since it began, on Telegram its newest message: only Telegram cannot
 * tell whether a message whose number was not kept stands already.
 */
export async function allGrow(stage: E2eParts, questions: readonly Asked[]): Promise<void> {
  await until(stage, `growing replies to ${describe(questions)}`, () => questions.every(grows))
  for (const asked of questions) {
    expect(chatsAbout(stage, asked.words)).toHaveLength(1)
    expect(isWhole(stage, asked), `${asked.guest.platform} is whole already`).toBe(false)
  }
}

function grows(asked: Asked): boolean {
  const shown = repliesTo(asked)
  const looked = asked.guest.platform === 'telegram' ? shown.slice(-1) : shown
  return looked.some(({ messageId }) => {
    const states = asked.guest.frames.filter((frame) => frame.messageId === messageId)
    return new Set(states.map(({ text }) => text)).size > 1
  })
}

function describe(questions: readonly Asked[]): string {
  return questions.map(({ guest, words }) => `"${words}" on ${guest.platform}`).join(', ')
}
