// Which characters does nobody see, and yet they change what one reads? They are taken out of what others wrote.
//
// Controls, overrides of the writing direction, invisible tags, halves of characters. What people's languages need stays:
// joiners in emoji, marks of direction (U+200E, U+200F), combining marks, tags that make a flag.

import type { TextFilter, TextStream } from './text-filter.ts'

/** Line breaks become `\n`; a half of a character becomes U+FFFD. */
export const clean: TextFilter = Object.assign(cleanWhole, { stream: cleanStream })

/** A name in one line of ours: of a person, of a file. */
export function cleanName(name: string): string {
  return cleanWhole(name).replace(/\s+/g, ' ').trim()
}

/** England, Scotland, Wales and their like: a black flag, tag letters and a closing tag (Unicode TR51, ED-14a). */
const FLAG = '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{2,6}\\u{E007F}'
const UNSEEN =
  '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uFEFF\\uFFF9-\\uFFFB\\u{E0000}-\\u{E007F}]'
const WHOLE = new RegExp(`(?<flag>${FLAG})|\\r\\n?|${UNSEEN}|\\p{Surrogate}`, 'gu')

/** The end of a piece whose next character decides what it is: half a character, half a line break, half a flag. */
const UNDECIDED = new RegExp(
  '(?:\\uD83C\\uDFF4(?:\\uDB40[\\uDC30-\\uDC39\\uDC61-\\uDC7A]){0,6}\\uDB40?|\\r|[\\uD800-\\uDBFF])$',
)

function cleanWhole(text: string): string {
  return text.replace(WHOLE, (found) => {
    if (found.startsWith('\r')) return '\n'
    if (/^[\uD800-\uDFFF]$/.test(found)) return '\uFFFD'
    return found.length > 2 ? found : ''
  })
}

function cleanStream(): TextStream {
  let held = ''
  return {
    push(piece: string) {
      const text = held + piece
      const undecided = UNDECIDED.exec(text)?.index ?? text.length
      held = text.slice(undecided)
      return cleanWhole(text.slice(0, undecided))
    },
    end() {
      const rest = cleanWhole(held)
      held = ''
      return rest
    },
  }
}
