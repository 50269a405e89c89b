// The script's steps about questions: a workflow asks, and is answered, or not, or by somebody else.

import type { Scene, Step } from '../step.ts'
import { HURRY_MS } from './config.ts'
import { BOOK, FLOWS, GRANT, HURRY, TOUR, TRIP } from './said.ts'

const [OSLO, BERGEN] = TRIP.places

const twoQuestions: Step = {
  name: 'questions',
  title: 'A workflow asks twice: a choice, then words; it goes on in the same reply',
  where: 'private',
  async play(scene) {
    const { ann, seesButton, seesWhole } = scene
    const topic = await begin(scene)
    await ann.press(await seesButton(OSLO))
    await answerWho(scene, 'Cyd and Dee')
    await seesWhole('all of it, in order', wholeTrip(topic, OSLO, 'Cyd and Dee'))
    runsOnce(scene, topic, [OSLO, 'Cyd and Dee'])
    nothingLeftToPress(scene, TRIP.places)
  },
}

const inWords: Step = {
  name: 'words',
  title: 'The next message is an answer, too',
  where: 'private',
  async play(scene) {
    const { ann, sees, seesWhole } = scene
    const topic = await begin(scene)
    await scene.seesButton(BERGEN)
    ann.say(BERGEN)
    await sees('the second question', TRIP.who)
    ann.say('nobody')
    await seesWhole('all of it, in order', wholeTrip(topic, BERGEN, 'nobody'))
    runsOnce(scene, topic, [BERGEN, 'nobody'])
  },
}

const fields: Step = {
  name: 'fields',
  title: 'An input node asks for typed values',
  where: 'private',
  async play({ ann, mark, words, seesWhole, coze, expects }) {
    const topic = `a bed, ${mark}`
    await ann.runCommand({ name: 'book', options: { topic } })
    await ann.fill({ guest: 'Eve', nights: '4', breakfast: words('ask.yes') })
    await seesWhole('what was booked', BOOK.done('Eve', 4, true))
    const [run] = coze.store.runsOf(FLOWS.book).filter(({ parameters }) => parameters['topic'] === topic)
    expects('Coze was answered once', run?.resumes.length === 1, `${run?.resumes.length ?? 0} times`)
  },
}

const notYours: Step = {
  name: 'group',
  title: 'Somebody else presses the button: refused kindly, and nothing happens',
  where: 'group',
  async play(scene) {
    const { ann, bob, words, sees, seesButton, seesWhole, expects } = scene
    const topic = await begin(scene)
    const told = await bob.press(await seesButton(OSLO))
    expects('Bob is told why', told === words('action.notYours'), told ?? 'nothing')
    runsOnce(scene, topic, [])
    await ann.press(await seesButton(OSLO))
    await sees('the second question', TRIP.who)
    await answerWho(scene, 'Bob')
    await seesWhole('all of it, in order', wholeTrip(topic, OSLO, 'Bob'))
  },
}

const expired: Step = {
  name: 'expired',
  title: 'A question that nobody answers runs out',
  where: 'private',
  async play(scene) {
    const { ann, mark, words, sees, seesButton, waits, expects, coze } = scene
    const topic = `haste, ${mark}`
    await ann.runCommand({ name: 'hurry', options: { topic } })
    const [choice] = HURRY.choices
    const button = await seesButton(choice)
    await sees(`a notice, after ${HURRY_MS / 1_000} s`, words('turn.expired'))
    await waits(
      'its buttons are gone',
      () => !labelsOf(scene).includes(choice),
      () => labelsOf(scene).join(', '),
    )
    const told = await ann.press(button, { stale: true })
    const kind = [words('action.expired'), words('action.done'), words('ask.over')]
    expects('a later press is refused kindly', kind.includes(told ?? ''), told ?? 'nothing')
    const [run] = coze.store.runsOf(FLOWS.hurry).filter(({ parameters }) => parameters['topic'] === topic)
    expects('Coze was not answered', run?.resumes.length === 0, `${run?.resumes.length ?? 0} times`)
  },
}

