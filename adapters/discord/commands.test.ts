// Does the menu say what the bridge's commands say, and is it sent only when it changed?
import { afterEach, expect, test } from 'vitest'
import { startDiscordEmulator } from '../../src/emulators/discord/index.ts'
import type { CommandSpec, OptionSpec } from '../../src/contract/policy.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { createFetch } from '../../src/net/fetch.ts'
import { callAs, createDiscordApi } from './api.ts'
import { publishedMenus, publishMenu, type MenuParts } from './commands.ts'
import { fieldsOf, readList } from '../common/read.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})
const patience = (): AbortSignal => AbortSignal.timeout(10_000)

async function setUp(more: Partial<MenuParts> = {}) {
  const emulator = await startDiscordEmulator({ limits: false })
  const outside = createFetch({ env: {} })
  ends.push(
    () => emulator.close(),
    () => outside.close(),
  )
  const api = createDiscordApi({ token: emulator.token, apiBase: emulator.url }, outside.fetch)
  const log = createQuietLogger()
  const parts: MenuParts = {
    account: 'dc',
    api,
    clock: createRealClock(),
    log,
    applicationId: emulator.applicationId,
    memory: createMemoryNotes(),
    ...more,
  }
  const route = `/applications/${emulator.applicationId}/commands` as const
  return {
    api,
    emulator,
    log,
    parts,
    route,
    publish: (commands: readonly CommandSpec[]) => publishMenu(parts, commands, patience()),
    published: () => publishedMenus(parts, patience()),
    standing: async () =>
      readList(
        await callAs('dc', api, { method: 'GET', route, query: { with_localizations: 'true' } }, patience()),
      ).map(fieldsOf),
    writes: () => emulator.store.calls.filter(({ method }) => method === 'PUT').length,
  }
}

function command(name: string, options: readonly OptionSpec[] = []): CommandSpec {
  const description = { en: `Does ${name}`, 'zh-CN': `做 ${name}` }
  return { name, description, options, does: { kind: 'builtin', builtin: 'help' } }
}
function option(name: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name, description: { en: name }, type: 'string', required: false, ...more }
}
const SUMMARY = command('summary', [
  option('length', { type: 'integer', min: 1, max: 9 }),
  option('tone', { type: 'choice', choices: [{ value: 'dry', label: { en: 'Dry', zh: '干' } }] }),
  option('text', { required: true, min: 0, max: 99_999 }),
  option('file', { type: 'file' }),
])

test('commands stand there in every language, with required options first', async () => {
  const { publish, standing } = await setUp()
  await publish([command('help'), SUMMARY])
  const [help, summary] = await standing()
  expect(help).toMatchObject({
    name: 'help',
    description: 'Does help',
    description_localizations: { 'en-US': 'Does help', 'en-GB': 'Does help', 'zh-CN': '做 help' },
  })
  const options = readList(summary?.['options']).map(fieldsOf)
  expect(options.map(({ name, required, type }) => [name, type, required === true])).toEqual([
    ['text', 3, true],
    ['length', 4, false],
    ['tone', 3, false],
    ['file', 11, false],
  ])
  expect(options[0]).toMatchObject({ min_length: 0, max_length: 6_000 })
  expect(options[1]).toMatchObject({ min_value: 1, max_value: 9 })
  expect(fieldsOf(readList(options[2]?.['choices'])[0])).toMatchObject({
    name: 'Dry',
    value: 'dry',
    name_localizations: { 'zh-CN': '干', 'zh-TW': '干' },
  })
})

test('the same commands again, in whatever order, are not sent; a change is', async () => {
  const { publish, writes } = await setUp()
  await publish([command('help'), SUMMARY])
  await publish([SUMMARY, command('help')])
  expect(writes()).toBe(1)
  await publish([SUMMARY, { ...command('help'), description: { en: 'Helps' } }])
  await publish([SUMMARY])
  expect(writes()).toBe(3)
})

test('what others put there stays: context menus are no commands of ours', async () => {
  const { api, publish, route, standing, writes } = await setUp()
  await callAs('dc', api, { method: 'POST', route, body: { type: 3, name: 'Quote this' } }, patience())
  await publish([command('help')])
  await publish([command('help')])
  expect((await standing()).map(({ name }) => name)).toEqual(['help', 'Quote this'])
  expect(writes()).toBe(1)
})

