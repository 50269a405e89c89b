// How does a text lose its secrets? The last step before anything is written, shown or stored.

import { createPattern, TELEGRAM_CALL } from './scrub-patterns.ts'
import type { Pattern } from './scrub-patterns.ts'
import { chained } from './text-filter.ts'
import type { TextFilter, TextStream } from './text-filter.ts'

/** Made by `createScrubber`. */
export type Scrub = TextFilter

/** Among people's own words a short secret (a store's password `redis`) is mostly just a word: there, only long ones are masked. */
export function isUnlikelyWord(secret: string): boolean {
  return secret.length >= 8
}

/**
 * Replaces every secret with `[secret]`, also where it is percent-encoded, inside JSON or inside base64 (as after
 * `Basic`). Secrets of fewer than 4 characters are left: they would black out half of every text and protect nobody.
 */
export function createScrubber(secrets: readonly string[]): Scrub {
  const telegram = masking(TELEGRAM_CALL, TELEGRAM_MASK)
  const known = createPattern(secrets)
  return known === undefined ? telegram : chained(masking(known, MASK), telegram)
}

/**
 * For a text that comes in pieces: a secret cut over two of them is masked all the same. Holds back at most what may be
 * the beginning of a secret; nothing else is delayed or changed.
 */
export function scrubStream(scrub: Scrub): TextStream {
  return scrub.stream()
}

const MASK = '[secret]'
/** A bot token stands in the path of every call; one that is not configured here is a secret all the same. */
const TELEGRAM_MASK = '/bot[secret]'

function masking({ whole, opening, begun }: Pattern, mask: string): TextFilter {
  return Object.assign((text: string) => text.replace(whole, () => mask), {
    stream(): TextStream {
      let held = ''
      return {
        push(piece: string) {
          const text = held + piece
          let [certain, from] = ['', 0]
          for (;;) {
            const match = next(whole, text, from)
            const start = startOfRest(text, from)
            if (match === undefined || start <= match.index) {
              held = text.slice(start)
              return certain + text.slice(from, start)
            }
            certain += text.slice(from, match.index) + mask
            from = match.index + match[0].length
          }
        },
        end() {
          const rest = held.replace(whole, () => mask)
          held = ''
          return rest
        },
      }
    },
  })

  /** Where a secret may have begun that goes on in the next piece; the text's end where none has. */
  function startOfRest(text: string, from: number): number {
    for (let at = next(opening, text, from); at !== undefined; at = next(opening, text, at.index + 1)) {
      begun.lastIndex = at.index
      if (begun.test(text)) return at.index
    }
    return text.length
  }
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | undefined {
  pattern.lastIndex = from
  return pattern.exec(text) ?? undefined
}
