// What do .env and config/bridge.yaml say, once everything is known? Secrets stand in .env alone.

import { passwordsOf } from '../../config/store-rules.ts'
import type { Say } from '../cli-words.ts'
import type { Answers, PlatformAnswer } from './answers.ts'

/** The variables of .env, in order; those of `ONLY_WHERE_THERE` are not added to it. */
export function variablesOf({
  coze,
  platforms,
  store,
}: Answers): readonly (readonly [name: string, value: string])[] {
  return [
    ...variablesOfCoze(coze.auth),
    ...platforms.flatMap(variablesOfPlatform),
    ...variablesOfStore(store),
  ]
}

function variablesOfCoze(auth: Answers['coze']['auth']): readonly (readonly [string, string])[] {
  switch (auth.kind) {
    case 'token':
      return [['COZE_API_TOKEN', auth.token]]
    case 'jwt':
      return [['COZE_JWT_OAUTH_PRIVATE_KEY', auth.privateKey]]
    case 'oauth':
      return auth.clientSecret === undefined ? [] : [['COZE_OAUTH_CLIENT_SECRET', auth.clientSecret]]
  }
}

function variablesOfPlatform(platform: PlatformAnswer): readonly (readonly [string, string])[] {
  switch (platform.kind) {
    case 'telegram':
      return [['TELEGRAM_BOT_TOKEN', platform.token]]
    case 'discord':
      return [['DISCORD_TOKEN', platform.token]]
    case 'feishu':
      return [['FEISHU_APP_SECRET', platform.appSecret]]
  }
}

function variablesOfStore(store: string): readonly (readonly [string, string])[] {
  const address = passwordsOf(store).length === 0 ? [] : [['REDIS_URL', store] as const]
  return [...address, ['BRIDGE_STORE', store]]
}

/** config/bridge.yaml says the same, but a variable that is set wins over it. */
const ONLY_WHERE_THERE: ReadonlySet<string> = new Set(['BRIDGE_STORE'])

