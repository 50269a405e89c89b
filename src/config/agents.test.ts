// Do chatflows, routes and tools come out whole, and are their faults told at the start?
import { expect, test } from 'vitest'
import { ENV, configYaml, faultsOf, load } from '../../test/support/config-world.ts'
import { createScrubber } from '../scrub.ts'

const TELEGRAM = 'telegram: { token: "1:a" }'

test('a chatflow takes constants, gaps for who asks, and options of the person', async () => {
  const { policy } = await load({
    yaml: configYaml(
      '',
      TELEGRAM,
      'intake: { workflow: 74, app: 75, parameters: { name: "{person.name}", raw: "{x}" }, options: [{ name: age, type: integer, description: Age, default: 7 }] }',
    ),
  })
  expect(policy.agents['intake']).toEqual({
    kind: 'chatflow',
    workflow: '74',
    app: '75',
    parameters: { name: '{person.name}', raw: '{x}' },
    options: [{ name: 'age', type: 'integer', description: { en: 'Age' }, required: false, default: 7 }],
  })
})

test.each([
  ['{ workflow: 1 }', 'agents.flow: is a chatflow of nobody'],
  ['{ workflow: 1, app: 2, bot: 3 }', 'agents.flow.bot: does not go with app'],
  [
    '{ workflow: 1, app: 2, parameters: { a: [{ b: "for {person.nme}" }] } }',
    'agents.flow.parameters.a[0].b: {person.nme} stands for nothing\n    → Did you mean "{person.name}"?',
  ],
  [
    '{ workflow: 1, app: 2, options: [{ name: p, description: x, type: choice }] }',
    'agents.flow.options[0]: is a choice without choices',
  ],
])('a chatflow that would not work is told: %s', async (agent, expected) => {
  const message = await faultsOf({ yaml: configYaml('', TELEGRAM, `flow: ${agent}`) })
  expect(message).toContain(expected)
  expect(message).toContain('has one fault')
})

test('a route says who may be changed to, which buttons there are, and who answers questions', async () => {
  const { policy } = await load({
    yaml: configYaml(
      'routes: [{ agents: [b], controls: { again: true, stop: false }, questions: { whoMayAnswer: anyone } }, { agents: [b, default] }]',
      TELEGRAM,
      'b: { bot: 2 }',
    ),
  })
  expect(policy.routes).toMatchObject([
    {
      agent: 'default',
      agents: ['default', 'b'],
      controls: { suggestions: true, stop: false, again: true, thumbs: false, listen: false },
      questions: { whoMayAnswer: 'anyone', expiresMs: 1_800_000 },
    },
    { agents: ['b', 'default'] },
  ])
})

test.each([
  [
    '{ agents: [defualt] }',
    'routes[0].agents[0]: there is no agent "defualt"\n    → Did you mean "default"?',
  ],
  ['{ when: { command: summ } }', 'routes[0].when.command: there is no command "summ"'],
  ['{ controls: { thumb: true } }', 'routes[0].controls.thumb: unknown key; did you mean "thumbs"?'],
  ['{ questions: { expiresMs: 0 } }', 'routes[0].questions.expiresMs: is too small: at least 1'],
])('a route that would not work is told: %s', async (route, expected) => {
  expect(await faultsOf({ yaml: configYaml(`routes: [${route}]`) })).toContain(expected)
})

test('a route may be for a command, also for a built-in one', async () => {
  const text =
    'commands:\n  sum: { workflow: 1, description: x }\nroutes: [{ when: { command: sum } }, { when: { command: again } }]'
  expect((await load({ yaml: configYaml(text) })).policy.routes.map(({ when }) => when)).toEqual([
    { command: 'sum' },
    { command: 'again' },
  ])
})

test('tools come out with their time limit, and what is secret of them is scrubbed', async () => {
  const { policy, secrets } = await load({
    yaml: configYaml(`tools:
  "orders.lookup": { url: "https://me:hunter22@shop.example/x/", secret: "\${env:S}", headers: { Authorization: Bearer abcdef, X-Shop: de } }
  slow: { url: "http://127.0.0.1:1", timeoutMs: 60000 }
`),
    env: { ...ENV, S: 'sign-with-me' },
  })
  expect(policy.tools).toEqual({
    'orders.lookup': {
      url: 'https://me:hunter22@shop.example/x',
      timeoutMs: 10_000,
      secret: 'sign-with-me',
      headers: { Authorization: 'Bearer abcdef', 'X-Shop': 'de' },
    },
    slow: { url: 'http://127.0.0.1:1', timeoutMs: 60_000 },
  })
  expect(createScrubber(secrets)('abcdef sign-with-me hunter22 de')).toBe('[secret] [secret] [secret] de')
})

test.each([
  ['{ url: shop.example }', 'tools.t.url: is not an address'],
  ['{ url: "ftp://shop.example" }', 'tools.t.url: is not an address'],
  ['{ url: "http://a.example", timeoutMs: 0 }', 'tools.t.timeoutMs: is too small: at least 1'],
  ['{ url: "http://a.example", headers: { "a b": c } }', 'is no header that can be sent'],
  [
    '{ url: "http://a.example", headers: { a: "c\\nd" } }',
    'tools.t.headers.a: is no header that can be sent',
  ],
])('a tool that would not work is told: %s', async (tool, expected) => {
  expect(await faultsOf({ yaml: configYaml(`tools:\n  t: ${tool}`) })).toContain(expected)
})

test('Coze Studio takes no verdicts', async () => {
  const text = configYaml('routes: [{ controls: { thumbs: true }, voice: { input: file } }]').replace(
    'coze: {',
    'coze: { flavor: studio,',
  )
  expect((await load({ yaml: text })).warnings).toEqual([
    expect.stringContaining('Coze Studio takes no feedback'),
  ])
})
