// What is attached to a message? A reference to each file, and words for what is not a file.
// https://core.telegram.org/bots/api#message
import type { Attachment, AttachmentKind } from '../../src/contract/event.ts'
import { fieldsOf, isFields, readAmount, readList, readString, type Fields } from '../common/read.ts'

/** All files of a message (or of an `external_reply`, which is shaped alike). */
export function readAttachments(message: Fields): readonly Attachment[] {
  const attachment = readOne(message)
  const paid = readList(fieldsOf(message['paid_media'])['paid_media']).filter(isFields)
  return [...(attachment === undefined ? [] : [attachment]), ...paid.flatMap((item) => readOne(item) ?? [])]
}

/** Shared things that are not files, as a line of text: places, contacts, polls, checklists, stickers, dice. */
export function describeShared(message: Fields): string {
  const { location, venue, contact, poll, checklist, dice, sticker } = message
  if (isFields(venue))
    return joined([`📍 ${pointOf(venue['location'])}`, venue['title'], venue['address']], ', ')
  if (isFields(location)) return `📍 ${pointOf(location)}`
  if (isFields(contact)) {
    return `👤 ${joined([joined([contact['first_name'], contact['last_name']], ' '), contact['phone_number']], ', ')}`
  }
  if (isFields(poll)) return listOf(poll['question'], poll['options'])
  if (isFields(checklist)) return listOf(checklist['title'], checklist['tasks'])
  if (isFields(sticker)) return readString(sticker['emoji']) ?? ''
  if (isFields(dice)) return joined([dice['emoji'], String(readAmount(dice['value']) ?? '')], ' ')
  return ''
}

function readOne(message: Fields): Attachment | undefined {
  // Where two fields are set for one file, the more telling one comes first: an animation is also a document.
  if (isFields(message['animation'])) {
    return attachmentOf(message['animation'], 'video', 'video/mp4')
  }
  // Of a live photo the picture: what moves around it says nothing more.
  const live = fieldsOf(message['live_photo'])
  const photo = largest(readList(message['photo'])) ?? largest(readList(live['photo']))
  if (photo !== undefined) return attachmentOf(photo, 'image', 'image/jpeg')
  if (isFields(message['document'])) {
    const document = message['document']
    return attachmentOf(document, kindByType(readString(document['mime_type'])))
  }
  if (isFields(message['voice'])) return attachmentOf(message['voice'], 'voice', 'audio/ogg')
  if (isFields(message['audio'])) {
    const audio = message['audio']
    return attachmentOf(audio, 'audio', undefined, joined([audio['performer'], audio['title']], ' - '))
  }
  if (isFields(message['video'])) return attachmentOf(message['video'], 'video', 'video/mp4')
  if (isFields(message['video_note'])) return attachmentOf(message['video_note'], 'video', 'video/mp4')
  if (isFields(message['live_photo'])) return attachmentOf(live, 'video', 'video/mp4')
  if (isFields(message['sticker'])) {
    return attachmentOf(message['sticker'], 'sticker', stickerType(message['sticker']))
  }
  return undefined
}

function attachmentOf(
  file: Fields,
  kind: AttachmentKind,
  usualType?: string,
  usualName?: string,
): Attachment | undefined {
  const fileId = readString(file['file_id'])
  if (fileId === undefined) return undefined
  const uniqueId = readString(file['file_unique_id'])
  const name = readString(file['file_name']) ?? readString(usualName)
  const mimeType = readString(file['mime_type']) ?? usualType
  const sizeBytes = readAmount(file['file_size'])
  const seconds = readAmount(file['duration'])
  return {
    kind,
    ...(name === undefined ? {} : { name }),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(seconds === undefined ? {} : { durationMs: seconds * 1_000 }),
    ref: { file_id: fileId, ...(uniqueId === undefined ? {} : { file_unique_id: uniqueId }) },
  }
}

function largest(sizes: readonly unknown[]): Fields | undefined {
  let best: Fields | undefined
  for (const size of sizes) {
    if (isFields(size) && areaOf(size) >= areaOf(best ?? {})) best = size
  }
  return best
}

function areaOf(size: Fields): number {
  return (readAmount(size['width']) ?? 0) * (readAmount(size['height']) ?? 0)
}

function kindByType(mimeType: string | undefined): AttachmentKind {
  if (mimeType?.startsWith('image/') === true) return 'image'
  if (mimeType?.startsWith('audio/') === true) return 'audio'
  if (mimeType?.startsWith('video/') === true) return 'video'
  return 'file'
}

function stickerType(sticker: Fields): string {
  if (sticker['is_animated'] === true) return 'application/x-tgsticker'
  return sticker['is_video'] === true ? 'video/webm' : 'image/webp'
}

function pointOf(location: unknown): string {
  const { latitude, longitude } = fieldsOf(location)
  return typeof latitude === 'number' && typeof longitude === 'number' ? `${latitude}, ${longitude}` : ''
}

function listOf(title: unknown, items: unknown): string {
  const lines = readList(items).map((item) => `• ${readString(fieldsOf(item)['text']) ?? ''}`)
  return joined([title, ...lines], '\n')
}

function joined(parts: readonly unknown[], by: string): string {
  return parts.flatMap((part) => readString(part) ?? []).join(by)
}
