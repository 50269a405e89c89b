// What is asked in a round, by whom and where? At least twenty questions, over all platforms and kinds of places.

import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { pictureOf } from '../../src/playground/script/media/things.ts'
import { written, type Instruction, type Manner } from './agent.ts'
import { markOf } from './marks.ts'
import type { Place, Sent } from './place.ts'
import type { Random } from './random.ts'

export interface Question extends Instruction {
  readonly place: Place
  readonly person: number
  readonly hasPicture: boolean
  /** Answers what the agent asks back. */
  readonly answersAfterMs: number
  /** Undefined until it was said. */
  sent: Sent | undefined
  /** Messages of the bot that stood there when it was said. */
  before: ReadonlySet<string>
  answered: boolean
  answeredAtMs: number
}

const FEWEST = 20
const MOST = 26

interface Sort {
  readonly manner: Manner
  readonly weight: number
  readonly chars: readonly [number, number]
  readonly picture?: true
  /** Nothing else may be said in its place: the next message would be its answer. */
  readonly alone?: true
}

const SORTS: readonly Sort[] = [
  { manner: 'plain', weight: 30, chars: [40, 700] },
  { manner: 'plain', weight: 22, chars: [2_300, 7_000] },
  { manner: 'slow', weight: 24, chars: [400, 2_600] },
  { manner: 'two', weight: 5, chars: [200, 900] },
  { manner: 'plain', weight: 7, chars: [60, 500], picture: true },
  { manner: 'ask', weight: 4, chars: [100, 900], alone: true },
  { manner: 'flow', weight: 4, chars: [100, 1_500] },
  { manner: 'askflow', weight: 3, chars: [100, 900], alone: true },
  { manner: 'report', weight: 2, chars: [100, 900] },
]

/** On Telegram a group takes twenty messages a minute: long answers in groups would be waited for, not tried. */
const GROUP_CHARS = 2_000

export function drawQuestions(round: number, random: Random, places: readonly Place[]): readonly Question[] {
  const count = random.between(FEWEST, MOST)
  const used = new Map<Place, number>()
  const alone = new Set<Place>()
  const placeFor = (platform: PlatformName, isAlone: boolean): Place | undefined => {
    const kind = isAlone ? 'direct' : random.pick(['direct', 'direct', 'direct', 'group', 'group', 'thread'])
    const free = places.filter(
      (place) => place.platform === platform && place.kind === kind && !alone.has(place),
    )
    const most = isAlone ? 0 : kind === 'direct' ? 2 : platform === 'telegram' ? 0 : 2
    const open = free.filter((place) => (used.get(place) ?? 0) <= most)
    return open.length === 0 ? undefined : random.pick(open)
  }
  return Array.from({ length: count }, (_, n) => n).flatMap((n): readonly Question[] => {
    const drawn = sortOf(random)
    const platform = PLATFORM_NAMES[n % PLATFORM_NAMES.length] ?? 'telegram'
    const wanted = placeFor(platform, drawn.alone === true)
    const place = wanted ?? placeFor(platform, false)
    if (place === undefined) return []
    const sort = wanted === undefined ? SORTS[0]! : drawn
    used.set(place, (used.get(place) ?? 0) + 1)
    if (sort.alone === true) alone.add(place)
    const [least, most] = sort.chars
    const isTight = platform === 'telegram' && place.kind !== 'direct'
    return [
      {
        mark: markOf(round, n),
        manner: sort.manner,
        chars: Math.min(random.between(least, most), isTight ? GROUP_CHARS : Infinity),
        waitMs: random.between(500, 2_200),
        place,
        person: random.between(0, 3),
        hasPicture: sort.picture === true,
        answersAfterMs: random.between(50, 900),
        sent: undefined,
        before: new Set(),
        answered: false,
        answeredAtMs: 0,
      },
    ]
  })
}

/** A question of nobody in particular, from everybody in these places: afterwards the bridge knows them. */
export function greetings(round: number, places: readonly Place[]): readonly Question[] {
  return places.map((place, n) => ({
    mark: markOf(round, 70 + n),
    manner: 'plain',
    chars: 60,
    waitMs: 0,
    place,
    person: 0,
    hasPicture: false,
    answersAfterMs: 0,
    sent: undefined,
    before: new Set<string>(),
    answered: false,
    answeredAtMs: 0,
  }))
}

/** Says it. A command that is not offered yet is said as a question. */
export function say(question: Question): void {
  const { mark, manner, place, person, hasPicture } = question
  question.before = new Set(place.shown().map(({ id }) => id))
  const isCommand = manner === 'flow' || manner === 'askflow' || manner === 'report'
  question.sent =
    (isCommand ? place.command(person, manner, written(question)) : undefined) ??
    place.say(
      person,
      `What of the walnuts? ${written(question)}`,
      hasPicture ? pictureOf(mark).bytes : undefined,
    )
}

/** What it answers when it is asked back, in words. */
export function answerTo({ mark }: Question): string {
  return `${mark} answer Oslo`
}

function sortOf(random: Random): Sort {
  const total = SORTS.reduce((sum, { weight }) => sum + weight, 0)
  let left = random.next() * total
  for (const sort of SORTS) {
    left -= sort.weight
    if (left < 0) return sort
  }
  return SORTS[0]!
}
