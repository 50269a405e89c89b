// `npm run chaos`: does every question get its whole answer, once, whatever goes wrong and whenever the bridge is killed?
//
// Real bridges over emulated platforms; everything is drawn from one seed, which is printed. The verdicts are read from
// the emulators' stores. The last line is JSON; exit code 1 when anything was lost, left unfinished or said twice.
// The same seed draws the same play; how it meets the bridge depends on time.

import { parseArgs } from 'node:util'
import { keepEvidence } from './evidence.ts'
import { CONDITIONS, FAULT_KINDS } from './faults.ts'
import { createRandom } from './random.ts'
import { playRound } from './round.ts'
import { count, countVerdict, emptyTally, faultsOf, lastLine, type Tally } from './tally.ts'
import { judge, type Verdict } from './verdict.ts'
import { openWorld, type World } from './world.ts'

interface Options {
  readonly rounds: number
  readonly seed: string
  readonly store: string
  readonly plant: boolean
  readonly expectLost: boolean
  readonly lanes: number
  readonly only: ReadonlySet<string> | undefined
}

/** After so many rounds a lane begins anew, with an empty store. */
const ROUNDS_PER_WORLD = 25

const options = optionsFrom(process.argv.slice(2))
const tally = emptyTally()
console.log(
  `seed ${options.seed}: ${options.rounds} rounds in ${options.lanes} lanes over ${options.store}${options.plant ? ', with the journal skipped' : ''}`,
)
await Promise.all(Array.from({ length: options.lanes }, (_, lane) => playLane(options, lane, tally)))
process.exitCode = report(options, tally)

async function playLane(given: Options, lane: number, counts: Tally): Promise<void> {
  const rounds = Array.from({ length: given.rounds }, (_, round) => round).filter(
    (round) => round % given.lanes === lane,
  )
  for (let from = 0; from < rounds.length; from += ROUNDS_PER_WORLD) {
    const world = await openWorld({
      store: given.store,
      name: `${given.seed}-${lane}-${from}`,
      plant: given.plant,
    })
    try {
      await playIn(world, rounds.slice(from, from + ROUNDS_PER_WORLD), given, counts)
    } finally {
      await world.close()
    }
  }
}

async function playIn(
  world: World,
  rounds: readonly number[],
  { seed, only, plant }: Options,
  counts: Tally,
): Promise<void> {
  const verdicts: Verdict[] = []
  let ambiguous = 0
  for (const round of rounds) {
    const beganMs = performance.now()
    const result = await playRound(world, {
      round,
      random: createRandom(`${seed}/${round}`),
      tally: counts,
      only,
    })
    counts.rounds += 1
    for (const verdict of result.verdicts) countVerdict(counts, verdict)
    verdicts.push(...result.verdicts)
    counts.ambiguous += world.posts.ambiguous - ambiguous
    ambiguous = world.posts.ambiguous
    counts.findings.push(...result.findings.map((finding) => `round ${round}: ${finding}`))
    const odd = result.verdicts.filter(isOdd)
    const kept = odd.length + result.findings.length > 0 && (!plant || counts.lost < 5)
    const folder = kept ? await keepEvidence(world, { ...result, seed, round }) : undefined
    const bad = [
      ...result.findings,
      ...odd.map(({ question, outcome, because }) => `${question.mark} ${outcome}: ${because}`),
    ]
    console.log(
      `round ${round}: ${result.verdicts.length} asked, ${killsIn(result.story)}, ${((performance.now() - beganMs) / 1000).toFixed(1)} s, rss ${world.rssMb() ?? '?'} MB; ${result.story.join(', ')} | all: ${counts.rounds} rounds, ${counts.asked} asked, ${counts.answeredOnce} once, ${counts.toldLost} told, ${counts.excluded} excluded, ${counts.lost} lost, ${counts.duplicated} twice (${counts.ambiguous} ambiguous), ${counts.unfinished} unfinished`,
    )
    if (folder !== undefined) console.log(`  seed ${seed} round ${round}: ${bad.join('; ')} → ${folder}`)
  }
  lookAgain(world, verdicts, counts)
}

/** What came a second time after its round was over. */
function lookAgain(world: World, verdicts: readonly Verdict[], counts: Tally): void {
  const now = judge(
    world,
    verdicts.map(({ question }) => question),
  )
  for (const [n, { question, outcome }] of now.entries()) {
    if (verdicts[n]?.outcome !== 'answeredOnce' || outcome !== 'duplicated') continue
    counts.answeredOnce -= 1
    counts.duplicated += 1
    count(counts.duplicatedBy, question.place.platform)
    console.log(`  ${question.mark} in ${question.place.name} stands twice by now`)
  }
}

function killsIn(story: readonly string[]): string {
  const kills = story.filter((what) => what.startsWith('SIGKILL'))
  return `${kills.length} kills (${kills.filter((what) => what.includes('growing')).length} growing)`
}

/** Worth a look, although not all of it fails the run. */
function isOdd({ outcome, couldTell, because, isExcused, question }: Verdict): boolean {
  if (outcome === 'toldLost') return couldTell && !because.startsWith('run.')
  if (outcome === 'duplicated') return question.place.platform !== 'telegram' || !isExcused
  return outcome === 'lost' || outcome === 'unfinished'
}

function report({ seed, plant, expectLost }: Options, counts: Tally): number {
  const faults = faultsOf(counts)
  for (const fault of faults) console.log(`✗ ${fault}`)
  const { kills, growingKills, terms, askedTwice, toldThoughAnswered } = counts
  const { duplicatedBy, toldBecause, excludedBecause, faults: played } = counts
  console.log(
    JSON.stringify({
      seed,
      plant,
      kills,
      growingKills,
      terms,
      askedTwice,
      toldThoughAnswered,
      duplicatedBy,
      toldBecause,
      excludedBecause,
      faults: played,
      cpuS: Math.round(process.cpuUsage().user / 1e6),
    }),
  )
  console.log(lastLine(counts))
  if (expectLost) return counts.lost > 0 ? 0 : 1
  return faults.length === 0 ? 0 : 1
}

function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      store: { type: 'string', default: 'sqlite' },
      plant: { type: 'string' },
      'expect-lost': { type: 'boolean', default: false },
      lanes: { type: 'string', default: '3' },
      only: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  const lanes = Math.min(Number(values.lanes), rounds)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 9_999)
    throw new Error('--rounds is a number, 1 to 9999')
  if (!Number.isInteger(lanes) || lanes < 1) throw new Error('--lanes is a number, at least 1')
  if (values.plant !== undefined && values.plant !== 'skip-journal')
    throw new Error('--plant knows skip-journal alone')
  return {
    rounds,
    lanes,
    seed: values.seed,
    store: values.store,
    plant: values.plant !== undefined,
    expectLost: values['expect-lost'],
    only: values.only === undefined ? undefined : namesIn(values.only),
  }
}

/** `kill` alone: nothing goes wrong but that. */
function namesIn(text: string): ReadonlySet<string> {
  const known = new Set<string>(['kill', ...CONDITIONS, ...FAULT_KINDS.map(({ name }) => name)])
  const names = text.split(',')
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`--only knows ${[...known].join(', ')}; not ${unknown.join(', ')}`)
  return new Set(names)
}
