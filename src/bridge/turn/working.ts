// Which tool is at work? One line for the person while no text grows, in words that ring nobody and break nothing.

import type { Clock } from '../../contract/runtime.ts'

export interface Working {
  /** The newest wins. */
  show(line: string): void
  /** There is text again, or an end: nothing is shown any more that is not shown yet. */
  stop(): void
}

/** What is over sooner would only flicker by. Our choice. */
const SHOWN_AFTER_MS = 500

/** `shown`: shows a line now. `signal`: of the reply's end. */
export function createWorking(clock: Clock, signal: AbortSignal, shown: (line: string) => void): Working {
  let wanted: string | undefined
  let pause: Promise<void> | undefined
  return {
    show(line) {
      wanted = line
      pause ??= clock.sleep(SHOWN_AFTER_MS, signal).then(show, () => undefined)
    },
    stop() {
      wanted = undefined
    },
  }

  function show(): void {
    pause = undefined
    if (wanted !== undefined) shown(wanted)
    wanted = undefined
  }
}

const LONGEST_NAME = 40

/** A tool's name as it may be shown; '' where it has none: it works unseen. */
export function toolName(name: string): string {
  const words = name
    .toWellFormed()
    // No mention, no markup, no address, no command: a name is letters, digits and what joins them.
    .replace(/[^\p{L}\p{M}\p{N}\p{C}\p{Z}\s._+/-]+/gu, '')
    .replace(/(?:[\p{C}\p{Z}\s/]|\.(?=[\p{C}\p{M}]*\p{L}))+/gu, ' ')
    .trim()
  const characters = Array.from(words)
  if (characters.length <= LONGEST_NAME) return words
  return `${characters
    .slice(0, LONGEST_NAME - 1)
    .join('')
    .trimEnd()}…`
}
