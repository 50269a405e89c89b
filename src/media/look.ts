// What is this file, by its beginning? Its content is believed, its name only where the content leaves it open.

import { fileTypeFromBuffer } from 'file-type'
import { narrow, signatureOf } from './containers.ts'
import type { Declared } from './containers.ts'
import { familyOf, mimeTypeOf, textMimeTypeOf } from './families.ts'
import type { Family } from './families.ts'
import { endingOf } from './names.ts'
import { decodeTextHead, decodeUnicodeHead, isTextEnding } from './text-file.ts'

export interface FileLook {
  /** By content, lower case, without dot, one for each format (`jpg`, `tif`, `mid`, `ogg`). Absent: nobody knows. */
  readonly extension?: string
  /** Without parameters. */
  readonly mimeType?: string
  /** `text`: it can be read as one, also SVG, HTML, XML. */
  readonly family: Family
}

/**
 * Never throws. `head`: the first bytes, some 64 KiB (a short file is whole). `declared`: what the sender calls it; of a
 * text the name tells the language, of a container its kind. A program called `.png` is a program.
 */
export async function lookAt(
  head: Uint8Array,
  declared: { readonly name?: string; readonly mimeType?: string },
): Promise<FileLook> {
  if (head.byteLength === 0) return { family: 'other' }
  const called: Declared = {
    ending: endingOf(declared.name ?? ''),
    mimeType: (declared.mimeType ?? '').toLowerCase(),
  }
  const found = await detect(head)
  if (found === undefined || !WRITTEN_IN_LETTERS.has(found.extension)) {
    const text = textOf(head, found?.extension, called)
    if (text !== undefined) return asText(called.ending, whatTextIs(text, found?.extension))
  }
  return found === undefined ? { family: 'other' } : asBytes(found, head, called)
}

interface Found {
  readonly extension: string
  readonly mimeType: string
}

async function detect(head: Uint8Array): Promise<Found | undefined> {
  try {
    const type = await fileTypeFromBuffer(head)
    if (type !== undefined) return { extension: CANONICAL[type.ext] ?? type.ext, mimeType: type.mime }
  } catch {
    // It stumbled over bytes made to look like something else.
  }
  const extension = signatureOf(head)
  return extension === undefined ? undefined : { extension, mimeType: mimeTypeOf(extension) ?? '' }
}

/** Names for the same thing. */
const CANONICAL: Readonly<Record<string, string>> = {
  apng: 'png',
  jpx: 'jp2',
  jpm: 'jp2',
  j2c: 'jp2',
  m4b: 'm4a',
  oga: 'ogg',
  ogx: 'ogg',
  opus: 'ogg',
  'tar.gz': 'gz',
}

/** Formats that are no text for people, though all their bytes may be letters. */
const WRITTEN_IN_LETTERS: ReadonlySet<string> = new Set(['pdf', 'rtf', 'ps', 'eps'])

/**
 * A text may begin with the letters of a signature (`BMW …`, `ID3 …`, `MZ …`), but no such file consists of text alone.
 * Older encodings can be mistaken for: they count where no signature speaks against it, or a weak one and the name for it.
 */
function textOf(head: Uint8Array, found: string | undefined, called: Declared): string | undefined {
  const text = decodeUnicodeHead(head)
  if (text !== undefined) return text
  const mayBe = found === undefined || (isTextEnding(called.ending) && WEAK.has(found))
  return mayBe ? decodeTextHead(head) : undefined
}
/** Two or three letters that a text may begin with. */
const WEAK: ReadonlySet<string> = new Set(['bmp', 'exe', 'mp3', 'swf', 'bz2', 'gif', 'ar'])

function asText(ending: string, seen: string): FileLook {
  const extension = isTextEnding(ending) ? ending : seen
  return { extension, mimeType: textMimeTypeOf(extension), family: 'text' }
}

/** Behind a declaration and comments, which end at their first end. */
const SVG = /^(?:<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->|<!doctype\s+svg[^>]*>|\s)*<svg[\s>]/i

/** For a text whose name says nothing. `found`: what its signature says, such as `vcf`. */
function whatTextIs(text: string, found: string | undefined): string {
  const start = text.slice(0, 2_048).trimStart()
  if (/^(?:<!doctype\s+html|<html)\b/i.test(start)) return 'html'
  if (SVG.test(start)) return 'svg'
  if (start.startsWith('<?xml')) return 'xml'
  return found !== undefined && isTextEnding(found) ? found : 'txt'
}

function asBytes(found: Found, head: Uint8Array, called: Declared): FileLook {
  const extension = narrow(found.extension, found.mimeType, head, called)
  const mimeType = mimeTypeOf(extension, found.mimeType)
  // A WebM with nothing but sound says so only far behind its beginning.
  const isSound = extension === 'webm' && called.mimeType.startsWith('audio/')
  return {
    extension,
    ...(mimeType === undefined ? {} : { mimeType: isSound ? 'audio/webm' : mimeType }),
    family: isSound ? 'audio' : familyOf(extension, mimeType),
  }
}
