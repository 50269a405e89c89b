// What does the model think, as its person sees it? Until it answers; the beginning is kept with the turn.

import type { Thought } from '../../contract/document.ts'
import type { Notice } from '../../contract/notice.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { createThinking } from '../../reply/thought.ts'
import { isOnlyQuoted } from './ending.ts'

export interface Thoughts {
  /** More of it; or all of it, known better than by its pieces. False: it is not shown now, since it comes after the answer has begun. */
  add(text: string, isWhole?: boolean): boolean
  /** The answer has begun, or ended. What to keep, where that is news. */
  end(): string | undefined
  /** It stands elsewhere: what comes is another message. */
  forget(): void
  readonly now: Thought | undefined
}

export function createThoughts(
  { thought, preface = '' }: Pick<TurnRecord, 'thought' | 'preface'>,
  isWanted: boolean,
  say: (notice: Notice) => string,
): Thoughts {
  let thinking = createThinking()
  let kept = thought
  let late = ''
  // A reply that goes on after a question has been thought over before it.
  let isOver = !isWanted || thought !== undefined || !isOnlyQuoted(preface)

  return {
    add(text, isWhole = false) {
      if (isOver) {
        // All of it has been taken in already: only what is more counts.
        if (!isWhole) late = (late + text).slice(0, MAX_LATE_CHARS + 1)
        return false
      }
      if (isWhole) thinking = createThinking()
      thinking.add(text)
      return !thinking.isEmpty
    },
    end() {
      if (isOver && (kept === undefined || late === '' || late.length > MAX_LATE_CHARS || thinking.isEmpty))
        return undefined
      thinking.add(late)
      isOver = true
      late = ''
      const before = kept
      kept = thinking.isEmpty ? undefined : thinking.whole
      return kept === before ? undefined : kept
    },
    forget() {
      isOver = true
      kept = undefined
    },
    get now() {
      if (kept !== undefined) return { title: say({ key: 'thinking.done' }), text: kept, isOver: true }
      if (isOver || thinking.isEmpty) return undefined
      return { title: say({ key: 'thinking.now' }), text: thinking.growing, isOver: false }
    },
  }
}

/** What a filter held back of a thought comes behind the answer, and is short; anything longer is another thought. */
const MAX_LATE_CHARS = 100
