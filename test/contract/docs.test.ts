// Is what the documentation says there to be found: configurations, variables, scripts, links, doctor's and the bot's own
// words? And do both languages say the same?
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { isRecord } from '../../src/config/issues.ts'
import { ALONE, JWT, OAUTH, PLATFORMS, PROCESS, TOKEN } from '../../src/config/variables.ts'
import { load } from '../support/config-world.ts'
import { FOREIGN_YAML, NOT_RUN, RUN } from '../support/docs-commands.ts'
import { VARIABLES } from '../support/config-reference-words.ts'
import { ROOMS } from '../support/rooms.ts'
import { completed, SECRET_FILES, variablesIn } from '../support/docs-config.ts'
import { ROOT, anchorOf, blocksIn, commandsOf, inChinese, readPages } from '../support/docs.ts'

const pages = readPages()
const english = pages.filter(({ path }) => !path.endsWith('.zh-CN.md'))
const pageAt = (path: string) => pages.find((page) => page.path === path)

test('every page is there in English and in Chinese, with the same parts and the same code', () => {
  expect(english.length).toBeGreaterThan(10)
  expect(pages).toHaveLength(2 * english.length)
  for (const { path, headings, blocks } of english) {
    const other = pageAt(inChinese(path))
    expect(other?.headings.length, inChinese(path)).toBe(headings.length)
    expect(other?.blocks.map(withoutComments), inChinese(path)).toEqual(blocks.map(withoutComments))
  }
})

test('each page leads to the other language', () => {
  for (const { path } of english) {
    const [here, there] = [path, inChinese(path)].map((name) => name.replace('docs/', ''))
    expect(pageAt(path)?.links, path).toContain(there)
    expect(pageAt(inChinese(path))?.links, inChinese(path)).toContain(here)
  }
})

test('the README is short, and leads to every page', () => {
  for (const path of ['README.md', 'README.zh-CN.md']) {
    const readme = pageAt(path)
    expect(readme?.text.split('\n').length).toBeLessThan(200)
    const mine = pages.filter((page) => page.path.endsWith('.zh-CN.md') === path.endsWith('.zh-CN.md'))
    for (const page of mine) if (page.path !== path) expect(readme?.links, path).toContain(page.path)
  }
})

test.each(pages)('every link of $path leads somewhere', ({ path, links }) => {
  for (const link of links.filter((target) => !/^(https?|mailto):/.test(target))) {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file))
    expect(existsSync(join(ROOT, target)), `${path}: ${link}`).toBe(true)
    if (anchor === undefined) continue
    const anchors = pageAt(target)?.headings.map(anchorOf)
    expect(anchors, `${path}: ${link}`).toContain(decodeURIComponent(anchor))
  }
})

const yamls = blocksIn(pages, 'yaml').filter(
  ({ code }) => !FOREIGN_YAML.some((key) => code.startsWith(`${key}:`)),
)

test.each(yamls)('the configuration at $at is taken by the bridge', async ({ code }) => {
  const loaded = await load({ yaml: completed(code), env: variablesIn(code), files: SECRET_FILES })
  expect(Object.keys(loaded.platforms).length).toBeGreaterThan(0)
})

test('other YAML and JSON can be read', () => {
  const foreign = blocksIn(pages, 'yaml').filter((block) => !yamls.includes(block))
  expect(foreign.length).toBeGreaterThan(0)
  for (const { code } of foreign) expect(isRecord(parse(code))).toBe(true)
  for (const { code, at } of blocksIn(pages, 'json')) expect(() => void JSON.parse(code), at).not.toThrow()
})

const KNOWN_VARIABLES = new Set([
  ...[...PROCESS, ...ALONE, ...TOKEN, ...JWT, ...OAUTH, ...PLATFORMS.flatMap(({ settings }) => settings)].map(
    ([name]) => name,
  ),
  ...VARIABLES.map(([name]) => name),
])

test.each(pages)('every variable that $path names is one the bridge reads', ({ text }) => {
  const named = text.match(/\b(?:COZE|BRIDGE|TELEGRAM|DISCORD|FEISHU|LOG)_[A-Z][A-Z_]*[A-Z]\b/g) ?? []
  expect([...new Set(named)].filter((name) => !KNOWN_VARIABLES.has(name))).toEqual([])
})

test('every variable is in the reference and in config/.env.example', () => {
  const example = readFileSync(join(ROOT, 'config/.env.example'), 'utf8')
  const reference = pageAt('docs/configuration.md')?.text ?? ''
  for (const [name] of [
    ...PROCESS,
    ...ALONE,
    ...TOKEN,
    ...OAUTH,
    ...PLATFORMS.flatMap(({ settings }) => settings),
  ]) {
    expect(example).toContain(`${name}=`)
    expect(reference).toContain(`\`${name}\``)
  }
})

test('variables in .env blocks are written as .env takes them', () => {
  for (const { code, at } of blocksIn(pages, 'dotenv')) {
    for (const line of code.split('\n')) {
      const name = /^([A-Z_]+)=\S+$/.exec(line)?.[1]
      expect(KNOWN_VARIABLES.has(name ?? ''), `${at}: ${line}`).toBe(true)
    }
  }
})

test('every npm script that is named is there', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const scripts = isRecord(manifest) && isRecord(manifest['scripts']) ? Object.keys(manifest['scripts']) : []
  for (const { path, text } of pages) {
    const named = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '')
    expect(
      named.filter((name) => !scripts.includes(name)),
      path,
    ).toEqual([])
  }
})

