// How does a fragment of configuration in the documentation become a whole one, with something for each secret?

import { generateKeyPairSync } from 'node:crypto'
import { parse } from 'yaml'
import { isRecord } from '../../src/config/issues.ts'

/** What a fragment leaves out: a login, the agents and accounts its routes name. */
export function completed(code: string): string {
  const given: unknown = parse(code)
  if (!isRecord(given)) throw new Error('a configuration is a map')
  const routes = Array.isArray(given['routes']) ? given['routes'].filter(isRecord) : []
  const named = (key: string) =>
    routes.flatMap((route) => (typeof route[key] === 'string' ? [route[key]] : []))
  const accounts = [
    ...routes.flatMap(({ when }) =>
      isRecord(when) && typeof when['platform'] === 'string' ? [when['platform']] : [],
    ),
    ...[...code.matchAll(/'([a-z]+)\/(?:user:|chat:|role:|\*)/g)].map((match) => match[1] ?? ''),
  ]
  const coze = isRecord(given['coze']) ? given['coze'] : {}
  return JSON.stringify({
    ...given,
    coze: { auth: { token: 'pat_x' }, ...coze },
    agents: {
      ...Object.fromEntries(['default', ...named('agent')].map((agent) => [agent, { bot: '73' }])),
      ...asRecord(given['agents']),
    },
    platforms: {
      ...(given['platforms'] === undefined ? { console: {} } : {}),
      ...Object.fromEntries(accounts.map((account) => [account, ACCOUNTS[account] ?? { kind: 'console' }])),
      ...asRecord(given['platforms']),
    },
  })
}

const ACCOUNTS: Readonly<Record<string, unknown>> = {
  telegram: { token: '42:AAAAAAAAAAAAAAAAAAAAAAAAA' },
  discord: { token: 'token' },
}
export const SECRET_FILES = {
  '/app/secrets/coze.pem': generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
}

/** Something that passes for each variable a configuration takes. */
export function variablesIn(code: string): Readonly<Record<string, string>> {
  const names = [...code.matchAll(/\$\{env:([A-Z_]+)\}/g)].map((match) => match[1] ?? '')
  return Object.fromEntries(names.map((name) => [name, LIKELY[name] ?? 'something']))
}
const LIKELY: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: '42:AAAAAAAAAAAAAAAAAAAAAAAAA',
  DISCORD_PUBLIC_KEY: 'ab'.repeat(32),
  FEISHU_APP_ID: 'cli_0123456789abcdef',
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}
