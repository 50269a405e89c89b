// What do the sends that carry files, places and polls do?
import { argsOf, isObject, type Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { badRequest } from './errors.ts'
import type { Upload } from '../common/multipart.ts'
import { fetchByUrl } from './by-url.ts'
import { CAPTION_LENGTH, codePoints, readFormatted } from './format.ts'
import type { MediaKind, StoredFile } from './files.ts'
import { findOwn, readCaption, storeEdit } from './messages.ts'
import { findPlace } from './places.ts'
import { takeUpload } from './uploads.ts'
import { postAsBot, type Content } from './posting.ts'
import type { Json, Message } from './types.ts'
import { knownUser, type Method, type Methods, type World } from './world.ts'

const WITHOUT_CAPTION = new Set<MediaKind>(['video_note', 'sticker'])

export const mediaMethods: Methods = {
  sendPhoto: sendFile('photo'),
  sendDocument: sendFile('document'),
  sendVoice: sendFile('voice'),
  sendAudio: sendFile('audio'),
  sendVideo: sendFile('video'),
  sendAnimation: sendFile('animation'),
  sendVideoNote: sendFile('video_note'),
  sendSticker: sendFile('sticker'),
  sendMediaGroup,
  editMessageMedia: async (args, world, signal) => {
    const { state, message } = findOwn(args, world)
    const [item] = await readItems(args, world, [args.json('media')], signal)
    if (item === undefined) throw badRequest('media is not specified')
    const { message_id, date, chat, from, message_thread_id, is_topic_message, reply_to_message } = message
    const rest: Message = {
      message_id,
      date,
      chat,
      ...present({ from, message_thread_id, is_topic_message, reply_to_message }),
    }
    return storeEdit(world, state, message, rest, item.content, args)
  },
  sendLocation: (args, world) => {
    const place = findPlace(world, args)
    const location = { latitude: Number(args.text('latitude')), longitude: Number(args.text('longitude')) }
    if (Number.isNaN(location.latitude + location.longitude)) throw badRequest('location must be non-empty')
    return postAsBot(world, place, args, { location })
  },
  sendContact: (args, world) => {
    const place = findPlace(world, args)
    const phone_number = args.text('phone_number') ?? ''
    if (phone_number === '') throw badRequest('phone number must be non-empty')
    return postAsBot(world, place, args, {
      contact: { phone_number, first_name: args.text('first_name') ?? '' },
    })
  },
  sendPoll: (args, world) => {
    const place = findPlace(world, args)
    const given = args.json('options')
    const options = Array.isArray(given) ? given : []
    if (options.length < 1) throw badRequest('poll must have at least 1 option')
    const poll = {
      id: String(1000 + place.chat.messages.size),
      question: args.text('question') ?? '',
      options: options.map((option: unknown, i) => ({
        persistent_id: String(i),
        text: isObject(option) ? String(option['text']) : String(option),
        voter_count: 0,
      })),
      total_voter_count: 0,
      is_closed: false,
      is_anonymous: !args.has('is_anonymous') || args.flag('is_anonymous'),
      type: args.text('type') ?? 'regular',
      allows_multiple_answers: args.flag('allows_multiple_answers'),
      allows_revoting: true,
      members_only: false,
    }
    return postAsBot(world, place, args, { poll })
  },
}

/** What a message with this file carries. A GIF as animation also stands under `document`. */
export function fileContent(file: StoredFile): Content {
  const { kind, shape } = file
  if (kind === 'photo') return { photo: Array.isArray(shape) ? shape : [shape as Json] }
  if (kind === 'animation') {
    const animation = shape as Json
    const { width: _w, height: _h, duration: _d, ...document } = animation
    return { animation, document }
  }
  return { [kind]: shape as Json }
}

function sendFile(kind: MediaKind): Method {
  return async (args, world, signal) => {
    const place = findPlace(world, args)
    const caption = WITHOUT_CAPTION.has(kind) ? {} : readCaption(args, world)
    const file = await readFile(kind, kind, args, args.text(kind), world, args.payload, signal)
    return postAsBot(world, place, args, { ...fileContent(file), ...caption })
  }
}

/** An upload, a `file_id`, or an address to fetch. */
async function readFile(
  kind: MediaKind,
  field: string,
  args: Args,
  value: string | undefined,
  world: World,
  details: Json,
  signal: AbortSignal,
): Promise<StoredFile> {
  const take = (upload: Upload): StoredFile => {
    const sniff = !/^(?:true|1)$/.test(String(details['disable_content_type_detection']))
    const taken = takeUpload(kind, upload, world.behaviour, sniff)
    return world.files.add(taken.kind, taken.file, details)
  }
  const upload = args.upload(field, value)
  if (upload !== undefined) return take(upload)
  if (value === undefined || value === '') throw badRequest(`there is no ${kind} in the request`)
  if (value.startsWith('attach://')) throw badRequest('wrong file identifier/HTTP URL specified')
  if (/^https?:\/\//i.test(value)) return take(await fetchByUrl(kind, value, signal))
  const known = world.files.byId(value)
  if (known === undefined) throw badRequest('wrong file identifier/HTTP URL specified')
  const { name, mimeType, content } = known
  return known.kind === kind ? known : world.files.add(kind, { name, mimeType, content }, details)
}

async function sendMediaGroup(args: Args, world: World, signal: AbortSignal): Promise<readonly Message[]> {
  const place = findPlace(world, args)
  const given = args.json('media')
  if (!Array.isArray(given) || given.length < 2 || given.length > 10) {
    throw badRequest('group send failed: an album must have 2 to 10 items')
  }
  const items = await readItems(args, world, given, signal)
  const kinds = new Set(items.map(({ kind }) => kind))
  const mixed = kinds.size > 1 && (kinds.has('document') || kinds.has('audio'))
  if (mixed || kinds.has('animation'))
    throw badRequest("can't use the media of the specified type in the album")
  const groupId = String(10_000_000 + (place.chat.messages.size + 1) * 7)
  // Albums have no buttons: the server does not look at what it does not know.
  const { reply_markup: _, ...payload } = args.payload
  return items.map(({ content }) =>
    postAsBot(world, place, argsOf(payload), { media_group_id: groupId, ...content }),
  )
}

/** The InputMedia objects of a call as what their messages will carry. */
async function readItems(
  args: Args,
  world: World,
  given: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly { readonly kind: MediaKind; readonly content: Content }[]> {
  const items = []
  for (const item of given) {
    if (!isObject(item)) throw badRequest("can't parse InputMedia: expected an Object")
    const kind = (['photo', 'video', 'document', 'audio', 'animation'] as const).find(
      (name) => name === item['type'],
    )
    if (kind === undefined) throw badRequest('unknown media type specified')
    const media = typeof item['media'] === 'string' ? item['media'] : undefined
    const file = await readFile(kind, 'media', args, media, world, item, signal)
    items.push({ kind, content: { ...fileContent(file), ...itemCaption(item, world) } })
  }
  return items
}

function itemCaption(item: Json, world: World): Content {
  if (typeof item['caption'] !== 'string') return {}
  const parseMode = typeof item['parse_mode'] === 'string' ? item['parse_mode'] : undefined
  const { text, entities } = readFormatted(
    { text: item['caption'], parseMode, entities: item['caption_entities'] },
    knownUser(world),
  )
  if (codePoints(text) > CAPTION_LENGTH) throw badRequest('message caption is too long')
  return text === ''
    ? {}
    : { caption: text, ...(entities.length === 0 ? {} : { caption_entities: entities }) }
}
