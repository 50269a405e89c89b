// Is what stands on a platform told apart rightly: ours, changed, missing, somebody else's?
import { expect, test } from 'vitest'
import type { CommandSpec } from '../contract/policy.ts'
import { compareMenus } from './menus.ts'

const long = 'Says what the weather will be like, '.repeat(5).trim()
const weather = command('weather', { en: long, 'zh-CN': '看看天气' })
const help = command('help', { en: 'See what I can do' })

function command(name: string, description: CommandSpec['description']): CommandSpec {
  return { name, description, options: [], does: { kind: 'builtin', builtin: 'help' } }
}

function standingOf(name: string, description: string): string | undefined {
  const menus = [{ where: 'everywhere', commands: [{ name, description }] }]
  return compareMenus([weather, help], menus).menus[0]?.entries[0]?.standing
}

test.each([
  ['in another language', '看看天气'],
  ['cut to what the platform takes', long.slice(0, 100)],
  ['cut, with a sign of it', `${long.slice(0, 99)}…`],
  ['with its usage behind it', `${long} weather <city>`],
  ['under its bare name, where there are no words', 'weather'],
])('a description %s is ours', (_, description) => {
  expect(standingOf('weather', description)).toBe('published')
})

test.each([
  ['weather', 'Old words', 'differs'],
  ['weather', '', 'differs'],
  ['weather', 'Says', 'differs'],
  ['help', 'help yourself', 'differs'],
  ['oldie', 'See what I can do', 'foreign'],
])('/%s described as "%s" %s', (name, description, standing) => {
  expect(standingOf(name, description)).toBe(standing)
})

test('a command is missing when no menu has it; not every menu has to', () => {
  const entry = { name: 'help', description: 'See what I can do' }
  const menus = [
    { where: 'everywhere', commands: [] },
    { where: 'guild 1', commands: [entry] },
  ]
  expect(compareMenus([weather, help], menus).missing).toEqual(['weather'])
  expect(compareMenus([weather, help], []).missing).toEqual(['weather', 'help'])
})
