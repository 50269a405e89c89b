// Fetching without a network: a test says when a picture is there, and whether it is.

import type { AnswerMedia } from '../../src/bridge/media/answer-media.ts'
import type { OutgoingFile } from '../../src/contract/platform.ts'
import type { FoundMedia, MediaState } from '../../src/reply/media.ts'

export interface FakeMedia {
  /** One reply's. All of them share what is known of an address. */
  open(): AnswerMedia
  /** It is there, of this kind. */
  arrive(url: string, kind?: OutgoingFile['kind']): void
  /** It stands in the text, under this address. */
  inline(url: string, shown: string): void
  fail(url: string): void
  /** In the order they were wanted. */
  readonly wanted: readonly FoundMedia[]
}

export function createFakeMedia(): FakeMedia {
  const states = new Map<string, MediaState>()
  const wanted: FoundMedia[] = []
  const listeners = new Set<() => void>()
  const tell = (url: string, state: MediaState): void => {
    states.set(url, state)
    for (const listener of listeners) listener()
  }
  return {
    open() {
      let heard: (() => void) | undefined
      const known = new Set<string>()
      return {
        isFile: (url) => known.has(url) || url.includes('x-expires='),
        knows: (files) => files.forEach(({ url }) => known.add(url)),
        want(media) {
          wanted.push(media)
        },
        stateOf: (url) => states.get(url) ?? { is: 'pending' },
        onChange(listener) {
          if (heard) listeners.delete(heard)
          heard = listener
          listeners.add(listener)
        },
        giveUp() {
          for (const { url } of wanted) if (!states.has(url)) tell(url, { is: 'failed' })
        },
        async close() {
          if (heard) listeners.delete(heard)
        },
      }
    },
    arrive(url, kind = 'image') {
      const name = url.split('/').at(-1)?.replace(/\?.*/, '') ?? 'file'
      const media = wanted.find((one) => one.url === url)
      tell(url, { is: 'ready', file: fileOf(kind, name, media?.kind === 'image' ? media.label : '') })
    },
    inline: (url, shown) => tell(url, { is: 'inline', url: shown }),
    fail: (url) => tell(url, { is: 'failed' }),
    wanted,
  }
}

function fileOf(kind: OutgoingFile['kind'], name: string, caption: string): OutgoingFile {
  return {
    kind,
    name,
    mimeType: 'image/png',
    sizeBytes: 3,
    async *open() {
      yield new Uint8Array(3)
    },
    ...(caption === '' ? {} : { caption }),
  }
}
