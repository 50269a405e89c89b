// How does Markdown look as Components V2? The same dialect in text displays, twice as long, with true rules between.
// https://discord.com/developers/docs/components/reference#text-display
import type { Block } from '../../src/contract/document.ts'
import type { Renderer } from '../../src/contract/platform.ts'
import { withAside } from './aside.ts'
import type { DiscordBody } from './body.ts'
import { isInvisible } from './escape.ts'
import { charsOf, contentsOf, createDrawing, isEqual, plainText, textOf } from './render.ts'

/** All text displays of a message together. https://github.com/discord/discord-api-docs/pull/8562 */
const MAX_CHARS = 4_000
/** Above this the server fails with HTTP 500: UTF-8 bytes, and so many for each display. https://github.com/discord/discord-api-docs/issues/8554 */
const MAX_BYTES = 10_170
const BYTES_PER_DISPLAY = 12
/** 40 components in all, 30 of them buttons and their rows at most: there is room for ten. Further rules are drawn. */
const MAX_SEPARATORS = 4
/** As in render.ts; a zero-width space or a dash takes three bytes. */
const SURELY_FITS_CHARS = 380

export function createComponentsRenderer(): Renderer<DiscordBody> {
  const draw = createDrawing()
  return {
    render: (blocks) => ({
      kind: 'components',
      displays: sectionsOf(blocks).map((section) => textOf(section, draw).trim()),
    }),
    fill: (body) => Math.max(charsOf(body) / MAX_CHARS, bytesOf(body) / MAX_BYTES),
    plain: (text) => ({
      kind: 'components',
      displays: [plainText(text, Math.floor(MAX_BYTES / 3) - BYTES_PER_DISPLAY)],
    }),
    withAside,
    equal: isEqual,
    isEmpty: (body) => contentsOf(body).every(isInvisible),
    surelyFitsChars: SURELY_FITS_CHARS,
  }
}

/** Blocks between rules. */
function sectionsOf(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const sections: Block[][] = [[]]
  for (const block of blocks) {
    if (block.kind === 'rule' && sections.length <= MAX_SEPARATORS) sections.push([])
    else sections.at(-1)?.push(block)
  }
  return sections
}

function bytesOf(body: DiscordBody): number {
  return contentsOf(body).reduce((sum, text) => sum + Buffer.byteLength(text) + BYTES_PER_DISPLAY, 0)
}
