// How do styled words become elements? Never markup: elements are made of data, and links open outside without a referrer.

import { h, type ComponentChildren } from 'preact'
import type { PageSpan } from '../protocol.ts'
import { part } from './part.ts'
import { span } from './tags.ts'
import { say } from './words.ts'

type Spans = readonly PageSpan[]

export function spansOf(spans: Spans): ComponentChildren {
  return spans.map(spanOf)
}

const TAGS = { bold: 'b', italic: 'i', underline: 'u', strike: 's' } as const

function spanOf(one: PageSpan): ComponentChildren {
  switch (one.kind) {
    case 'text':
      return one.text
    case 'break':
      return h('br', null)
    case 'code':
      return h('code', null, one.text)
    case 'mention':
      return span('mention', spansOf(one.spans))
    case 'spoiler':
      return h(Spoiler, { spans: one.spans })
    case 'link':
      return /^https?:/i.test(one.url) ? link(one.url, '', spansOf(one.spans)) : spansOf(one.spans)
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
      return h(TAGS[one.kind], null, spansOf(one.spans))
  }
}

export function link(href: string, look: string, ...children: readonly ComponentChildren[]) {
  return h('a', { href, class: look, target: '_blank', rel: 'noopener noreferrer', title: href }, ...children)
}

const Spoiler = part<{ spans: Spans }>((again) => {
  let isShown = false
  const turn = () => {
    isShown = !isShown
    again()
  }
  // No <button>: that would be a box of its own in the middle of a line.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    turn()
  }
  return ({ spans }) =>
    h(
      'span',
      {
        class: isShown ? 'spoiler shown' : 'spoiler',
        role: 'button',
        tabIndex: 0,
        'aria-expanded': isShown,
        'aria-label': isShown ? undefined : say('spoiler'),
        onClick: turn,
        onKeyDown,
      },
      spansOf(spans),
    )
})
