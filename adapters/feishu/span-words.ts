// What do spans say without their markup, and which pictures and addresses are in them?
import type { Span } from '../../src/contract/document.ts'
import { cleanText } from './escape.ts'

export function wordsOf(spans: readonly Span[]): string {
  const words = spans.map((span) => {
    switch (span.kind) {
      case 'text':
      case 'code':
        return span.text
      case 'image':
        return span.alt
      case 'break':
        return ' '
      case 'bold':
      case 'italic':
      case 'strike':
      case 'link':
        return wordsOf(span.spans)
    }
  })
  return oneLine(words.join(''))
}

export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/gu, ' ').trim()
}

export function isLinkable(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}

/** What would end the address, or be read as markup in it, is percent-encoded. */
export function addressOf(url: string): string {
  return url
    .replace(/\s/gu, encodeURIComponent)
    .replace(/[()<>"'\\`|[\]*~{}^]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/&(?=#?\w+;)/g, '&#38;')
}

export type Image = Extract<Span, { kind: 'image' }>

export function imagesOf(spans: readonly Span[]): readonly Image[] {
  return spans.flatMap((span) => {
    if (span.kind === 'image') return [span]
    return 'spans' in span ? imagesOf(span.spans) : []
  })
}
