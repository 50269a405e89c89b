// Where is a text cut that is too long to be said at once? At the best place there is: line, sentence, clause, word.

/**
 * All of a text, in order, in pieces of at most `maxBytes` of UTF-8. Never within what a reader takes for one character;
 * one that alone is too large (hundreds of marks on one letter) is left out.
 */
export function cutSpeech(text: string, maxBytes: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  let bytes = 0
  const finish = (): void => {
    if (piece.trim() !== '') pieces.push(piece.trim())
    ;[piece, bytes] = ['', 0]
  }
  for (const unit of unitsOf(text, maxBytes, 0)) {
    // The space behind a unit counts only once something follows it.
    if (bytes + Buffer.byteLength(unit.trimEnd()) > maxBytes) finish()
    piece += unit
    bytes += Buffer.byteLength(unit)
  }
  finish()
  return pieces
}

/** A mark that changes the character before it: nothing is cut in front of one. */
const NO_MARK = String.raw`(?![\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}\u{200d}])`

/** Each finds the places to cut at, the best first. A dot behind a digit ends no sentence: it may be "1. First". */
const PLACES: readonly RegExp[] = [
  new RegExp(String.raw`(?<=\n)${NO_MARK}`, 'u'),
  new RegExp(
    String.raw`(?:(?<=[。！？…][”’」』）】]{0,3})(?![。！？…”’」』）】])|(?<=(?:[!?…]|(?<!\d)\.)["'”’)\]]{0,3} ))${NO_MARK}`,
    'u',
  ),
  new RegExp(String.raw`(?:(?<=[，、；：])(?![”’」』）】])|(?<=[,;:–—] ))${NO_MARK}`, 'u'),
  new RegExp(String.raw`(?<= )${NO_MARK}`, 'u'),
]

function* unitsOf(text: string, maxBytes: number, level: number): Iterable<string> {
  if (Buffer.byteLength(text.trimEnd()) <= maxBytes) {
    yield text
    return
  }
  const place = PLACES[level]
  if (place === undefined) yield* charactersOf(text, maxBytes)
  else for (const part of text.split(place)) yield* unitsOf(part, maxBytes, level + 1)
}

/** A language without spaces is cut between its words, and a word without end between its characters. */
function* charactersOf(text: string, maxBytes: number): Iterable<string> {
  for (const { segment: word } of WORDS.segment(text)) {
    if (Buffer.byteLength(word) <= maxBytes) yield word
    else {
      for (const { segment } of CHARACTERS.segment(word)) {
        if (Buffer.byteLength(segment) <= maxBytes) yield segment
      }
    }
  }
}

const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' })
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
