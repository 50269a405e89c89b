// Do the example file, the schema for editors and what is loaded agree with each other?
import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ENV, load } from '../../test/support/config-world.ts'
import { configJsonSchema } from './json-schema.ts'

const EXAMPLE = await readFile(new URL('../../config/bridge.example.yaml', import.meta.url), 'utf8')
/** Every platform, with its credentials alone. */
const ALL_PLATFORMS = withoutMarks(EXAMPLE, / {2}# /)
/** … and every other key of theirs. */
const ALL_KEYS = withoutMarks(ALL_PLATFORMS, / {4}# (?=\w+:)/)

/** … with its agents, routes, commands and tools. */
const ALL_SECTIONS = uncommented(EXAMPLE)

const CREDENTIALS = {
  ...ENV,
  SALES_TOKEN: '43:B',
  DISCORD_TOKEN: 'd',
  FEISHU_APP_ID: 'cli_0123456789abcdef',
  FEISHU_APP_SECRET: 's',
}
const KEYS = {
  TELEGRAM_WEBHOOK_SECRET: 't',
  DISCORD_PUBLIC_KEY: 'ab'.repeat(32),
  FEISHU_ENCRYPT_KEY: 'e',
  FEISHU_VERIFICATION_TOKEN: 'v',
}

test('the example file is a configuration', async () => {
  expect(Object.keys((await load({ yaml: EXAMPLE })).platforms)).toEqual(['telegram'])
})

test('the example file with its other platforms taken in is one, too, and so with all their keys', async () => {
  const kinds = ['telegram', 'discord', 'feishu', 'sales']
  expect(Object.keys((await load({ yaml: ALL_PLATFORMS, env: CREDENTIALS })).platforms)).toEqual(kinds)
  const { platforms } = await load({ yaml: ALL_KEYS, env: { ...CREDENTIALS, ...KEYS } })
  expect(platforms).toMatchObject({
    telegram: { mode: 'webhook' },
    discord: { publicKey: KEYS.DISCORD_PUBLIC_KEY },
    feishu: { verificationToken: 'v' },
  })
})

test('what the example file shows of agents, routes, commands and tools is right, too', async () => {
  const { policy, media, warnings } = await load({
    yaml: ALL_SECTIONS,
    env: { ...CREDENTIALS, TOOL_SECRET: 's' },
  })
  expect(policy.commands.map(({ name }) => name)).toEqual(['summarize', 'weather', 'report'])
  expect(policy.agents['intake']).toMatchObject({ kind: 'chatflow', options: [{ name: 'order' }] })
  expect(policy.routes.map(({ agents }) => agents)).toEqual([['intake', 'default'], ['default'], ['default']])
  expect(policy.routes[0]?.voice).toMatchObject({ replies: 'voice', voice: '7426720361732915209' })
  expect(policy.tools).toMatchObject({ lookup_order: { secret: 's' } })
  expect(media.allowHosts).toEqual(['minio.internal:9000'])
  expect(warnings.filter((warning) => !warning.includes('menu shows no options'))).toEqual([])
})

test.each([
  ['as it is', EXAMPLE],
  ['with agents, routes, commands and tools', ALL_SECTIONS],
  ['with all platforms', ALL_PLATFORMS],
  ['with all their keys', ALL_KEYS],
])('an editor finds no fault in the example file %s', (_which, yaml) => {
  expect(faultsInEditor(yaml)).toEqual([])
})

test.each([
  ['a key of another platform', 'discord: { token: a, appId: b }'],
  ['a misspelt key', 'telegram: { tokn: a }'],
  ['an account with a name of its own and no kind', 'sales: { token: a }'],
])('an editor marks %s', (_what, platform) => {
  expect(
    faultsInEditor(`coze: { auth: { token: a } }\nagents: {}\nplatforms: { ${platform} }\n`),
  ).not.toEqual([])
})

test('config/bridge.schema.json is up to date (npm run schema prints it)', async () => {
  const written = await readFile(new URL('../../config/bridge.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(written)).toEqual(configJsonSchema())
})

function faultsInEditor(yaml: string): readonly unknown[] {
  const validate = new Ajv({ strict: false }).compile(Object(configJsonSchema()))
  validate(parse(yaml))
  return validate.errors ?? []
}

/** Takes the mark of a comment off each line of `platforms` that begins so. */
function withoutMarks(yaml: string, mark: RegExp): string {
  const [before = '', platforms = '', ...rest] = yaml.split(/^(?=platforms:|# The first route)/m)
  const taken = platforms.replace(new RegExp(`^${mark.source}`, 'gm'), (found) => found.replace('# ', ''))
  return [before, taken, ...rest].join('')
}

/** Takes the marks of comments off: of all platforms, of the chatflow, and of whole sections that begin with a key. */
function uncommented(yaml: string): string {
  let isSection = false
  return withoutMarks(yaml, / {2}# /)
    .split('\n')
    .map((line) => {
      isSection =
        line.startsWith('# ') && (isSection || /^# (?:(?:routes|commands|tools):$|media: )/.test(line))
      return isSection ? line.slice(2) : line.replace(/^ {2}# (?=intake:| )/, '  ')
    })
    .join('\n')
}
