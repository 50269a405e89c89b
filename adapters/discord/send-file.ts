// How do files get into a channel? Up to ten beside one message, each streamed.
// https://discord.com/developers/docs/reference#uploading-files
import type { Control, OutgoingFile } from '../../src/contract/platform.ts'
import { payloadOf } from './body.ts'
import type { FilePart } from './multipart.ts'
import { plainText } from './render.ts'

/** One message's worth of files. */
export interface FileBatch {
  readonly payload: Readonly<Record<string, unknown>>
  readonly parts: readonly FilePart[]
}

const MAX_FILES = 10
/** A request may have 25 MiB in all; some room is left for what is not a file. */
const MAX_REQUEST_BYTES = 24 << 20
const MAX_CONTENT_CHARS = 2_000
/** https://discord.com/developers/docs/resources/message#attachment-object: the alt text. */
const MAX_DESCRIPTION_CHARS = 1_024

/** Buttons stand under the last message. Captions are the messages' text, and what screen readers say of a picture. */
export function batchesOf(
  files: readonly OutgoingFile[],
  controls: readonly Control[],
): readonly FileBatch[] {
  const batches: OutgoingFile[][] = []
  let bytes = 0
  for (const file of files) {
    const last = batches.at(-1)
    if (last === undefined || last.length === MAX_FILES || bytes + file.sizeBytes > MAX_REQUEST_BYTES) {
      batches.push([file])
      bytes = file.sizeBytes
    } else {
      last.push(file)
      bytes += file.sizeBytes
    }
  }
  return batches.map((batch, n) => toBatch(batch, n === batches.length - 1 ? controls : []))
}

function toBatch(files: readonly OutgoingFile[], controls: readonly Control[]): FileBatch {
  const captions = files.flatMap(({ caption }) =>
    caption === undefined || caption.trim() === '' ? [] : [caption],
  )
  const content = plainText(captions.join('\n'), MAX_CONTENT_CHARS)
  return {
    // Always as text: components would have to place each file themselves.
    payload: {
      ...payloadOf({ kind: 'text', content }, controls),
      attachments: files.map((file, id) => ({ id, filename: nameOf(file), ...descriptionOf(file) })),
    },
    parts: files.map((file) => ({
      name: nameOf(file),
      ...(file.mimeType === undefined ? {} : { mimeType: file.mimeType }),
      sizeBytes: file.sizeBytes,
      stream: file.stream,
    })),
  }
}

function descriptionOf({ caption, kind }: OutgoingFile): { readonly description?: string } {
  if (kind !== 'image' || caption === undefined || caption.trim() === '') return {}
  return { description: caption.slice(0, MAX_DESCRIPTION_CHARS).toWellFormed() }
}

/** The ending tells the client how to show it. */
function nameOf(file: OutgoingFile): string {
  const name = (file.name ?? '').replace(/[/\\\p{Cc}]/gu, '_').trim()
  if (name !== '') return name
  switch (file.kind) {
    case 'image':
      return 'image.png'
    case 'voice':
      return 'voice.ogg'
    case 'audio':
      return 'audio.mp3'
    case 'video':
      return 'video.mp4'
    case 'file':
      return 'file.bin'
  }
}
