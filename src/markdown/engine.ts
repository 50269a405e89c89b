// How is markdown-it set up? Its tokens never leave this folder.

import createMarkdownIt from 'markdown-it'
import type { MarkdownIt, StateBlock, Token } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'

/** Quotes and lists deeper than this are shown as text: renderers may recurse, and each level reads its lines again. */
const MAX_BLOCK_DEPTH = 20

/** Blocks alone: their inline text is read apart, so that what did not change need not be read again. */
const blocks = create()
blocks.core.ruler.enableOnly(['normalize', 'block'])
showTooDeepAsText(blocks)

const inlines = create()
inlines.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
inlines.linkify.add('ftp:', null).add('//', null).add('mailto:', null)

/** Block tokens of a text; inline tokens have only their content. Total, and linear on hostile input. */
export function tokenize(text: string): Token[] {
  return blocks.parse(text, {})
}

/** What an inline token's content says, from the content alone. */
export function tokenizeInline(content: string): readonly Token[] {
  return inlines.parseInline(content, {})[0]?.children ?? []
}

function create(): MarkdownIt {
  const md = createMarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: 100 })
  md.use(cjkFriendly)
  // A definition far below would change what was shown long ago, and a sealed part must not change.
  md.disable('reference')
  // `text` above `---` is meant as a rule by those who write chat answers; and a paragraph must not turn into a heading.
  md.disable('lheading')
  return md
}

/** markdown-it drops what is nested too deep; a reply must not lose text, so it becomes a paragraph. */
function showTooDeepAsText(md: MarkdownIt): void {
  const tokenizeBlocks = md.block.tokenize.bind(md.block)
  md.block.tokenize = (state: StateBlock, startLine: number, endLine: number) => {
    if (state.level < MAX_BLOCK_DEPTH) {
      tokenizeBlocks(state, startLine, endLine)
      return
    }
    state.push('paragraph_open', 'p', 1).map = [startLine, endLine]
    const inline = state.push('inline', '', 0)
    inline.content = state.getLines(startLine, endLine, state.blkIndent, false).trim()
    inline.map = [startLine, endLine]
    inline.children = []
    state.push('paragraph_close', 'p', -1)
    state.line = endLine
  }
}
