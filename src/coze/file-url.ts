// Is this text the address of a file, and how is it shown?

/** A picture or another file of an answer that can be fetched. */
export interface AnswerFile {
  readonly url: string
  readonly name?: string
}

/** What is shown rather than offered. */
const PICTURES = 'png|jpe?g|gif|webp|bmp|svg|heic|heif|avif|tiff?'
/** What plugins and workflows make; pages (`.html`) are no files. */
const OTHERS =
  'mp3|wav|ogg|m4a|aac|flac|opus|mp4|mov|webm|avi|mkv|pdf|docx?|xlsx?|pptx?|csv|tsv|txt|md|zip|rar|7z|gz|srt|epub'
const PICTURE = new RegExp(`\\.(?:${PICTURES})$`, 'i')
const FILE = new RegExp(`\\.(?:${PICTURES}|${OTHERS})$`, 'i')
/** Coze's own storage signs its addresses with these. Coze docs: workflow nodes that make files. */
const SIGNED = ['x-expires', 'x-signature', 'x-amz-signature', 'x-tos-signature']
/** Where an address keeps the file's name. */
const NAMES = ['filename', 'file_name', 'fileName']
const MAX_URL_CHARS = 4_096

/** The file, when the whole text is clearly the http(s) address of one. */
export function readFileUrl(text: string): AnswerFile | undefined {
  const read = readAddress(text.trim())
  return read !== undefined && (read.isSigned || read.hasEnding) ? fileOf(read) : undefined
}

/** A file the backend made: its address is signed by its storage, or is a file's on its own host. Undefined: any other. */
export function readStoredFile(text: string, apiBase: string): { readonly name?: string } | undefined {
  const read = readAddress(text)
  if (read === undefined) return undefined
  const isOwn = read.hasEnding && URL.canParse(apiBase) && new URL(apiBase).origin === read.origin
  if (!read.isSigned && !isOwn) return undefined
  return read.name === '' ? {} : { name: read.name }
}

/** As it stands in an answer: a picture as a picture, anything else as a link that shows the name. */
export function toMedia(file: AnswerFile): string {
  return isPicture(file) ? toPicture(file) : toLink(file)
}

/** A Markdown link that shows the name. */
export function toLink({ url, name }: AnswerFile): string {
  return `[${labelOf(name, 'file')}](${destinationOf(url)})`
}

/** A Markdown picture; its alt text is the name, if any. */
export function toPicture({ url, name }: AnswerFile): string {
  return `![${labelOf(name, '')}](${destinationOf(url)})`
}

function isPicture({ url, name = '' }: AnswerFile): boolean {
  const read = readAddress(url)
  if (PICTURE.test(name) || read?.isScaled === true) return true
  return read !== undefined && !FILE.test(name) && PICTURE.test(read.name)
}

interface Address {
  readonly url: string
  readonly origin: string
  /** '' for none. */
  readonly name: string
  readonly hasEnding: boolean
  readonly isSigned: boolean
  /** It goes through the storage's scaling of pictures: `a.png~tplv-abc-image.image`. */
  readonly isScaled: boolean
}

function readAddress(url: string): Address | undefined {
  if (url.length > MAX_URL_CHARS || !/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) return undefined
  const { origin, pathname, searchParams } = new URL(url)
  const path = pathname.split('/').at(-1) ?? ''
  const last = decoded(path.replace(/~.*$/, ''))
  const name = NAMES.map((key) => searchParams.get(key) ?? '').find((known) => known !== '') ?? last
  const keys = new Set([...searchParams.keys()].map((key) => key.toLowerCase()))
  return {
    url,
    origin,
    name,
    hasEnding: FILE.test(name) || FILE.test(last),
    isSigned: SIGNED.some((key) => keys.has(key)),
    isScaled: path.includes('~tplv-'),
  }
}

function fileOf({ url, name }: Address): AnswerFile {
  return name === '' ? { url } : { url, name }
}

function labelOf(name: string | undefined, fallback: string): string {
  return (name ?? fallback).replace(/\s+/g, ' ').replace(/[\\[\]`*_]/g, '\\$&')
}

function destinationOf(url: string): string {
  return url.replace(/[\s()<>]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
