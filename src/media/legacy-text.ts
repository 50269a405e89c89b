// In which of the older encodings is this text, if it is one? By what its bytes look like, the surest first.

/** Undefined: in none of them. `isCut`: the bytes may end in the middle of a character. */
export function decodeLegacy(bytes: Uint8Array, isCut: boolean): string | undefined {
  const decode = (encoding: string): string | undefined => decodeStrictly(encoding, bytes, isCut)
  const japanese = decode('shift_jis')
  if (japanese !== undefined && shareOf(japanese, KANA) >= 0.25) return japanese
  const korean = decode('euc-kr')
  if (korean !== undefined && shareOf(korean, HANGUL) >= 0.9 && countOf(korean, HANGUL) >= 8) return korean
  const pairs = pairsIn(bytes)
  const chinese = pairs.all > 0 && pairs.gb >= pairs.all * 0.66 ? decode('gb18030') : undefined
  if (chinese !== undefined) return chinese
  const isBig5 = pairs.all >= 4 && pairs.big5 >= pairs.all * 0.9 && pairs.all * 8 >= bytes.byteLength
  const traditional = isBig5 ? decode('big5') : undefined
  if (traditional !== undefined) return traditional
  // Takes nearly everything: believed only where most of it is plain letters.
  return pairs.high <= bytes.byteLength * 0.3 ? decode('windows-1252') : undefined
}

/** Undefined: not in this encoding, or with control characters that no text has. */
export function decodeStrictly(encoding: string, bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut })
    return isClean(text) ? text : undefined
  } catch {
    return undefined
  }
}

function isClean(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const isControl = code < 0x20 ? !ALLOWED.has(code) : code === 0x7f || (code >= 0x80 && code < 0xa0)
    if (isControl && code !== NEXT_LINE) return false
    if (code >= 0xfffe) return false
  }
  return true
}

/** Tab, line feed, vertical tab, form feed, return; the end mark of DOS; the escape that colours logs. */
const ALLOWED: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1a, 0x1b])
const NEXT_LINE = 0x85

const KANA = /[\u3041-\u30fe]/g
const HANGUL = /[\uac00-\ud7a3]/g

function countOf(text: string, kind: RegExp): number {
  return text.match(kind)?.length ?? 0
}

/** Of the characters beyond ASCII. */
function shareOf(text: string, kind: RegExp): number {
  const beyond = countOf(text, /[^\p{ASCII}]/gu)
  return beyond < 2 ? 0 : countOf(text, kind) / beyond
}

interface Pairs {
  /** Bytes beyond ASCII. */
  readonly high: number
  /** High bytes with the byte that follows each. */
  readonly all: number
  /** Of GB 2312, in which nearly all of modern Chinese is written: both bytes are high. Accents stand alone. */
  readonly gb: number
  /** Of Big5's frequent characters and its punctuation. */
  readonly big5: number
}

function pairsIn(bytes: Uint8Array): Pairs {
  let [high, all, gb, big5] = [0, 0, 0, 0]
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) continue
    const trail = bytes[at + 1]
    high += trail !== undefined && trail >= 0x80 ? 2 : 1
    at += 1
    if (trail === undefined) break
    all += 1
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) gb += 1
    if (lead >= 0xa1 && lead <= 0xc6 && trail >= 0x40) big5 += 1
  }
  return { high, all, gb, big5 }
}
