// What becomes of a card that is refused for a picture in it? The same card once more, with each picture's words in its
// place: all else keeps its form, and the reply goes on growing. Only what is refused without pictures too becomes text.
import type { Logger } from '../../src/contract/runtime.ts'
import { PICTURE_SIGN, type FeishuRenderer } from './body.ts'
import { isPictureRefused } from './errors.ts'

/** What an account knows of its pictures, for those who send cards. */
export interface Pictures {
  /** Markdown as it may be sent: pictures that were refused before are words. */
  allowed(markdown: string): string
  /** Whether the pictures in it are what was refused. If so, none of them is tried again in any card. */
  wereRefused(error: unknown, markdown: string): boolean
  /** Attempts it with the Markdown, and once more without its pictures where it is refused for them. */
  showing<T>(markdown: string, attempt: (markdown: string) => Promise<T>): Promise<T>
}

export interface PicturesParts {
  readonly account: string
  readonly log: Logger
  readonly renderer: Pick<FeishuRenderer, 'images' | 'refused' | 'refuse'>
}

/** Older keys may still be sent; a card drawn anew would show their words alone. */
const MAX_KEYS = 1_000

export function createPictures({ account, log, renderer }: PicturesParts): Pictures {
  const { images, refused } = renderer
  const pictures: Pictures = {
    allowed: (markdown) => (refused.size === 0 ? markdown : inWords(markdown, refused)),
    wereRefused(error, markdown) {
      if (!isPictureRefused(error)) return false
      const keys = keysIn(markdown).filter((key) => images.has(key) || refused.has(key))
      if (keys.length === 0) return false
      // Which one it was is not always said.
      renderer.refuse(keys)
      log.warn(
        { account, pictures: keys.length },
        'a card was refused for its pictures: it shows their words',
      )
      return true
    },
    async showing(markdown, attempt) {
      const first = pictures.allowed(markdown)
      try {
        return await attempt(first)
      } catch (error) {
        if (!pictures.wereRefused(error, first)) throw error
      }
      return attempt(pictures.allowed(first))
    },
  }
  return pictures
}

/** The newest are kept. */
export function rememberKey(keys: Set<string>, key: string): void {
  const [oldest] = keys
  if (keys.size >= MAX_KEYS && oldest !== undefined && !keys.has(key)) keys.delete(oldest)
  keys.add(key)
}

/** As `drawSpans` writes them: a label has no bracket of its own. */
const PICTURE = /!\[([^\]\n]*)\]\(([A-Za-z0-9_-]+)\)/g
/** A link, maybe behind further pictures. */
const LINK_BEHIND = /^(?:!\[[^\]\n]*\]\([A-Za-z0-9_-]+\))*\[([^\]\n]*)\]\(/

function keysIn(markdown: string): readonly string[] {
  return [...new Set(Array.from(markdown.matchAll(PICTURE), ([, , key = '']) => key))]
}

/** As the renderer draws a picture whose key it does not know. Others that look like pictures, in code, stay. */
function inWords(markdown: string, keys: ReadonlySet<string>): string {
  return markdown.replace(PICTURE, (whole: string, alt: string, key: string, at: number) => {
    if (!keys.has(key)) return whole
    // The words of a picture that is a link are the link's.
    const link = LINK_BEHIND.exec(markdown.slice(at + whole.length))?.[1]
    return link?.includes(alt) === true ? `${PICTURE_SIGN} ` : `${PICTURE_SIGN} ${alt}`.trim()
  })
}
