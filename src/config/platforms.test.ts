// Does each platform's account get its defaults, and are its wrong and contradictory settings told with their remedy?
import { expect, test } from 'vitest'
import { ENV, faultsOf, load } from '../../test/support/config-world.ts'
import { createScrubber } from '../scrub.ts'

const APP = 'appId: cli_0123456789abcdef, appSecret: s3cret'

test('a Discord account needs a token, and nothing else', async () => {
  expect((await load({ yaml: withPlatform('discord: { token: a.b.c }') })).platforms['discord']).toEqual({
    kind: 'discord',
    token: 'a.b.c',
    apiBase: 'https://discord.com/api',
    mode: 'gateway',
    messageContent: false,
    style: 'text',
    requestsPerSecond: 40,
    allowBots: false,
  })
})

test('a Feishu account needs an id and a secret, and nothing else', async () => {
  expect((await load({ yaml: withPlatform(`feishu: { ${APP} }`) })).platforms['feishu']).toEqual({
    kind: 'feishu',
    appId: 'cli_0123456789abcdef',
    appSecret: 's3cret',
    domain: 'https://open.feishu.cn',
    mode: 'websocket',
    streaming: 'auto',
    requestsPerSecond: 40,
    allowBots: false,
  })
})

test.each([
  ['feishu', 'https://open.feishu.cn'],
  ['Lark', 'https://open.larksuite.com'],
  ['http://127.0.0.1:4/', 'http://127.0.0.1:4'],
])('the Feishu domain %s is the address %s', async (domain, address) => {
  const { platforms } = await load({ yaml: withPlatform(`feishu: { ${APP}, domain: "${domain}" }`) })
  expect(platforms['feishu']).toMatchObject({ domain: address })
})

test('several accounts of one kind stand beside each other', async () => {
  const { platforms } = await load({
    yaml: withPlatform(
      `discord: { token: a.b.c }, guild: { kind: discord, token: d.e.f }, cn: { kind: feishu, ${APP} }`,
    ),
  })
  expect(Object.entries(platforms).map(([account, { kind }]) => `${account}: ${kind}`)).toEqual([
    'discord: discord',
    'guild: discord',
    'cn: feishu',
  ])
})

test.each([
  ['discord: {}', 'platforms.discord.token: is missing'],
  ['discord: { token: "Bot a.b.c" }', 'begins with the word "Bot"\n    → Leave the word out'],
  ['discord: { token: "a b" }', 'platforms.discord.token: must not contain spaces'],
  [
    'discord: { token: a, apiBase: "https://discord.com/api/v9" }',
    'apiBase: ends in a version\n    → Leave it off',
  ],
  ['discord: { token: a, apiBase: discord.com }', 'platforms.discord.apiBase: is not an address'],
  ['discord: { token: a, mode: gatway }', 'is none of gateway, interactions\n    → Did you mean "gateway"?'],
  ['discord: { token: a, publicKey: "0x12" }', 'publicKey: is no public key: that has 64 hexadecimal digits'],
  [
    'discord: { token: a, mode: interactions }',
    'platforms.discord.publicKey: is needed for mode: interactions',
  ],
  ['discord: { token: a, messageContents: true }', 'unknown key; did you mean "messageContent"?'],
  ['feishu: { appId: cli_0123456789abcdef }', 'platforms.feishu.appSecret: is missing'],
  [
    'feishu: { appId: cli_1, appSecret: s }',
    'appId: is no App ID the long connection takes: that is cli_ and 16 hex',
  ],
  [
    `feishu: { ${APP}, domain: feishu.cn }`,
    'domain: is none of feishu, lark, and no address\n    → Write feishu, lark',
  ],
  [`feishu: { ${APP}, domain: "https://open.feishu.cn/open-apis/" }`, 'domain: ends in /open-apis'],
  [`feishu: { ${APP}, mode: webhook }`, 'verificationToken: or encryptKey is needed for mode: webhook'],
  ['telegram: { token: "1:a", mode: webhook }', 'platforms.telegram.webhook: is needed for mode: webhook'],
])('is told what is wrong with %s', async (platform, expected) => {
  const message = await faultsOf({ yaml: withPlatform(platform) })
  expect(message).toContain(expected)
  expect(message).toContain('has one fault')
})

test('a public key that is none is one fault, not also a missing one', async () => {
  const discord = { DISCORD_TOKEN: 'a.b.c', DISCORD_MODE: 'interactions', DISCORD_PUBLIC_KEY: 'zz' }
  const message = await faultsOf({ env: { ...ENV, COZE_BOT_ID: '73', ...discord } })
  expect(message).toContain('DISCORD_PUBLIC_KEY: is no public key: that has 64 hexadecimal digits')
  expect(message).toContain('has one fault')
})