test('the largest commands are taken: choices beyond the limits are typed instead', async () => {
  const { publish, standing } = await setUp()
  const choices = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      value: `${n}`.padEnd(100, 'v'),
      label: { en: `${n}`.padEnd(150, 'l') },
    }))
  const wide = { description: { en: 'd'.repeat(200) }, type: 'choice' } as const
  await publish([
    command('many', [option('pick', { ...wide, choices: choices(26) })]),
    command(
      'long',
      Array.from({ length: 25 }, (_, n) => option(`o${n}`, { ...wide, choices: choices(25) })),
    ),
    ...Array.from({ length: 120 }, (_, n) => command(`c${n}`)),
  ])
  const all = await standing()
  expect(all).toHaveLength(100)
  const [many, long] = all
  for (const each of [many, long]) {
    for (const one of readList(each?.['options'])) expect(fieldsOf(one)['choices']).toBeUndefined()
  }
})

test('a command for one kind of chat says so; what may be given everywhere says nothing', async () => {
  const { publish, standing, writes } = await setUp()
  const menu: readonly CommandSpec[] = [
    { ...command('direct'), where: ['direct'] },
    { ...command('group'), where: ['group'] },
    { ...command('both'), where: ['direct', 'group'] },
  ]
  await publish(menu)
  expect((await standing()).map(({ name, contexts }) => [name, contexts])).toEqual([
    ['direct', [1]],
    ['group', [0]],
    ['both', null],
  ])
  await publish(menu)
  expect(writes()).toBe(1)
  await publish(menu.map((each) => ({ ...each, where: ['group'] })))
  expect(writes()).toBe(2)
})

test('long lists of choices are suggested while somebody types', async () => {
  const { publish, standing, writes } = await setUp()
  const choices = Array.from({ length: 26 }, (_, n) => ({ value: `v${n}`, label: { en: `Label ${n}` } }))
  const menu = [command('many', [option('pick', { type: 'choice', choices })])]
  await publish(menu)
  expect(readList((await standing())[0]?.['options'])).toMatchObject([{ type: 3, autocomplete: true }])
  await publish(menu)
  expect(writes()).toBe(1)
})

test('a number may have choices, which are numbers', async () => {
  const { publish, standing } = await setUp()
  const choices = [{ value: '7', label: { en: 'A week' } }]
  await publish([command('days', [option('days', { type: 'integer', choices })])])
  expect(readList((await standing())[0]?.['options'])).toMatchObject([{ choices: [{ value: 7 }] }])
})

test('a command for one server stands there alone, and goes when it is no longer for that server', async () => {
  const { emulator, publish, published, writes } = await setUp()
  const [one, two] = [emulator.guild({ members: [] }), emulator.guild({ members: [] })]
  const local = { ...command('local'), guilds: [one.id] }
  await publish([command('help'), local])
  await publish([command('help'), local])
  expect(writes()).toBe(2)
  const help = { name: 'help', description: 'Does help' }
  expect(await published()).toEqual([
    { where: 'everywhere', commands: [help] },
    { where: `guild ${one.id}`, commands: [{ name: 'local', description: 'Does local' }] },
  ])
  await publish([command('help'), { ...local, guilds: [two.id] }])
  expect((await published()).map(({ where }) => where)).toEqual(['everywhere', `guild ${two.id}`])
  await publish([])
  expect(await published()).toEqual([{ where: 'everywhere', commands: [] }])
})

test('without a memory, servers that were served before are found', async () => {
  const { emulator, parts, publish } = await setUp()
  const guild = emulator.guild({ members: [] })
  const { memory: _none, ...bare } = parts
  await publishMenu(bare, [{ ...command('local'), guilds: [guild.id] }], patience())
  expect(emulator.store.commands.get(guild.id)).toHaveLength(1)
  await publishMenu(bare, [], patience())
  expect(emulator.store.commands.get(guild.id)).toEqual([])
  await publish([])
})

test('a server the bot is not in does not keep the others from theirs', async () => {
  const { emulator, log, publish, standing } = await setUp()
  const [gone, here] = [emulator.guild({ members: [] }), emulator.guild({ members: [] })]
  emulator.kick(gone)
  await publish([command('help'), { ...command('local'), guilds: [gone.id, here.id] }])
  expect(await standing()).toHaveLength(1)
  expect(emulator.store.commands.get(here.id)).toHaveLength(1)
  expect(log.lines).toMatchObject([{ fields: { guild: gone.id } }])
})
