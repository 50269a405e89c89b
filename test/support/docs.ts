// What stands in the documentation that a test can look at: pages, headings, code blocks, links, code within a line?

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Page {
  /** From the project's folder: `docs/coze.md`. */
  readonly path: string
  readonly text: string
  readonly headings: readonly string[]
  readonly blocks: readonly Block[]
  /** Targets of links and pictures, as they are written. */
  readonly links: readonly string[]
  /** What stands between backticks, line breaks as spaces. */
  readonly spans: readonly string[]
}

export interface Block {
  readonly language: string
  readonly code: string
  /** Of its first line of code, from 1. */
  readonly line: number
}

/** README and docs/, English and Chinese. */
export function readPages(): readonly Page[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', 'README.zh-CN.md', ...docs.map((name) => `docs/${name}`)].map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return { path, text, ...partsOf(text) }
  })
}

/** The Chinese page of an English one. */
export function inChinese(path: string): string {
  return path.replace(/\.md$/, '.zh-CN.md')
}

const FENCE = /^( *)```(\w*) *$/

export function partsOf(text: string): Omit<Page, 'path' | 'text'> {
  const headings: string[] = []
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { indent: number; language: string; lines: string[]; line: number } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = FENCE.exec(line)
    if (fence !== null) {
      if (open !== undefined) {
        blocks.push({ language: open.language, code: open.lines.join('\n'), line: open.line })
        open = undefined
      } else {
        open = { indent: fence[1]?.length ?? 0, language: fence[2] ?? '', lines: [], line: index + 2 }
      }
    } else if (open !== undefined) {
      open.lines.push(line.slice(open.indent))
    } else {
      const heading = /^#+ (.+)$/.exec(line)?.[1]
      if (heading !== undefined) headings.push(heading)
      prose.push(line)
    }
  }
  const all = prose.join('\n')
  return {
    headings,
    blocks,
    links: [...all.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ''),
    spans: [...all.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? '').replace(/\s+/g, ' ')),
  }
}

/** As GitHub makes them: small letters, spaces to dashes, marks left out. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/[`*_]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-')
}

/** The commands of a block of shell, comments and line breaks within one taken out. */
export function commandsOf({ code }: Block): readonly string[] {
  return code
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)# .*$/, '').trim())
    .filter((line) => line !== '')
}

/** Every block of one language, with where it stands. */
export function blocksIn(
  pages: readonly Page[],
  language: string,
): readonly (Block & { readonly at: string })[] {
  return pages.flatMap(({ path, blocks }) =>
    blocks
      .filter((block) => block.language === language)
      .map((block) => ({ ...block, at: `${path}:${block.line}` })),
  )
}
