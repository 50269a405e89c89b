// How do people send media? One helper for each kind; a file that is left out is a small one of that kind.
import { samples } from './samples.ts'
import { storeSent, type Person, type SayOptions, type SentFile } from './wording.ts'
import type { SentAlbum, SentMessage, People } from './people.ts'
import type { MediaKind } from './files.ts'
import type { Json } from './types.ts'
import type { World } from './world.ts'

type ChatRef = number | { readonly id: number }
type FileField = 'photo' | 'document' | 'voice' | 'audio' | 'video' | 'animation' | 'sticker' | 'videoNote'
export type StickerKind = 'static' | 'animated' | 'video'

/** Beside the caption, whatever `say` takes: topic, reply, forwarded from. */
export interface SendOptions extends Omit<SayOptions, FileField | 'livePhoto'> {
  readonly caption?: string
}

export interface AlbumItem extends Pick<SayOptions, 'photo' | 'video' | 'document' | 'audio'> {
  readonly caption?: string
}

type Send = (person: Person, chat: ChatRef, file?: SentFile, options?: SendOptions) => SentMessage

export interface Senders {
  readonly sendPhoto: Send
  readonly sendDocument: Send
  readonly sendVoice: Send
  readonly sendAudio: Send
  readonly sendVideo: Send
  /** What a client makes of a GIF: a silent MP4. */
  readonly sendAnimation: Send
  readonly sendVideoNote: Send
  sendSticker(person: Person, chat: ChatRef, kind?: StickerKind, options?: SendOptions): SentMessage
  /**
   * 2 to 10 items, a number of sample photos, under one `media_group_id`. `order`: in which order the bot hears of them
   * (indexes). `byHand`: it hears of none until `deliver` is called.
   */
  sendAlbum(
    person: Person,
    chat: ChatRef,
    items: number | readonly AlbumItem[],
    options?: Omit<SendOptions, 'caption'> & {
      readonly order?: readonly number[]
      readonly byHand?: boolean
    },
  ): SentAlbum
  /** A file the server has, as it stands on the wire: for messages built by `extra` (paid media, rich blocks, …). */
  storeFile(kind: MediaKind, file: SentFile): Json | readonly Json[]
}

export function createSenders(world: World, people: People): Senders {
  let count = 0
  const next = (): number => (count += 1)
  const sender =
    (field: FileField, sample: (n: number) => SentFile): Send =>
    (person, chat, file = sample(next()), { caption = '', ...options } = {}) =>
      people.say(person, chat, caption, { ...options, [field]: file })
  const stickers = {
    static: samples.staticSticker,
    animated: samples.animatedSticker,
    video: samples.videoSticker,
  }
  return {
    sendPhoto: sender('photo', samples.photo),
    sendDocument: sender('document', samples.document),
    sendVoice: sender('voice', samples.voice),
    sendAudio: sender('audio', samples.audio),
    sendVideo: sender('video', samples.video),
    sendAnimation: sender('animation', samples.animation),
    sendVideoNote: sender('videoNote', samples.videoNote),
    sendSticker: (person, chat, kind = 'static', options = {}) =>
      sender('sticker', stickers[kind])(person, chat, undefined, options),
    sendAlbum(person, chat, items, { order, byHand = false, ...options } = {}) {
      const listed: readonly AlbumItem[] =
        typeof items === 'number'
          ? Array.from({ length: items }, () => ({ photo: samples.photo(next()) }))
          : items
      if (listed.length < 2 || listed.length > 10) throw new Error('an album has 2 to 10 items')
      const mediaGroupId = options.mediaGroupId ?? String(1_390_000_000 + next())
      const album = people.hold(
        person,
        chat,
        listed.map(({ caption = '', ...file }) => ({
          text: caption,
          options: { ...options, ...file, mediaGroupId },
        })),
        order,
      )
      if (!byHand) album.deliver()
      return album
    },
    storeFile: (kind, file) => storeSent(world, kind, file).shape,
  }
}
