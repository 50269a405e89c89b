// What is a file called, so that its name can be shown, sent and stored without doing harm?

/** Longer names are cut before their ending. Our choice; most systems take 255 bytes. */
const MAX_NAME_CHARS = 120
/** Of what a stranger sends as a name, so much is looked at: its end, where the ending is. */
const MAX_READ_CHARS = 1_000
/** Letters and digits behind the last dot, one of them a letter: `report 1.5` has none. */
const ENDING = /\.((?=[a-z0-9]*[a-z])[a-z0-9]{1,10})$/i
/** Control characters, invisible and direction-changing ones, halves of characters, and those with a private meaning. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu
/** What some systems refuse in a name, or read as more than a name. */
const AWKWARD = /[<>:"|?*]/g
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i

/**
 * A name from a stranger as one that leads nowhere: no path, nothing invisible, no leading dots, at most 120 characters
 * with the ending kept, never a Windows device. `fallback`: when nothing is left; it is ours, and taken as it is.
 */
export function cleanFileName(name: string | undefined, fallback: string): string {
  const last = (name ?? '').slice(-MAX_READ_CHARS).split(/[/\\]/).at(-1) ?? ''
  const plain = last
    .replace(/\s/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(/ +/g, ' ')
    .replace(AWKWARD, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '')
  if (plain === '') return fallback
  return shorten(DEVICE.test(plain) ? `_${plain}` : plain)
}

/** The ending in lower case and without its dot; '' when the name has none. */
export function endingOf(name: string): string {
  return ENDING.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** The name with this ending (without dot) in the place of its own. */
export function withExtension(name: string, extension: string): string {
  if (endingOf(name) === extension.toLowerCase()) return name
  return shorten(`${stemOf(name)}.${extension}`)
}

/** For people: `20 MB`, `1.5 MB`, `64 KB`, `12 B`. 1 KB is 1024 bytes, as the limits of chat platforms are counted. */
export function toSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = Math.max(0, bytes)
  let unit = 0
  // 1023.95 KB would be written as 1024 KB.
  while (unit < units.length - 1 && rounded(value) >= 1024) {
    value /= 1024
    unit += 1
  }
  return `${rounded(value)} ${units[unit] ?? ''}`
}

function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}

function stemOf(name: string): string {
  return name.replace(ENDING, '')
}

function shorten(name: string): string {
  if (name.length <= MAX_NAME_CHARS) return name
  const ending = ENDING.exec(name)?.[0] ?? ''
  const stem = name.slice(0, MAX_NAME_CHARS - ending.length)
  // Half of a character at the cut.
  return stem.replace(/[\uD800-\uDBFF]$/, '').trimEnd() + ending
}
