// Are budgets, access, retention, the store's address and the server's token read, checked and explained?
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { configYaml, ENV, faultsOf, load } from '../../test/support/config-world.ts'

const EXAMPLE = await readFile(new URL('../../config/bridge.example.yaml', import.meta.url), 'utf8')
const TOKEN = 'kJ2mP9xQ4rT7wZ1c'
const NO_BUDGETS = configYaml('').replace('questionsPerHour: 20', 'questionsPerHour: 0')

function withBudgets(budgets: string, rest = ''): string {
  return configYaml(rest).replace('{ questionsPerHour: 20 }', budgets)
}

test('nothing written: no limit, half a year, and no token', async () => {
  const { policy, server } = await load({ yaml: NO_BUDGETS })
  expect(policy.budgets).toEqual({
    questionsPerMinute: 0,
    questionsPerHour: 0,
    questionsPerDay: 0,
    tokensPerDay: 0,
    roles: {},
  })
  expect(policy.retention).toEqual({ conversationsDays: 180 })
  expect(server).toEqual({ host: '127.0.0.1', port: 8787 })
  expect(policy.routes[0]).not.toHaveProperty('budget')
})

test('what a role does not say is as for everybody, and a zero of its own is none', async () => {
  const { policy } = await load({
    yaml: withBudgets(
      '{ questionsPerHour: 20, tokensPerDay: 9, roles: { vip: { questionsPerHour: 0 }, "1100000000000000001": {} } }',
    ),
  })
  const everybody = { questionsPerMinute: 0, questionsPerHour: 20, questionsPerDay: 0, tokensPerDay: 9 }
  expect(policy.budgets).toEqual({
    ...everybody,
    roles: { vip: { ...everybody, questionsPerHour: 0 }, '1100000000000000001': everybody },
  })
})

test("a route's budget is counted under its condition, whatever else changes in the file", async () => {
  const keyOf = async (routes: string, at = 0) =>
    (await load({ yaml: configYaml(`routes: [${routes}]`) })).policy.routes[at]?.budget?.key
  const key = await keyOf('{ when: { user: 7, chat: 8 }, budget: { questionsPerDay: 1 } }')
  expect(key).toMatch(/^[0-9a-f]{12}$/)
  expect(
    await keyOf(
      '{ when: { user: 1 } }, { when: { chat: "8", user: "7" }, maxInputChars: 9, budget: { tokensPerDay: 2 } }',
      1,
    ),
  ).toBe(key)
  expect(await keyOf('{ when: { user: 8, chat: 7 }, budget: {} }')).not.toBe(key)
  expect(await keyOf('{ budget: {} }')).not.toBe(key)
})

test('a faulty number is told with its place', async () => {
  expect(
    await faultsOf({ yaml: withBudgets('{ questionsPerHour: -1, roles: { vip: { perHour: 2 } } }') }),
  ).toContain('config/bridge.yaml:4:30  budgets.questionsPerHour: is too small: at least 0')
  expect(await faultsOf({ yaml: withBudgets('{ roles: { vip: { questionPerHour: 2 } } }') })).toContain(
    'budgets.roles.vip.questionPerHour: unknown key; did you mean "questionsPerHour"?',
  )
  expect(await faultsOf({ yaml: configYaml('retention: { conversationsDays: 0 }') })).toContain(
    'retention.conversationsDays: is too small: at least 1',
  )
})

test.each([
  ['user:1, chat:-2, role:od-3, "console/user:4", "console/*"', undefined],
  ['"*"', '"*" names nobody\n    → Write user:<id>'],
  ['"user:"', '"user:" names nobody'],
  ['"consol/*"', 'there is no platform "consol"\n    → Did you mean "console"?'],
  ['"slack/user:1"', 'there is no platform "slack"\n    → There is: console.'],
  ['"console/*:1"', 'names nobody'],
])('access entries are somebody: %s', async (entries, problem) => {
  const yaml = configYaml(`access: { allow: [${entries}], deny: [${entries}] }`)
  if (problem === undefined) {
    const { access } = (await load({ yaml })).policy
    expect(access.allow.at(-1)).toBe('console/*')
    return
  }
  const message = await faultsOf({ yaml })
  expect(message).toContain(`config/bridge.yaml:5:19  access.allow[0]: `)
  expect(message).toContain('access.deny[0]: ')
  expect(message).toContain(problem)
})

test('not everybody can be an admin', async () => {
  expect(await faultsOf({ yaml: configYaml('access: { admins: ["console/*"] }') })).toContain(
    'access.admins[0]: "console/*" makes an admin of everybody there\n    → Name persons',
  )
})

test('warns of a bot without any limit, and of a route that lifts it', async () => {
  const warningsOf = async (yaml: string) => (await load({ yaml })).warnings.join('\n')
  expect(await warningsOf(NO_BUDGETS)).toContain('ask it without limit')
  expect(await warningsOf(withBudgets('{ tokensPerDay: 1 }'))).toBe('')
  const closed = 'access: { direct: closed, groups: listed, allow: [user:1] }'
  expect(await warningsOf(withBudgets('{}', closed))).toBe('')
  expect(await warningsOf(withBudgets('{}', 'access: { direct: closed }'))).toContain('without limit')
  expect(await warningsOf(configYaml('routes: [{ budget: {} }]'))).toContain(
    'routes[0].budget has no limit in it',
  )
  expect(await warningsOf(configYaml('access: { direct: closed, groups: listed }'))).toContain(
    'Nobody may talk',
  )
})

