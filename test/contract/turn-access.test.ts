// Who is let in, who is told that they are not, and who is met with silence. Over fakes.

import { expect, test } from 'vitest'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Access } from '../../src/contract/policy.ts'
import { command, message, policy, slashCommand } from '../support/bridge-events.ts'
import { setUp, type BridgeHarness, type HarnessOptions } from '../support/bridge-harness.ts'
import { press } from '../support/bridge-people.ts'

const ADMIN = { user: 'boss', chat: 'office' } as const
const withAccess = (access: Partial<Access>): HarnessOptions => ({
  policy: policy({
    access: { direct: 'open', groups: 'open', allow: [], deny: [], admins: ['user:boss'], ...access },
  }),
})
const pairing = withAccess({ direct: 'pairing' })

/** How many records each namespace has. */
async function stored(h: BridgeHarness): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const namespace of ['journal', 'seen', 'pairings', 'paired', 'conversations', 'actions']) {
    let count = 0
    for await (const _record of h.store.keyv(namespace).iterator()) count += 1
    if (count > 0) counts[namespace] = count
  }
  return counts
}

async function codeFor(h: BridgeHarness): Promise<string> {
  for await (const [, value] of h.store.keyv<{ readonly code?: string }>('pairings').iterator()) {
    const code: unknown = Reflect.get(Object(value), 'code')
    if (typeof code === 'string') return code
  }
  throw new Error('nobody waits to be let in')
}

async function told(h: BridgeHarness, event: ChatEvent): Promise<readonly string[]> {
  const before = h.platform.messages.length
  await h.take(event)
  await h.run()
  return h.platform.messages.slice(before).map(({ states }) => states.at(-1) ?? '')
}

// Refused

test('a refused person hears so once a minute, however much they write, and nothing is stored of them', async () => {
  const h = await setUp(withAccess({ direct: 'closed' }))
  for (let n = 0; n < 50; n += 1) await h.say('let me in')
  await h.run()
  expect(h.screen).toEqual(['access.denied'])
  await h.run(60_000)
  await h.say('please')
  await h.run()
  expect(h.screen).toEqual(['access.denied', 'access.denied'])
  expect(await stored(h)).toEqual({})
})

test('two refused people hear so each', async () => {
  const h = await setUp(withAccess({ direct: 'closed' }))
  await h.say('hi', { chat: 'a', user: 'a' })
  await h.say('hi', { chat: 'b', user: 'b' })
  await h.run()
  expect(h.platform.messages.map(({ place }) => place)).toEqual(['a', 'b'])
})

test('what waits to be answered is always answered, and privately', async () => {
  const h = await setUp(withAccess({ direct: 'closed', groups: 'listed' }))
  const denied = { show: 'notice', notice: { key: 'access.denied' } }
  for (let n = 0; n < 3; n += 1) {
    expect(await h.take(press('token'))).toEqual(denied)
    expect(await h.take(press('token', { chatKind: 'group' }))).toEqual(denied)
    expect(await h.take(slashCommand('help', { opensForm: true }))).toEqual(denied)
  }
  await h.run()
  expect(h.screen).toEqual([])
  expect(await stored(h)).toEqual({})
})

test('in a group a refused person is met with silence', async () => {
  const h = await setUp(withAccess({ groups: 'listed' }))
  await h.say('hi', { chatKind: 'group', mentionsBot: true })
  await h.run()
  expect(h.screen).toEqual([])
  expect(await stored(h)).toEqual({})
})

test('a denied role is refused in a listed chat, too', async () => {
  const h = await setUp(withAccess({ groups: 'listed', allow: ['chat:room'], deny: ['role:muted'] }))
  const there = { chatKind: 'group', chat: 'room', mentionsBot: true } as const
  await h.say('hi', { ...there, sender: { roles: ['muted'] } })
  await h.say('hello', { ...there, user: 'ben' })
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['hello'])
})

// Pairing

test('a stranger gets a code, and is let in by an admin; both hear of it, and the stranger may ask', async () => {
  const h = await setUp(pairing)
  expect(await told(h, message('hi', { chat: 'home', sender: { name: 'Ann' } }))).toEqual(['pairing.code'])
  const code = await codeFor(h)
  expect(await told(h, command('pair', { ...ADMIN, rest: code.toLowerCase() }))).toEqual([
    'pairing.welcome',
    'pairing.done',
  ])
  expect(h.platform.messages.map(({ place }) => place)).toEqual(['home', 'home', 'office'])
  await h.say('what is new?', { chat: 'home' })
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['what is new?'])
})

test('a code survives a restart, and so does having been let in', async () => {
  const h = await setUp(pairing)
  await h.say('hi')
  const code = await codeFor(h)
  await h.kill()
  await told(h, command('pair', { ...ADMIN, rest: code }))
  await h.kill()
  await h.say('a question')
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
})

test('a command or a button of a stranger gets the code as well, at once', async () => {
  const h = await setUp(pairing)
  const ack = await h.take(press('some-token'))
  expect(ack).toMatchObject({ show: 'notice', notice: { key: 'pairing.code', params: { minutes: 60 } } })
  const again = await h.take(slashCommand('help', { opensForm: true }))
  expect(again).toEqual(ack)
  expect(await told(h, command('start', { user: 'ben' }))).toEqual(['pairing.code'])
})

