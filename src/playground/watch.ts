// People on the stage, one a platform: they ask the same at once, and their screens are watched until all of the answer
// stands on each.

import type { ChatRecord } from '../emulators/coze/index.ts'
import { isWholeAnswer, type Verdict } from './compare.ts'
import { matchUp } from './matching.ts'
import type { Chair, PlatformName, Seat, SeatFrame, ShownText } from './seats.ts'
import type { StageParts } from './stage.ts'

export interface Onlookers {
  /** Resolves when each platform shows all that Coze answered to it, or nothing more is to come; the order is the seats'. */
  ask(text: string): Promise<readonly Outcome[]>
  close(): void
}

/** What became of a question on one platform. */
export interface Outcome {
  readonly platform: PlatformName
  readonly title: string
  readonly verdict: Verdict
  /** The bot's messages since the question, in order. */
  readonly shown: readonly ShownText[]
  readonly frames: number
  /** From the question to the last change on screen. */
  readonly tookMs: number
}

export interface WatchOptions {
  /** Told every state of the bot's messages, as the platform's emulator saw it. */
  readonly onFrame: (frame: SeatFrame) => void
  /** For each of: the bridge comes, the answer stands. */
  readonly withinMs?: { readonly connected?: number; readonly answered?: number }
}

const CONNECTED_WITHIN_MS = 30_000
const ANSWERED_WITHIN_MS = 180_000
const LOOK_EVERY_MS = 30
/** After so long without a change the bridge has said what it had to say. */
const QUIET_MS = 1_000
const FAILED: ReadonlySet<string> = new Set(['failed', 'canceled', 'cancelled'])

/** Waits until the bridge listens to every platform, or has had its time for that. */
export async function seatOnlookers(stage: StageParts, options: WatchOptions): Promise<Onlookers> {
  const { connected = CONNECTED_WITHIN_MS, answered = ANSWERED_WITHIN_MS } = options.withinMs ?? {}
  const { coze } = stage
  await until(stage, connected, () => stage.seats.every((seat) => seat.isConnected()))
  const watched = stage.seats.map((seat) => watch(seat, options.onFrame))

  return {
    close: () => watched.forEach(({ close }) => close()),
    async ask(text) {
      const chatsBefore = coze.store.chats.size
      for (const each of watched) each.ask(text)
      const chats = (): readonly Readonly<ChatRecord>[] => [...coze.store.chats.values()].slice(chatsBefore)
      let seen = ''
      let verdicts: readonly Judged[] = []
      const isOver = (): boolean => {
        const now = stateOf(chats(), watched)
        // Comparing whole answers is dear; where nothing moved, nothing has changed.
        if (now !== seen) verdicts = judge(stage, chats(), watched)
        seen = now
        return watched.every((each, n) => verdicts[n]?.whole === true || isTold(verdicts[n], each))
      }
      await until(stage, answered, isOver)
      return watched.map((each, n) => ({
        platform: each.seat.platform,
        title: each.seat.title,
        verdict: verdicts[n] ?? { whole: false, because: 'nobody looked' },
        shown: each.shown(),
        frames: each.frames(),
        tookMs: each.tookMs(),
      }))
    },
  }
}

interface Watched {
  readonly seat: Seat
  ask(text: string): void
  /** Since the question. */
  shown(): readonly ShownText[]
  frames(): number
  tookMs(): number
  /** When the screen changed last. */
  lastAtMs(): number
  close(): void
}

function watch(seat: Seat, onFrame: (frame: SeatFrame) => void): Watched {
  const chair: Chair = seat.sitDown('Ann', 'zh')
  let [before, frames, askedAtMs, lastAtMs] = [0, 0, 0, 0]
  const close = chair.onFrame((frame) => {
    frames += 1
    lastAtMs = frame.atPerfMs
    onFrame(frame)
  })
  return {
    seat,
    close,
    ask(text) {
      before = chair.shown().length
      frames = 0
      askedAtMs = lastAtMs = performance.now()
      chair.say(text)
    },
    shown: () => chair.shown().slice(before),
    frames: () => frames,
    tookMs: () => lastAtMs - askedAtMs,
    lastAtMs: () => lastAtMs,
  }
}

/** `noMore`: refused or failed at Coze, or never asked. */
type Judged = Verdict & { readonly noMore?: true }

function judge(
  { coze }: StageParts,
  chats: readonly Readonly<ChatRecord>[],
  watched: readonly Watched[],
): readonly Judged[] {
  const comparisons = watched.map((each) => {
    const texts = each.shown().map(({ text }) => text)
    return chats.map((chat) => verdictOn(chat, coze.store.answerText(chat.id), texts))
  })
  const matches = matchUp(watched.length, chats.length, (row, n) => comparisons[row]?.[n]?.whole === true)
  const left = chats.filter((_, n) => !matches.includes(n))
  return watched.map(({ seat }, row): Judged => {
    if (matches[row] !== undefined) return { whole: true }
    const isHopeless = left.every(({ status }) => FAILED.has(status))
    const nearest = left.findLast(({ status }) => status === 'completed') ?? left.at(-1)
    const verdict = nearest && comparisons[row]?.[chats.indexOf(nearest)]
    const because = reasonFor(seat, chats.length, verdict)
    return { whole: false, because, ...(isHopeless ? { noMore: true } : {}) }
  })
}

/** `verdict`: on the chat that belongs to no other platform, if there is one. */
function reasonFor(seat: Seat, chats: number, verdict: Verdict | undefined): string {
  if (!seat.isConnected()) return 'the bridge is not connected'
  if (verdict?.whole === false) return verdict.because
  if (chats === 0) return 'Coze was not asked'
  return 'Coze was not asked from here: what it answered stands on other platforms'
}

function verdictOn(
  { endedAtMs, status }: Readonly<ChatRecord>,
  answer: readonly string[],
  texts: readonly string[],
): Verdict {
  // A question of the agent's own: it waits for the person now.
  const waits = status === 'requires_action'
  if (endedAtMs === undefined && !waits) return { whole: false, because: 'Coze has not finished' }
  if (status !== 'completed' && !waits)
    return { whole: false, because: `the chat at Coze ended as "${status}"` }
  if (texts.length === 0) return { whole: false, because: 'nothing of the answer is on screen' }
  return isWholeAnswer(answer.join('\n\n'), texts)
}

/** Words of the bridge's own stand there, all of them: Coze refused the question, or failed, and will say no more. */
function isTold(verdict: Judged | undefined, { shown, lastAtMs }: Watched): boolean {
  const isQuiet = performance.now() - lastAtMs() > QUIET_MS
  return verdict?.whole === false && verdict.noMore === true && isQuiet && shown().length > 0
}

function stateOf(chats: readonly Readonly<ChatRecord>[], watched: readonly Watched[]): string {
  const screens = watched.map(({ seat, frames }) => `${frames()}${seat.isConnected() ? '' : ' off'}`)
  return [...chats.map(({ id, status }) => `${id} ${status}`), ...screens].join(',')
}

/** Until the condition holds or the time is over; a bridge that has died is an error at once. */
async function until({ bridge }: StageParts, withinMs: number, holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + withinMs
  while (!holds() && performance.now() < deadlineMs) {
    if (bridge.exitCode !== undefined)
      throw new Error(`The bridge ended with exit code ${bridge.exitCode} before the play was over.`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
