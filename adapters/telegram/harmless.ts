// What may a model write that would ring or deceive somebody on Telegram, and what becomes of it?
//
// The server reads mentions and addresses out of plain text itself, and no parameter of `sendMessage` forbids it. So:
// - `@name` rings that person in a group: a word joiner behind the @ leaves it readable and makes it nobody's name. In a
//   private chat with the bot there is nobody to ring: there it stays a name that can be tapped.
// - A link to `tg://user?id=…` is made a mention by the server, and other `tg:` links act inside the app (join, log in,
//   start a bot): none becomes a link; the address is written out as code, which nothing is read out of.
// - A link whose words look like another address than the one it opens gets that one written out behind it. Apps ask
//   before they open a hidden address, but not where it leads into Telegram (t.me).
// - t.me links by themselves are web addresses like any other: they ring nobody and open only what is tapped.
// - `/commands` in a text can be tapped, and are then the person's own words. They stay.
// Invisible and direction-changing characters are taken out of every answer before it comes here.

/** Stands behind an @ that rings nobody. U+2060, word joiner: no width, no break, and no part of a name. */
export const BEHIND_AT = '\u2060'

/**
 * An @ that could begin a name (two characters are enough for some bots), and not one inside a web address, which would
 * be broken. The server begins no name behind a letter or digit. tdlib: match_mentions.
 */
const NAME_OR_ADDRESS =
  /https?:\/\/[\w.-]+(?::\d+)?(?:[/?#][\w\-.~:/?#@&=+%$*,;!]*)?|(?<![\p{L}\p{N}_])@(?=[A-Za-z\d_]{2})/giu

/** `text` so that no name in it rings anybody. */
export function ringNobody(text: string): string {
  let out = ''
  let from = 0
  for (const at of ringingAts(text)) {
    out += text.slice(from, at + 1) + BEHIND_AT
    from = at + 1
  }
  return out + text.slice(from)
}

/** Where an @ stands that rings somebody, in order. */
export function ringingAts(text: string): readonly number[] {
  if (!text.includes('@')) return []
  return [...text.matchAll(NAME_OR_ADDRESS)].flatMap(({ 0: found, index }) => (found === '@' ? [index] : []))
}

const SHOWN_ADDRESS = /(?:\w{1,16}:\/\/|www\.)[^\s/?#]+|(?<![\p{L}\p{N}_@-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/giu
const SHOWN_NAME = /(?<![\p{L}\p{N}_])@(\w{3,32})/giu
/** Files are called so more often than places, where the address itself ends in the name. */
const FILE_ENDINGS =
  /\.(?:md|js|ts|py|rs|sh|zip|pl|mov|cc|so|ai|ps|java|json|html?|css|txt|pdf|docx?|xlsx?|pptx?|csv)$/i

/** A link's words look like an address, and one of another place than `url`. */
export function showsAnotherAddress(text: string, url: string): boolean {
  const host = hostOf(url)
  if (host === undefined) return false
  const shown = [...text.matchAll(SHOWN_ADDRESS)].map(([address]) => address)
  if (shown.some((address) => !isNamedAfter(url, address) && !isPlaceOf(host, address))) return true
  const names = [...text.matchAll(SHOWN_NAME)].flatMap(([, name]) => name ?? [])
  return /^(?:www\.)?t(?:elegram)?\.me$/.test(host) && names.some((name) => !isAccount(url, name))
}

/** The place itself, or one below it. */
function isPlaceOf(host: string, shown: string): boolean {
  const named = hostOf(/^\w+:\/\//.test(shown) ? shown : `https://${shown}`)?.replace(/^www\./, '')
  if (named === undefined) return false
  return host === named || host.endsWith(`.${named}`)
}

function isNamedAfter(url: string, shown: string): boolean {
  if (!FILE_ENDINGS.test(shown)) return false
  return new URL(url).pathname.toLowerCase().endsWith(`/${shown.toLowerCase()}`)
}

function isAccount(url: string, name: string): boolean {
  return new URL(url).pathname.toLowerCase().split('/')[1] === name.toLowerCase()
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined
}
