// What is a file of an answer called, and what stands below it? Pure.

import { cleanFileName, endingOf, withExtension } from '../../media/names.ts'
import type { FoundMedia } from '../../reply/media.ts'

/** Clean, with an ending. `told`: by the backend, together with the file; `served`: by where it lies. */
export function answerFileName(
  media: FoundMedia,
  {
    told,
    served,
    extension,
  }: { readonly told?: string; readonly served?: string; readonly extension?: string },
): string {
  const label = isAddress(media.label) || media.label.length > MOST_NAME_CHARS ? undefined : media.label
  // What stores call a picture is mostly a number; what a link says is mostly "click here".
  // … unless it names the file.
  const isName =
    label !== undefined && endingOf(label) !== '' && endingOf(label) === endingOf(served ?? label)
  const names = media.kind === 'image' || isName ? [told, label, served] : [told, served, label]
  const name = names.map((each) => cleanFileName(each, '')).find((each) => each !== '')
  const named = name ?? (media.kind === 'image' ? 'picture' : 'file')
  if (extension !== undefined) return withExtension(named, extension)
  return endingOf(named) === '' ? withExtension(named, 'bin') : named
}

/** A picture's alt text; also what a link to a picture says, if that is more than its name. */
export function captionOf({ label, kind }: FoundMedia, isImage: boolean): string | undefined {
  const words = label.replace(/\s+/g, ' ').trim()
  const saysNothing = words === '' || isAddress(words) || (kind === 'file' && endingOf(words) !== '')
  if (saysNothing || (kind === 'file' && !isImage)) return undefined
  return words.length <= MOST_CAPTION_CHARS ? words : `${cut(words)} …`
}

/** Longer words are no name. */
const MOST_NAME_CHARS = 60
/** Telegram takes 1024. https://core.telegram.org/bots/api#sendphoto */
const MOST_CAPTION_CHARS = 1_000

function cut(words: string): string {
  // Not through the middle of a character.
  return words.slice(0, MOST_CAPTION_CHARS - 2).replace(/[\uD800-\uDBFF]$/, '')
}

function isAddress(words: string): boolean {
  return /^\s*(?:https?:\/\/|www\.)/i.test(words)
}