test('a stranger who floods the chat hears the code once a minute, the same one, with the time that is left', async () => {
  const h = await setUp(pairing)
  for (let n = 0; n < 30; n += 1) await h.say('hello?')
  await h.run()
  expect(h.screen).toEqual(['pairing.code'])
  const code = await codeFor(h)
  await h.run(600_000)
  expect(await h.take(press('token'))).toMatchObject({ notice: { params: { code, minutes: 50 } } })
  expect(await stored(h)).toEqual({ pairings: 2 })
})

test('when too many wait already, strangers are asked to be patient', async () => {
  const h = await setUp(pairing)
  for (let n = 0; n < 55; n += 1) await h.say('hi', { user: `user${n}`, chat: `chat${n}` })
  await h.run()
  expect(h.screen.filter((text) => text === 'pairing.code')).toHaveLength(50)
  expect(h.screen.filter((text) => text === 'pairing.pending')).toHaveLength(5)
})

test('nobody but an admin lets people in, and nobody lets themselves in', async () => {
  const h = await setUp({
    policy: policy({
      access: { direct: 'pairing', groups: 'open', allow: ['user:ben'], deny: [], admins: ['user:boss'] },
    }),
  })
  await h.say('hi')
  const code = await codeFor(h)
  expect(await told(h, command('pair', { user: 'ben', rest: code }))).toEqual(['admin.only'])
  await h.run(60_000)
  expect(await told(h, command('pair', { rest: code }))).toEqual(['pairing.code'])
  expect(await stored(h)).not.toHaveProperty('paired')
})

test('an admin hears what is wrong with a code', async () => {
  const h = await setUp(pairing)
  expect(await told(h, command('pair', { ...ADMIN }))).toEqual(['pairing.usage'])
  expect(await told(h, command('pair', { ...ADMIN, rest: 'ZZZZZZZZ' }))).toEqual(['pairing.unknown'])
})

test('the code may be an option of the command', async () => {
  const h = await setUp(pairing)
  await h.say('hi')
  const options = { code: await codeFor(h) }
  expect(await told(h, slashCommand('pair', { ...ADMIN, options }))).toContain('pairing.done')
})

test('an admin who guesses is not heard for a while, and is not told so', async () => {
  const h = await setUp(pairing)
  await h.say('hi')
  const rest = await codeFor(h)
  for (let n = 0; n < 10; n += 1) await h.take(command('pair', { ...ADMIN, rest: 'ZZZZZZZZ' }))
  await h.run()
  expect(await told(h, command('pair', { ...ADMIN, rest }))).toEqual(['pairing.unknown'])
})

test('who was let in can be denied, and groups keep their own rule', async () => {
  const h = await setUp(pairing)
  await h.say('hi')
  await told(h, command('pair', { ...ADMIN, rest: await codeFor(h) }))
  const access = { direct: 'pairing', groups: 'listed', allow: [], deny: [], admins: [] } as const
  await h.restart(policy({ access: { ...access, deny: ['user:ann'] } }))
  expect(await told(h, message('hi'))).toEqual(['access.denied'])
  await h.restart(policy({ access }))
  expect(await told(h, message('hi', { chatKind: 'group', mentionsBot: true }))).toEqual([])
  await h.say('a question')
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
})

test('a code that cannot be stored is not given: the platform offers the event again', async () => {
  const h = await setUp(pairing)
  await h.store.close()
  await expect(h.say('hi')).rejects.toThrow('closed')
  await h.run()
  expect(h.screen).toEqual([])
})

test('/pair is told to admins alone', async () => {
  const h = await setUp({
    ...pairing,
    policy: policy({
      access: { direct: 'open', groups: 'open', allow: [], deny: [], admins: ['user:boss'] },
    }),
  })
  const lines = async (user: string) => {
    const [help = ''] = await told(h, command('help', { user }))
    return help.split('\n').filter((line) => line === 'help.command').length
  }
  expect(await lines('boss')).toBe((await lines('ann')) + 1)
})

// Other bots

const bot = { user: 'bot', sender: { isBot: true }, chatKind: 'group', mentionsBot: true } as const

test('two bots do not talk to each other for ever; the log says so once; a person starts them again', async () => {
  const h = await setUp()
  for (let n = 0; n < 12; n += 1) await h.say(`turn ${n}`, bot)
  await h.run()
  expect(h.assistant.asked).toHaveLength(5)
  expect(h.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
  await h.say('just talking', { chatKind: 'group' })
  await h.say('and now?', bot)
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text).at(-1)).toBe('and now?')
})

test('a bot that repeats itself is answered once', async () => {
  const h = await setUp()
  await h.say('I did not understand.', bot)
  await h.say('I did not understand.', bot)
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
  expect(h.screen).toHaveLength(1)
})

test('what a bot says to others counts for nothing', async () => {
  const h = await setUp()
  for (let n = 0; n < 12; n += 1) await h.say(`to all: ${n}`, { ...bot, mentionsBot: false })
  await h.say('hello bot', bot)
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
})
