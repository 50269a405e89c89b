// How is a round played? People ask while the bridge runs, while it is down and while it comes back; it is killed, mostly
// while a reply grows; other things go wrong meanwhile. Then all of that ends, and everything must come to rest.

import { CHOICES } from './agent.ts'
import { drawFaults, type CONDITIONS, type PlannedFault } from './faults.ts'
import { answerTo, drawQuestions, greetings, say, type Question } from './questions.ts'
import type { Place } from './place.ts'
import type { Random } from './random.ts'
import { settle } from './settle.ts'
import { count, type Tally } from './tally.ts'
import { judge, type Verdict } from './verdict.ts'
import { pause, waitFor } from './waiting.ts'
import type { Conditions, World } from './world.ts'

export interface RoundOptions {
  readonly round: number
  readonly random: Random
  readonly tally: Tally
  /** Names of faults; every one when left out. */
  readonly only: ReadonlySet<string> | undefined
}

export interface RoundResult {
  readonly verdicts: readonly Verdict[]
  /** What happened, in a few words. */
  readonly story: readonly string[]
  /** What is wrong beside the verdicts. */
  readonly findings: readonly string[]
}

const GROWS_WITHIN_MS = 15_000
const ENDS_WITHIN_MS = 20_000

export async function playRound(world: World, options: RoundOptions): Promise<RoundResult> {
  const { round, random, tally } = options
  const story: string[] = []
  const findings: string[] = []
  const isFirst = world.bridge === undefined
  const questions = [...drawQuestions(round, random.fork('questions'), openPlaces(world))]
  if (isFirst) questions.push(...(await introduce(world, round)))
  const play = createPlay(world, options, questions, story, findings)

  const kills = random.pick([1, 1, 2, 2, 3])
  const slots = slotsOf(
    questions.filter(({ sent }) => sent === undefined),
    kills,
    random.fork('slots'),
  )
  play.beginFaults(drawFaults(random.fork('faults'), options.only))
  for (let n = 0; n < kills; n += 1) {
    play.speak(slots[2 * n] ?? [], 900)
    await play.die(random.fork(`death ${n}`))
    play.speak(slots[2 * n + 1] ?? [], 350)
    await pause(random.between(20, 600))
    await play.comeBack(random.fork(`start ${n}`))
  }
  play.speak(slots[2 * kills] ?? [], 1_200)
  await play.allSaid()

  for (const emulator of [world.coze, world.discord, world.telegram, world.feishu]) emulator.faults.clear()
  await settle(world, questions, findings)
  play.end()
  const rssMb = world.rssMb()
  if (rssMb !== undefined) {
    tally.rssMbMin = Math.min(tally.rssMbMin, rssMb)
    tally.rssMbMax = Math.max(tally.rssMbMax, rssMb)
  }
  const verdicts = judge(world, questions)
  // Where a question is still open, the next one would be its answer.
  for (const { outcome, question } of verdicts)
    if (outcome === 'lost' || outcome === 'unfinished') world.retired.add(question.place)
  return { verdicts, story, findings }
}

function openPlaces({ places, retired }: World): readonly Place[] {
  return places.filter((place) => !retired.has(place))
}

/** Where the bridge must have been met before it can know what was said meanwhile: Discord's direct channels. */
async function introduce(world: World, round: number): Promise<readonly Question[]> {
  world.launch()
  await waitFor(
    () => world.discord.store.isReady && world.telegram.store.isPolled && world.feishu.store.isConnected,
  )
  const places = world.places.filter(({ platform, kind }) => platform === 'discord' && kind === 'direct')
  const questions = greetings(round, places)
  for (const question of questions) say(question)
  await waitFor(() => judge(world, questions).every(({ outcome }) => outcome === 'answeredOnce'))
  await pause(1_200)
  return questions
}

interface Play {
  /** Says these questions, each at a moment of its own. */
  speak(questions: readonly Question[], withinMs: number): void
  beginFaults(faults: readonly PlannedFault[]): void
  die(random: Random): Promise<void>
  comeBack(random: Random): Promise<void>
  /** Everything that was to be said and to go wrong has been. */
  allSaid(): Promise<void>
  end(): void
}