const meanwhile: Step = {
  name: 'meanwhile',
  title: 'While a question waits, another command runs; the question waits on',
  where: 'private',
  async play(scene) {
    const { ann, sees, seesButton, seesWhole } = scene
    const topic = await begin(scene)
    const button = await seesButton(BERGEN)
    await ann.runCommand({ name: 'order', options: { number: 'AB-123' } })
    await sees('its result', 'Order AB-123 is on its way.')
    await ann.press(button)
    await sees('the second question', TRIP.who)
    ann.say('nobody')
    await seesWhole('all of the first one', wholeTrip(topic, BERGEN, 'nobody'))
    runsOnce(scene, topic, [BERGEN, 'nobody'])
  },
}

const three: Step = {
  name: 'three',
  title: 'Three questions in a row',
  where: 'private',
  async play({ ann, mark, sees, seesWhole, coze, expects }) {
    const topic = `bridge, ${mark}`
    await ann.runCommand({ name: 'tour', options: { topic } })
    const answers = ['Ann', 'To seek the grail', 'Blue']
    for (const [n, answer] of answers.entries()) {
      await sees(`question ${n + 1}`, TOUR.asks[n] ?? '')
      await ann.answer(answer)
    }
    await seesWhole('what came of them', TOUR.end(answers))
    const [run] = coze.store.runsOf(FLOWS.tour).filter(({ parameters }) => parameters['topic'] === topic)
    expects('Coze was answered three times', run?.resumes.length === 3, `${run?.resumes.length ?? 0} times`)
  },
}

const twice: Step = {
  name: 'twice',
  title: 'Pressed twice, a button acts once',
  where: 'private',
  async play(scene) {
    const { ann, words, seesButton, sees, expects } = scene
    const topic = await begin(scene)
    const button = await seesButton(OSLO)
    const [, told] = await Promise.all([ann.press(button), ann.press(button, { stale: true })])
    expects('the second press is refused kindly', told === words('action.done'), told ?? 'nothing')
    await sees('the second question', TRIP.who)
    runsOnce(scene, topic, [OSLO])
    await ann.runCommand({ name: 'stop' })
    await sees('stopped', words('turn.stopped'))
  },
}

const link: Step = {
  name: 'link',
  title: 'A plugin wants to be let in: a page to open, and on it goes',
  where: 'private',
  async play({ ann, mark, words, waits, seesButton, seesWhole }) {
    await ann.runCommand({ name: 'grant', options: { topic: `calendar, ${mark}` } })
    const links = (): readonly string[] => ann.shown().flatMap((reply) => reply.links.map(({ url }) => url))
    await waits(
      'the page as a link',
      () => links().includes(GRANT.page),
      () => links().join(', '),
    )
    await ann.press(await seesButton(words('control.done')))
    await seesWhole('what it found', GRANT.end)
  },
}

export async function begin({ ann, mark, sees }: Scene): Promise<string> {
  const topic = `fjords, ${mark}`
  await ann.runCommand({ name: 'trip', options: { topic } })
  await sees('the first question', TRIP.where)
  return topic
}

/** In the platform's own form: a modal, a reply to the question, a card. */
export async function answerWho({ ann, sees }: Scene, answer: string): Promise<void> {
  await sees('the second question', TRIP.who)
  await ann.answer(answer)
}

export function wholeTrip(topic: string, place: string, who: string): string {
  return [TRIP.hello(topic), TRIP.plan(place, who), TRIP.end].join('\n\n')
}

export function runsOnce({ coze, expects }: Scene, topic: string, answers: readonly string[]): void {
  const runs = coze.store.runsOf(FLOWS.trip).filter(({ parameters }) => parameters['topic'] === topic)
  expects('Coze ran it once', runs.length === 1, `${runs.length} runs`)
  const given = runs.flatMap(({ resumes }) => resumes.map(({ answer }) => answer))
  const isRight = JSON.stringify(given) === JSON.stringify(answers)
  expects(`Coze was answered ${answers.length} times`, isRight, given.join(', '))
}

function nothingLeftToPress({ expects, ...scene }: Scene, labels: readonly string[]): void {
  const left = labelsOf(scene).filter((label) => labels.includes(label))
  expects('no button of a question is left', left.length === 0, left.join(', '))
}

function labelsOf({ ann }: Pick<Scene, 'ann'>): readonly string[] {
  return ann.shown().flatMap(({ buttons }) => buttons.map(({ label }) => label))
}

export const questionSteps: readonly Step[] = [
  twoQuestions,
  inWords,
  meanwhile,
  three,
  fields,
  twice,
  notYours,
  link,
  expired,
]