test('every command in a block is run by a test, or there is a reason why not', () => {
  const commands = blocksIn(pages, 'sh').flatMap((block) => commandsOf(block))
  expect(commands.length).toBeGreaterThan(5)
  const isDealtWith = (command: string) =>
    RUN.some((one) => one.command === command) || NOT_RUN.some((one) => one.command.test(command))
  expect(commands.filter((command) => !isDealtWith(command))).toEqual([])
  for (const { command } of NOT_RUN)
    expect(
      commands.some((one) => command.test(one)),
      String(command),
    ).toBe(true)
})

test('files that are named in passing are there', () => {
  for (const { path, spans } of pages) {
    const files = spans.filter((span) => /^(?:src|test|config|adapters)\/[\w./-]+\.\w+$/.test(span))
    expect(
      files.filter((file) => !existsSync(join(ROOT, file)) && !WRITTEN_BY_OWNERS.has(file)),
      path,
    ).toEqual([])
  }
})
const WRITTEN_BY_OWNERS = new Set(['config/bridge.yaml'])

test("doctor's words are quoted as doctor says them", () => {
  const sources = sourceText('src/{doctor,coze,store}/*.ts', 'adapters/*/*.ts')
  const quotes = pages.flatMap(({ path, spans }) =>
    spans.filter((span) => /^[✗!·✓] /.test(span)).map((span) => ({ path, span })),
  )
  expect(quotes.length).toBeGreaterThan(40)
  const wrong = quotes.filter(({ span }) => !piecesOf(span).every((piece) => sources.includes(piece)))
  expect(wrong).toEqual([])
})

test('what people read on the screen is quoted as it stands there', () => {
  const words = sourceText(
    'config/locales/*.json',
    'src/{config,store,commands}/*.ts',
    'adapters/discord/*.ts',
  )
  for (const path of ['docs/troubleshooting.md', 'docs/troubleshooting.zh-CN.md']) {
    const quoted = (pageAt(path)?.headings ?? []).flatMap((heading) => [...heading.matchAll(/“([^”]+)”/g)])
    expect(quoted.length).toBeGreaterThan(8)
    const pieces = quoted.flatMap((match) => (match[1] ?? '').split('…').map((piece) => piece.trim()))
    expect(
      pieces.filter((piece) => !words.includes(piece)),
      path,
    ).toEqual([])
  }
})

test('the unit for systemd starts the bridge as everything else does', () => {
  const [unit] = blocksIn(pages, 'ini')
  expect(unit?.code).toContain('--max-semi-space-size=4 dist/src/cli.js start')
  // Longer than drainMs, so that running replies may finish.
  expect(Number(/TimeoutStopSec=(\d+)/.exec(unit?.code ?? '')?.[1])).toBeGreaterThan(8)
})

test('the picture of the house shows rooms that are there', () => {
  const [picture] = blocksIn(pages, 'mermaid')
  const rooms = [...(picture?.code.matchAll(/"?\[?\(?"([a-z]+)\/<br>/g) ?? [])].map((match) => match[1] ?? '')
  expect(rooms).toEqual(['adapters', 'bridge', 'reply', 'store', 'coze'])
  for (const room of rooms)
    expect(existsSync(join(ROOT, room)) || existsSync(join(ROOT, 'src', room))).toBe(true)
})

test.each(['docs/architecture.md', 'docs/architecture.zh-CN.md'])(
  '%s tells the rules of the house as they are',
  (path) => {
    const rows = (pageAt(path)?.text ?? '').split('\n').filter((line) => line.startsWith('| `src/'))
    const told = rows.flatMap((row) => {
      const [, rooms = '', , imports = ''] = row.split('|').map((cell) => cell.trim())
      const names = [...rooms.matchAll(/`src\/([a-z]+)`/g)].map((match) => match[1] ?? '')
      const lists = names.length === 1 ? [imports] : imports.split(/; |；/)
      return names.map((name, index) => [name, (lists[index] ?? imports).split(/, |、/)] as const)
    })
    expect(told.length).toBeGreaterThan(10)
    for (const [name, imports] of told) {
      const rules = ROOMS[name]?.imports ?? []
      if (rules.length > 0) expect(imports, name).toEqual(rules)
    }
  },
)

test('every namespace of the store is in the picture of what is kept', () => {
  const sources = globSync('src/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n')
  const names = [...sources.matchAll(/(?:keyv(?:<[^>]*>)?\(|namespace: |const NAMESPACE = )'([a-z-]+)'/g)]
  expect(names.length).toBeGreaterThan(10)
  for (const path of ['docs/architecture.md', 'docs/architecture.zh-CN.md']) {
    const spans = pageAt(path)?.spans ?? []
    expect(
      [...new Set(names.map((match) => match[1] ?? ''))].filter((name) => !spans.includes(name)),
    ).toEqual([])
  }
})

function withoutComments({ language, code }: { readonly language: string; readonly code: string }): string {
  return `${language}\n${code.replace(/ +# .*$/gm, '')}`
}

/** Strings that were broken over lines, as one. */
function sourceText(...patterns: readonly string[]): string {
  return globSync([...patterns], { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n')
    .replaceAll("\\'", "'")
    .replaceAll('\\"', '"')
}

/** What differs from one set-up to another: scopes, events, addresses. */
const VARIABLE = /[a-z_]+(?:[:.][a-z_]+\w*)+(?::\w+)?|\/webhooks\//g

/** Of a quotation: what stands between its gaps, without the mark and the thing it is about. */
function piecesOf(quote: string): readonly string[] {
  const reason = quote.slice(quote.indexOf(': ') + 2)
  return reason
    .replace(VARIABLE, '…')
    .split(/…|: /)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 4)
}
