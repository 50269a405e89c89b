// Which pictures and files stand in a reply, and what has become of each? Found here; fetched by whoever is handed in.

import type { Block, Span } from '../contract/document.ts'
import type { OutgoingFile } from '../contract/platform.ts'

/** A picture or a file the answer speaks of. */
export interface FoundMedia {
  readonly url: string
  readonly kind: 'image' | 'file'
  /** A picture's alt text; a link's words. May be ''. */
  readonly label: string
}

/** What has become of it. `inline`: stands in the text, with `url` in the place of its address. `failed`: it stays a link. */
export type MediaState =
  | { readonly is: 'pending' }
  | { readonly is: 'failed' }
  | { readonly is: 'ready'; readonly file: OutgoingFile }
  | { readonly is: 'inline'; readonly url: string }

/** Fetches beside the reply. One for each reply. */
export interface MediaSource {
  /** Whether a link (not a picture) leads to a file worth fetching. Pure. */
  isFile(url: string): boolean
  /** Begins to fetch, at the first call for an address; its state comes with `onChange`. Never throws. */
  want(media: FoundMedia): void
  /** Of what is wanted. `failed` for what is not. */
  stateOf(url: string): MediaState
  /** Called (by one listener, the last one set) whenever a state changes. */
  onChange(listener: () => void): void
  /** Nobody wants more: what is under way, and what is wanted from now on, has failed. */
  giveUp(): void
  /** Ends what is under way, and lets go of what was fetched. */
  close(): Promise<void>
}

/** All media in a block, in reading order, each address once. */
export function mediaIn(block: Block, isFile: (url: string) => boolean): readonly FoundMedia[] {
  const found = new Map<string, FoundMedia>()
  inBlock(block)
  return [...found.values()]

  function add(media: FoundMedia): void {
    if (isAddress(media.url) && !found.has(media.url)) found.set(media.url, media)
  }
  function inBlock(each: Block): void {
    switch (each.kind) {
      case 'paragraph':
      case 'heading':
        each.spans.forEach(inSpan)
        return
      case 'quote':
        each.blocks.forEach(inBlock)
        return
      case 'list':
        for (const item of each.items) item.blocks.forEach(inBlock)
        return
      case 'table':
        for (const row of [each.head, ...each.rows]) for (const cell of row) cell.forEach(inSpan)
        return
      case 'code':
      case 'rule':
    }
  }
  function inSpan(span: Span): void {
    switch (span.kind) {
      case 'image':
        add({ url: span.url, kind: 'image', label: span.alt })
        return
      case 'link':
        if (isFile(span.url)) add({ url: span.url, kind: 'file', label: wordsOf(span.spans) })
        span.spans.forEach(inSpan)
        return
      case 'bold':
      case 'italic':
      case 'strike':
        span.spans.forEach(inSpan)
        return
      case 'text':
      case 'code':
      case 'break':
    }
  }
}

/** Nothing but media: it can stand in the block's place, and no word is lost. */
export function isMediaAlone(block: Block, isFile: (url: string) => boolean): boolean {
  return block.kind === 'paragraph' && block.spans.length > 0 && block.spans.every(isBare)

  function isBare(span: Span): boolean {
    switch (span.kind) {
      case 'image':
        return isAddress(span.url)
      case 'link':
        return isFile(span.url) || (span.spans.length > 0 && span.spans.every(isBare))
      case 'break':
        return true
      case 'text':
        return span.text.trim() === ''
      case 'bold':
      case 'italic':
      case 'strike':
        return span.spans.every(isBare)
      case 'code':
        return false
    }
  }
}

/** The block with pictures' addresses changed; itself where nothing changes. */
export function withImageUrls(block: Block, urlFor: (url: string) => string | undefined): Block {
  switch (block.kind) {
    case 'paragraph':
    case 'heading': {
      const spans = mapped(block.spans, inSpan)
      return spans === block.spans ? block : { ...block, spans }
    }
    case 'quote': {
      const blocks = mapped(block.blocks, (each) => withImageUrls(each, urlFor))
      return blocks === block.blocks ? block : { ...block, blocks }
    }
    case 'list': {
      const items = mapped(block.items, (item) => {
        const blocks = mapped(item.blocks, (each) => withImageUrls(each, urlFor))
        return blocks === item.blocks ? item : { ...item, blocks }
      })
      return items === block.items ? block : { ...block, items }
    }
    case 'table': {
      const head = mapped(block.head, inCell)
      const rows = mapped(block.rows, (row) => mapped(row, inCell))
      return head === block.head && rows === block.rows ? block : { ...block, head, rows }
    }
    case 'code':
    case 'rule':
      return block
  }

  function inCell(cell: readonly Span[]): readonly Span[] {
    return mapped(cell, inSpan)
  }
  function inSpan(span: Span): Span {
    switch (span.kind) {
      case 'image': {
        const url = urlFor(span.url)
        return url === undefined ? span : { ...span, url }
      }
      case 'link':
      case 'bold':
      case 'italic':
      case 'strike': {
        const spans = mapped(span.spans, inSpan)
        return spans === span.spans ? span : { ...span, spans }
      }
      case 'text':
      case 'code':
      case 'break':
        return span
    }
  }
}

/** The list itself where no item changes: renderers remember what they made of it. */
function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change)
  return changed.some((item, at) => item !== items[at]) ? changed : items
}

function isAddress(url: string): boolean {
  return /^https?:\/\//i.test(url)
}

function wordsOf(spans: readonly Span[]): string {
  return spans
    .map((span) => {
      if (span.kind === 'text' || span.kind === 'code') return span.text
      if (span.kind === 'image') return span.alt
      return span.kind === 'break' ? ' ' : wordsOf(span.spans)
    })
    .join('')
    .trim()
}
