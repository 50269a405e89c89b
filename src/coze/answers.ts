// What is the visible text of a reply, while its answers come in pieces?

import type { ReplyEvent } from '../contract/assistant.ts'
import { readAnswer } from './wire.ts'
import type { Message } from './wire.ts'

/** Between two answers of one reply. */
const BLANK_LINE = '\n\n'

/** Grows by deltas; says `whole` only where they were not the truth. */
export interface ReplyText {
  delta(message: Message, out: ReplyEvent[]): void
  /** The finished message repeats all of its deltas: only what is missing or different is told. */
  complete(message: Message, out: ReplyEvent[]): void
  /** Tells what could not be told in order. Call it last. */
  mend(out: ReplyEvent[]): void
  /** There is an answer, and each one was told to be complete. */
  isWhole(): boolean
}

interface Answer {
  readonly id: string
  text: string
  /** Has deltas of its thinking. */
  hasReasoning: boolean
  isComplete: boolean
}

export function createReplyText(): ReplyText {
  /** In order of appearance. */
  const answers: Answer[] = []
  /** What was told is no longer the answers joined: text came for an answer that is not the last. */
  let isOutOfOrder = false

  function answerOf(id: string): Answer {
    const last = answers.at(-1)
    if (last?.id === id) return last
    const known = answers.find((answer) => answer.id === id)
    if (known !== undefined) return known
    const answer: Answer = { id, text: '', hasReasoning: false, isComplete: false }
    answers.push(answer)
    return answer
  }

  /** Nothing visible follows this answer. */
  function isAtTheEnd(answer: Answer): boolean {
    for (let i = answers.length - 1; i >= 0; i -= 1) {
      const other = answers[i]
      if (other === answer) return true
      if (other !== undefined && other.text !== '') return false
    }
    return false
  }

  function hasTextBefore(answer: Answer): boolean {
    for (const other of answers) {
      if (other === answer) return false
      if (other.text !== '') return true
    }
    return false
  }

  function append(answer: Answer, text: string, out: ReplyEvent[]): void {
    if (text === '') return
    const isFirst = answer.text === ''
    answer.text += text
    if (isOutOfOrder) return
    if (!isAtTheEnd(answer)) {
      isOutOfOrder = true
      return
    }
    pushText(out, 'delta', isFirst && hasTextBefore(answer) ? BLANK_LINE + text : text)
  }

  function tellWhole(out: ReplyEvent[]): void {
    isOutOfOrder = false
    out.push({ kind: 'whole', text: joinAnswers(answers.map(({ text }) => text)) })
  }

  return {
    delta(message, out) {
      const answer = answerOf(message.id)
      if (message.reasoning !== '') {
        answer.hasReasoning = true
        pushText(out, 'reasoning', message.reasoning)
      }
      // Cards and item lists are JSON: half of it is nothing to show.
      if (message.contentType === 'text' || message.contentType === '') append(answer, message.content, out)
    },

    complete(message, out) {
      const answer = answerOf(message.id)
      answer.isComplete = true
      if (message.reasoning !== '' && !answer.hasReasoning) pushText(out, 'reasoning', message.reasoning)
      const { text, files } = readAnswer(message)
      if (files.length > 0) out.push({ kind: 'files', files })
      if (text.startsWith(answer.text)) {
        append(answer, text.slice(answer.text.length), out)
      } else if (text !== '') {
        answer.text = text
        isOutOfOrder = true
      }
      if (isOutOfOrder) tellWhole(out)
    },

    mend(out) {
      if (isOutOfOrder) tellWhole(out)
    },

    isWhole: () => answers.length > 0 && answers.every(({ isComplete }) => isComplete),
  }
}

/** Several answers of one reply, as a person reads them. */
export function joinAnswers(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(BLANK_LINE)
}

/** Pieces that came together are told together. */
function pushText(out: ReplyEvent[], kind: 'delta' | 'reasoning', text: string): void {
  const last = out.at(-1)
  if (last?.kind === kind) out[out.length - 1] = { kind, text: last.text + text }
  else out.push({ kind, text })
}
