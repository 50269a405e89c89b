// How wide is a text in a monospace font? Cells: 2 for East Asian wide characters and emoji, 0 for marks, else 1.

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Display cells. A guess, as every client brings its own font; right for the usual cases. */
export function displayWidth(text: string): number {
  // Most cells are plain ASCII, one cell a character.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (/^\p{RGI_Emoji}$/v.test(grapheme) || /\p{Emoji_Presentation}/u.test(grapheme)) return 2
  const first = grapheme.codePointAt(0) ?? 0
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0
  return isWide(first) ? 2 : 1
}

/** East_Asian_Width W and F, by block. https://www.unicode.org/reports/tr11/ */
const WIDE_RANGES: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
]

function isWide(codePoint: number): boolean {
  return codePoint >= 0x1100 && WIDE_RANGES.some(([from, to]) => codePoint >= from && codePoint <= to)
}