test('an App ID of another form is taken in webhook mode, with either of the two keys', async () => {
  for (const key of ['encryptKey: e', 'verificationToken: v']) {
    const yaml = withPlatform(`feishu: { appId: cli_1, appSecret: s, mode: webhook, ${key} }`)
    expect((await load({ yaml })).platforms['feishu']).toMatchObject({ appId: 'cli_1', mode: 'webhook' })
  }
})

test.each([
  ['telegram: { token: "1:a", mode: webhook, webhook: { publicUrl: "https://a.example", secret: s } }'],
  [`discord: { token: a, mode: interactions, publicKey: "${'ab'.repeat(32)}" }`],
  [`feishu: { ${APP}, mode: webhook, encryptKey: e }`],
])('who is called needs a port that stays: %s', async (platform) => {
  expect(await faultsOf({ yaml: `${withPlatform(platform)}server: { port: 0 }\n` })).toContain(
    'server.port: is 0, but a webhook needs a port',
  )
})

test('who calls for itself may have any free port', async () => {
  const yaml = `${withPlatform(`discord: { token: a }, feishu: { ${APP} }`)}server: { port: 0 }\n`
  expect((await load({ yaml })).server.port).toBe(0)
})

test('says that no message arrives over Discord interactions', async () => {
  const yaml = withPlatform(`discord: { token: a, mode: interactions, publicKey: "${'ab'.repeat(32)}" }`)
  expect((await load({ yaml })).warnings).toContain(
    'platforms.discord: in mode interactions only slash commands and buttons reach the bot; messages and mentions do not.',
  )
})

test.each([
  ['{ triggers: [always] }', 'discord: { token: a }', true],
  ['{ triggers: [always], when: { platform: discord } }', 'discord: { token: a }', true],
  ['{ triggers: [always] }', 'discord: { token: a, messageContent: true }', false],
  [
    '{ triggers: [always], when: { platform: telegram } }',
    'discord: { token: a }, telegram: { token: "1:a" }',
    false,
  ],
  ['{}', 'discord: { token: a }', false],
])('a route %s with %s is warned of unreadable messages: %s', async (route, platforms, expected) => {
  const { warnings } = await load({ yaml: `${withPlatform(platforms)}routes: [${route}]\n` })
  expect(warnings.some((text) => text.includes('messageContent'))).toBe(expected)
})

test('a route may open a thread for each conversation', async () => {
  const yaml = withPlatform('discord: { token: a }')
  const threadsOf = async (route: string) =>
    (await load({ yaml: `${yaml}routes: [${route}]\n` })).policy.routes.map(({ threads }) => threads)
  expect(await threadsOf('{ threads: open }, {}')).toEqual(['open', 'never'])
  expect(await faultsOf({ yaml: `${yaml}routes: [{ threads: always }]\n` })).toContain(
    'routes[0].threads: is none of never, open',
  )
})

test('no secret of any platform gets past the scrubber, nor does the half that matters', async () => {
  const signature = 'signature-of-the-discord-token'
  const { secrets } = await load({
    yaml: withPlatform(
      `discord: { token: MTIz.abc.${signature} }, feishu: { ${APP}, encryptKey: 3ncrypt, verificationToken: v3rify }`,
    ),
  })
  const scrub = createScrubber(secrets)
  expect(scrub(`MTIz.abc.${signature} ${signature} s3cret 3ncrypt v3rify`)).toBe(
    Array(5).fill('[secret]').join(' '),
  )
  expect(scrub('cli_0123456789abcdef')).toBe('cli_0123456789abcdef')
})

function withPlatform(platforms: string): string {
  return `coze: { auth: { token: "\${env:COZE_API_TOKEN}" } }
agents: { default: { bot: 73 } }
platforms: { ${platforms} }
`
}

test('a platform that only its adapter knows is handed its settings as they are written', async () => {
  const config = await load({
    yaml: withPlatform(
      'matrix: { home: "https://matrix.example", accessToken: "${env:MATRIX}", rooms: [a, b] }',
    ),
    env: { ...ENV, MATRIX: 'syt_secret' },
    adapterKinds: ['matrix'],
  })
  expect(config.platforms['matrix']).toEqual({
    kind: 'other',
    adapter: 'matrix',
    settings: {
      kind: 'matrix',
      home: 'https://matrix.example',
      accessToken: 'syt_secret',
      rooms: ['a', 'b'],
    },
  })
  expect(config.secrets).toContain('syt_secret')
})

test('a platform without an adapter is no platform', async () => {
  const yaml = withPlatform('matrix: { home: "https://matrix.example" }')
  expect(await faultsOf({ yaml })).toContain('platforms.matrix')
})
