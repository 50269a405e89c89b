// What kind of file has this ending, and what is its media type?

import mime from 'mime'

export type Family = 'image' | 'audio' | 'video' | 'document' | 'archive' | 'text' | 'other'

/** `extension` in lower case. */
export function familyOf(extension: string, mimeType: string | undefined): Family {
  if (DOCUMENTS.has(extension)) return 'document'
  if (ARCHIVES.has(extension)) return 'archive'
  // Registered as applications.
  if (extension === 'rm' || extension === 'rmvb') return 'video'
  const kind = mimeType?.split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'other'
}

/** Without parameters. `seen`: what the content's own detection says. */
export function mimeTypeOf(extension: string, seen?: string): string | undefined {
  return MIME_TYPES[extension] ?? mime.getType(extension) ?? seen?.split(';')[0]?.trim()
}

/** `.ts` is no video here, nor is a script an application. */
export function textMimeTypeOf(extension: string): string {
  const known = mime.getType(extension) ?? ''
  return /^text\/|^application\/(?:json|xml|yaml|toml|sql|xhtml\+xml)$|^image\/svg\+xml$/.test(known)
    ? known
    : 'text/plain'
}

/** Where the register and the world disagree. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  avi: 'video/x-msvideo',
  bmp: 'image/bmp',
  flac: 'audio/flac',
  m4v: 'video/mp4',
  pcd: 'image/x-photo-cd',
  rm: 'application/vnd.rn-realmedia',
}

const DOCUMENTS: ReadonlySet<string> = new Set(
  `pdf doc docx docm dot dotx dotm xls xlsx xlsm xltx xltm xlsb ppt pptx pptm pps ppsx ppsm pot potx potm rtf odt ods odp
  odg ott ots otp epub mobi numbers pages key ps eps vsd vsdx msg pub`.split(/\s+/),
)
const ARCHIVES: ReadonlySet<string> = new Set(
  'zip rar 7z gz bz2 tar xz zst lz lz4 lzh z arj ace cab cpio ar deb rpm jar apk war aar xpi crx iso dmg'.split(
    ' ',
  ),
)
