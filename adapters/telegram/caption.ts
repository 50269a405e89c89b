// What stands below a file? Its caption, cut where Telegram would refuse it.

/** https://core.telegram.org/bots/api#sendphoto: 0–1024 characters. UTF-16 units are never fewer than those counted there. */
const MAX_CAPTION_CHARS = 1_024

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** No character is cut in two; what was cut ends in `…`. */
export function cutCaption(caption: string): string {
  const text = caption.toWellFormed().trim()
  if (text.length <= MAX_CAPTION_CHARS) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text.slice(0, 2 * MAX_CAPTION_CHARS))) {
    if (kept.length + segment.length > MAX_CAPTION_CHARS - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