test('pairing is a way like the others, and without admins it is said how people are let in', async () => {
  const alone = await load({ yaml: configYaml('access: { direct: pairing }') })
  expect(alone.policy.access.direct).toBe('pairing')
  expect(alone.warnings.join()).toContain('pair <code>')
  const { warnings } = await load({ yaml: configYaml('access: { direct: pairing, admins: [user:1] }') })
  expect(warnings).toEqual([])
})

test.each([
  'redis://localhost',
  'redis://:pw@cache:6379/0?prefix=coze-bridge',
  'rediss://user:p%40ss%25@redis.example.org:6380/15?prefix=a:b.c_d',
  'redis://[::1]:6379/',
])('opens %s', async (store) => {
  expect(await load({ yaml: configYaml(`store: "${store}"`) })).toMatchObject({ store, warnings: [] })
})

test.each([
  ['redis://', 'is none of'],
  ['redis://:hunter2@', 'is no address of a Redis server'],
  ['redis://:hunter2:/@host', 'is no address of a Redis server'],
  ['redis://host:99999', 'is no address of a Redis server'],
  ['redis://:hunter2%zz@host', 'encodes nothing'],
  ['redis://:hunter2%ff@host', 'encodes nothing'],
  ['redis://host/zero', 'no number'],
  ['redis://host?prefx=hunter2', 'not known; did you mean "prefix"?'],
  ['redis://host?prefix={hunter2}', 'prefix that cannot be used'],
  ['redis://host?prefix=', 'prefix that cannot be used'],
  ['redis://host/0#hunter2', 'has a "#"'],
])('a store that cannot be opened is told, and nothing of its secret: %s', async (store, problem) => {
  const message = await faultsOf({ yaml: configYaml(`store: "${store}"`) })
  if (store !== 'redis://') expect(message).toContain(problem)
  expect(message).toContain('config/bridge.yaml:5:8  store: ')
  expect(message).not.toContain('hunter2')
})

test("the store's password and the admin token are secrets, also as they stand in the address", async () => {
  const { secrets, warnings } = await load({
    yaml: configYaml(
      `store: "redis://me:p%40ssw%C3%B6rd@redis.example.org"\nserver: { adminToken: ${TOKEN} }`,
    ),
  })
  expect(secrets).toEqual(expect.arrayContaining(['p@sswörd', 'p%40ssw%C3%B6rd', TOKEN]))
  expect(warnings.join()).toContain('rediss:// uses TLS')
})

test.each([
  ['tiny', 'is too short: at least 16 characters'],
  ['0123456789abcdeä', 'has characters in it that no header can carry'],
  ['has spaces in its middle', 'must not contain spaces'],
])('an admin token that would not hold is told, and never shown: %s', async (token, problem) => {
  const message = await faultsOf({ yaml: configYaml(`server: { adminToken: "${token}" }`) })
  expect(message).toContain(`config/bridge.yaml:5:23  server.adminToken: ${problem}`)
  expect(message).not.toContain(token)
  const env = { ...ENV, BRIDGE_ADMIN_TOKEN: token }
  expect(await faultsOf({ yaml: configYaml(''), env })).toContain(`BRIDGE_ADMIN_TOKEN: ${problem}`)
})

test('warns once of a server that others can reach, unless they need a token', async () => {
  const warningsOf = async (server: string) =>
    (await load({ yaml: configYaml(`server: { ${server} }`) })).warnings.join('\n')
  expect(await warningsOf('host: 0.0.0.0')).toContain('BRIDGE_ADMIN_TOKEN')
  expect(await warningsOf(`host: 0.0.0.0, adminToken: ${TOKEN}`)).toBe('')
  expect(await warningsOf('host: "::1"')).toBe('')
  expect(await warningsOf('host: 127.1.2.3')).toBe('')
})

test('without a file, variables say who may talk to the bot and who its admins are', async () => {
  const env = { ...ENV, COZE_BOT_ID: '73', BRIDGE_ADMIN_TOKEN: TOKEN }
  const { policy, server, secrets, warnings } = await load({
    env: { ...env, BRIDGE_DIRECT: 'Pairing', BRIDGE_ADMINS: ' user:1, telegram/user:2 ,' },
  })
  expect(policy.access).toMatchObject({ direct: 'pairing', admins: ['user:1', 'telegram/user:2'] })
  expect(policy.budgets.questionsPerHour).toBe(20)
  expect([server.adminToken, secrets.includes(TOKEN), warnings]).toEqual([TOKEN, true, []])
  const message = await faultsOf({ env: { ...env, BRIDGE_DIRECT: 'shut', BRIDGE_ADMINS: 'user:1,me' } })
  expect(message).toContain('environment  BRIDGE_DIRECT: is none of open, pairing, closed')
  expect(message).toContain('environment  BRIDGE_ADMINS: "me" names nobody')
})

test('what the example file shows beside its defaults is right, too', async () => {
  let shown = EXAMPLE
  for (const key of ['access', 'budgets', 'store', 'server']) {
    const other = new RegExp(`^# (${key}: .*)$`, 'm').exec(EXAMPLE)?.[1] ?? ''
    expect(other).not.toBe('')
    shown = shown.replace(new RegExp(`^${key}: .*$`, 'm'), () => other)
  }
  shown = shown.replace(/^# (?=retention: )/m, '')
  const config = await load({
    yaml: shown,
    env: { ...ENV, REDIS_PASSWORD: 'p4ssw0rd', BRIDGE_ADMIN_TOKEN: TOKEN },
  })
  expect(config.policy.access.direct).toBe('pairing')
  expect(Object.keys(config.policy.budgets.roles)).toEqual(['1100000000000000001'])
  expect(config.store).toContain('redis://')
  expect(config.server.adminToken).toBe(TOKEN)
})