/** What was there stays: its comments, its other variables. `heading`: above what is new. */
export function envText(
  before: string,
  variables: readonly (readonly [name: string, value: string])[],
  heading: string,
): string {
  const values = new Map(variables)
  const written = new Set<string>()
  const kept = entriesOf(before).flatMap(({ name, text }) => {
    const value = name === undefined ? undefined : values.get(name)
    if (name === undefined || value === undefined) return [text]
    // A second one would win.
    if (written.has(name)) return []
    written.add(name)
    return [`${name}=${quoted(value)}`]
  })
  const added = [...values]
    .filter(([name]) => !written.has(name) && !ONLY_WHERE_THERE.has(name))
    .map(([name, value]) => `${name}=${quoted(value)}`)
  const blocks = [kept.join('\n'), added.length === 0 ? '' : [`# ${heading}`, ...added].join('\n')]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

interface Entry {
  /** The variable it sets; undefined: a comment, an empty line. */
  readonly name: string | undefined
  /** Without the line break at its end. */
  readonly text: string
}

/** As Node's reader of .env files understands it: a quote that is closed somewhere spans the lines until there. */
function entriesOf(before: string): readonly Entry[] {
  const entries: Entry[] = []
  let rest = before.replace(/\n+$/, '')
  while (rest !== '') {
    const [start = '', name, quote] =
      /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(["'`]?)/.exec(rest) ?? []
    const closing = quote === undefined || quote === '' ? -1 : rest.indexOf(quote, start.length)
    const end = rest.indexOf('\n', Math.max(0, closing))
    const text = end === -1 ? rest : rest.slice(0, end)
    entries.push({ name, text })
    rest = end === -1 ? '' : rest.slice(end + 1)
  }
  return entries
}

/** As Node's reader of .env files understands it: quotes only where they are needed. */
function quoted(value: string): string {
  if (/^[\w.:/@+=-]*$/.test(value)) return value
  // Only between double quotes does \n mean a line break, and there alone does a backslash mean anything.
  if (value.includes('\n')) return `"${value.replaceAll('\n', '\\n')}"`
  const quote = ["'", '`', '"'].find((sign) => !value.includes(sign)) ?? '"'
  return `${quote}${value}${quote}`
}

/** config/bridge.yaml. `schema`: where an editor finds the schema, seen from that file. */
export function yamlText(answers: Answers, say: Say, schema: string | undefined): string {
  const { coze, agent, platforms, access, store, locale } = answers
  const passwordless = passwordsOf(store).length === 0
  const lines = [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    `# ${say('init.yaml.head')}`,
    '',
    'coze:',
    `  apiBase: ${coze.apiBase}`,
    ...(coze.flavor === 'studio' ? ['  flavor: studio'] : []),
    ...authLines(answers, say),
    '',
    'agents:',
    `  default: { bot: ${text(agent.bot)} }${agent.name === undefined ? '' : ` # ${plain(agent.name)}`}`,
    '',
    'platforms:',
    ...platforms.flatMap((platform) => platformLines(platform)),
    '',
    `# ${say('init.yaml.access')}`,
    'access:',
    `  direct: ${access.direct}`,
    `  allow: [${access.allow.map(text).join(', ')}]`,
    `  admins: [${access.admins.map(text).join(', ')}]`,
    `# ${say('init.yaml.budgets')}`,
    'budgets: { questionsPerHour: 20 }',
    '',
    `# ${say('init.yaml.store')}`,
    `store: ${passwordless ? text(store) : text('${env:REDIS_URL}')}`,
    ...(locale === 'en' ? [] : [`locale: ${locale}`]),
    '',
  ]
  return lines.join('\n')
}

function authLines({ coze: { auth, expiresAt } }: Answers, say: Say): readonly string[] {
  switch (auth.kind) {
    case 'token':
      return [
        '  auth:',
        '    kind: token',
        '    token: "${env:COZE_API_TOKEN}"',
        expiresAt === undefined
          ? `    # expiresAt: 2026-12-31 # ${say('init.yaml.expires')}`
          : `    expiresAt: ${text(expiresAt)} # ${say('init.yaml.expires')}`,
      ]
    case 'jwt':
      return [
        '  auth:',
        '    kind: jwt',
        `    clientId: ${text(auth.clientId)}`,
        `    keyId: ${text(auth.keyId)}`,
        '    privateKey: "${env:COZE_JWT_OAUTH_PRIVATE_KEY}"',
      ]
    case 'oauth':
      return [
        `  # ${say('init.yaml.oauth')}`,
        '  auth:',
        '    kind: oauth',
        `    clientId: ${text(auth.clientId)}`,
        ...(auth.clientSecret === undefined ? [] : ['    clientSecret: "${env:COZE_OAUTH_CLIENT_SECRET}"']),
        `    flow: ${auth.flow}`,
        ...(auth.workspace === undefined ? [] : [`    workspace: ${text(auth.workspace)}`]),
      ]
  }
}

function platformLines(platform: PlatformAnswer): readonly string[] {
  switch (platform.kind) {
    case 'telegram':
      return [
        '  telegram:',
        '    token: "${env:TELEGRAM_BOT_TOKEN}"',
        ...(platform.apiRoot === undefined ? [] : [`    apiRoot: ${platform.apiRoot}`]),
      ]
    case 'discord':
      return [
        '  discord:',
        '    token: "${env:DISCORD_TOKEN}"',
        ...(platform.apiBase === undefined ? [] : [`    apiBase: ${platform.apiBase}`]),
      ]
    case 'feishu':
      return [
        '  feishu:',
        `    appId: ${text(platform.appId)}`,
        '    appSecret: "${env:FEISHU_APP_SECRET}"',
        `    domain: ${platform.domain}`,
      ]
  }
}

function text(value: string): string {
  return JSON.stringify(value)
}

/** In a comment: one line. */
function plain(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 60)
}
