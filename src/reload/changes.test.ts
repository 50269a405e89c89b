// Is each change of a configuration applied in the way that loses nothing?
import { expect, test } from 'vitest'
import { configYaml, load } from '../../test/support/config-world.ts'
import { changeBetween, type Change } from './changes.ts'

const TELEGRAM = 'telegram: { token: "42:AAAAAAAAAAAAAAAAAAAAAAAAA" }'

async function change(
  from: readonly [rest: string, platforms?: string],
  to: readonly [rest: string, platforms?: string],
): Promise<Change> {
  const [old, next] = await Promise.all(
    [from, to].map(([rest, platforms = TELEGRAM]) => load({ yaml: configYaml(rest, platforms) })),
  )
  return changeBetween(old!, next!)
}

test('the same words change nothing, nor do other words for the same', async () => {
  expect(await change([''], [''])).toEqual({ how: 'nothing' })
  expect(await change([''], ['# a remark\n'])).toEqual({ how: 'nothing' })
})

test('rules change for the next question, and menus where commands or admins do', async () => {
  const denied = await change([''], ['access: { deny: ["telegram/user:1"] }\n'])
  expect(denied).toMatchObject({ how: 'live', what: ['access'], menus: true })
  const tools = 'tools: { lookup: { url: "http://127.0.0.1:1/" } }\n'
  const helped = await change([''], [tools])
  expect(helped).toMatchObject({ how: 'live', what: ['tools'], menus: false })
  expect(helped).toMatchObject({ accounts: { gone: [], changed: [], added: [] } })
})

test('accounts come, go and change one by one', async () => {
  const other = 'telegram: { token: "42:BBBBBBBBBBBBBBBBBBBBBBBBB" }'
  const two = `${TELEGRAM}, sales: { kind: telegram, token: "43:AAAAAAAAAAAAAAAAAAAAAAAAA" }`
  expect(await change([''], ['', other])).toMatchObject({
    how: 'live',
    what: ['platforms.telegram'],
    accounts: { gone: [], changed: ['telegram'], added: [] },
  })
  expect(await change([''], ['', two])).toMatchObject({
    accounts: { gone: [], changed: [], added: ['sales'] },
  })
  expect(await change(['', two], [''])).toMatchObject({
    accounts: { gone: ['sales'], changed: [], added: [] },
  })
})

test('that people are known by their roles is settled when an account connects', async () => {
  const byRole = await change([''], ['access: { allow: ["role:administrator"] }\n'])
  expect(byRole).toMatchObject({ accounts: { changed: ['telegram'] } })
})

test('what is read once lets the bridge begin anew; another store only a restart', async () => {
  expect(await change([''], ['drainMs: 9000\n'])).toEqual({ how: 'anew', what: ['drainMs'] })
  expect(await change([''], ['retention: { conversationsDays: 3 }\n'])).toEqual({
    how: 'anew',
    what: ['retention'],
  })
  const moved = await change(['store: "memory:"\n'], ['store: "sqlite:./x.db"\ndrainMs: 9000\n'])
  expect(moved).toEqual({ how: 'restart', what: ['store'] })
})
