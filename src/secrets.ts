// Which values must never be seen? Those of the configuration, and those of each changed one while the process runs: what was
// a secret once stays one. Tokens that Coze gives out are in no configuration: src/coze/errors.ts masks them by their form.

import { createScrubber, isUnlikelyWord, type Scrub } from './scrub.ts'

export interface Secrets {
  /** For logs, errors, numbers. */
  readonly scrub: Scrub
  /** For people's own words: a secret that may be a word is left there. */
  readonly scrubWords: Scrub
  learn(more: readonly string[]): void
}

export function createSecrets(first: readonly string[]): Secrets {
  const known = new Set(first)
  let scrub = createScrubber(first)
  let scrubWords = createScrubber(first.filter(isUnlikelyWord))
  return {
    scrub: later(() => scrub),
    scrubWords: later(() => scrubWords),
    learn(more) {
      if (more.every((secret) => known.has(secret))) return
      for (const secret of more) known.add(secret)
      scrub = createScrubber([...known])
      scrubWords = createScrubber([...known].filter(isUnlikelyWord))
    },
  }
}

function later(current: () => Scrub): Scrub {
  return Object.assign((text: string) => current()(text), { stream: () => current().stream() })
}
