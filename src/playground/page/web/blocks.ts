// How do the blocks of an answer, and the files with it, become elements?

import { h, type ComponentChildren } from 'preact'
import type { PageBlock, PageFile, PageSpan } from '../protocol.ts'
import { part } from './part.ts'
import { link, spansOf } from './spans.ts'
import { b, button, div, icon, p, small, span } from './tags.ts'
import { say } from './words.ts'

type Blocks = readonly PageBlock[]

export function blocksOf(blocks: Blocks): ComponentChildren {
  return blocks.map(blockOf)
}

function blockOf(block: PageBlock): ComponentChildren {
  switch (block.kind) {
    case 'paragraph':
      return p('', spansOf(block.spans))
    case 'small':
      return p('small', spansOf(block.spans))
    case 'heading':
      return h(`h${Math.min(block.level + 2, 6)}`, null, spansOf(block.spans))
    case 'code':
      return h(Code, { language: block.language, text: block.text })
    case 'quote':
      return block.collapsible === true
        ? h(Folded, { blocks: block.blocks })
        : h('blockquote', null, blocksOf(block.blocks))
    case 'list': {
      const items = block.items.map((item) => h('li', null, blocksOf(item)))
      return block.ordered ? h('ol', { start: block.start }, items) : h('ul', null, items)
    }
    case 'table':
      return h(
        'div',
        { class: 'table', tabIndex: 0 },
        h(
          'table',
          null,
          row('th', block.head),
          block.rows.map((cells) => row('td', cells)),
        ),
      )
    case 'rule':
      return h('hr', null)
    case 'picture':
      return fileOf(block.file)
    case 'panel':
      return h(
        'details',
        { class: 'panel', open: block.isOpen },
        h('summary', null, span('', block.title), icon('chevron')),
        div('inside', blocksOf(block.blocks)),
      )
  }
}

function row(tag: 'th' | 'td', cells: readonly (readonly PageSpan[])[]) {
  return h(
    'tr',
    null,
    cells.map((spans) => h(tag, null, spansOf(spans))),
  )
}

const COPIED_MS = 1_500

const Code = part<{ language: string | undefined; text: string }>((again) => {
  let isCopied = false
  return ({ language, text }) => {
    const turn = () => {
      isCopied = !isCopied
      again()
      if (isCopied) setTimeout(turn, COPIED_MS)
    }
    const copy = () => void navigator.clipboard.writeText(text).then(turn, () => undefined)
    return h(
      'figure',
      { class: 'code' },
      h('figcaption', null, span('', language), button('', copy, {}, say(isCopied ? 'copied' : 'copy'))),
      h('pre', { tabIndex: 0 }, h('code', null, text)),
    )
  }
})

/** A quote that shows its first lines until somebody wants the rest. */
const Folded = part<{ blocks: Blocks }>((again) => {
  let isOpen = false
  const turn = () => {
    isOpen = !isOpen
    again()
  }
  return ({ blocks }) =>
    h(
      'blockquote',
      { class: isOpen ? 'folded open' : 'folded' },
      div('inside', blocksOf(blocks)),
      button(
        'unfold',
        turn,
        { 'aria-expanded': isOpen, 'aria-label': say(isOpen ? 'less' : 'more') },
        icon('chevron'),
      ),
    )
})

export function fileOf({ kind, name, path, sizeBytes }: PageFile): ComponentChildren {
  const label = [icon('file'), span('', b('', name), small('', path ? sizeLabel(sizeBytes) : say('notKept')))]
  if (path === undefined) return div('file', label)
  switch (kind) {
    case 'picture':
      return link(path, 'picture', h('img', { src: path, alt: name }))
    case 'audio':
    case 'video':
      return h(kind, { controls: true, preload: 'metadata', src: path, 'aria-label': name })
    case 'file':
      return h('a', { class: 'file', href: path, download: name }, label)
  }
}

export function sizeLabel(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
