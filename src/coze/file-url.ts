// Is this text the address of a file, and how is it shown?

import type { AnswerFile } from './wire.ts'

/** What plugins and workflows make; pages (`.html`) are no files. */
const EXTENSIONS =
  /\.(?:png|jpe?g|gif|webp|bmp|svg|heic|tiff?|mp3|wav|ogg|m4a|aac|flac|opus|mp4|mov|webm|avi|mkv|pdf|docx?|xlsx?|pptx?|csv|tsv|txt|md|zip|rar|7z|gz|srt|epub)$/i
/** Coze's own storage signs its addresses with these. Coze docs: workflow nodes that make files. */
const SIGNED = ['x-expires', 'x-signature', 'X-Amz-Signature', 'X-Tos-Signature']
/** Where an address keeps the file's name. */
const NAMES = ['filename', 'file_name', 'fileName']
const MAX_URL_CHARS = 4_096

/** The file, when the whole text is clearly the http(s) address of one. */
export function readFileUrl(text: string): AnswerFile | undefined {
  const url = text.trim()
  if (url.length > MAX_URL_CHARS || !/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) return undefined
  const { pathname, searchParams } = new URL(url)
  // What stands behind `~` says how a picture is to be scaled: `a.png~tplv-abc-image.image`.
  const last = (pathname.split('/').at(-1) ?? '').replace(/~.*$/, '')
  const name = NAMES.map((key) => searchParams.get(key) ?? '').find((known) => known !== '') ?? decoded(last)
  const isFile = EXTENSIONS.test(name) || EXTENSIONS.test(last) || SIGNED.some((key) => searchParams.has(key))
  if (!isFile) return undefined
  return name === '' ? { url } : { url, name }
}

/** A Markdown link that shows the name. */
export function toLink({ url, name }: AnswerFile): string {
  const label = (name ?? 'file').replace(/[\\[\]`*_]/g, '\\$&')
  return `[${label}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
