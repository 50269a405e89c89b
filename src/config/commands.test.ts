// Does a command come out whole, and is each of its faults told at the start?
import { expect, test } from 'vitest'
import { configYaml, faultsOf, load } from '../../test/support/config-world.ts'

const DISCORD = 'discord: { token: a.b.c }'

test('a command comes out complete, with every default', async () => {
  const { policy } = await load({
    yaml: configYaml(
      'commands:\n  sum: { workflow: 73, description: Sum up, options: [{ name: url, description: Address }] }',
    ),
  })
  expect(policy.commands).toEqual([
    {
      name: 'sum',
      description: { en: 'Sum up' },
      options: [{ name: 'url', description: { en: 'Address' }, type: 'string', required: false }],
      does: { kind: 'workflow', run: { workflow: '73', mode: 'stream' }, onLost: 'ask' },
    },
  ])
})

test('everything that may be said of a command is handed on', async () => {
  const { policy } = await load({
    yaml: configYaml(`commands:
  report:
    workflow: 7300000000000000001
    description: { en: A report, zh-CN: 报告 }
    options:
      - { name: kind, type: choice, description: Kind, required: true, choices: [{ value: 1, label: { en: One, zh-CN: 一 } }, { value: b }] }
      - { name: days, type: integer, description: Days, min: 1, max: 9, default: "3" }
      - { name: unit, type: choice, description: Unit, choices: [{ value: 1 }, { value: 2 }], default: 2 }
      - { name: code, description: Code, pattern: "[A-Z]+", default: AB }
    parameters: { source: bridge, deep: { list: [1, true, null] } }
    mode: run
    show: "**{title}**: {items[0].name} {{.}}"
    onLost: rerun
    where: [group, group]
    guilds: [1100000000000000000]
    bot: 74
    ext: { latitude: "59.9" }
    version: v0.0.2
    connector: 999
`),
  })
  expect(policy.commands).toEqual([
    {
      name: 'report',
      description: { en: 'A report', 'zh-CN': '报告' },
      options: [
        {
          name: 'kind',
          description: { en: 'Kind' },
          type: 'choice',
          required: true,
          choices: [
            { value: '1', label: { en: 'One', 'zh-CN': '一' } },
            { value: 'b', label: { en: 'b' } },
          ],
        },
        {
          name: 'days',
          description: { en: 'Days' },
          type: 'integer',
          required: false,
          min: 1,
          max: 9,
          default: 3,
        },
        {
          name: 'unit',
          description: { en: 'Unit' },
          type: 'choice',
          required: false,
          choices: ['1', '2'].map((value) => ({ value, label: { en: value } })),
          default: '2',
        },
        {
          name: 'code',
          description: { en: 'Code' },
          type: 'string',
          required: false,
          pattern: '[A-Z]+',
          default: 'AB',
        },
      ],
      where: ['group'],
      guilds: ['1100000000000000000'],
      does: {
        kind: 'workflow',
        run: {
          workflow: '7300000000000000001',
          mode: 'run',
          bot: '74',
          ext: { latitude: '59.9' },
          version: 'v0.0.2',
          connector: '999',
          show: '**{title}**: {items[0].name} {{.}}',
        },
        parameters: { source: 'bridge', deep: { list: [1, true, null] } },
        onLost: 'rerun',
      },
    },
  ])
})

test('a list of choices may be as long as Discord suggests them from', async () => {
  const choices = (count: number) => Array.from({ length: count }, (_, i) => `{ value: v${i} }`).join(', ')
  const withChoices = (count: number) =>
    configYaml(
      `commands:\n  a: ${command(`{ name: p, description: x, type: choice, choices: [${choices(count)}] }`)}`,
      DISCORD,
    )
  const { policy } = await load({ yaml: withChoices(1_000) })
  expect(policy.commands[0]?.options[0]?.choices).toHaveLength(1_000)
  expect(await faultsOf({ yaml: withChoices(1_001) })).toContain(
    'choices: has too many entries: at most 1000',
  )
})

