// How does Markdown look on Telegram? Text and entities, never MarkdownV2: there is nothing to escape and nothing to refuse.
import type { Block, ListItem, Span } from '../../src/contract/document.ts'
import type { Renderer } from '../../src/contract/platform.ts'
import {
  bodyOfRuns,
  cleanText,
  joinBodies,
  trimBody,
  withoutMentions,
  type Run,
  type Style,
  type TelegramBody,
} from './runs.ts'
import { withAside } from './aside.ts'
import { showsAnotherAddress } from './harmless.ts'
import { drawTable } from '../common/table.ts'

/** https://core.telegram.org/bots/api#sendmessage: 1–4096 characters. UTF-16 units are never fewer than those counted there. */
const MAX_CHARS = 4_096
/** The server keeps so many entities and ignores the rest. tdlib: "server-side limit". */
const MAX_ENTITIES = 100
/** Deeper lists are indented no further: phones are narrow. */
const MAX_INDENT = 8
/**
 * Markdown this short stays below both limits: the densest markup we could build takes 2.6 characters an entity, and
 * nothing (deep lists, tabs in code) makes text more than 9 times longer. A property test looks for counter-examples.
 */
const SURELY_FITS_CHARS = 250

/**
 * One per account: it remembers how each block looks, so that a growing reply draws only its changed tail anew.
 * `ringsNobody`: for groups, see harmless.ts.
 */
export function createRenderer({ ringsNobody = false } = {}): Renderer<TelegramBody> {
  const drawn = new WeakMap<Block, TelegramBody>()
  const quiet = (body: TelegramBody): TelegramBody => (ringsNobody ? withoutMentions(body) : body)
  const draw = (block: Block): TelegramBody => {
    const known = drawn.get(block)
    if (known !== undefined) return known
    const body = quiet(bodyOfRuns(runsOfBlock(block, {})))
    drawn.set(block, body)
    return body
  }
  return {
    render: (blocks) => trimBody(joinBodies(blocks.map(draw), '\n\n')),
    fill: ({ text, entities }) => Math.max(text.length / MAX_CHARS, entities.length / MAX_ENTITIES),
    plain: (text) => quiet(trimBody({ text: cleanText(text), entities: [] })),
    withAside: (body, aside) => quiet(withAside(body, aside)),
    equal: (a, b) => a === b || (a.text === b.text && hasSameEntities(a, b)),
    isEmpty: ({ text }) => INVISIBLE.test(text),
    surelyFitsChars: SURELY_FITS_CHARS,
  }
}

/** The server calls such a text empty. */
const INVISIBLE = /^[\s\p{Cc}\p{Cf}\u2800\u3164\u115f\u1160]*$/u

function hasSameEntities(a: TelegramBody, b: TelegramBody): boolean {
  return (
    a.entities.length === b.entities.length &&
    a.entities.every((entity, i) => {
      const other = b.entities[i]
      return (
        entity.type === other?.type &&
        entity.offset === other.offset &&
        entity.length === other.length &&
        entity.url === other.url &&
        entity.language === other.language
      )
    })
  )
}

function runsOfBlock(block: Block, style: Style): readonly Run[] {
  switch (block.kind) {
    case 'paragraph':
      return runsOfSpans(block.spans, style)
    case 'heading':
      return runsOfSpans(block.spans, { ...style, bold: true })
    case 'code': {
      const language = languageOf(block.language)
      const raw: Style = { ...quoteOf(style), raw: 'pre', ...(language === undefined ? {} : { language }) }
      return [{ text: block.text.replace(/\t/g, '    '), style: raw }]
    }
    case 'quote':
      // Quotes cannot stand in quotes: an inner one joins the outer.
      return runsOfBlocks(block.blocks, '\n\n', { ...style, quote: true })
    case 'list':
      return runsOfList(block, style)
    case 'table':
      return [
        { text: drawTable(block.align, block.head, block.rows), style: { ...quoteOf(style), raw: 'pre' } },
      ]
    case 'rule':
      return [{ text: '———', style }]
  }
}

function runsOfBlocks(blocks: readonly Block[], between: string, style: Style): readonly Run[] {
  const drawn = blocks.map((block) => runsOfBlock(block, style)).filter((runs) => runs.length > 0)
  return drawn.flatMap((runs, i) => (i === 0 ? runs : [{ text: between, style: quoteOf(style) }, ...runs]))
}

