// What is asked when files come with a question? Its words, what small files and voices say, and the rest beside it. Pure.

import type { MediaItem } from '../../contract/assistant.ts'
import type { Attachment } from '../../contract/event.ts'
import type { Notice, NoticeKey } from '../../contract/notice.ts'

export interface AskedWithFiles {
  /** '' where there is nothing to ask at all. */
  readonly text: string
  readonly media: readonly MediaItem[]
}

/** `say`: in the person's language, for files that come without a word. */
export function askedWithFiles(
  text: string,
  attachments: readonly Attachment[],
  say: (notice: Notice) => string,
): AskedWithFiles {
  const taken = attachments.flatMap((file) => (file.taken ? [file.taken] : []))
  const media = taken.flatMap((file): readonly MediaItem[] =>
    file.as === 'file' ? [{ kind: file.kind, fileId: file.fileId }] : [],
  )
  const heard = taken.flatMap((file) => (file.as === 'words' ? [file.text] : []))
  const read = taken.flatMap((file) => (file.as === 'text' ? [inlined(file.name, file.text)] : []))
  const words = [text.trim(), ...heard].filter((part) => part !== '').join('\n\n')
  if (words === '' && media.length === 0 && read.length === 0) return { text: '', media }
  const asked = words === '' ? say({ key: aloneKey(media, read.length) }) : words
  return { text: [asked, ...read].join('\n\n'), media }
}

/** What was heard, to be quoted. */
export function heardIn(attachments: readonly Attachment[]): readonly string[] {
  return attachments.flatMap(({ taken }) => (taken?.as === 'words' ? [taken.text] : []))
}

/** Why files were left out, each reason once. */
export function leftOut(attachments: readonly Attachment[]): readonly Notice[] {
  const notices = attachments.flatMap(({ taken }) => (taken?.as === 'nothing' ? [taken.notice] : []))
  return [...new Map(notices.map((notice) => [JSON.stringify(notice), notice])).values()]
}

function aloneKey(media: readonly MediaItem[], texts: number): NoticeKey {
  const isOne = media.length + texts === 1
  if (texts === 0 && media.every(({ kind }) => kind === 'image')) {
    return isOne ? 'media.alone.image' : 'media.alone.images'
  }
  if (texts === 0 && media.every(({ kind }) => kind === 'audio')) return 'media.alone.audio'
  return isOne ? 'media.alone.file' : 'media.alone.files'
}

/** A fence longer than any in the text keeps it apart from the words. */
function inlined(name: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([fence]) => fence.length))
  const fence = '`'.repeat(longest + 1)
  const language = /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return `${name}:\n${fence}${language}\n${text.replace(/\s+$/, '')}\n${fence}`
}
