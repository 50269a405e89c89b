// Who asks when? Everything is drawn from one seed before it begins.

import type { Random } from './random.ts'

export interface PlanOptions {
  readonly seconds: number
  /** Questions a second that the upstream takes. */
  readonly rate: number
  /** How many times as many are offered. */
  readonly times: number
  /** Everybody is within budget: what cannot be answered yet waits. */
  readonly backlog: boolean
}

export interface PlannedPerson {
  /** Never more than the budget allows in any minute. */
  readonly isWithinBudget: boolean
  /** When they ask, in ms from the beginning, in order. */
  readonly asksAtMs: readonly number[]
}

export interface Plan {
  readonly questionsPerMinute: number
  readonly people: readonly PlannedPerson[]
}

/** So few that what everybody may ask together is about what the upstream takes. */
const TIGHT_PER_MINUTE = 2
/** Wider than half a minute, by what a platform may be late: three of these never fit into a minute. */
const GAP_WITHIN_MS = { from: 32_000, to: 44_000 }
/** Floods begin one after the other: all budgets are full at first. */
const RAMP_MS = 60_000
/** With a backlog: fewer than a lane takes (20), and not more than a group of Telegram lets us answer in some minutes (20 calls each). */
const WAITING_PER_PERSON = 8
const WIDE_PER_MINUTE = 20

export function planFor(options: PlanOptions, random: Random): Plan {
  return options.backlog ? patientCrowd(options, random) : mixedCrowd(options, random)
}

function mixedCrowd({ seconds, rate, times }: PlanOptions, random: Random): Plan {
  const count = Math.ceil((rate * 60) / TIGHT_PER_MINUTE)
  const lastsMs = seconds * 1_000
  const within = Array.from({ length: Math.ceil(count / 2) }, (_, n) =>
    patient(random.fork(`within ${n}`), lastsMs),
  )
  const floods = count - within.length
  const offered = rate * times * seconds - within.reduce((sum, { asksAtMs }) => sum + asksAtMs.length, 0)
  const each = Math.ceil(offered / floods)
  const rampMs = Math.min(RAMP_MS, lastsMs / 2)
  const flooders = Array.from({ length: floods }, (_, n) => {
    const own = random.fork(`flood ${n}`)
    return { isWithinBudget: false, asksAtMs: spread(each, (n / floods) * rampMs, lastsMs, own) }
  })
  return { questionsPerMinute: TIGHT_PER_MINUTE, people: [...within, ...flooders] }
}

function patientCrowd({ seconds, rate, times }: PlanOptions, random: Random): Plan {
  const offered = rate * times * seconds
  const count = Math.ceil(offered / WAITING_PER_PERSON)
  const people = Array.from({ length: count }, (_, n) => ({
    isWithinBudget: true,
    asksAtMs: spread(Math.ceil(offered / count), 0, seconds * 1_000, random.fork(`patient ${n}`)),
  }))
  // Drawn by chance some moments may be crowded: nobody comes near this.
  return { questionsPerMinute: Math.max(WIDE_PER_MINUTE, WAITING_PER_PERSON + 1), people }
}

function patient(random: Random, lastsMs: number): PlannedPerson {
  const asksAtMs: number[] = []
  let atMs = random.between(0, Math.min(GAP_WITHIN_MS.from, lastsMs - 1))
  while (atMs < lastsMs) {
    asksAtMs.push(atMs)
    atMs += random.between(GAP_WITHIN_MS.from, GAP_WITHIN_MS.to)
  }
  return { isWithinBudget: true, asksAtMs }
}

function spread(count: number, fromMs: number, toMs: number, random: Random): readonly number[] {
  return Array.from({ length: count }, () => fromMs + random.next() * (toMs - fromMs)).sort((a, b) => a - b)
}
