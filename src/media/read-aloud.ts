// What of an answer can be said aloud, and in which pieces?

import type { Block, Span } from '../contract/document.ts'
import { cutSpeech } from './cut-speech.ts'

/**
 * The words of an answer: links say theirs, pictures their alt text, tables go row by row ("a, b, c"). Code blocks,
 * addresses and emoji are not said. Each piece is at most `maxBytes` of UTF-8, cut at the end of a sentence where that
 * can be; what is more than `maxPieces` is left out. Empty when there is nothing to say.
 */
export function toSpeech(
  blocks: readonly Block[],
  { maxBytes, maxPieces }: { readonly maxBytes: number; readonly maxPieces: number },
): readonly string[] {
  const lines = blocks.flatMap(linesOf).map(tidy).filter(isSayable)
  return cutSpeech(lines.join('\n'), maxBytes).slice(0, maxPieces)
}

/** What is said in one breath each. */
function linesOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return wordsOf(block.spans).split('\n')
    case 'quote':
      return block.blocks.flatMap(linesOf)
    case 'list':
      return block.items.flatMap((item, index) => {
        const lines = item.blocks.flatMap(linesOf)
        const [first, ...rest] = lines
        return block.ordered && first !== undefined && isSayable(first)
          ? [`${block.start + index}. ${first}`, ...rest]
          : lines
      })
    case 'table':
      return [block.head, ...block.rows].map((row) =>
        row
          .map((cell) => tidy(wordsOf(cell)))
          .filter((words) => words !== '')
          .join(', '),
      )
    case 'code':
    case 'rule':
      return []
  }
}

function wordsOf(spans: readonly Span[]): string {
  return spans.map(spanWords).join('')
}

function spanWords(span: Span): string {
  switch (span.kind) {
    case 'text':
    case 'code':
      return span.text
    case 'image':
      return ` ${span.alt} `
    case 'break':
      return '\n'
    case 'bold':
    case 'italic':
    case 'strike':
    case 'link':
      return wordsOf(span.spans)
  }
}

/** Up to the last letter, digit or sign that belongs to it: what follows is the sentence's. Chinese may follow at once. */
const ADDRESS = /(?:https?:\/\/|www\.)[\x21-\x7e]*[\w/#=&%+~-]/giu
/** Pictures in the place of words, with their colours and joiners. Signs that texts use (©, ®, ™) are left alone. */
const EMOJI =
  /\p{RGI_Emoji}|[\p{Extended_Pictographic}--[©®™]](?:[\u{fe0f}\u{200d}]|\p{Emoji_Modifier})*|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u{fe0e}\u{fe0f}\u{20e3}]/gv
/** What one cannot hear: controls, marks of direction and width, half a character. */
const SILENT = /[\p{Cc}\u{ad}\u{200b}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fffd}]/gu

function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(ADDRESS, ' ')
    .replace(EMOJI, ' ')
    .replace(/\s+/gu, ' ')
    .replace(SILENT, '')
    .replace(/ {2,}/gu, ' ')
    .replace(/ (?=[,.!?;:，。！？；：、](?: |$))/gu, '')
    .trim()
}

/** Signs alone are not said. */
function isSayable(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line)
}
