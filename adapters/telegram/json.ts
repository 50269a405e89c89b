// Is this JSON, and of a shape worth reading? What is nested beyond reason stops the process for seconds as it is read,
// and breaks whoever walks through it.

/** A rich message has 16 levels, each of a few of JSON's. https://core.telegram.org/bots/api#richmessage */
const MAX_DEPTH = 500

/** Undefined when it is none. Total. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function isTooDeep(text: string): boolean {
  let depth = 0
  let isInside = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) isInside = !isInside
    else if (isInside) {
      if (code === BACKSLASH) at += 1
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return false
}
