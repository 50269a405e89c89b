// How does a Discord client draw a message's Markdown?
// https://support.discord.com/hc/en-us/articles/210298617

import type { PageBlock, PageSpan } from '../protocol.ts'
import { readBlocks } from './markdown.ts'
import { ADDRESS, CODE, LINK, linkTo, readSpans, type Atom, type InlineDialect } from './spans.ts'

/** What a client knows of ids: whom or what they name. */
export interface DiscordNames {
  /** `@name` of a person or the bot. */
  readonly person: (id: string) => string | undefined
  readonly role: (id: string) => string | undefined
  readonly channel: (id: string) => string | undefined
}

export function discordBlocks(content: string, names: DiscordNames): readonly PageBlock[] {
  const inline = inlineOf(names)
  return readBlocks(content, {
    spans: (text) => readSpans(text, inline),
    maxHeading: 3,
    hasSmall: true,
    hasTables: false,
    hasLongQuotes: true,
  })
}

function inlineOf(names: DiscordNames): InlineDialect {
  return {
    pairs: [
      { mark: '**', kind: 'bold' },
      { mark: '__', kind: 'underline' },
      { mark: '~~', kind: 'strike' },
      { mark: '||', kind: 'spoiler' },
      { mark: '*', kind: 'italic' },
      { mark: '_', kind: 'italic' },
    ],
    atoms: [ESCAPED, CODE, LINK, BRACKETED, mentions(names), EMOJI, TIME, ADDRESS],
  }
}

const ESCAPED: Atom = {
  pattern: /\\([^\p{L}\p{N}\s])/uy,
  read: ([, letter = '']) => words(letter),
}

const BRACKETED: Atom = {
  pattern: /<(https?:\/\/[^\s<>]+)>/iy,
  read: ([, url = '']) => linkTo(url, words(url)),
}

/** Custom emoji by its name. */
const EMOJI: Atom = { pattern: /<a?:(\w+):\d+>/y, read: ([, name = '']) => words(`:${name}:`) }

const TIME: Atom = {
  pattern: /<t:(-?\d{1,13})(?::[tTdDfFR])?>/y,
  read: ([, seconds = '0']) =>
    words(new Date(Number(seconds) * 1_000).toISOString().replace('T', ' ').slice(0, 16)),
}

function mentions({ person, role, channel }: DiscordNames): Atom {
  return {
    pattern: /<(?:(@!?|@&|#)(\d+)|\/([^:<>]+):\d+)>|@(?:everyone|here)\b/y,
    read([whole, sign = '', id = '', command]) {
      const named = (text: string): readonly PageSpan[] => [{ kind: 'mention', spans: words(text) }]
      if (command !== undefined) return named(`/${command}`)
      if (sign === '') return named(whole)
      if (sign === '#') return named(`#${channel(id) ?? id}`)
      return named(`@${(sign === '@&' ? role(id) : person(id)) ?? id}`)
    },
  }
}

function words(text: string): readonly PageSpan[] {
  return [{ kind: 'text', text }]
}
