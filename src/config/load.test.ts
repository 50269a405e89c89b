// Is every fault told at once, where it stands, with its remedy; and does what is right come out whole?
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { faultsOf, load, ENV } from '../../test/support/config-world.ts'

const MINIMAL = `coze: { auth: { token: "\${env:COZE_API_TOKEN}" } }
agents: { default: { bot: "7300000000000000000" } }
platforms: { telegram: { token: "\${env:TELEGRAM_BOT_TOKEN}" } }
`

test('fills in every default', async () => {
  const config = await load({ yaml: MINIMAL })
  expect(config).toMatchObject({
    coze: {
      apiBase: 'https://api.coze.cn',
      flavor: 'cloud',
      auth: { kind: 'token', token: 'pat_secret' },
      limits: { chatsPerSecond: 2, chatsPerMinute: 0, chatsPerDay: 0, uploadsPerSecond: 10 },
      timeouts: { connectMs: 10_000, firstByteMs: 60_000, betweenEventsMs: 180_000, overallMs: 1_200_000 },
    },
    platforms: {
      telegram: { kind: 'telegram', apiRoot: 'https://api.telegram.org', mode: 'polling', streaming: 'auto' },
    },
    store: 'sqlite:./data/bridge.db',
    server: { host: '127.0.0.1', port: 8787 },
    source: 'file',
  })
  expect(config.policy.tools).toEqual({})
  expect(config.media).toEqual({ allowHosts: [] })
  expect(config.policy.routes).toEqual([
    {
      when: {},
      agent: 'default',
      conversation: 'per-user',
      triggers: ['mention', 'reply', 'direct'],
      threads: 'never',
      whileBusy: 'queue',
      reply: { minChars: 20, maxWaitMs: 700, quote: 'groups', reasoning: false, status: true },
      agents: ['default'],
      controls: { suggestions: true, stop: true, again: false, thumbs: false, listen: false },
      questions: { whoMayAnswer: 'asker', expiresMs: 1_800_000 },
      media: {
        maxFileBytes: 512 * 2 ** 20,
        inlineTextBytes: 64 * 2 ** 10,
        mergeWindowMs: 2_000,
        attach: true,
      },
      voice: { input: 'transcribe', quote: false, replies: 'never' },
      maxAgeMs: 86_400_000,
      maxInputChars: 20_000,
    },
  ])
})

test('the route that stands in for none has the same defaults as a written one', async () => {
  const [written] = (await load({ yaml: `${MINIMAL}routes: [{}]\n` })).policy.routes
  const [implied] = (await load({ yaml: MINIMAL })).policy.routes
  expect(written).toEqual(implied)
})

test('tells all faults at once, each with file, line, column and remedy', async () => {
  const message = await faultsOf({
    yaml: `coze:
  auth: { kind: token, token: "\${env:MISSING}" }
  limits:
    chatsPerSecnd: 5
agents:
  default: { bot: 73 }
platforms:
  telegram: { token: "\${env:TELEGRAM_BOT_TOKEN}", streaming: edits }
routes:
  - { agent: defualt, when: { platform: slack } }
server: { port: 99999 }
`,
  })
  expect(message).toBe(`The configuration has 6 faults:

config/bridge.yaml:2:31  coze.auth.token: the variable MISSING is not set
    → Set MISSING in the environment or in the file .env.
config/bridge.yaml:4:5  coze.limits.chatsPerSecnd: unknown key; did you mean "chatsPerSecond"?
    → Known here: chatsPerSecond, chatsPerMinute, chatsPerDay, uploadsPerSecond.
config/bridge.yaml:8:62  platforms.telegram.streaming: is none of auto, edit, draft
    → Did you mean "edit"?
config/bridge.yaml:10:14  routes[0].agent: there is no agent "defualt"
    → Did you mean "default"?
config/bridge.yaml:10:41  routes[0].when.platform: there is no platform "slack"
    → There is: telegram.
config/bridge.yaml:11:17  server.port: is too big: at most 65535`)
})

test('says where YAML itself is broken, without quoting the line', async () => {
  const message = await faultsOf({ yaml: 'coze:\n  auth: { token: "pat_very_secret\nagents: [' })
  expect(message).toMatch(/config\/bridge\.yaml:\d+:\d+ {2}is not YAML: /)
  expect(message).not.toContain('pat_very_secret')
})

test('an empty file is told what is missing', async () => {
  const message = await faultsOf({ yaml: '' })
  for (const key of ['coze', 'agents', 'platforms']) expect(message).toContain(`1:1  ${key}: is missing`)
})

test('unknown keys in groups with a kind are told with their neighbours', async () => {
  const message = await faultsOf({
    yaml: MINIMAL.replace('platforms: { telegram: {', 'platforms: { sales: { kind: telegram, tokn: 1,'),
  })
  expect(message).toContain('platforms.sales.tokn: unknown key; did you mean "token"?')
  expect(message).toContain('apiRoot')
})

test('an account with an own name needs its kind', async () => {
  const message = await faultsOf({ yaml: MINIMAL.replace('telegram: {', 'sales: {') })
  expect(message).toContain('platforms.sales: "sales" is no kind of platform')
  expect(message).toContain('kind is telegram, discord, feishu or console')
})

