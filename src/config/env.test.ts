// Are variables alone enough, and are the wrong and missing ones told by their names?
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { ENV, faultsOf, load } from '../../test/support/config-world.ts'

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
      routes: [{ agent: 'default', reply: { minChars: 1, maxWaitMs: 0, quote: 'groups' } }],
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
  expect(message).toContain('TELEGRAM_BOT_TOKEN: is not set')
  expect(message).toContain('COZE_API_BASE: is not an address')
  expect(message).toContain('COZE_API_TOKEN: must not contain spaces')
  expect(message).toContain('BRIDGE_PORT: is a text where a number is expected')
  expect(message).toContain('has 5 faults')
  expect(message).not.toContain('a b')
})

test('a platform of a later version alone is a fault, beside Telegram a warning', async () => {
  const coze = { COZE_API_TOKEN: 'p', COZE_BOT_ID: '73' }
  expect(await faultsOf({ env: { ...coze, DISCORD_TOKEN: 'd' } })).toContain(
    'DISCORD_TOKEN: this version does not speak Discord yet',
  )
  const { warnings } = await load({ env: { ...coze, DISCORD_TOKEN: 'd', TELEGRAM_BOT_TOKEN: '1:a' } })
  expect(warnings).toEqual([expect.stringContaining('DISCORD_TOKEN is set')])
})

test('with nothing set, says what to set and points at the playground', async () => {
  const message = await faultsOf({ env: { PATH: '/bin', COZE_API_TOKEN: '' } })
  for (const word of ['npm run playground', 'COZE_API_TOKEN', 'COZE_BOT_ID', 'TELEGRAM_BOT_TOKEN']) {
    expect(message).toContain(word)
  }
})
