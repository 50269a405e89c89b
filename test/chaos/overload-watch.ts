// What became of each question? Seen on the emulators alone: what Coze was asked, what stands on the screens.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Script } from '../../src/emulators/coze/index.ts'
import type { Emulators } from '../../src/playground/seats.ts'
import type { Seated } from './overload-people.ts'

export interface Watch {
  readonly questions: readonly Question[]
  /** Everything anybody was told instead of an answer. */
  readonly told: readonly Told[]
  readonly asked: number
  readonly answered: number
  /** For Coze: every question has one answer, that ends with its mark. */
  readonly agent: Script
  /** The person asks their next question, now. */
  ask(person: Seated): void
  /** Listens to the screens. */
  attend(emulators: Emulators): void
}

export interface Question {
  readonly person: Seated
  readonly saidAtMs: number
  /** How often Coze got it. */
  asked: number
  answeredAtMs?: number
  /** The messages that hold its whole answer. */
  readonly answers: Set<string>
}

export interface Told {
  readonly chat: string
  readonly key: string
  readonly atMs: number
}

/** A fifth of a second for an answer of some lines. */
const PACE = { charsPerDelta: 40, deltaMs: 40 }
const MARK = /q(\d{6})/
const END = /z(\d{6})z/g

export function createWatch(): Watch {
  const questions: Question[] = []
  const told: Told[] = []
  const sentences = refusals()
  let asked = 0
  let answered = 0

  function seen(chat: string, messageId: string, text: string, atMs: number): void {
    for (const [, number] of text.matchAll(END)) {
      const question = questions[Number(number)]
      if (question === undefined) continue
      question.answers.add(messageId)
      if (question.answeredAtMs !== undefined) continue
      question.answeredAtMs = atMs
      answered += 1
    }
    const found = sentences.find(({ pattern }) => pattern.test(text))
    if (found !== undefined) told.push({ chat, key: found.key, atMs })
  }

  return {
    questions,
    told,
    get asked() {
      return asked
    },
    get answered() {
      return answered
    },
    agent: ({ query }) => {
      const number = MARK.exec(query)?.[1] ?? ''
      const question = questions[Number(number)]
      if (question !== undefined) {
        if (question.asked === 0) asked += 1
        question.asked += 1
      }
      return [{ say: `You asked number ${number}. ${WORDS} That was z${number}z.`, ...PACE }]
    },
    ask(person) {
      const mark = `q${String(questions.length).padStart(6, '0')}`
      questions.push({ person, saidAtMs: performance.now(), asked: 0, answers: new Set() })
      person.say(`What do you know about ${mark}?`)
    },
    attend({ telegram, discord, feishu }) {
      telegram.onFrame(({ kind, chatId, messageId, byBot, text, atPerfMs }) => {
        if (byBot && kind !== 'delete' && kind !== 'draft')
          seen(String(chatId), String(messageId), text, atPerfMs)
      })
      discord.onFrame(({ kind, channelId, messageId, byBot, text, atPerfMs }) => {
        if (byBot && kind !== 'delete') seen(channelId, messageId, text, atPerfMs)
      })
      feishu.onFrame(({ kind, chatId, messageId, byBot, text, atPerfMs }) => {
        if (byBot && kind !== 'recall') seen(chatId, messageId, text, atPerfMs)
      })
    },
  }
}

const WORDS = 'There is much to be said about it, and some of it is even true. '.repeat(3).trim()

/** What says to a person that their question is not answered, in both languages. */
function refusals(): readonly { readonly key: string; readonly pattern: RegExp }[] {
  return ['en', 'zh-CN'].flatMap((locale) => {
    const file = join(import.meta.dirname, `../../config/locales/${locale}.json`)
    const sentences = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    return (
      sentences
        .filter(([key]) => /^(?:budget|failure)\.|^lane\.full$|^turn\.tooOld$/.test(key))
        // Of a sentence's plural forms any will do.
        .map(([key, sentence]) => ({ key: key.replace(/_(?:one|other)$/, ''), pattern: patternOf(sentence) }))
    )
  })
}

/** Platforms escape some signs: what is not a letter or a digit may be written as they like. */
function patternOf(sentence: string): RegExp {
  const parts = sentence.split(/\{\w+\}/).map((part) => part.replace(/[^\p{L}\p{N}]+/gu, '[^\\p{L}\\p{N}]+'))
  return new RegExp(parts.join('.{1,12}?'), 'u')
}