test('keeps every digit of ids written without quotes', async () => {
  const { policy } = await load({
    yaml: `${MINIMAL.replace('"7300000000000000000"', '7300000000000000001')}routes: [{ when: { chat: -1001234567890 } }]\n`,
  })
  expect(policy.agents['default']).toEqual({ kind: 'bot', bot: '7300000000000000001' })
  expect(policy.routes[0]?.when.chat).toBe('-1001234567890')
})

test('takes secrets from files beside the configuration, and knows them all for the scrubber', async () => {
  const config = await load({
    yaml: `${MINIMAL.replace('env:COZE_API_TOKEN', 'file:../secrets/token')}store: redis://user:hunter22@host/0\n`,
    files: { '/app/secrets/token': 'pat_from_file\n' },
  })
  expect(config.coze.auth).toEqual({ kind: 'token', token: 'pat_from_file' })
  expect(config.secrets).toEqual(
    expect.arrayContaining(['pat_from_file', ENV.TELEGRAM_BOT_TOKEN, 'A'.repeat(25), 'hunter22']),
  )
})

test('a file that cannot be read, an unknown source and an escaped reference', async () => {
  const message = await faultsOf({
    yaml: `${MINIMAL.replace('env:COZE_API_TOKEN', 'file:./no')}store: "\${STORE}"\n`,
  })
  expect(message).toContain('the file ./no cannot be read (ENOENT)')
  expect(message).toContain('Write ${env:STORE} for a variable')
  const { store } = await load({ yaml: `${MINIMAL}store: "sqlite:$\${env:X}"\n` })
  expect(store).toBe('sqlite:${env:X}')
})

test('a service login: kind is understood from its keys, and the key is looked at', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const yaml = MINIMAL.replace(
    'token: "${env:COZE_API_TOKEN}"',
    'clientId: "1", keyId: k, privateKey: "${file:./coze.pem}"',
  )
  const config = await load({ yaml, files: { '/app/config/coze.pem': pem } })
  expect(config.coze.auth).toMatchObject({ kind: 'jwt', sessionPerUser: true, durationSeconds: 3600 })
  expect(config.secrets).toContain(pem.trim())
  const message = await faultsOf({ yaml, files: { '/app/config/coze.pem': 'hunter2hunter2' } })
  expect(message).toContain('coze.auth.privateKey: is not a private key in PEM form')
  expect(message).not.toContain('hunter2')
})

test("a person's own login: kind is understood from its keys, and its flow has a default", async () => {
  const login = (rest: string): string =>
    MINIMAL.replace('token: "${env:COZE_API_TOKEN}"', `clientId: 42${rest}`)
  expect((await load({ yaml: login('') })).coze.auth).toEqual({
    kind: 'oauth',
    clientId: '42',
    flow: 'device',
    redirectPort: 8_789,
  })
  const secret = await load({ yaml: login(', clientSecret: hush-hush-hush, flow: pkce, workspace: 7') })
  expect(secret.coze.auth).toMatchObject({ flow: 'pkce', workspace: '7' })
  expect(secret.secrets).toContain('hush-hush-hush')
  expect(await faultsOf({ yaml: login(', flow: browser') })).toContain(
    'coze.auth.flow: is none of device, pkce',
  )
})

test.each([
  ['2026-12-31', Date.UTC(2027, 0, 1)],
  ['2026-12-31T12:00+08:00', Date.UTC(2026, 11, 31, 4)],
])('a token may say that it ends: %s', async (expiresAt, endsAtMs) => {
  const yaml = MINIMAL.replace('token: "${env', `expiresAt: ${expiresAt}, token: "\${env`)
  expect((await load({ yaml })).coze.auth).toEqual({ kind: 'token', token: 'pat_secret', endsAtMs })
})

test.each(['soon', '31.12.2026', '2026-13-01'])('%s is no date for a token to end', async (expiresAt) => {
  const yaml = MINIMAL.replace('token: "${env', `expiresAt: "${expiresAt}", token: "\${env`)
  expect(await faultsOf({ yaml })).toContain('coze.auth.expiresAt: is no date: write 2026-12-31')
})

test('names in the access lists are checked', async () => {
  const message = await faultsOf({
    yaml: `${MINIMAL}access: { allow: [42, "discrd/user:1"], deny: ["user:7"] }\n`,
  })
  expect(message).toContain('access.allow[0]: "42" names nobody')
  expect(message).toContain('access.allow[1]: there is no platform "discrd"')
  expect(message).not.toContain('access.deny')
})

test('process variables win over the file, and are blamed by their name', async () => {
  const env = {
    ...ENV,
    BRIDGE_STORE: 'memory:',
    BRIDGE_PORT: '0',
    BRIDGE_HOST: '0.0.0.0',
    LOG_LEVEL: 'DEBUG',
  }
  const config = await load({ yaml: MINIMAL, env })
  expect(config).toMatchObject({
    store: 'memory:',
    server: { host: '0.0.0.0', port: 0 },
    log: { level: 'debug' },
  })
  expect(await faultsOf({ yaml: MINIMAL, env: { ...ENV, BRIDGE_PORT: 'many' } })).toContain(
    'environment  BRIDGE_PORT: is a text where a number is expected',
  )
})

test('a file that was asked for must be there', async () => {
  expect(await faultsOf({ env: { ...ENV, BRIDGE_CONFIG: 'other.yaml' } })).toContain(
    'other.yaml  there is no such file',
  )
})
