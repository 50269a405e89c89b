// The script's steps about what the agent makes, and what is spoken: it reaches people to the last byte.

import { mediaInWords, type SeenMedia } from '../../hands/hands.ts'
import type { Scene, Step } from '../step.ts'
import { drawnFor, writtenFor } from './agent.ts'
import { ANSWER, DRAW, SPEAK, WRITE } from './said.ts'
import { sha256, voiceOf } from './things.ts'

const drawn: Step = {
  name: 'picture-answer',
  title: 'A picture in the answer is shown where it stands in the text, with its alt text',
  where: 'private',
  async play(scene) {
    const { ann, mark, sees, expects } = scene
    const query = `${DRAW.say} (${mark})`
    ann.say(query)
    const before = await sees('what is said before it', DRAW.before)
    const media = await receives(scene, 'the picture, byte for byte', 'picture', drawnFor(query).bytes)
    const after = await sees('what is said after it', DRAW.after)
    expects('its alt text', media.words.includes(DRAW.alt), media.words)
    const order = ann.shown().map(({ messageId }) => messageId)
    const places = [before, media, after].map(({ messageId }) => order.indexOf(messageId))
    const inOrder = places.every((place, n) => place >= 0 && place >= (places[n - 1] ?? 0))
    expects('in this order', inOrder, places.join(', '))
    await isShownOnce(scene)
    expects('no address beside it', !/https?:/.test(wordsOn(scene)), wordsOn(scene))
  },
}

const written: Step = {
  name: 'file-answer',
  title: 'A file in the answer is attached under its name',
  where: 'private',
  async play(scene) {
    const { ann, mark, sees, expects } = scene
    const query = `${WRITE.say} (${mark})`
    ann.say(query)
    await sees('what is said of it', WRITE.before)
    const media = await receives(scene, 'the file, byte for byte', 'file', writtenFor(query).bytes)
    await sees('what is said after it', WRITE.after)
    expects('its name', media.name === WRITE.name, media.name)
    await isShownOnce(scene)
  },
}

const spoken: Step = {
  name: 'voice',
  title: 'A voice message is heard, shown as it was understood, answered, and the answer spoken',
  where: 'private',
  async play(scene) {
    const { ann, mark, coze, waits, sees, expects } = scene
    const given = voiceOf(mark)
    ann.sendVoice(given)
    const heard = (): readonly string[] =>
      coze.store.transcriptions.filter((one) => one.sha256 === sha256(given.bytes)).map(({ text }) => text)
    await waits('Coze hears it, byte for byte', () => heard().length > 0)
    const words = heard().join()
    await waits('its words are asked', () => coze.store.questions.some(({ text }) => text === words))
    await sees('what was heard', words)
    await sees('the answer', `You said: ${words}`)
    await isSpoken(scene)
    const isCozes = coze.store.speeches.some((speech) => speech.sha256 === ann.media()[0]?.sha256)
    expects('byte for byte', isCozes, 'another sound')
  },
}

const listen: Step = {
  name: 'listen',
  title: 'An answer is read aloud at the press of a button',
  where: 'private',
  async play(scene) {
    const { ann, mark, words, coze, seesWhole, seesButton, settles, expects } = scene
    const query = `Good evening (${mark})`
    ann.say(query)
    await seesWhole('the answer', ANSWER(query, []))
    await settles()
    await ann.press(await seesButton(words('control.listen')))
    await isSpoken(scene)
    const isRead = coze.store.speeches.some(
      ({ input, sha256: hash }) => input.includes(query) && hash === ann.media()[0]?.sha256,
    )
    expects('the words of the answer', isRead, 'other words')
  },
}

const voiced: Step = {
  name: 'own-voice',
  title: 'An agent with a voice of its own: its sound is a voice message',
  where: 'private',
  async play(scene) {
    const { ann, mark, seesWhole } = scene
    ann.say(`${SPEAK.say} (${mark})`)
    await seesWhole('its words', SPEAK.answer)
    await isSpoken(scene)
  },
}

async function isSpoken({ ann, waits, settles, expects, finds }: Scene): Promise<void> {
  await waits(
    'a voice message',
    () => ann.media().some(({ kind, sizeBytes }) => kind === 'voice' && sizeBytes > 0),
    () => mediaInWords(ann.media()),
  )
  await settles()
  const [reply] = ann.media()
  expects('nothing else beside the text', ann.media().length === 1, mediaInWords(ann.media()))
  expects('with its length', (reply?.durationMs ?? 0) > 0, `${reply?.durationMs ?? 0} ms`)
  finds(mediaInWords(ann.media()))
}

async function receives(
  { ann, waits, finds }: Scene,
  what: string,
  kind: SeenMedia['kind'],
  bytes: Uint8Array,
): Promise<SeenMedia> {
  const hash = sha256(bytes)
  const found = (): SeenMedia | undefined =>
    ann.media().find((media) => media.kind === kind && media.sha256 === hash)
  await waits(
    what,
    () => found() !== undefined,
    () => mediaInWords(ann.media()),
  )
  const media = found()
  if (media === undefined) throw new Error('what was there is gone')
  finds(mediaInWords([media]))
  return media
}

async function isShownOnce({ ann, settles, expects }: Scene): Promise<void> {
  await settles()
  expects('once', ann.media().length === 1, mediaInWords(ann.media()))
}

function wordsOn({ ann }: Scene): string {
  return ann
    .shown()
    .map(({ text }) => text)
    .join('\n')
}

export const outgoingSteps: readonly Step[] = [spoken, listen, voiced, drawn, written]
