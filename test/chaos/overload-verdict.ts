// Was every promise kept? From what was seen, the line that is printed and what is wrong with it.

import type { Level } from './overload-memory.ts'
import type { Seated } from './overload-people.ts'
import type { Question, Told } from './overload-watch.ts'

export interface Seen {
  readonly seed: string
  readonly seconds: number
  readonly questionsPerMinute: number
  readonly isBacklog: boolean
  readonly questions: readonly Question[]
  readonly told: readonly Told[]
  readonly upstreamRefused: number
  readonly rssMb: Level
  /** Per waiting question, with a backlog. */
  readonly kbPerWaiting: number
  readonly mostWaiting: number
}

export interface Verdict {
  /** The last line. */
  readonly line: Readonly<Record<string, number | string>>
  /** One sentence for each promise that was broken. */
  readonly broken: readonly string[]
}

/** Without a backlog memory stays within this share of its median; short runs have a wider one, being nearer to the start. */
const FLAT = 0.1
/** In the first minute V8's young generation still grows to its size, some 50 MB for a bridge that begins at 250. */
const FLAT_SHORT = 0.3
const LONG_RUN_S = 300
/** Who waits for so much longer than half of the others has been passed over. */
const STARVED_TIMES = 5
const STARVED_MS = 15_000
/** A window, less what a platform may be late. */
const WINDOW_MS = 58_000

export function verdictOn(seen: Seen): Verdict {
  const { questions, rssMb, isBacklog } = seen
  const accepted = questions.filter(({ asked }) => asked > 0)
  const answered = questions.filter(({ answers }) => answers.size > 0)
  const calm = questions.filter(({ person }) => person.plan.isWithinBudget)
  const people = byPerson(questions)
  const flooded = people.filter(([person]) => !person.plan.isWithinBudget)
  const waits = people
    .filter(([person]) => person.plan.isWithinBudget)
    .map(([, own]) => Math.max(...own.map(waitMs)))
    .filter((ms) => Number.isFinite(ms))
    .toSorted((a, b) => a - b)
  const [medianWaitMs, slowestWaitMs] = [waits[Math.floor(waits.length / 2)] ?? 0, waits.at(-1) ?? 0]
  const budgetKeys = seen.told.filter(({ key }) => key === 'budget.spent')
  const refusedPeople = flooded.filter(([, own]) => own.some(({ asked }) => asked === 0))

  const counts = {
    offered: questions.length,
    accepted: accepted.length,
    refused: questions.length - accepted.length,
    answered: answered.length,
    refusedWithinBudget: calm.filter(({ asked }) => asked === 0).length,
    toldTwice: twice(budgetKeys),
    untold: isBacklog ? 0 : refusedPeople.filter(([person]) => !wasTold(person, budgetKeys)).length,
    toldOther: seen.told.length - budgetKeys.length,
    askedTwice: questions.filter(({ asked }) => asked > 1).length,
    answeredTwice: questions.filter(({ answers }) => answers.size > 1).length,
    overBudget: flooded.filter(([, own]) => isOver(own, seen)).length,
    starved: waits.filter((ms) => ms > Math.max(medianWaitMs * STARVED_TIMES, medianWaitMs + STARVED_MS))
      .length,
    upstreamRefused: seen.upstreamRefused,
  }
  const flat = seen.seconds >= LONG_RUN_S ? FLAT : FLAT_SHORT
  const isFlat = rssMb.min >= rssMb.median * (1 - flat) && rssMb.max <= rssMb.median * (1 + flat)
  const broken = [
    ...must(
      counts.answered === counts.accepted,
      `${counts.accepted - counts.answered} accepted questions have no answer`,
    ),
    ...none(
      counts.refusedWithinBudget,
      `questions within budget were not taken (${namesOf(calm.filter(({ asked }) => asked === 0))})`,
    ),
    ...none(counts.toldTwice, 'times somebody was told twice in one window'),
    ...none(counts.untold, 'people were refused and not told'),
    ...none(
      counts.toldOther,
      `times somebody was told something else than that they asked too much (${keysOf(seen.told)})`,
    ),
    ...none(counts.askedTwice, 'questions were asked twice'),
    ...none(counts.answeredTwice, 'questions were answered twice'),
    ...none(counts.overBudget, 'people got more than their budget'),
    ...none(isBacklog ? 0 : counts.starved, 'people within budget were passed over'),
    ...none(counts.upstreamRefused, 'calls went beyond the upstream limit'),
    ...must(
      isBacklog || isFlat,
      `memory is not flat: ${round(rssMb.min)} to ${round(rssMb.max)} MB round ${round(rssMb.median)}`,
    ),
  ]
  const line = {
    seed: seen.seed,
    seconds: seen.seconds,
    ...counts,
    medianWaitMs: Math.round(medianWaitMs),
    slowestWaitMs: Math.round(slowestWaitMs),
    rssMbMin: round(rssMb.min),
    rssMbMax: round(rssMb.max),
    rssMbMedian: round(rssMb.median),
    ...(isBacklog ? { mostWaiting: seen.mostWaiting, kbPerWaiting: round(seen.kbPerWaiting) } : {}),
  }
  return { line, broken }
}

function waitMs({ saidAtMs, answeredAtMs }: Question): number {
  return answeredAtMs === undefined ? Infinity : answeredAtMs - saidAtMs
}

function byPerson(questions: readonly Question[]): readonly (readonly [Seated, readonly Question[]])[] {
  return [...Map.groupBy(questions, ({ person }) => person)]
}

/** In a group at most one person floods, so that a chat stands for them. */
function twice(told: readonly Told[]): number {
  const groups = [...Map.groupBy(told, ({ chat }) => chat).values()]
  return groups.reduce((sum, all) => {
    const early = all.filter(({ atMs }, n) => n > 0 && atMs - (all[n - 1]?.atMs ?? 0) < WINDOW_MS)
    return sum + early.length
  }, 0)
}

function wasTold({ chat }: Seated, told: readonly Told[]): boolean {
  return told.some((one) => one.chat === chat)
}

/** More than fits into as many windows as there were, wherever they begin. */
function isOver(own: readonly Question[], { seconds, questionsPerMinute }: Seen): boolean {
  const accepted = own.filter(({ asked }) => asked > 0).length
  return accepted > questionsPerMinute * (Math.floor(seconds / 60) + 1)
}

function namesOf(questions: readonly Question[]): string {
  return [...new Set(questions.map(({ person }) => person.name))].slice(0, 5).join(', ')
}

function keysOf(told: readonly Told[]): string {
  return [...new Set(told.map(({ key }) => key))].filter((key) => key !== 'budget.spent').join(', ')
}

function must(holds: boolean, sentence: string): readonly string[] {
  return holds ? [] : [sentence]
}

function none(count: number, sentence: string): readonly string[] {
  return must(count === 0, `${count} ${sentence}`)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
