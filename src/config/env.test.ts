// Are variables alone enough, and are the wrong and missing ones told by their names?
import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ENV, faultsOf, load } from '../../test/support/config-world.ts'
import { ALONE, JWT, OAUTH, PLATFORMS, PROCESS, TOKEN } from './variables.ts'

test('variables alone are enough for a bridge, with a budget for strangers', async () => {
  const env = {
    ...ENV,
    COZE_BOT_ID: '73',
    COZE_API_BASE: 'http://127.0.0.1:1/',
    TELEGRAM_API_ROOT: 'http://127.0.0.1:2',
    COZE_CHATS_PER_SECOND: '50',
    BRIDGE_FIRST_TEXT_CHARS: '1',
    BRIDGE_FIRST_TEXT_WAIT_MS: '0',
    TELEGRAM_MESSAGES_PER_SECOND: '1000',
    TELEGRAM_STREAMING: 'edit',
    BRIDGE_PORT: '0',
  }
  const config = await load({ env })
  expect(config).toMatchObject({
    source: 'environment',
    coze: { apiBase: 'http://127.0.0.1:1', limits: { chatsPerSecond: 50 } },
    platforms: {
      telegram: {
        apiRoot: 'http://127.0.0.1:2',
        messagesPerSecond: 1000,
        streaming: 'edit',
        allowBots: false,
      },
    },
    policy: {
      agents: { default: { kind: 'bot', bot: '73' } },
      commands: [],
      budgets: { questionsPerHour: 20, questionsPerDay: 0 },
      access: { direct: 'open' },
      tools: {},
      routes: [
        {
          agent: 'default',
          agents: ['default'],
          reply: { minChars: 1, maxWaitMs: 0, quote: 'groups', reasoning: false, status: true },
          controls: { suggestions: true, stop: true, again: false, thumbs: false },
          questions: { whoMayAnswer: 'asker', expiresMs: 1_800_000 },
        },
      ],
    },
    warnings: [],
  })
})

test('a private key in one line of .env is a private key', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  const { coze } = await load({
    env: {
      TELEGRAM_BOT_TOKEN: '1:a',
      COZE_BOT_ID: '73',
      COZE_JWT_OAUTH_CLIENT_ID: '11',
      COZE_JWT_OAUTH_PUBLIC_KEY_ID: 'k',
      COZE_JWT_OAUTH_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
    },
  })
  expect(coze.auth).toMatchObject({ kind: 'jwt', clientId: '11', privateKey: pem })
})

test('variables alone: what is missing and what is wrong, together', async () => {
  const message = await faultsOf({
    env: { COZE_API_TOKEN: 'a b', COZE_API_BASE: 'api.coze.cn', BRIDGE_PORT: 'x' },
  })
  expect(message).toContain('COZE_BOT_ID: is not set')
  expect(message).toContain('TELEGRAM_BOT_TOKEN, DISCORD_TOKEN or FEISHU_APP_ID: is not set')
  expect(message).toContain('COZE_API_BASE: is not an address')
  expect(message).toContain('COZE_API_TOKEN: must not contain spaces')
  expect(message).toContain('BRIDGE_PORT: is a text where a number is expected')
  expect(message).toContain('has 5 faults')
  expect(message).not.toContain('a b')
})

const COZE = { COZE_API_TOKEN: 'p', COZE_BOT_ID: '73' }
const FEISHU = { FEISHU_APP_ID: 'cli_0123456789abcdef', FEISHU_APP_SECRET: 's3cret' }

test.each([
  ['telegram', { TELEGRAM_BOT_TOKEN: '1:a' }],
  ['discord', { DISCORD_TOKEN: 'a.b.c' }],
  ['feishu', FEISHU],
])('any one platform suffices: %s', async (kind, env) => {
  const { platforms, warnings } = await load({ env: { ...COZE, ...env } })
  expect(Object.keys(platforms)).toEqual([kind])
  expect(warnings).toEqual([])
})

test('several platforms together all run, each with its own variables', async () => {
  const { platforms } = await load({
    env: {
      ...COZE,
      TELEGRAM_BOT_TOKEN: '1:a',
      DISCORD_TOKEN: 'a.b.c',
      DISCORD_API_BASE: 'http://127.0.0.1:3/api/',
      DISCORD_MODE: 'interactions',
      DISCORD_PUBLIC_KEY: 'Ab'.repeat(32),
      DISCORD_MESSAGE_CONTENT: 'true',
      DISCORD_STYLE: 'components',
      DISCORD_REQUESTS_PER_SECOND: '0',
      DISCORD_ALLOW_BOTS: 'true',
      ...FEISHU,
      FEISHU_DOMAIN: 'lark',
      FEISHU_MODE: 'webhook',
      FEISHU_ENCRYPT_KEY: 'e',
      FEISHU_VERIFICATION_TOKEN: 'v',
      FEISHU_STREAMING: 'card',
      FEISHU_REQUESTS_PER_SECOND: '20',
      FEISHU_ALLOW_BOTS: 'true',
    },
  })
  expect(platforms['telegram']).toMatchObject({ kind: 'telegram', token: '1:a' })
  expect(platforms['discord']).toEqual({
    kind: 'discord',
    token: 'a.b.c',
    apiBase: 'http://127.0.0.1:3/api',
    mode: 'interactions',
    publicKey: 'Ab'.repeat(32),
    messageContent: true,
    style: 'components',
    requestsPerSecond: 0,
    allowBots: true,
  })
  expect(platforms['feishu']).toEqual({
    kind: 'feishu',
    appId: 'cli_0123456789abcdef',
    appSecret: 's3cret',
    domain: 'https://open.larksuite.com',
    mode: 'webhook',
    encryptKey: 'e',
    verificationToken: 'v',
    streaming: 'card',
    requestsPerSecond: 20,
    allowBots: true,
  })
})

