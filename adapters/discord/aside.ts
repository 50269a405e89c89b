// How do a thought and a passing status look on Discord? As small print; a thought that is over lies behind a spoiler.
// https://support.discord.com/hc/en-us/articles/210298617
import type { Aside, Thought } from '../../src/contract/document.ts'
import type { DiscordBody } from './body.ts'
import { cleanText, escapeLineStarts, escapeText, NOTHING } from './escape.ts'

export function withAside(body: DiscordBody, { thought, status }: Aside): DiscordBody {
  const above = thought === undefined ? '' : thoughtText(thought)
  const below = status === undefined ? '' : smallPrint(oneLine(status))
  if (body.kind === 'text') return { kind: 'text', content: stacked([above, body.content, below]) }
  const [first = '', ...others] = body.displays
  const displays = [stacked([above, first]), ...others]
  return { kind: 'components', displays: displays.with(-1, stacked([displays.at(-1) ?? '', below])) }
}

function thoughtText({ title, text, isOver }: Thought): string {
  return stacked([smallPrint(oneLine(title)), isOver ? hidden(oneLine(text)) : smallPrint(cleanText(text))])
}

/** A spoiler spans no lines of small print: it is one. */
function hidden(line: string): string {
  if (line === '') return ''
  const words = escapeText(line)
  // A bar or its backslash at the end would join the marks.
  return `-# ||${words}${/[|\\]$/.test(words) ? NOTHING : ''}||`
}

function smallPrint(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => `-# ${escapeLineStarts(escapeText(line))}`)
    .join('\n')
}

function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

function stacked(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n')
}
