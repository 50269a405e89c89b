// How much of what a model thinks is shown? While it grows its end, afterwards its beginning, and never so much that the
// reply needs another message for it.

import type { Aside, Thought } from '../contract/document.ts'
import type { Renderer } from '../contract/platform.ts'

/** Of a thought, at most so many characters are shown. Our choice: about a phone's screen. */
export const MOST_THOUGHT_CHARS = 900
/** What grows beyond that loses so much of its beginning at a time: text that moved with each word could not be read. */
const DROPPED_AT_ONCE = 300
/** Where the message has no room for more; then none of it. */
const SHORTER_CHARS = [450, 200] as const
/** A cut looks for a blank so near. */
const NEAR_CHARS = 30

/** What has been thought so far, however much it is: little of it is kept. */
export interface Thinking {
  add(text: string): void
  readonly isEmpty: boolean
  /** Its end. */
  readonly growing: string
  /** Its beginning. */
  readonly whole: string
}

export function createThinking(): Thinking {
  let length = 0
  let head = ''
  let tail = ''
  return {
    add(text) {
      length += text.length
      if (head.length <= 2 * MOST_THOUGHT_CHARS) head += text.slice(0, 2 * MOST_THOUGHT_CHARS)
      tail = (tail + text).slice(-MOST_THOUGHT_CHARS)
    },
    get isEmpty() {
      return head.trim() === ''
    },
    get growing() {
      if (length <= MOST_THOUGHT_CHARS) return tidy(head)
      const over = length - MOST_THOUGHT_CHARS
      const dropped = Math.ceil(over / DROPPED_AT_ONCE) * DROPPED_AT_ONCE
      return endOf(tail, length - dropped)
    },
    get whole() {
      return beginningOf(tidy(head), MOST_THOUGHT_CHARS)
    },
  }
}

/**
 * `body` with what stands beside it, as far as there is room: a thought is shortened, and left out, before the line
 * below is. Pure.
 */
export function withAside<Body>(renderer: Renderer<Body>, body: Body, { thought, status }: Aside): Body {
  const draw = renderer.withAside?.bind(renderer)
  if (!draw || (thought === undefined && status === undefined)) return body
  for (const shown of [...lengthsOf(thought), undefined]) {
    if (shown === undefined && status === undefined) break
    const next = draw(body, { thought: shown, status })
    if (renderer.fill(next) <= 1) return next
  }
  return body
}

function lengthsOf(thought: Thought | undefined): readonly Thought[] {
  if (thought === undefined) return []
  const cut = thought.isOver ? beginningOf : endOf
  const shorter = SHORTER_CHARS.filter((chars) => chars < thought.text.length)
  return [thought, ...shorter.map((chars) => ({ ...thought, text: cut(thought.text, chars) }))]
}

function beginningOf(text: string, chars: number): string {
  if (text.length <= chars) return text
  const cut = text.slice(0, chars - 1)
  const blank = cut.search(/\s\S*$/)
  const end = blank > cut.length - NEAR_CHARS ? blank : cut.length
  return `${wholeCharacters(cut.slice(0, end)).trimEnd()}…`
}

function endOf(text: string, chars: number): string {
  const cut = text.slice(Math.max(0, text.length - chars + 1))
  const blank = cut.search(/\s/)
  const from = blank >= 0 && blank < NEAR_CHARS ? blank : 0
  return `…${tidy(wholeCharacters(cut.slice(from)))}`
}

/** Without the halves a cut leaves of a character. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
}

/** Blank lines take room and say nothing. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
