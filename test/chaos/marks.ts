// How is a piece of an answer known again on a screen? Every sentence of it begins with a mark of its own.
//
// `q001207` is the eighth question of round 12, `q001207p003` the third piece of its answer, `q001207end` its last word.
// Letters and digits alone: no platform's markup touches them, and no cut of a message falls into one unseen.

export type Mark = string

export function markOf(round: number, question: number): Mark {
  return `q${String(round * 100 + question).padStart(6, '0')}`
}

export function pieceMark(mark: Mark, piece: number): string {
  return `${mark}p${String(piece).padStart(3, '0')}`
}

export function endMark(mark: Mark): string {
  return `${mark}end`
}

/** All marks of pieces in a text, in order. */
export function piecesIn(text: string): readonly string[] {
  return text.match(/q\d{6}(?:p\d{3}|end)/g) ?? []
}

/** The question a piece belongs to. */
export function questionOf(piece: string): Mark {
  return piece.slice(0, 7)
}

/** Letters, digits and signs of any script: what stays the same on every platform, however its markup looks. */
export function lettersOf(text: string): string {
  return text.normalize('NFC').replace(/[^\p{L}\p{N}\p{Extended_Pictographic}]/gu, '')
}