function runsOfList(list: Extract<Block, { kind: 'list' }>, style: Style): readonly Run[] {
  return list.items.flatMap((item, i) => {
    const between: readonly Run[] =
      i === 0 ? [] : [{ text: list.tight ? '\n' : '\n\n', style: quoteOf(style) }]
    return [...between, ...runsOfItem(item, list.ordered ? `${list.start + i}. ` : '• ', style)]
  })
}

function runsOfItem(item: ListItem, bullet: string, style: Style): readonly Run[] {
  const sign = item.checked === undefined ? bullet : item.checked ? '☑ ' : '☐ '
  const [first, ...others] = item.blocks
  const plain = quoteOf(style)
  // Code, tables and quotes begin on a line of their own and are not indented: they are read and copied as they are.
  const head: readonly Run[] =
    first === undefined
      ? [{ text: sign, style: plain }]
      : [{ text: standsAlone(first) ? `${sign.trimEnd()}\n` : sign, style: plain }, ...indented(first, style)]
  return [
    ...head,
    ...others.flatMap((block) => [
      { text: standsAlone(block) ? '\n' : '\n  ', style: plain },
      ...indented(block, style),
    ]),
  ]
}

function indented(block: Block, style: Style): readonly Run[] {
  const runs = runsOfBlock(block, style)
  if (standsAlone(block)) return runs
  return runs.map((run) =>
    run.style.raw === 'pre' || !run.text.includes('\n')
      ? run
      : {
          ...run,
          text: run.text.replace(/\n( *)(?=[^\n]|$)/g, (_, indent: string) => `\n${deeper(indent)}`),
        },
  )
}

function standsAlone(block: Block): boolean {
  return block.kind === 'code' || block.kind === 'table' || block.kind === 'quote'
}

function deeper(indent: string): string {
  return indent.length >= MAX_INDENT ? indent : `${indent}  `
}

function runsOfSpans(spans: readonly Span[], style: Style): readonly Run[] {
  return spans.flatMap((span) => runsOfSpan(span, style))
}

function runsOfSpan(span: Span, style: Style): readonly Run[] {
  switch (span.kind) {
    case 'text':
      return [{ text: span.text, style }]
    case 'break':
      return [{ text: '\n', style }]
    case 'bold':
      return runsOfSpans(span.spans, { ...style, bold: true })
    case 'italic':
      return runsOfSpans(span.spans, { ...style, italic: true })
    case 'strike':
      return runsOfSpans(span.spans, { ...style, strike: true })
    case 'code':
      return [{ text: span.text, style: { ...style, raw: 'code' } }]
    case 'link':
      return runsOfLink(span.url, runsOfSpans(span.spans, withLink(style, span.url)), style)
    case 'image':
      return runsOfLink(
        span.url,
        [{ text: span.alt === '' ? span.url : span.alt, style: withLink(style, span.url) }],
        style,
      )
  }
}

/** An address nobody sees is written out behind its text: Telegram would drop the link, or the text shows another. */
function runsOfLink(url: string, runs: readonly Run[], style: Style): readonly Run[] {
  const text = runs.map((run) => run.text).join('')
  if (url === '') return runs
  if (text.trim() === '') return [{ text: url, style: withLink(style, url) }]
  if (isLinkable(url)) {
    return showsAnotherAddress(text, url) ? [...runs, { text: ` (${url})`, style }] : runs
  }
  if (text.includes(url.replace(/^mailto:/i, ''))) return runs
  const inert: Style = /^tg:/i.test(url) ? { ...quoteOf(style), raw: 'code' } : style
  return [...runs, { text: ' (', style }, { text: url, style: inert }, { text: ')', style }]
}

function withLink(style: Style, url: string): Style {
  return isLinkable(url) && style.link === undefined ? { ...style, link: url } : style
}

/** Others are dropped by the server, silently; `tg:` is not, and that is worse (harmless.ts). */
function isLinkable(url: string): boolean {
  return /^https?:/i.test(url) && URL.canParse(url)
}

function quoteOf(style: Style): Style {
  return style.quote === true ? { quote: true } : {}
}

/** What clients take as a language's name. */
function languageOf(language: string | undefined): string | undefined {
  const name = language?.replace(/[^A-Za-z0-9_+#.-]/g, '') ?? ''
  return name === '' ? undefined : name
}
