// What kind of file does Coze take a name for?

export function isUploadable(name: string): boolean {
  const extension = extensionOf(name)
  return imageTypes.has(extension) || otherTypes.has(extension)
}

/** Without the dot, in lower case; empty where there is none. Coze judges a file by it. */
export function extensionOf(name: string): string {
  return /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

export function isImage(file: { readonly name: string; readonly mimeType: string }): boolean {
  return imageTypes.has(extensionOf(file.name)) || file.mimeType.startsWith('image/')
}

const imageTypes = new Set('jpg jpg2 jpeg png gif webp heic heif bmp pcd tiff'.split(' '))
/** Coze docs: upload files. Text, Markdown, JSON and HTML are not among them. */
const otherTypes = new Set(
  (
    'doc docx xls xlsx ppt pptx pdf numbers csv cpp py java c wav mp3 flac m4a aac ogg wma midi ' +
    'mp4 avi mov 3gp 3gpp flv webm wmv rmvb m4v mkv rar zip 7z gz gzip bz2'
  ).split(' '),
)
