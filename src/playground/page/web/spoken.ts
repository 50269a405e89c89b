// What does a message say in plain words: for those who listen, and where it is quoted?

import type { PageMessage, PagePlatform } from '../protocol.ts'
import { say } from './words.ts'

/** A reply that did not change for so long is taken for whole: its edits are not read out one by one. */
const SETTLED_MS = 1_500
const MAX_CHARS = 300
const waiting = new Map<string, ReturnType<typeof setTimeout>>()

/** The element of a message, so that it can be found again. */
export function elementId(messageId: string): string {
  return `message-${messageId}`
}

/** The first words of a message that stands on the page; what is hidden in it stays so. */
export function wordsOf(messageId: string, maxChars: number): string {
  const body = document.getElementById(elementId(messageId))?.querySelector('.bubble')?.cloneNode(true)
  if (!(body instanceof Element)) return ''
  for (const silent of body.querySelectorAll('.spoiler, .meta, figcaption, .quoted, .form')) silent.remove()
  for (const block of body.querySelectorAll('p, h3, h4, h5, h6, li, pre, td')) block.append(' ')
  return body.textContent.replaceAll(/\s+/g, ' ').slice(0, maxChars)
}

export function announce({ id, author, state }: PageMessage, platform: PagePlatform): void {
  clearTimeout(waiting.get(id))
  waiting.delete(id)
  if (!author.isBot || state !== 'final') return
  const speak = () => {
    waiting.delete(id)
    const region = document.getElementById('announce')
    if (region) region.textContent = `${author.name}, ${say(platform)}: ${wordsOf(id, MAX_CHARS)}`
  }
  waiting.set(id, setTimeout(speak, SETTLED_MS))
}
