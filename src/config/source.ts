// Where in the YAML file does a value stand?

import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Node } from 'yaml'
import type { ConfigFault } from './faults.ts'

export type Path = readonly (string | number)[]

export interface Source {
  /** The file as plain data. Whole numbers too large for JavaScript are kept as their digits: Coze ids are such. */
  readonly value: unknown
  readonly faults: readonly ConfigFault[]
  /** Line and column, from 1, of a path's value; of its key with `at: 'key'`; of the nearest parent where there is no such path. */
  place(path: Path, at?: 'key' | 'value'): { readonly line: number; readonly column: number }
}

/** Reads YAML 1.2. `file` is only for the faults. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true })
  const faults = document.errors.map((error): ConfigFault => {
    const { line, col } = lines.linePos(error.pos[0])
    return {
      file,
      line,
      column: col,
      subject: '',
      problem: `is not YAML: ${firstLine(error.message)}`,
      remedy: 'Look at this line and the one above: a quote, a colon or the indentation is off.',
    }
  })
  return {
    value: faults.length === 0 ? withoutBigInts(document.toJS({ maxAliasCount: 100 }) as unknown) : undefined,
    faults,
    place(path, at = 'value') {
      const { line, col } = lines.linePos(offsetOf(document.contents, path, at))
      return { line: Math.max(1, line), column: Math.max(1, col) }
    },
  }
}

function offsetOf(root: Node | null, path: Path, at: 'key' | 'value'): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) return offset
      const key = isScalar(pair.key) ? pair.key.range?.[0] : undefined
      const value = rangeStart(pair.value)
      offset = (isLast && at === 'value' ? (value ?? key) : key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)]
      if (item === undefined) return offset
      offset = rangeStart(item) ?? offset
      node = item
    } else {
      return offset
    }
  }
  return offset
}

function rangeStart(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined
}

function withoutBigInts(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (Array.isArray(value)) return value.map(withoutBigInts)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBigInts(inner)]))
  }
  return value
}

/** The parser's message goes on with an excerpt of the file, which may hold a secret. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
}
