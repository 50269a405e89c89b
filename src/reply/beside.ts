// What stands beside the words of a growing reply? A thought above its first message, and a line below the newest, for a while.

import type { Thought } from '../contract/document.ts'
import type { Renderer } from '../contract/platform.ts'
import type { ReplyPart } from './laid.ts'
import type { Shown } from './message.ts'
import { withAside } from './thought.ts'

export interface Beside<Body> {
  /** Whether that changes what is to be seen; `isBlank`: there is no word of the reply yet. */
  setStatus(status: string | undefined, isBlank: boolean): boolean
  setThought(thought: Thought | undefined): boolean
  /** A part with what stands beside it. */
  shownOf(part: ReplyPart<Body>): Omit<Shown<Body>, 'controls'>
  /** What is to be seen before there is a word; undefined where that is nothing. */
  alone(): Omit<Shown<Body>, 'controls'> | undefined
  readonly hasStatus: boolean
  /** Characters of the thought. */
  readonly thoughtLength: number
}

export function createBeside<Body>(renderer: Renderer<Body>): Beside<Body> {
  let status: string | undefined
  let thought: Thought | undefined
  const isShown = renderer.withAside !== undefined

  return {
    setStatus(next, isBlank) {
      const isOther = next !== status
      status = next
      return isOther && (isBlank || isShown)
    },
    setThought(next) {
      const isOther = JSON.stringify(next) !== JSON.stringify(thought)
      thought = next
      return isOther && isShown
    },
    shownOf({ index, body, plain, sealed }) {
      const above = index === 0 ? thought : undefined
      const shown = withAside(renderer, body, { thought: above, status: sealed ? undefined : status })
      return { body: shown, plain, ...(above === undefined ? {} : { thought: above }) }
    },
    alone() {
      const line: Body = renderer.render(
        status === undefined ? [] : [{ kind: 'paragraph', spans: [{ kind: 'text', text: status }] }],
      )
      const body = withAside(renderer, line, { thought, status: undefined })
      if (renderer.isEmpty(body)) return undefined
      return { body, plain: status ?? '', isBlank: true, ...(thought === undefined ? {} : { thought }) }
    },
    get hasStatus() {
      return status !== undefined
    },
    get thoughtLength() {
      return isShown ? (thought?.text.length ?? 0) : 0
    },
  }
}
