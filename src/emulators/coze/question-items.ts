// Does an object_string keep Coze's rules, and which files does it name?
import { isImage } from './file-types.ts'
import { isObject, parseJson, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { badParameter, noSuch } from './refusal.ts'
import type { QuestionItem } from './records.ts'
import { ownFile } from './workflow-files.ts'
import type { World } from './world.ts'

/**
 * At most one text, and never a text alone; each other item names one file, by id or by address; an id belongs to the
 * account and has not expired; a picture is one (Coze docs: start a chat, object_string).
 */
export function readObjectString(
  world: World,
  content: string,
  owner: string,
): { readonly text: string; readonly items: readonly QuestionItem[] } {
  const list = parseJson(content)
  if (!Array.isArray(list) || list.length === 0) throw badParameter('object_string must be a JSON array')
  let text: string | undefined
  const items: QuestionItem[] = []
  for (const item of list as unknown[]) {
    if (!isObject(item)) throw badParameter('object_string items must be objects')
    if (item['type'] === 'text') {
      if (text !== undefined) throw badParameter('object_string may have one text item')
      text = textOf(item['text'])
      if (text === undefined) throw badParameter('a text item needs text')
    } else items.push(readItem(world, item, owner))
  }
  if (items.length === 0) throw badParameter('a text alone must be sent as content_type text')
  // Studio looks at no sound.
  const seen = world.options.flavor === 'studio' ? items.filter(({ type }) => type !== 'audio') : items
  return { text: text ?? '', items: seen }
}

function readItem(world: World, item: JsonObject, owner: string): QuestionItem {
  const type = item['type']
  if (type !== 'image' && type !== 'file' && type !== 'audio') throw badParameter('object_string item type')
  const fileId = textOf(item['file_id'])
  const fileUrl = textOf(item['file_url'])
  if (fileUrl !== undefined) {
    if (fileId !== undefined) throw badParameter('an item takes file_id or file_url, not both')
    if (!/^https?:\/\/./.test(fileUrl)) throw badParameter('file_url must be an address')
    return { type, fileUrl }
  }
  if (fileId === undefined) throw badParameter('an item needs file_id or file_url')
  const file = ownFile(world, owner, fileId)
  if (file === undefined) throw noSuch('file_id', fileId)
  if (type === 'image' && !isImage(file)) throw badParameter(`file_id=${fileId} is not an image`)
  const { name, mimeType, sizeBytes, sha256 } = file
  return { type, fileId, name, mimeType, sizeBytes, sha256 }
}
