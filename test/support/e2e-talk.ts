// People talking to the bot on Telegram: what they say, which messages answer them, and whether all of an answer is there.

import { expect } from 'vitest'
import type { ChatRecord } from '../../src/emulators/coze/index.ts'
import type { Person, SayOptions, SentMessage, ShownMessage } from '../../src/emulators/telegram/index.ts'
import { isWholeAnswer } from '../../src/playground/compare.ts'
import { until, type E2eParts, type E2eStage } from './e2e-stage.ts'

export interface Question extends SentMessage {
  readonly text: string
}

/** Somebody with a private chat. */
export function newcomer(stage: E2eStage, firstName = 'Ann', languageCode = 'en'): Person {
  const person = stage.telegram.person({ firstName, languageCode })
  stage.telegram.privateChat(person)
  return person
}

/** Says something in a chat; in the private one where no other is named. */
export function say(
  stage: E2eStage,
  person: Person,
  text: string,
  where: { readonly chat?: { readonly id: number } } & SayOptions = {},
): Question {
  const { chat = person, ...options } = where
  return { ...stage.telegram.say(person, chat, text, options), text }
}

/** The bot's messages after a question, in its chat and topic. */
export function after(stage: E2eStage, question: Question): readonly ShownMessage[] {
  return stage.telegram
    .screen(question.chatId, question.threadId)
    .filter(({ byBot, messageId }) => byBot && messageId > question.messageId)
}

/** Coze's chats about a question, told by its words: every question of a test has words of its own. */
export function chatsAbout(stage: E2eParts, words: string): readonly Readonly<ChatRecord>[] {
  return [...stage.coze.store.chats.values()].filter(({ query }) => query.includes(words))
}

/** The one chat about a question. */
export function chatAbout(stage: E2eParts, words: string): Readonly<ChatRecord> {
  const chats = chatsAbout(stage, words)
  expect(chats, `Coze was asked "${words}" once`).toHaveLength(1)
  return chats[0]!
}

/** What Coze answered in a chat, whole. */
export function answerOf(stage: E2eParts, chat: Readonly<ChatRecord>): string {
  return stage.coze.store.answerText(chat.id).join('\n\n')
}

/** Whether Coze has finished the answer to this question and all of it stands in `shown`. */
export function standsWhole(
  stage: E2eParts,
  words: string,
  shown: readonly { readonly text: string }[],
): boolean {
  const chat = chatsAbout(stage, words).at(-1)
  if (chat?.endedAtMs === undefined) return false
  const texts = shown.map(({ text }) => text)
  return isWholeAnswer(answerOf(stage, chat), texts).whole
}

/** Waits until the whole answer stands after the question; Coze was asked exactly once. */
export async function wholeAnswer(stage: E2eStage, question: Question): Promise<readonly ShownMessage[]> {
  const words = queryOf(question)
  await until(stage, `all of the answer to "${words.slice(0, 60)}"`, () =>
    standsWhole(stage, words, after(stage, question)),
  )
  chatAbout(stage, words)
  return after(stage, question)
}

/** Waits until the bot's messages after the question include some text. */
export async function shows(stage: E2eStage, question: Question, text: string): Promise<ShownMessage> {
  const find = () => after(stage, question).find((message) => message.text.includes(text))
  await until(stage, `"${text.slice(0, 60)}" stands after "${question.text.slice(0, 60)}"`, () => !!find())
  return find()!
}

/** Waits until something of the reply stands. */
export async function beginsToAnswer(stage: E2eStage, question: Question): Promise<ShownMessage> {
  await until(
    stage,
    `a reply to "${question.text.slice(0, 60)}" begins`,
    () => after(stage, question).length > 0,
  )
  return after(stage, question)[0]!
}

/**
 * Waits until a message of the reply has been edited, the n-th: then the bridge has surely kept which message it is.
 * A kill between a post and the keeping of its number leaves, by Telegram's nature, a message that stands twice.
 */
export async function growsOnScreen(stage: E2eStage, question: Question, nth = 1): Promise<ShownMessage> {
  const find = () => after(stage, question)[nth - 1]
  await until(
    stage,
    `message ${nth} of the reply to "${question.text.slice(0, 60)}" grows`,
    () => !!find()?.edited,
  )
  return find()!
}

/** The question without the bot's own name, as Coze gets it. */
function queryOf({ text }: Question): string {
  return text.replace(/@emu_bot\s*/, '').trim()
}
