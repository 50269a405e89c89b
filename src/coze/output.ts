// What does the end node's result say, and which files does it bring?

import { readFileUrl, toMedia } from './file-url.ts'
import { isObject, readJson } from './json.ts'
import { showOutput } from './show.ts'
import { toMarkdown } from './show-value.ts'
import type { AnswerFile } from './file-url.ts'

export interface Output {
  /** Markdown. */
  readonly text: string
  /** Each one also stands in the text: pictures as pictures, others as links. */
  readonly files: readonly AnswerFile[]
}

/** JSON in JSON text in JSON text …: nobody means more than this. */
const MAX_UNWRAPS = 4
const MAX_FILES = 20
const MAX_NODES = 10_000

/**
 * `data` is mostly JSON text. With a template (`show`) it is shown by that; else an object with one thing in it means
 * that thing, and anything else stays the JSON it is. Coze docs: run workflow.
 */
export function readOutput(data: unknown, show?: string): Output {
  const { value, source } = unwrap(data, MAX_UNWRAPS)
  const isNested = isObject(value) || Array.isArray(value)
  if (show !== undefined && isNested) {
    const text = showOutput(show, value)
    return { text, files: filesIn(value).filter(({ url }) => text.includes(url)) }
  }
  const files = filesIn(value)
  const plain = toText(value, source, MAX_UNWRAPS)
  // Addresses in JSON end nowhere a reader of Markdown could tell: with files in it, it reads as a list.
  const text = files.length > 0 && plain === source && isNested ? toMarkdown(value) : plain
  const missing = files.filter((file) => !text.includes(toMedia(file)))
  return { text: [text, ...missing.map(toMedia)].filter((part) => part !== '').join('\n\n'), files }
}

/** The text alone. */
export function decodeOutput(data: unknown): string {
  return readOutput(data).text
}

interface Unwrapped {
  readonly value: unknown
  /** The value as it was written. */
  readonly source: string
}

function unwrap(data: unknown, left: number): Unwrapped {
  if (data === undefined || data === null) return { value: '', source: '' }
  if (typeof data === 'string') {
    const value = readJson(data)
    if (typeof value === 'string') return left > 0 ? unwrap(value, left - 1) : { value, source: value }
    if (!isObject(value) && !Array.isArray(value)) return { value: data, source: data }
    const inner = textInside(value)
    return inner === undefined || left === 0 ? { value, source: data } : unwrap(inner, left - 1)
  }
  const inner = textInside(data)
  return inner === undefined || left === 0
    ? { value: data, source: JSON.stringify(data) }
    : unwrap(inner, left - 1)
}

/** `{content_type, data, original_result, type_for_model}`: an end node that gives text. Coze docs: workflow history. */
function textInside(value: unknown): string | undefined {
  return isObject(value) && 'content_type' in value && typeof value['data'] === 'string'
    ? value['data']
    : undefined
}

function toText(value: unknown, source: string, left: number): string {
  if (typeof value === 'string') return linked(value)
  if (Array.isArray(value)) return isListOfTexts(value) ? value.map(linked).join('\n') : source
  if (!isObject(value)) return source
  const filled = Object.values(value).filter((entry) => !isEmpty(entry))
  if (filled.length === 0) return ''
  const only = filled[0]
  if (filled.length > 1 || left === 0) return source
  if (typeof only === 'string') {
    const inner = unwrap(only, left - 1)
    return toText(inner.value, inner.source, left - 1)
  }
  if (Array.isArray(only)) return isListOfTexts(only) ? only.map(linked).join('\n') : source
  return isObject(only) ? source : String(only)
}

/** What a person would call nothing. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

function isListOfTexts(value: readonly unknown[]): value is readonly string[] {
  return value.length > 0 && value.every((entry) => typeof entry === 'string')
}

/** The address of a file becomes a picture or a link; other texts stay. */
export function linked(text: string): string {
  const file = readFileUrl(text)
  return file === undefined ? text : toMedia(file)
}

/** Values, however deep, that are clearly addresses of files; each once. */
function filesIn(value: unknown): readonly AnswerFile[] {
  const files = new Map<string, AnswerFile>()
  const open: unknown[] = [value]
  for (let seen = 0; open.length > 0 && seen < MAX_NODES && files.size < MAX_FILES; seen += 1) {
    const next = open.shift()
    if (typeof next === 'string') {
      const file = readFileUrl(next)
      if (file !== undefined) files.set(file.url, file)
    } else if (Array.isArray(next)) open.push(...(next as readonly unknown[]).slice(0, MAX_NODES))
    else if (isObject(next)) open.push(...Object.values(next).slice(0, MAX_NODES))
  }
  return [...files.values()]
}
