// Is told at the start what a platform would refuse, and what it shows less of?
import { expect, test } from 'vitest'
import { configYaml, faultsOf, load } from '../../test/support/config-world.ts'

const TELEGRAM = 'telegram: { token: "1:a" }'
const DISCORD = 'discord: { token: a.b.c }'
const FEISHU = 'feishu: { appId: cli_0123456789abcdef, appSecret: s3cret }'

const LONG = 'x'.repeat(101)
test.each([
  [
    `a: { workflow: 1, description: ${LONG} }`,
    'commands.a.description.en: is too long: Discord takes 100 characters',
  ],
  [
    `a: ${command(`{ name: p, description: { en: x, zh-CN: ${LONG} } }`)}`,
    'options[0].description.zh-CN: is too long: Discord takes 100',
  ],
  [
    `a: ${command(`{ name: p, description: x, type: choice, choices: [{ value: ${LONG} }] }`)}`,
    'choices[0].value: is too long: Discord takes 100',
  ],
  [
    `a: ${command(`{ name: p, description: x, type: choice, choices: [{ value: a, label: ${LONG} }] }`)}`,
    'choices[0].label.en: is too long: Discord takes 100',
  ],
  [`a: ${command(many(26))}`, 'commands.a.options: are too many: Discord takes 25'],
  [
    `a: ${command('{ name: p, description: x, max: 6001 }')}`,
    'options[0].max: is too big: a text in Discord has 6000',
  ],
  [
    'a: { workflow: 1, description: x, guilds: [mine] }',
    'commands.a.guilds[0]: is no id of a Discord server',
  ],
  [
    'a: { workflow: 1, description: x, guilds: [1100000000000000000], where: [direct] }',
    'commands.a.where: does not go with guilds',
  ],
])('what Discord alone refuses is a fault only where there is Discord: %s', async (commands, expected) => {
  const message = await faultsOf({ yaml: configYaml(`commands:\n  ${commands}`, `${TELEGRAM}, ${DISCORD}`) })
  expect(message).toContain(expected)
  expect(message).toContain('has one fault')
  expect(
    (await load({ yaml: configYaml(`commands:\n  ${commands}`, `${TELEGRAM}, ${FEISHU}`) })).policy.commands,
  ).toHaveLength(1)
})

test('no platform shows more than 100 commands, the own ones among them', async () => {
  const commands = (count: number, more = '') =>
    `commands:\n${Array.from({ length: count }, (_, i) => `  c${i}: { workflow: 1, description: x${more} }`).join('\n')}`
  for (const [platform, name] of [
    [TELEGRAM, 'Telegram'],
    [DISCORD, 'Discord'],
    [FEISHU, 'Feishu'],
  ] as const) {
    expect(await faultsOf({ yaml: configYaml(commands(91), platform) })).toContain(
      `commands: are too many: ${name} shows 100, of which 10 are the bridge's own`,
    )
    expect((await load({ yaml: configYaml(commands(90), platform) })).policy.commands).toHaveLength(90)
  }
  expect((await load({ yaml: configYaml(commands(91), 'console: {}') })).policy.commands).toHaveLength(91)
  const inGuild = ', guilds: [1100000000000000000]'
  expect((await load({ yaml: configYaml(commands(100, inGuild), DISCORD) })).policy.commands).toHaveLength(
    100,
  )
  expect(await faultsOf({ yaml: configYaml(commands(101, inGuild), DISCORD) })).toContain(
    'the server 1100000000000000000 shows 100 of its own',
  )
})

test('where a platform shows less, the owner is told', async () => {
  const commands = `commands:\n  a: ${command('{ name: p, description: x }')}`
  const warningsOf = async (text: string, platforms: string) =>
    (await load({ yaml: configYaml(text, platforms) })).warnings
  expect(await warningsOf(commands, `${TELEGRAM}, ${DISCORD}, ${FEISHU}`)).toEqual([
    "Telegram's and Feishu's menu shows no options: people type them behind the command (/a name=value), or are asked for what is missing.",
  ])
  expect(await warningsOf(commands, DISCORD)).toEqual([])
  expect(await warningsOf('commands:\n  a: { workflow: 1, description: x }', TELEGRAM)).toEqual([])
  const guilds = 'commands:\n  a: { workflow: 1, description: x, guilds: ["1"] }'
  expect(await warningsOf(guilds, TELEGRAM)).toEqual([
    'commands.a.guilds does nothing: there is no Discord account.',
  ])
  const choices = Array.from({ length: 25 }, (_, i) => `{ value: v${i}, label: ${'x'.repeat(90)}${i} }`).join(
    ', ',
  )
  const wide = [0, 1, 2, 3].map((i) => `{ name: p${i}, description: x, type: choice, choices: [${choices}] }`)
  expect(await warningsOf(`commands:\n  a: ${command(wide.join(', '))}`, DISCORD)).toEqual([
    expect.stringMatching(/^commands\.a has \d{4} characters .* suggested while somebody types\.$/),
  ])
})

function command(options: string): string {
  return `{ workflow: 1, description: x, options: [${options}] }`
}

function many(count: number): string {
  return Array.from({ length: count }, (_, i) => `{ name: p${i}, description: x }`).join(', ')
}
