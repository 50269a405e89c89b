// How is one step played on one platform? People sit down, act and look; what they did and saw is written down.

import type { Words } from '../../contract/runtime.ts'
import type { CozeEmulator } from '../../emulators/coze/index.ts'
import { isWholeAnswer } from '../compare.ts'
import {
  screenInWords,
  soon,
  sooner,
  Unseen,
  type Hands,
  type Newcomer,
  type ShownReply,
  type Venue,
} from '../hands/hands.ts'
import type { Emulators, Locale, PlatformName } from '../seats.ts'
import type { Meeting } from './meeting.ts'
import type { Scene, Step } from './step.ts'

/** What a step needs of the stage. */
export interface ScenePlace {
  readonly platform: PlatformName
  readonly title: string
  readonly venue: Venue
  readonly coze: CozeEmulator
  readonly emulators: Partial<Emulators>
  readonly words: Words
  readonly meeting: Meeting
  /** Told whenever there is something new to look at. */
  readonly onChange: (transcript: readonly Line[]) => void
  /** For each thing that is waited for. */
  readonly withinMs: number
}

export interface SceneOutcome {
  readonly platform: PlatformName
  readonly title: string
  /** What was right, in a few words each. */
  readonly checks: readonly string[]
  readonly fault?: { readonly expected: string; readonly seen: string }
  readonly transcript: readonly Line[]
  readonly tookMs: number
}

/** What people did, and what the bot showed in the end, in order. */
export type Line =
  { readonly kind: 'did'; readonly text: string } | { readonly kind: 'saw'; readonly reply: ShownReply }

const PEOPLE: Readonly<Record<Locale, readonly [string, string]>> = {
  en: ['Ann', 'Bob'],
  zh: ['小安', '小博'],
}
/** After so long without a change a screen shows what it will show. */
const QUIET_MS = 400

const LOCALES: Readonly<Record<Locale, string>> = { en: 'en', zh: 'zh-CN' }

/** Never rejects: what goes wrong is the outcome's fault. */
export async function playScene(step: Step, place: ScenePlace): Promise<SceneOutcome> {
  const { platform, title, meeting } = place
  const startedAtMs = performance.now()
  const { scene, checks, transcript } = prepare(step, place)
  const outcome = (): SceneOutcome => ({
    platform,
    title,
    checks,
    transcript: transcript(),
    tookMs: performance.now() - startedAtMs,
  })
  try {
    await step.play(scene)
    await scene.settles()
    return outcome()
  } catch (error) {
    const unseen = error instanceof Unseen
    const seen = unseen ? error.seen : error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ...outcome(), fault: { expected: unseen ? error.expected : 'the step to be played', seen } }
  } finally {
    meeting.leave()
  }
}

interface Prepared {
  readonly scene: Scene
  readonly checks: readonly string[]
  readonly transcript: () => readonly Line[]
}

function prepare(step: Step, place: ScenePlace): Prepared {
  const { platform, title, venue, coze, emulators, words, meeting, withinMs } = place
  const { locale = 'en' } = step
  const deeds: { readonly text: string; readonly after: number }[] = []
  const checks: string[] = []
  const states = new Map<string, Set<string>>()
  const newcomer = (name: string): Newcomer => ({
    name,
    locale,
    onDeed(deed) {
      deeds.push({ text: `${name} ${deed}`, after: ann.shown().length })
      place.onChange(transcript())
    },
  })
  const people = PEOPLE[locale].map(newcomer)
  const seated = step.where === 'group' ? venue.inGroup(people) : people.slice(0, 1).map(venue.privately)
  const ann = firstOf(seated)
  const bob = seated[1] ?? ann
  const shown = (): readonly ShownReply[] => ann.shown()
  const transcript = (): readonly Line[] => woven(deeds, shown())
  let changedAtMs = performance.now()
  ann.onChange((messageId, text) => {
    changedAtMs = performance.now()
    states.set(messageId, (states.get(messageId) ?? new Set()).add(text))
    place.onChange(transcript())
  })
  const sees = async <T>(what: string, look: () => T | undefined, seen?: () => string): Promise<T> => {
    const found = await soon(what, look, seen ?? (() => screenInWords(shown())), withinMs)
    checks.push(what)
    return found
  }
  const scene: Scene = {
    platform,
    mark: `${step.name} on ${title}`,
    ann,
    bob,
    coze,
    emulators,
    words: (key, params) => words.say({ key, ...(params === undefined ? {} : { params }) }, LOCALES[locale]),
    sees: (what, text) => sees(what, () => shown().findLast((reply) => reply.text.includes(text))),
    async seesWhole(what, markdown) {
      const texts = (): readonly string[] => shown().map(({ text }) => text)
      const verdict = () => isWholeAnswer(markdown, texts())
      await sees(
        what,
        () => verdict().whole || undefined,
        () => `${becauseOf(verdict())} On screen: ${screenInWords(shown())}`,
      )
      return shown()
    },
    seesButton: (label) =>
      sees(`[${label}]`, () =>
        shown()
          .at(-1)
          ?.buttons.find((button) => button.label === label),
      ),
    async waits(what, holds, seen) {
      await sees(what, () => holds() || undefined, seen)
    },
    expects(what, holds, seen) {
      if (!holds) throw new Unseen(what, seen)
      checks.push(what)
    },
    async settles() {
      const stop = scene.words('control.stop')
      const growing = (): boolean =>
        ann.shown().some(({ buttons }) => buttons.some(({ label }) => label === stop))
      await soon(
        'every reply finished',
        () => !growing() || undefined,
        () => screenInWords(shown()),
        withinMs,
      )
      await sooner(() => performance.now() - changedAtMs > QUIET_MS || undefined, withinMs)
    },
    statesOf: (messageId) => states.get(messageId)?.size ?? 0,
    finds: (what) => people[0]?.onDeed(`finds ${what}`),
    restart: () => meeting.come(),
  }
  return { scene, checks, transcript }
}

function becauseOf(verdict: ReturnType<typeof isWholeAnswer>): string {
  return verdict.whole ? '' : `${verdict.because}.`
}

/** Each deed before the messages that came after it. */
function woven(
  deeds: readonly { readonly text: string; readonly after: number }[],
  shown: readonly ShownReply[],
): readonly Line[] {
  const lines: Line[] = []
  let next = 0
  for (const { text, after } of deeds) {
    while (next < Math.min(after, shown.length)) lines.push(sawLine(shown[next++]))
    lines.push({ kind: 'did', text })
  }
  while (next < shown.length) lines.push(sawLine(shown[next++]))
  return lines
}

function sawLine(reply: ShownReply | undefined): Line {
  return { kind: 'saw', reply: reply ?? { messageId: '', text: '', buttons: [], links: [] } }
}

function firstOf(seated: readonly Hands[]): Hands {
  const first = seated[0]
  if (first === undefined) throw new Error('nobody sat down')
  return first
}
