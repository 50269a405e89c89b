// The script's steps about what people send: it reaches Coze to the last byte, each question once.

import type { FileRecord, QuestionRecord } from '../../../emulators/coze/index.ts'
import { MERGE_MS } from './config.ts'
import type { GivenFile } from '../../hands/hands.ts'
import type { Scene, Step } from '../step.ts'
import { ANSWER, type MetFile } from './said.ts'
import { notesOf, pdfOf, pictureOf, programOf, sha256 } from './things.ts'

const picture: Step = {
  name: 'picture',
  title: 'A picture with words reaches the agent, to the last byte',
  where: 'private',
  async play(scene) {
    const words = `What is this? (${scene.mark})`
    const given = pictureOf(scene.mark)
    scene.ann.sendPictures([given], words)
    await reaches(scene, words, [given], 'image')
  },
}

const question: Step = {
  name: 'picture-question',
  title: 'A picture, then its question: one question at Coze',
  where: 'private',
  async play(scene) {
    const words = `Who painted this? (${scene.mark})`
    const given = pictureOf(scene.mark)
    scene.ann.sendPictures([given])
    scene.ann.say(words)
    await reaches(scene, words, [given], 'image')
  },
}

const alone: Step = {
  name: 'picture-alone',
  title: `A picture and no word within ${MERGE_MS / 1_000} s: the agent is asked to look at it`,
  where: 'private',
  async play(scene) {
    const given = pictureOf(scene.mark)
    scene.ann.sendPictures([given])
    await reaches(scene, scene.words('media.alone.image'), [given], 'image')
  },
}

const album: Step = {
  name: 'album',
  title: 'An album of three: one question with three pictures, in their order',
  where: 'private',
  async play(scene) {
    const words = `Which one is best? (${scene.mark})`
    const given = [0, 1, 2].map((n) => pictureOf(scene.mark, n))
    scene.ann.sendPictures(given, words)
    await reaches(scene, words, given, 'image')
  },
}

const document: Step = {
  name: 'document',
  title: 'A document reaches the agent under its name',
  where: 'private',
  async play(scene) {
    const words = `Sum this up. (${scene.mark})`
    const given = pdfOf(scene.mark, 'plan.pdf')
    scene.ann.sendFile(given, words)
    const [stored] = await reaches(scene, words, [given], 'file')
    scene.expects('under its name', stored?.name === given.name, stored?.name ?? 'no name')
  },
}

const text: Step = {
  name: 'text-file',
  title: 'A small text file is read into the question: Coze takes no such files',
  where: 'private',
  async play(scene) {
    const { ann, mark, coze, waits, expects } = scene
    const words = `What is new here? (${mark})`
    const given = notesOf(mark)
    ann.sendFile(given, words)
    const asked = (): readonly string[] =>
      coze.store.questions.map((one) => one.text).filter((one) => one.includes(words))
    await waits(
      'the question with its name and all of its text',
      () =>
        asked().some((query) => query.includes(given.name) && query.includes(given.bytes.toString().trim())),
      () => asked().join(' · ') || 'no question',
    )
    await scene.sees('an answer to that', `You said: `)
    expects('asked once', asked().length === 1, `${asked().length} times`)
    const uploads = uploadsOf(scene, given)
    expects('it was not uploaded', uploads.length === 0, `${uploads.length} uploads`)
  },
}

const refused: Step = {
  name: 'refused',
  title: 'A file of a kind Coze does not read: one sentence names it, the rest is asked all the same',
  where: 'private',
  async play(scene) {
    const { ann, mark, words, sees, expects } = scene
    const asked = `Is it safe to run? (${mark})`
    const given = programOf(mark)
    ann.sendFile(given, asked)
    await sees('why it is left out', words('media.wrongType', { name: given.name, type: 'exe' }))
    await reaches(scene, asked, [], 'file')
    const uploads = uploadsOf(scene, given)
    expects('it was not uploaded', uploads.length === 0, `${uploads.length} uploads`)
  },
}

/** Waits for the one question with these words and these files, in order; gives them as Coze keeps them. */
async function reaches(
  scene: Scene,
  words: string,
  given: readonly GivenFile[],
  type: MetFile['type'],
): Promise<readonly FileRecord[]> {
  const { coze, waits, expects, seesWhole } = scene
  const files = given.map(({ bytes }) => ({ type, sizeBytes: bytes.length, sha256: sha256(bytes) }))
  const wanted = files.map(inWords).join(', ')
  const asked = (): readonly QuestionRecord[] =>
    coze.store.questions.filter(({ text, items }) =>
      given.length === 0
        ? text.includes(words)
        : items.some((item) => files.some((file) => file.sha256 === item.sha256)),
    )
  const isIt = ({ text, items }: QuestionRecord): boolean =>
    text === words && items.map(inWords).join(', ') === wanted
  await waits(
    given.length === 0 ? 'the rest is asked' : 'one question has the words and all of it, byte for byte',
    () => asked().some(isIt),
    () =>
      asked()
        .map(({ text, items }) => `“${text}” with ${items.map(inWords).join(', ')}`)
        .join(' · ') || 'no question',
  )
  await seesWhole('an answer that tells of it', ANSWER(words, files))
  expects('asked once', asked().length === 1, `${asked().length} questions`)
  const uploads = given.flatMap((file) => uploadsOf(scene, file))
  expects('uploaded once', uploads.length === given.length, `${uploads.length} uploads`)
  return uploads
}

function inWords({ type, sizeBytes, sha256: hash }: Partial<MetFile>): string {
  return `${type} of ${sizeBytes} bytes, ${hash}`
}

function uploadsOf({ coze }: Scene, { bytes }: GivenFile): readonly FileRecord[] {
  const hash = sha256(bytes)
  return [...coze.store.files.values()].filter((file) => file.sha256 === hash)
}

export const incomingSteps: readonly Step[] = [picture, question, alone, album, document, text, refused]