const COMMAND_FAULTS: readonly (readonly [string, string])[] = [
  ['help: { workflow: 1, description: x }', 'commands.help: is a command of the bridge itself'],
  ['whoami: { workflow: 1, description: x }', 'commands.whoami: is a command of the bridge itself'],
  ['Sum: { workflow: 1, description: x }', 'commands.Sum: is not a name'],
  ['a: { description: x }', 'commands.a.workflow: is missing'],
  ['a: { workflow: 1, description: { zh-CN: x } }', 'commands.a.description: needs at least "en"'],
  ['a: { workflow: 1, description: "  " }', 'commands.a.description.en: is'],
  ['a: { workflow: 1, description: x, bot: 1, app: 2 }', 'commands.a.bot: does not go with app'],
  ['a: { workflow: 1, description: x, mode: async, onLost: ask }', 'a.onLost: does not go with mode async'],
  ['a: { workflow: 1, description: x, where: [] }', 'commands.a.where: is empty'],
  ['a: { workflow: 1, description: x, where: [dm] }', 'commands.a.where[0]: is none of direct, group'],
  ['a: { workflow: 1, description: x, show: "{title" }', 'a.show: "{title" has no closing brace'],
  ['a: { workflow: 1, description: x, show: "{a..b}" }', 'a.show: "{a..b}" is no path into the result'],
  ['a: { workflow: 1, description: x, show: "{}" }', 'a.show: "{}" is no path into the result'],
]
const OPTION_FAULTS: readonly (readonly [string, string])[] = [
  ['{ name: p }', 'options[0].description: is missing'],
  ['{ name: P-1, description: x }', 'options[0].name: use a-z, 0-9'],
  ['{ name: p, description: x }, { name: p, description: x }', 'options[1].name: is there twice'],
  [
    '{ name: p, description: x }, { name: q, description: x, required: true }',
    'options[1].name: is required but stands after an optional one',
  ],
  ['{ name: p, description: x, type: choice }', 'options[0]: is a choice without choices'],
  ['{ name: p, description: x, choices: [{ value: a }] }', 'choices: does not go with type string'],
  [
    '{ name: p, description: x, type: choice, choices: [{ value: a }, { value: a }] }',
    'choices[1].value: is there twice',
  ],
  [
    '{ name: p, description: x, type: choice, choices: [{ value: a, label: L }, { value: b, label: L }] }',
    'choices[1].label: is there twice',
  ],
  ['{ name: p, description: x, type: integer, min: 3, max: 2 }', 'options[0].min: is larger than max'],
  ['{ name: p, description: x, type: integer, min: 1.5 }', 'options[0].min: is no whole number'],
  ['{ name: p, description: x, max: 0 }', 'options[0].max: is no length of a text'],
  ['{ name: p, description: x, type: boolean, max: 1 }', 'options[0].max: does not go with type boolean'],
  ['{ name: p, description: x, pattern: "(" }', 'options[0].pattern: is not a regular expression'],
  ['{ name: p, description: x, pattern: "(a+)+" }', 'options[0].pattern: takes too long on some texts'],
  [
    '{ name: p, description: x, type: number, pattern: a }',
    'options[0].pattern: does not go with type number',
  ],
  [
    '{ name: p, description: x, required: true, default: a }',
    'options[0].default: does not go with required: true',
  ],
  [
    '{ name: p, description: x, type: integer, default: many }',
    'options[0].default: does not fit type integer',
  ],
  [
    '{ name: p, description: x, type: integer, default: 2.5 }',
    'options[0].default: does not fit type integer',
  ],
  [
    '{ name: p, description: x, type: integer, max: 3, default: 4 }',
    'options[0].default: is larger than max',
  ],
  ['{ name: p, description: x, min: 3, default: ab }', 'options[0].default: is shorter than min'],
  ['{ name: p, description: x, pattern: "[a-z]", default: ab }', 'default: does not match the pattern'],
  ['{ name: p, description: x, type: file, default: a }', 'options[0].default: does not fit type file'],
  [
    '{ name: p, description: x, type: choice, choices: [{ value: a, label: L }], default: L }',
    'options[0].default: does not fit type choice\n    → Give a value that is one and stands among the choices.',
  ],
]

test.each([
  ...COMMAND_FAULTS,
  ...OPTION_FAULTS.map(([options, fault]) => [`a: ${command(options)}`, fault] as const),
])('a command that would not work is told, once: %s', async (commands, expected) => {
  const message = await faultsOf({ yaml: configYaml(`commands:\n  ${commands}`) })
  expect(message).toContain(expected)
  expect(message).toContain('has one fault')
})

test.each(['Result: {.}', 'if (x) {\n  y\n}', '{"a": 1}', '{{title}} {items[0].the name}', 'Done.'])(
  'the template %s is one',
  async (show) => {
    const { policy } = await load({
      yaml: configYaml(`commands:\n  a: { workflow: 1, description: x, show: ${JSON.stringify(show)} }`),
    })
    expect(policy.commands[0]?.does).toMatchObject({ run: { show } })
  },
)

function command(options: string): string {
  return `{ workflow: 1, description: x, options: [${options}] }`
}
