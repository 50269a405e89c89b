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
  /** The platform refused what stood here before there was a word: nothing does from now on. */
  refused(): void
  /** A part with what stands beside it. */
  shownOf(part: ReplyPart<Body>): Omit<Shown<Body>, 'controls'>
  /** What is to be seen before there is a word; undefined where that is nothing. */
  alone(): Omit<Shown<Body>, 'controls'> | undefined
  /** The last words of a reply that has none, where a message of it stands: nothing below what was thought, or one sign. */
  wordless(): Pick<ReplyPart<Body>, 'body' | 'plain'>
  readonly hasStatus: boolean
  /** Characters of the thought. */
  readonly thoughtLength: number
}

/** What is left of the message that told what was going on: the answer was sound alone. */
const SOUND_ALONE = '🔊'

export function createBeside<Body>(renderer: Renderer<Body>): Beside<Body> {
  let status: string | undefined
  let thought: Thought | undefined
  const isShown = renderer.withAside !== undefined
  let isRefused = false

  return {
    setStatus(next, isBlank) {
      const wanted = isRefused ? undefined : next
      const isOther = wanted !== status
      status = wanted
      return isOther && (isBlank || isShown)
    },
    setThought(next) {
      const wanted = isRefused ? undefined : next
      const isOther = JSON.stringify(wanted) !== JSON.stringify(thought)
      thought = wanted
      return isOther && isShown
    },
    refused() {
      isRefused = true
      status = undefined
      thought = undefined
    },
    shownOf({ index, body, plain, sealed }) {
      const above = index === 0 ? thought : undefined
      const below = sealed ? undefined : status
      const shown = withAside(renderer, body, { thought: above, status: below })
      if (above === undefined) return { body: shown, plain }
      const bare = (): Body => withAside(renderer, body, { thought: undefined, status: below })
      return { body: shown, plain, bare }
    },
    alone() {
      const line = lineOf(status)
      const body = withAside(renderer, line, { thought, status: undefined })
      if (renderer.isEmpty(body)) return undefined
      const bare = thought === undefined ? {} : { bare: () => line }
      return { body, plain: status ?? '', isBlank: true, ...bare }
    },
    wordless() {
      const body = lineOf(undefined)
      const isNothing = renderer.isEmpty(withAside(renderer, body, { thought, status: undefined }))
      return { body: isNothing ? lineOf(SOUND_ALONE) : body, plain: SOUND_ALONE }
    },
    get hasStatus() {
      return status !== undefined
    },
    get thoughtLength() {
      return isShown ? (thought?.text.length ?? 0) : 0
    },
  }

  function lineOf(text: string | undefined): Body {
    return renderer.render(text === undefined ? [] : [{ kind: 'paragraph', spans: [{ kind: 'text', text }] }])
  }
}
