// What is a message in Feishu's own form, and how full is it?

import type { Renderer } from '../../src/contract/platform.ts'
import { defuse } from './escape.ts'

/** A card's Markdown, or the words of a text message. */
export type FeishuBody =
  | {
      readonly kind: 'card'
      /** Of the card 2.0 component `markdown`. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text */
      readonly markdown: string
      /** UTF-8 bytes it takes inside JSON. */
      readonly sizeBytes: number
      readonly tables: number
      /** Pictures in it. */
      readonly images: number
      /** Its first words, for the chat list and the notification. */
      readonly summary: string
      /** What the model thinks, above it; `sizeBytes` counts it. */
      readonly panel?: Panel
    }
  | { readonly kind: 'text'; readonly text: string }

/** What the model thinks, folded up. */
export interface Panel {
  readonly title: string
  /** Of the component `markdown`. */
  readonly markdown: string
  /** Open while it grows. */
  readonly isOpen: boolean
}

export interface FeishuRenderer extends Renderer<FeishuBody> {
  /** Keys of images this app uploaded: they may stand in a card. Any other would refuse the whole card (200570). */
  readonly images: Set<string>
  /** Keys that were refused all the same. */
  readonly refused: ReadonlySet<string>
  /** Pictures under these keys are shown by their words from now on. */
  refuse(keys: readonly string[]): void
}

/**
 * A card may have 30 KB of JSON (Feishu docs: CardKit, code 200860). Its frame takes about 300 bytes, each of at most ten
 * buttons less than 400: this much is left for the words.
 */
export const MAX_MARKDOWN_BYTES = 26_000
/** The sixth is refused, and the whole card with it: 230099/11310. Measured; no document says so. */
export const MAX_TABLES = 5
/**
 * A card may have 200 elements (Feishu docs: CardKit, code 300305). Whether a picture within Markdown is one is not said:
 * each is counted, and room is left for buttons.
 */
export const MAX_IMAGES = 150
/** 150 KB would be taken (Feishu docs: send a message); nobody reads that in one message. */
export const MAX_TEXT_BYTES = 30_000

export function fillOf(body: FeishuBody): number {
  return body.kind === 'card'
    ? Math.max(body.sizeBytes / MAX_MARKDOWN_BYTES, body.tables / MAX_TABLES, body.images / MAX_IMAGES)
    : jsonBytes(body.text) / MAX_TEXT_BYTES
}

export function isSameBody(a: FeishuBody, b: FeishuBody): boolean {
  if (a.kind === 'card')
    return b.kind === 'card' && a.markdown === b.markdown && isSamePanel(a.panel, b.panel)
  return b.kind === 'text' && a.text === b.text
}

export function isSamePanel(a: Panel | undefined, b: Panel | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What stands in the place of an address where a picture was uploaded: it means nothing to people. */
export function isImageKey(url: string): boolean {
  return /^img_[A-Za-z0-9_-]+$/.test(url)
}

/** Stands before the words of a picture that is not shown. */
export const PICTURE_SIGN = '🖼'

/** Nothing a person could see. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text)
}

const INVISIBLE = /^[\s\p{Cc}\p{Cf}\u2800\u3164\u115f\u1160]*$/u

/** UTF-8 bytes of a string within JSON, without its quotes. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2
}

/** The first words on one line. They ring nobody, whatever a client reads into them. */
export function summaryOf(text: string): string {
  const line = defuse(text).replace(/\s+/gu, ' ').trim()
  if (line.length <= SUMMARY_CHARS) return line
  return `${line
    .slice(0, SUMMARY_CHARS)
    .toWellFormed()
    .replace(/\uFFFD$/u, '')}…`
}

/** About what the chat list shows of a message. */
export const SUMMARY_CHARS = 60
