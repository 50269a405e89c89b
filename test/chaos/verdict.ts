// What became of a question? Read from the emulators alone: what Coze has, what stands in the chat.

import type { ChatRecord } from '../../src/emulators/coze/index.ts'
import { instructionIn, wholeReply } from './agent.ts'
import { lettersOf, piecesIn, questionOf, type Mark } from './marks.ts'
import type { Shown } from './place.ts'
import type { Question } from './questions.ts'
import { toldIn, withoutNotices } from './told.ts'
import type { World } from './world.ts'

export type Outcome =
  /** All of the answer stands exactly once. */
  | 'answeredOnce'
  /** The person was told that there will be no answer, or not all of it. */
  | 'toldLost'
  /** It does not count as asked. */
  | 'excluded'
  /** The reply, or a part of it, stands twice. */
  | 'duplicated'
  /** Something stands, not all, and nobody says so. */
  | 'unfinished'
  | 'lost'

export interface Verdict {
  readonly question: Question
  readonly outcome: Outcome
  readonly because: string
  /** How often Coze was asked. */
  readonly asks: number
  /** Coze has the whole answer. */
  readonly couldTell: boolean
  /** A reply that stands twice has a post among it of which the bridge cannot have known. */
  readonly isExcused: boolean
}

/** Of all questions at once: a sentence of the bridge's own belongs to a question of its chat that has no answer. */
export function judge(world: World, questions: readonly Question[]): readonly Verdict[] {
  const asks = asksByMark(world)
  const chats = chatsByMark(world)
  const screens = new Map(questions.map(({ place }) => [place, place.shown()]))
  const spare = new Map([...screens].map(([place, shown]) => [place, noticesIn(shown, questions, place)]))
  return questions.map((question): Verdict => {
    const { mark, place, sent } = question
    const shown = screens.get(place) ?? []
    const expected = expectedOf(world, question, chats)
    const parts = shown.filter(
      ({ text }) => text.includes(mark) && piecesIn(text).some((piece) => questionOf(piece) === mark),
    )
    const facts = {
      question,
      asks: asks.get(mark) ?? 0,
      couldTell: expected !== undefined,
      isExcused: parts.some(({ id }) => world.posts.isAmbiguous(id)),
    }
    if (sent === undefined) return { ...facts, outcome: 'excluded', because: 'never said' }
    const stands = compare(question, expected, parts)
    if (stands.outcome === 'answeredOnce' || stands.outcome === 'duplicated') return { ...facts, ...stands }
    const below = parts.map(({ text }) => toldIn(text)).find((key) => key !== undefined)
    const told = below ?? spare.get(place)?.shift()
    if (told !== undefined) return { ...facts, outcome: 'toldLost', because: told }
    const rule = parts.length === 0 && facts.asks === 0 ? sent.excluded() : undefined
    if (rule !== undefined) return { ...facts, outcome: 'excluded', because: rule }
    return { ...facts, ...stands }
  })
}

type Standing = Pick<Verdict, 'outcome' | 'because'>

function compare(question: Question, expected: string | undefined, parts: readonly Shown[]): Standing {
  if (parts.length === 0) return { outcome: 'lost', because: 'nothing of it stands' }
  const whole = expected ?? wholeReply(question)
  const own = (text: string): readonly string[] =>
    piecesIn(text).filter((piece) => questionOf(piece) === question.mark)
  const wanted = own(whole)
  const stands = parts.flatMap(({ text }) => own(text))
  const counts = new Map<string, number>()
  for (const piece of stands) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  const missing = wanted.filter((piece) => !counts.has(piece))
  const doubled = wanted.filter((piece) => (counts.get(piece) ?? 0) > 1)
  if (missing.length > 0)
    return {
      outcome: 'unfinished',
      because: `missing: ${missing.slice(0, 3).join(', ')} of ${wanted.length}`,
    }
  if (doubled.length > 0)
    return { outcome: 'duplicated', because: `twice: ${doubled.slice(0, 3).join(', ')}` }
  if (parts.some(({ isGenerating }) => isGenerating))
    return { outcome: 'unfinished', because: 'all of it stands, but it says that it still grows' }
  if (parts.some(({ canStop }) => canStop))
    return { outcome: 'unfinished', because: 'all of it stands, but it can still be stopped' }
  const isInOrder = stands.every((piece, n) => piece === wanted[n])
  if (!isInOrder) return { outcome: 'unfinished', because: 'its parts stand in another order' }
  // What was asked back carries marks of its own answer, buttons and all.
  if (question.manner === 'ask' || question.manner === 'askflow')
    return { outcome: 'answeredOnce', because: '' }
  const seen = lettersOf(parts.map(({ text }) => text).join('\n'))
  const letters = lettersOf(whole)
  if (seen === letters || withoutNotices(seen) === letters) return { outcome: 'answeredOnce', because: '' }
  return { outcome: 'unfinished', because: `garbled: ${firstDifference(withoutNotices(seen), letters)}` }
}

/** As Coze's store has it; undefined while it is not complete. Of workflows: what they say by their script. */
function expectedOf(
  { coze }: World,
  question: Question,
  chats: ReadonlyMap<Mark, readonly Readonly<ChatRecord>[]>,
): string | undefined {
  const complete = chats.get(question.mark)?.find(({ status }) => status === 'completed')
  if (complete !== undefined) return coze.store.answerText(complete.id).join('\n\n')
  const runs = [...coze.store.workflowRuns.values()]
  const isRun = runs.some(
    ({ parameters, status }) =>
      status === 'Success' && instructionIn(String(parameters['topic']))?.mark === question.mark,
  )
  return isRun ? wholeReply(question) : undefined
}

function chatsByMark({ coze }: World): ReadonlyMap<Mark, readonly Readonly<ChatRecord>[]> {
  return Map.groupBy(
    coze.store.chats.values().filter(({ query }) => instructionIn(query) !== undefined),
    ({ query }) => instructionIn(query)?.mark ?? '',
  )
}

function asksByMark({ asked }: World): ReadonlyMap<Mark, number> {
  const counts = new Map<Mark, number>()
  for (const query of asked) {
    const mark = instructionIn(query)?.mark
    if (mark !== undefined) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  }
  return counts
}

/** Messages since this round's questions that are no piece of any answer, and say that there will be none. */
function noticesIn(
  shown: readonly Shown[],
  questions: readonly Question[],
  place: Question['place'],
): string[] {
  const here = questions.filter((question) => question.place === place)
  const isNew = (id: string): boolean =>
    here.some(({ before, sent }) => sent !== undefined && !before.has(id))
  return shown
    .filter(({ id, text }) => isNew(id) && piecesIn(text).length === 0)
    .flatMap(({ text }) => toldIn(text) ?? [])
}

function firstDifference(seen: string, wanted: string): string {
  let at = 0
  while (at < seen.length && seen[at] === wanted[at]) at += 1
  return `“${seen.slice(Math.max(0, at - 20), at + 30)}” where “${wanted.slice(Math.max(0, at - 20), at + 30)}” should be`
}
