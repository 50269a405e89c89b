// What is counted over all rounds, and when is the run a failure?

import type { Verdict } from './verdict.ts'

export interface Tally {
  rounds: number
  asked: number
  answeredOnce: number
  toldLost: number
  excluded: number
  ambiguous: number
  lost: number
  duplicated: number
  unfinished: number
  rssMbMin: number
  rssMbMax: number
  /** Not in the last line, but in the one before. */
  kills: number
  growingKills: number
  terms: number
  askedTwice: number
  /** Told that there is no answer although Coze had it. */
  toldThoughAnswered: number
  duplicatedBy: Record<string, number>
  toldBecause: Record<string, number>
  excludedBecause: Record<string, number>
  faults: Record<string, number>
  /** Rounds in which something else was wrong: a bridge that ended by itself, a lock that was not told. */
  findings: string[]
}

export function emptyTally(): Tally {
  return {
    rounds: 0,
    asked: 0,
    answeredOnce: 0,
    toldLost: 0,
    excluded: 0,
    ambiguous: 0,
    lost: 0,
    duplicated: 0,
    unfinished: 0,
    rssMbMin: Infinity,
    rssMbMax: 0,
    kills: 0,
    growingKills: 0,
    terms: 0,
    askedTwice: 0,
    toldThoughAnswered: 0,
    duplicatedBy: {},
    toldBecause: {},
    excludedBecause: {},
    faults: {},
    findings: [],
  }
}

export function count(record: Record<string, number>, key: string): void {
  record[key] = (record[key] ?? 0) + 1
}

export function countVerdict(tally: Tally, { question, outcome, because, asks, couldTell }: Verdict): void {
  tally.asked += 1
  tally[outcome] += 1
  if (asks > 1) tally.askedTwice += 1
  if (outcome === 'duplicated') count(tally.duplicatedBy, question.place.platform)
  if (outcome === 'excluded') count(tally.excludedBecause, because)
  if (outcome === 'toldLost') {
    count(tally.toldBecause, because)
    if (couldTell && !because.startsWith('run.')) tally.toldThoughAnswered += 1
  }
}

/** The rules of the run. Empty: it has passed. */
export function faultsOf(tally: Tally): readonly string[] {
  const { discord = 0, feishu = 0, telegram = 0 } = tally.duplicatedBy
  return [
    ...(tally.lost > 0 ? [`${tally.lost} questions were lost`] : []),
    ...(tally.unfinished > 0 ? [`${tally.unfinished} replies were left unfinished`] : []),
    ...(discord + feishu > 0 ? [`${discord + feishu} replies stand twice where that can be told`] : []),
    ...(telegram > tally.ambiguous
      ? [`${telegram} replies stand twice on Telegram, ${tally.ambiguous} posts were ambiguous`]
      : []),
    ...(tally.growingKills * 3 < tally.kills
      ? [`only ${tally.growingKills} of ${tally.kills} kills while a reply grew`]
      : []),
    ...tally.findings,
  ]
}

/** The last line. */
export function lastLine(tally: Tally): string {
  const { rounds, asked, answeredOnce, toldLost, excluded, ambiguous, lost, duplicated, unfinished } = tally
  const rssMbMin = Number.isFinite(tally.rssMbMin) ? tally.rssMbMin : 0
  return JSON.stringify({
    rounds,
    asked,
    answeredOnce,
    toldLost,
    excluded,
    ambiguous,
    lost,
    duplicated,
    unfinished,
    rssMbMin,
    rssMbMax: tally.rssMbMax,
  })
}
