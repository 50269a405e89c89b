// How does the configuration reference read? `node test/support/config-reference-page.ts` writes docs/configuration.md and
// docs/configuration.zh-CN.md from the schema; a test finds out when they are old.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { ALONE, JWT, OAUTH, PLATFORMS, PROCESS, TOKEN, type Setting } from '../../src/config/variables.ts'
import { NAMES, sectionsOf, type Row, type Section, type TypeName } from './config-reference.ts'
import { CHINESE, PAGES, SAME, TYPES, VARIABLES, type Language } from './config-reference-words.ts'

export const LANGUAGES: readonly Language[] = ['en', 'zh-CN']

const root = fileURLToPath(new URL('../../', import.meta.url))

export function pathOf(language: Language): string {
  return join(root, 'docs', language === 'en' ? 'configuration.md' : `configuration.${language}.md`)
}

/** The whole page, formatted as everything else here is. */
export async function configReference(language: Language): Promise<string> {
  const { title, intro, variables } = PAGES[language]
  const sections = sectionsOf().map((section) => sectionText(section, language))
  const text = [title, intro, ...sections, variables, variableTable(language)].join('\n\n')
  return await format(text, {
    parser: 'markdown',
    ...(JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')) as object),
  })
}

function sectionText({ path, kind, meaning, rows }: Section, language: Language): string {
  const { head } = PAGES[language]
  const title = kind === undefined ? `## ${code(path)}` : `### ${code(path)} · ${code(`kind: ${kind}`)}`
  const table = [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => rowText(row, kind, language)),
  ].join('\n')
  const under = rows.length === 0 ? [] : [table]
  return [title, ...(meaning === '' ? [] : [prose(meaning, language)]), ...under].join('\n\n')
}

function rowText(row: Row, kind: string | undefined, language: Language): string {
  const { needed, sameAs, variable } = PAGES[language]
  const same = SAME[row.path]
  const from = variablesFor(row.path, kind)
  const meaning = [
    prose(row.meaning, language),
    ...(same === undefined ? [] : [sameAs(code(same))]),
    ...(from.length === 0 ? [] : [variable(from.map(code).join(', '))]),
  ]
  const value = row.default === undefined ? (row.required ? needed : '') : code(valueText(row.default))
  return `| ${code(row.path)} | ${typeText(row.type, language)} | ${value} | ${meaning.join(language === 'en' ? ' ' : '')} |`
}

function typeText(type: TypeName, language: Language): string {
  const words = TYPES[language]
  if (type.is === 'oneOf') return type.values.map(code).join(', ')
  if (type.is === 'listOf') return `${words.list}: ${type.values.map(code).join(', ')}`
  return words[type.is]
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value)
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** What holds an address, a reference or a `<name>` is shown as code: Markdown would make something else of it. */
const LITERAL =
  /(?:(?![\s,;"“”()、；，。（）]|\p{Script=Han})\$?.)*?(?:\$\{[^}]*\}|<[a-z]+>|:\/\/)(?:(?![\s,;"“”()、；，。（）]|\p{Script=Han}).)*/giu

function prose(text: string, language: Language): string {
  const words = language === 'en' ? text : (CHINESE[text] ?? text)
  return words.replace(LITERAL, (found) => {
    const end = /[.:]*$/.exec(found)?.[0] ?? ''
    return `${code(found.slice(0, found.length - end.length))}${end}`
  })
}

/** `kind`: of what stands there, where it may be of several. */
interface Told {
  readonly setting: Setting
  readonly kind?: string
}
const TOLD: readonly Told[] = [
  ...[...PROCESS, ...ALONE].map((setting) =>
    setting[1][0] === 'agents' ? { setting, kind: 'bot' } : { setting },
  ),
  ...TOKEN.map((setting) => ({ setting, kind: 'token' })),
  ...JWT.map((setting) => ({ setting, kind: 'jwt' })),
  ...OAUTH.map((setting) => ({ setting, kind: 'oauth' })),
  ...PLATFORMS.flatMap(({ settings }) => settings.map((setting) => ({ setting, kind: setting[1][1] ?? '' }))),
]

function variablesFor(path: string, kind: string | undefined): readonly string[] {
  return TOLD.filter((told) => told.kind === kind && asWritten(told.setting[1]) === path).map(
    ({ setting: [name] }) => name,
  )
}

/** A setting's path in the words of the tables: of the agent "default" as of any. */
function asWritten([first = '', second, ...rest]: readonly string[]): string {
  if (first === 'routes') return ['routes[]', ...rest].join('.')
  return (second === undefined ? [first] : [first, NAMES[first] ?? second, ...rest]).join('.')
}

function variableTable(language: Language): string {
  const { variableHead, onlyWithoutFile, always } = PAGES[language]
  const own = new Set(PROCESS.map(([name]) => name))
  const rows = [
    ...TOLD.map(({ setting: [name, at] }) => [
      code(name),
      code(at.join('.').replace(/^routes\.0/, 'routes[0]')),
      own.has(name) ? always : onlyWithoutFile,
    ]),
    ...VARIABLES.map(([name, meaning]) => [code(name), prose(meaning, language), always]),
  ]
  return [
    `| ${variableHead.join(' | ')} |`,
    `|${variableHead.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const language of LANGUAGES) writeFileSync(pathOf(language), await configReference(language))
}
