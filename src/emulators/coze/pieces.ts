// Where is a text cut into deltas?

/** Pieces of so many code points: a character outside the BMP is never halved. */
export function* piecesOf(text: string, size: number): Generator<string> {
  let at = 0
  while (at < text.length) {
    let end = at
    for (let points = 0; points < Math.max(1, size) && end < text.length; points++)
      end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
    yield text.slice(at, end)
    at = end
  }
}
