// How does the result of a workflow read, by the owner's template? Pure, and total: any template, any value.
//
// `{title}` is a gap: a dotted path into the value, lists by index (`{items.0.name}`), `{.}` is the whole. What is not
// there is empty. A gap alone on its line shows lists and objects as Markdown; in the middle of a line they stay short.

import { readFileUrl, toMedia } from './file-url.ts'
import { isObject, readJson } from './json.ts'
import { toMarkdown } from './show-value.ts'

/** `{{path}}`, as Coze's own editor writes it, or `{path}`. */
const GAP = /\{\{([^{}\n]{1,200})\}\}|\{([^{}\n]{1,200})\}/g
/** Anything else in braces (JSON, code) stays as it is. */
const PATH = /^(?:\.|[\p{L}\p{N}_$-][\p{L}\p{N}_$ -]*(?:\.[\p{L}\p{N}_$-][\p{L}\p{N}_$ -]*)*)$/u

/** The template with its gaps filled from `value` (parsed JSON). Never throws. */
export function showOutput(template: string, value: unknown): string {
  return template.replace(
    GAP,
    (gap: string, doubled: string | undefined, single: string | undefined, at: number) => {
      const path = (doubled ?? single ?? '').trim().replace(/\[(\d+)\]/g, '.$1')
      if (!PATH.test(path)) return gap
      const found = path === '.' ? value : walk(value, path.split('.'))
      return isAlone(template, at, gap.length) ? toBlock(found) : toInline(found)
    },
  )
}

function walk(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const step of path) at = stepInto(at, step.trim())
  return at
}

function stepInto(value: unknown, step: string): unknown {
  // Nodes often hand on JSON as text: one can look into that too.
  const inside = typeof value === 'string' && /^\s*[[{]/.test(value) ? readJson(value) : value
  if (Array.isArray(inside))
    return /^\d{1,9}$/.test(step) ? (inside as readonly unknown[])[Number(step)] : undefined
  return isObject(inside) && Object.hasOwn(inside, step) ? inside[step] : undefined
}

function isAlone(template: string, at: number, length: number): boolean {
  const before = template.slice(template.lastIndexOf('\n', at - 1) + 1, at)
  const end = template.indexOf('\n', at + length)
  const after = template.slice(at + length, end === -1 ? template.length : end)
  return before.trim() === '' && after.trim() === ''
}

function toBlock(value: unknown): string {
  if (typeof value !== 'string') return toMarkdown(value)
  const file = readFileUrl(value)
  return file === undefined ? value : toMedia(file)
}

function toInline(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(isScalar)) return value.map(toInline).join(', ')
  return toJson(value)
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** '' for what JSON cannot say (nested deeper than the stack, say). */
export function toJson(value: unknown): string {
  try {
    const text: unknown = JSON.stringify(value)
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}