test.each([
  ['FEISHU_APP_SECRET', { FEISHU_APP_ID: FEISHU.FEISHU_APP_ID }],
  ['FEISHU_APP_ID', { FEISHU_APP_SECRET: 's3cret' }],
])('half of a pair is told by the name of the other half: %s', async (other, env) => {
  const message = await faultsOf({ env: { ...COZE, TELEGRAM_BOT_TOKEN: '1:a', ...env } })
  expect(message).toContain(`${other}: is not set\n    → `)
  expect(message).toContain('has one fault')
})

test('a wrong value of any platform is blamed on its variable', async () => {
  const message = await faultsOf({
    env: {
      ...COZE,
      DISCORD_TOKEN: 'Bot very.secret.token',
      DISCORD_API_BASE: 'https://discord.com/api/v9/',
      DISCORD_MODE: 'interactions',
      FEISHU_APP_ID: 'cli_short',
      FEISHU_APP_SECRET: 's3cret',
      FEISHU_DOMAIN: 'open.feishu.cn',
    },
  })
  for (const variable of [
    'DISCORD_TOKEN',
    'DISCORD_API_BASE',
    'DISCORD_PUBLIC_KEY',
    'FEISHU_APP_ID',
    'FEISHU_DOMAIN',
  ]) {
    expect(message).toContain(`environment  ${variable}: `)
  }
  expect(message).toContain('has 5 faults')
  expect(message).not.toContain('very.secret')
})

test('a setting of a platform whose credentials are missing is not passed over in silence', async () => {
  const { warnings } = await load({
    env: {
      ...COZE,
      TELEGRAM_BOT_TOKEN: '1:a',
      DISCORD_API_BASE: 'http://127.0.0.1:3/api',
      FEISHU_DOMAIN: 'lark',
    },
  })
  expect(warnings).toEqual([
    'DISCORD_API_BASE is set, but DISCORD_TOKEN is not: Discord is left aside.',
    'FEISHU_DOMAIN is set, but FEISHU_APP_ID and FEISHU_APP_SECRET are not: Feishu is left aside.',
  ])
})

const CREDENTIALS = ['TELEGRAM_BOT_TOKEN', 'DISCORD_TOKEN', 'FEISHU_APP_ID', 'FEISHU_APP_SECRET']

test('with nothing set, says what to set and points at the playground', async () => {
  const message = await faultsOf({ env: { PATH: '/bin', COZE_API_TOKEN: '' } })
  for (const word of ['npm run playground', 'COZE_API_TOKEN', 'COZE_BOT_ID', ...CREDENTIALS]) {
    expect(message).toContain(word)
  }
})

test.each(CREDENTIALS)(
  'with %s alone, says what is missing rather than that nothing is configured',
  async (name) => {
    expect(await faultsOf({ env: { [name]: 'x' } })).toContain('COZE_API_TOKEN: is not set')
  },
)

test("a person's own login, by its app alone; what is set beside it is told", async () => {
  const env = { TELEGRAM_BOT_TOKEN: '1:a', COZE_BOT_ID: '73', COZE_OAUTH_CLIENT_ID: '11' }
  const login = await load({ env: { ...env, COZE_OAUTH_FLOW: 'PKCE', COZE_OAUTH_REDIRECT_PORT: '9000' } })
  expect(login.coze.auth).toEqual({ kind: 'oauth', clientId: '11', flow: 'pkce', redirectPort: 9_000 })
  expect(login.warnings).toEqual([])
  const both = await load({
    env: { ...env, COZE_API_TOKEN: 'pat_1', COZE_API_TOKEN_EXPIRES_AT: '2026-12-31' },
  })
  expect(both.coze.auth).toEqual({ kind: 'token', token: 'pat_1', endsAtMs: Date.UTC(2027, 0, 1) })
  expect(both.warnings).toEqual(['Both COZE_API_TOKEN and COZE_OAUTH_… are set: COZE_API_TOKEN is used.'])
  expect(await faultsOf({ env: { ...env, COZE_OAUTH_CLIENT_ID: '', COZE_OAUTH_FLOW: 'device' } })).toContain(
    'COZE_OAUTH_CLIENT_ID: is not set',
  )
})

test('config/.env.example names every variable there is', async () => {
  const text = await readFile(new URL('../../config/.env.example', import.meta.url), 'utf8')
  const shown = text.matchAll(/^(?:# )?([A-Z_]+)=/gm).map(([, name]) => name)
  const known = [PROCESS, ALONE, TOKEN, JWT, OAUTH, ...PLATFORMS.map(({ settings }) => settings)].flat()
  expect(shown.toArray().sort()).toEqual(['BRIDGE_CONFIG', ...known.map(([name]) => name)].sort())
})
