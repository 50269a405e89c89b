// How does a text lose its secrets? The last step before anything is written.

/** Replaces every secret, also where it is percent-encoded or inside JSON, with `[secret]`. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= SHORTEST)
    // Longest first, so that a secret within a secret leaves no rest.
    .sort((a, b) => b.length - a.length)
  const telegram = /\/bot\d+(?::|%3A)[\w-]+/gi
  if (forms.length === 0) return (text) => text.replace(telegram, TELEGRAM_MASK)
  const known = new RegExp(forms.map(escaped).join('|'), 'g')
  return (text) => text.replace(known, MASK).replace(telegram, TELEGRAM_MASK)
}

const MASK = '[secret]'
/** A bot token stands in the path of every call; one that is not configured here is a secret all the same. */
const TELEGRAM_MASK = '/bot[secret]'
/** Shorter ones would black out half the log and protect nobody. */
const SHORTEST = 4
/** Lines of a key: a base64 line has 64 characters, the last one may be shorter. */
const SHORTEST_LINE = 16

function formsOf(secret: string): string[] {
  const lines = secret.includes('\n')
    ? secret
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'))
    : []
  return [secret, ...lines].flatMap((text) => {
    // Half a surrogate pair has no percent-encoding.
    const wellFormed = text.toWellFormed()
    return [text, encodeURIComponent(wellFormed), encodeURI(wellFormed), JSON.stringify(text).slice(1, -1)]
  })
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