function createPlay(
  world: World,
  { random, tally, only }: RoundOptions,
  questions: readonly Question[],
  story: string[],
  findings: string[],
): Play {
  const moments: Promise<void>[] = []
  const chance = random.fork('moments')
  const may = (name: (typeof CONDITIONS)[number]): boolean => only === undefined || only.has(name)
  let launchedAtMs = performance.now()
  const people = setInterval(() => answerBack(world, questions), 80)
  const later = (ms: number, act: () => void): void => {
    moments.push(pause(ms).then(act))
  }
  const growing = (): boolean => questions.some(({ mark }) => world.growth.isGrowing(mark, launchedAtMs))
  const saidAgain = (question: Question): void => {
    if (!may('redeliver') || !chance.chance(0.15)) return
    later(chance.between(50, 2_500), () => {
      count(tally.faults, 'redeliver')
      question.sent?.redeliver()
    })
  }

  return {
    speak(said, withinMs) {
      for (const question of said) {
        later(chance.between(0, withinMs), () => {
          say(question)
          saidAgain(question)
        })
      }
    },
    beginFaults(faults) {
      for (const { kind, atMs, random: own } of faults) {
        later(atMs, () => {
          kind.begin(world, own)
          count(tally.faults, kind.name)
          story.push(kind.name)
        })
      }
    },
    async die(own) {
      const isGentle = own.chance(0.1)
      if (own.chance(0.75)) await whileGrowing(own)
      else await pause(own.between(50, 2_000))
      if (!world.isUp()) {
        story.push('it had ended by itself')
        return
      }
      if (isGentle) {
        tally.terms += 1
        const isReady = world.bridge?.output.includes('"message":"ready"') === true
        const code = await world.stop()
        story.push('SIGTERM')
        // Before it was ready a signal may end Node itself.
        if (code !== 0 && isReady) findings.push(`a stop ended with exit code ${code}`)
        return
      }
      const wasGrowing = growing()
      await world.kill()
      tally.kills += 1
      if (wasGrowing) tally.growingKills += 1
      story.push(wasGrowing ? 'SIGKILL in a growing reply' : 'SIGKILL')
    },
    async comeBack(own) {
      if (world.storePath !== undefined && may('lock') && own.chance(0.06)) {
        count(tally.faults, 'lock')
        story.push('a locked store')
        findings.push(...(await startLocked(world)))
      }
      const conditions = conditionsFor(own)
      for (const name of Object.keys(conditions)) count(tally.faults, name)
      story.push(...Object.entries(conditions).map(([name, value]) => `${name} ${value}`))
      world.launch(conditions)
      launchedAtMs = performance.now()
    },
    async allSaid() {
      // What was said may be said again.
      for (let seen = -1; seen < moments.length;) {
        seen = moments.length
        await Promise.all(moments)
      }
    },
    end: () => clearInterval(people),
  }

  /** A random moment of a reply that grows, written by the bridge that is to die. */
  async function whileGrowing(own: Random): Promise<void> {
    const deadlineMs = performance.now() + GROWS_WITHIN_MS
    for (;;) {
      await waitFor(() => growing() || !world.isUp(), Math.max(0, deadlineMs - performance.now()))
      await pause(own.between(0, 400))
      if (growing() || !world.isUp() || performance.now() > deadlineMs) return
    }
  }

  function conditionsFor(own: Random): Conditions {
    const jumpMs = own.pick([-3, -1, 1, 3]) * own.pick([60_000, 600_000, 3_600_000])
    return {
      ...(may('clock') && own.chance(0.12) ? { clock: `${own.between(500, 2_500)}:${jumpMs}` } : {}),
      ...(world.storePath !== undefined && may('disk') && own.chance(0.12)
        ? { diskFull: `${own.between(300, 2_000)}:${own.between(300, 2_000)}` }
        : {}),
    }
  }
}

/** It must say so, and end. */
async function startLocked(world: World): Promise<readonly string[]> {
  const letGo = await world.holdStore()
  const bridge = world.launch()
  await waitFor(() => bridge.exitCode !== undefined, ENDS_WITHIN_MS)
  const { exitCode, output } = bridge
  await world.kill()
  await letGo()
  const isTold = output.includes('in use by another process')
  return exitCode !== undefined && exitCode !== 0 && isTold
    ? []
    : [`a locked store was answered with exit code ${exitCode}, ${isTold ? 'and said' : 'and not said'}`]
}

/** People answer what the agent asks back: in words once, by a button until it is taken. */
function answerBack({ coze }: World, questions: readonly Question[]): void {
  const now = performance.now()
  for (const question of questions) {
    const { mark, manner, place, person, sent, answersAfterMs } = question
    if (sent === undefined || (manner !== 'ask' && manner !== 'askflow')) continue
    if (question.answered && (manner === 'ask' || now - question.answeredAtMs < 2_500)) continue
    const shown = place.shown().filter(({ text }) => text.includes(mark))
    const isAsked = shown.some(({ text, canStop }) => text.includes(`${mark}p001`) && !canStop)
    if (!isAsked || shown.some(({ text }) => text.includes(`${mark}end`))) continue
    if (question.answeredAtMs === 0) question.answeredAtMs = now
    if (now - question.answeredAtMs < answersAfterMs) continue
    if (manner === 'askflow') {
      question.answered = place.press(person, CHOICES[0])
      question.answeredAtMs = now
      continue
    }
    const isWaiting = coze.store.chats
      .values()
      .some(({ query, status }) => status === 'requires_action' && query.includes(mark))
    if (!isWaiting) continue
    question.answered = true
    place.say(person, answerTo(question))
  }
}

/**
 * Before each kill, while it is down, …, and at the end: every other slot is a downtime, with fewer questions. What takes
 * long to answer is said first of all before the kills, so that each finds something that grows.
 */
function slotsOf(questions: readonly Question[], kills: number, random: Random): readonly Question[][] {
  const slots: Question[][] = Array.from({ length: 2 * kills + 1 }, () => [])
  let long = 0
  for (const question of questions) {
    const isLong = question.manner === 'slow' || question.chars > 2_000
    if (isLong && long < 3 * kills) {
      slots[2 * (long % kills)]!.push(question)
      long += 1
      continue
    }
    const isDown = random.chance(0.35)
    const at = isDown ? 2 * random.between(0, kills - 1) + 1 : 2 * random.between(0, kills)
    slots[at]!.push(question)
  }
  return slots
}
