// The Markdown tree that renderers get: small, closed, and all that the platforms can show.

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4 | 5 | 6; readonly spans: readonly Span[] }
  /** `language` is the first word of the fence's info string; absent on indented code. */
  | { readonly kind: 'code'; readonly language?: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list'
      readonly ordered: boolean
      /** Number of the first item of an ordered list. */
      readonly start: number
      /** No blank lines between items. */
      readonly tight: boolean
      readonly items: readonly ListItem[]
    }
  | {
      readonly kind: 'table'
      readonly align: readonly Align[]
      readonly head: Row
      readonly rows: readonly Row[]
    }
  | { readonly kind: 'rule' }

export interface ListItem {
  /** Task list item; absent on ordinary items. */
  readonly checked?: boolean
  readonly blocks: readonly Block[]
}
export type Align = 'left' | 'center' | 'right' | 'none'
export type Row = readonly Cell[]
export type Cell = readonly Span[]

export type Span =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold'; readonly spans: readonly Span[] }
  | { readonly kind: 'italic'; readonly spans: readonly Span[] }
  | { readonly kind: 'strike'; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly spans: readonly Span[] }
  | { readonly kind: 'image'; readonly url: string; readonly alt: string }
  /** A line break inside a paragraph; chat answers mean every newline, so soft breaks are breaks too. */
  | { readonly kind: 'break' }

/** What stands beside the words of a reply for a while, and is no part of them. */
export interface Aside {
  /** Above them. */
  readonly thought: Thought | undefined
  /** Below them, one line: what is going on while no text grows. */
  readonly status: string | undefined
}

/** What a model thinks before it answers. */
export interface Thought {
  readonly title: string
  /** As it is: no Markdown. */
  readonly text: string
  /** The answer is there: from now on it is out of its way. */
  readonly isOver: boolean
}
