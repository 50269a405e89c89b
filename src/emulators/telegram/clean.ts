// Which characters of a text survive? The server's clean-up: control characters, then the ends trimmed.
import type { Entity, FormattedText } from './types.ts'

/**
 * Control characters become spaces, `\r` and a few invisible ones vanish; trailing whitespace goes, and leading
 * spaces and newlines up to the first entity. Offsets move along; what became empty is dropped.
 * tdlib `clean_input_string`, `fix_formatted_text`.
 */
export function cleanText({ text, entities }: FormattedText): FormattedText {
  const cleaned = isTouched(text) ? cleanCharacters(text, entities) : { text, entities }
  return trimEnds(cleaned)
}

function cleanCharacters(text: string, entities: readonly Entity[]): FormattedText {
  const positions = new Array<number>(text.length + 1)
  let out = ''
  for (let i = 0; i < text.length; i += 1) {
    positions[i] = out.length
    const code = text.charCodeAt(i)
    if (!isRemoved(code)) out += isControl(code) ? ' ' : text.charAt(i)
  }
  positions[text.length] = out.length
  const moved = entities.map((entity) => {
    const offset = positions[entity.offset] ?? 0
    return { ...entity, offset, length: (positions[entity.offset + entity.length] ?? out.length) - offset }
  })
  return { text: out, entities: moved }
}

function trimEnds({ text, entities }: FormattedText): FormattedText {
  let end = text.length
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1
  const firstEntity = entities.reduce((least, { offset }) => Math.min(least, offset), end)
  let start = 0
  while (start < firstEntity && isBlank(text.charCodeAt(start))) start += 1
  if (start === 0 && end === text.length) {
    return {
      text,
      entities: entities.every(({ length }) => length > 0) ? entities : entities.filter((e) => e.length > 0),
    }
  }
  const kept = entities
    .map((entity) => {
      const offset = entity.offset - start
      return { ...entity, offset, length: Math.min(entity.length, end - start - offset) }
    })
    .filter(({ length }) => length > 0)
  return { text: text.slice(start, end), entities: kept }
}

function isTouched(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (isControl(code) || isRemoved(code)) return true
  }
  return false
}

function isControl(code: number): boolean {
  return code < 32 && code !== 10
}

/** Carriage returns, line and direction marks, and three combining lines that spill over other text. */
function isRemoved(code: number): boolean {
  return (
    code === 13 || (code >= 0x2028 && code <= 0x202e) || code === 0x333 || code === 0x33f || code === 0x30a
  )
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10
}
