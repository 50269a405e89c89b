// Is this file a text that can be read into a question, and what does it say?

import { decodeLegacy, decodeStrictly } from './legacy-text.ts'
import { endingOf } from './names.ts'

/**
 * The text, its encoding found out: by its byte order mark, UTF-8, UTF-16 without a mark, then Shift_JIS, EUC-KR,
 * GB 18030, Big5, and Windows-1252 last. Undefined for what is no text (zero bytes, control characters).
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  return decode(bytes, false)
}

/** The same for the beginning of a file, which may end in the middle of a character. */
export function decodeTextHead(head: Uint8Array): string | undefined {
  return decode(head, true)
}

/** UTF-8 or UTF-16, and nothing less certain. Of the beginning of a file. */
export function decodeUnicodeHead(head: Uint8Array): string | undefined {
  return decodeUnicode(head, true)
}

/** `look` is what `lookAt` said: a text by its content; a name counts only where the content says nothing. */
export function isTextFile(
  look: { readonly family: string; readonly extension?: string },
  name: string,
): boolean {
  if (look.family === 'text') return true
  return look.extension === undefined && isTextEnding(endingOf(name))
}

export function isTextEnding(ending: string): boolean {
  return TEXT_ENDINGS.has(ending)
}

/** Plain text, data, settings, subtitles, and source code of usual languages. */
const TEXT_ENDINGS: ReadonlySet<string> = new Set(
  `txt text md markdown mdx rst adoc org tex bib log diff patch srt vtt ass lrc po pot
  json jsonl ndjson json5 geojson ipynb csv tsv yaml yml xml xsd xsl xslt rss atom svg html htm xhtml
  ini cfg conf toml properties env editorconfig gitignore dockerfile makefile mk cmake gradle reg ics vcf eml
  sql graphql gql proto sh bash zsh fish bat cmd ps1 awk sed vim
  c h cc cpp cxx hh hpp hxx m mm cs fs fsx vb java kt kts scala groovy clj cljs go rs swift dart zig nim
  js mjs cjs jsx ts mts cts tsx vue svelte astro css scss sass less
  py pyi pyw rb php pl pm lua r jl hs ml mli ex exs erl elm lisp el scm f f90 pas asm s v sv vhd vhdl sol
  tf hcl nix bzl bazel`.split(/\s+/),
)

function decode(bytes: Uint8Array, isCut: boolean): string | undefined {
  const unicode = decodeUnicode(bytes, isCut)
  if (unicode !== undefined) return unicode
  return hasMark(bytes) || bytes.includes(0) ? undefined : decodeLegacy(bytes, isCut)
}

function decodeUnicode(bytes: Uint8Array, isCut: boolean): string | undefined {
  // TextDecoder takes the mark away.
  const mark = markOf(bytes)
  if (mark !== undefined) return decodeStrictly(mark, bytes, isCut)
  return decodeStrictly('utf-8', bytes, isCut) ?? decodeBareUtf16(bytes, isCut)
}

function hasMark(bytes: Uint8Array): boolean {
  return markOf(bytes) !== undefined
}

/** https://encoding.spec.whatwg.org/#bom-sniff */
function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** Spaces, line ends and digits have a zero byte, always on the same side. */
function decodeBareUtf16(bytes: Uint8Array, isCut: boolean): string | undefined {
  let [even, odd] = [0, 0]
  for (let at = 0; at < bytes.byteLength; at += 1) {
    if (bytes[at] !== 0) continue
    if (at % 2 === 0) even += 1
    else odd += 1
  }
  if (even > 0 === odd > 0) return undefined
  const text = decodeStrictly(odd > 0 ? 'utf-16le' : 'utf-16be', bytes, isCut)
  if (text === undefined || text === '') return undefined
  const usual = text.match(USUAL)?.length ?? 0
  return usual >= text.length * 0.95 ? text : undefined
}

/** Latin, Greek, Cyrillic; punctuation; kana, Chinese, Korean; full-width forms. */
const USUAL = /[\s\x20-\x7e\u00a0-\u04ff\u2000-\u206f\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]/g
