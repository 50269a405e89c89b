// What do .env and config/bridge.yaml say, once everything is known? Secrets stand in .env alone.

import { passwordsOf } from '../../config/store-rules.ts'
import type { Say } from '../cli-words.ts'
import type { Answers, PlatformAnswer } from './answers.ts'

/** The variables of .env, in order. */
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
  return passwordsOf(store).length === 0 ? [] : [['REDIS_URL', store]]
}

/** What was there stays: its comments, its other variables. `heading`: above what is new. */
export function envText(
  before: string,
  variables: readonly (readonly [name: string, value: string])[],
  heading: string,
): string {
  const left = new Map(variables)
  const lines = before === '' ? [] : before.replace(/\n+$/, '').split('\n')
  const kept = lines.map((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1]
    const value = name === undefined ? undefined : left.get(name)
    if (name === undefined || value === undefined) return line
    left.delete(name)
    return `${name}=${quoted(value)}`
  })
  const added = [...left].map(([name, value]) => `${name}=${quoted(value)}`)
  const blocks = [kept.join('\n'), added.length === 0 ? '' : [`# ${heading}`, ...added].join('\n')]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
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
