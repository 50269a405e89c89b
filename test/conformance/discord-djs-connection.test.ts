// Does unmodified discord.js come, stay and come back to the Discord emulator as it does with Discord?
import { ChannelType, Client, RESTEvents } from 'discord.js'
import { afterEach, expect, test } from 'vitest'
import { endAll, start, login, onTalk, errorOf, TIMEOUT_MS, clients } from '../support/discord-client.ts'

afterEach(endAll)

test('logs in with one REST call and sees its guild, its channels and its own rights', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann Lee' })
  const lab = emulator.guild({ name: 'Lab', members: [ann] })
  const general = emulator.textChannel(lab, 'general')
  const client = await login(emulator)
  expect(client.user.id).toBe(emulator.botId)
  expect(client.guilds.cache.get(lab.id)?.available).toBe(true)
  const channel = client.channels.cache.get(general.id)
  expect(channel?.type === ChannelType.GuildText && channel.viewable).toBe(true)
  expect(client.guilds.cache.get(lab.id)?.roles.botRoleFor(client.user)?.id).toBe(lab.botRoleId)
  expect(emulator.store.calls.map(({ route }) => route)).toEqual(['gatewayBot'])
})

test('what is said while the socket is down arrives by RESUME', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  const heard: string[] = []
  onTalk(client, async (message) => heard.push(message.content))
  emulator.faults.gateway.drop()
  emulator.say(ann, general, 'missed')
  await emulator.waitFor(() => emulator.store.resumes === 1, { timeoutMs: TIMEOUT_MS })
  emulator.say(ann, general, 'later')
  await expect.poll(() => heard, { timeout: TIMEOUT_MS }).toEqual(['missed', 'later'])
  expect(emulator.store.identifies).toBe(1)
})

test('a refused RESUME ends in a new session, and what was missed is in the history', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  const heard: string[] = []
  onTalk(client, async (message) => heard.push(message.content))
  const first = emulator.say(ann, general, 'first')
  emulator.faults.gateway.forgetSessions()
  emulator.faults.gateway.drop()
  emulator.say(ann, general, 'missed')
  await emulator.waitFor(
    ({ store }) => store.refusedResumes === 1 && store.identifies === 2 && store.isReady,
    {
      timeoutMs: TIMEOUT_MS,
    },
  )
  emulator.say(ann, general, 'later')
  await expect.poll(() => heard.at(-1), { timeout: TIMEOUT_MS }).toBe('later')
  expect(heard).not.toContain('missed')
  const channel = client.channels.cache.get(general.id)
  const history =
    channel?.isTextBased() === true
      ? await channel.messages.fetch({ after: first.id, cache: false })
      : undefined
  expect(history?.map(({ content }) => content)).toEqual(['later', 'missed'])
})

test('op 7, op 9 and a missing acknowledgement each bring the client back', async () => {
  const emulator = await start({ heartbeatIntervalMs: 400 })
  const client = await login(emulator)
  emulator.faults.gateway.reconnect()
  await emulator.waitFor(({ store }) => store.resumes === 1, { timeoutMs: TIMEOUT_MS })
  emulator.faults.gateway.invalidate(true)
  await emulator.waitFor(({ store }) => store.resumes === 2, { timeoutMs: TIMEOUT_MS })
  const release = emulator.faults.gateway.withhold('ack')
  await emulator.waitFor(({ store }) => store.resumes >= 3, { timeoutMs: TIMEOUT_MS })
  release()
  expect(client.isReady()).toBe(true)
})

test('an unreachable gateway costs the session, as discord.js has it', async () => {
  const emulator = await start()
  await login(emulator)
  const back = emulator.faults.gateway.refuse()
  emulator.faults.gateway.drop()
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  back()
  await emulator.waitFor(({ store }) => store.identifies === 2 && store.isReady, { timeoutMs: TIMEOUT_MS })
  expect(emulator.store.resumes).toBe(0)
})

test('a disallowed intent, a wrong token and a closed gateway refuse the login', async () => {
  const emulator = await start({ messageContentIntent: false })
  await expect(login(emulator)).rejects.toThrow('disallowed intents')
  const client = new Client({ intents: 1, rest: { api: emulator.url } })
  clients.push(client)
  await expect(client.login('other')).rejects.toThrow('invalid token')
  emulator.faults.gateway.refuseUpgrade(503, 1)
  await expect(login(emulator, { intents: 1 })).rejects.toThrow('503')
})

test('a send waits behind edits that share its bucket hash, as measured against Discord', async () => {
  const emulator = await start({ limits: { edit: { max: 2, perMs: 700 } } })
  const ann = emulator.person({ name: 'Ann' })
  const client = await login(emulator)
  const waits: string[] = []
  client.rest.on(RESTEvents.RateLimited, ({ method }) => waits.push(method))
  const user = await client.users.fetch(ann.id)
  const message = await user.send('a')
  for (const text of ['b', 'c']) await message.edit(text)
  await user.send('next')
  expect(waits).toEqual(['POST'])
  expect(emulator.store.calls.every(({ status }) => status < 400)).toBe(true)
})

test('a retried create with a nonce is one message; refusals carry the codes of Discord', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  emulator.faults.add({ fault: { do: 'drop', storing: 'after' }, routes: ['createMessage'] })
  const channel = client.channels.cache.get(general.id)
  if (channel?.type !== ChannelType.GuildText) throw new Error('no text channel')
  const sent = await channel.send('once').catch(() => undefined)
  expect(emulator.screen(general)).toHaveLength(1)
  const message = sent ?? (await channel.messages.fetch({ limit: 1 })).first()!
  expect((await errorOf(channel.send('x'.repeat(2001)))).message).toContain('Must be 2000 or fewer in length')
  emulator.deleteMessage({ channelId: general.id, messageId: message.id })
  expect((await errorOf(message.edit('late'))).code).toBe(10_008)
  emulator.deny(general, 'SEND_MESSAGES')
  expect((await errorOf(channel.send('no'))).code).toBe(50_013)
  emulator.refuseDirect(ann)
  expect((await errorOf(client.users.send(ann.id, 'hi'))).code).toBe(50_007)
})

test('a lean server that leaves out what it may still serves', async () => {
  const emulator = await start({ omitOptionalFields: true, token: 'eyJhbGciOiJFUzUxMiJ9.e30.c2ln' })
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  onTalk(client, (message) => message.reply(message.content))
  emulator.say(ann, general, 'guild')
  emulator.say(ann, emulator.directChannel(ann), 'direct')
  await emulator.waitFor(
    () => emulator.screen(general).length === 2 && emulator.screen(emulator.directChannel(ann)).length === 2,
    { timeoutMs: TIMEOUT_MS },
  )
  emulator.faults.gateway.drop()
  await emulator.waitFor(({ store }) => store.resumes === 1, { timeoutMs: TIMEOUT_MS })
})

test('without the content intent only what names the bot can be read', async () => {
  const emulator = await start({ messageContentIntent: false })
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator, { intents: 4609 })
  const heard: string[] = []
  onTalk(client, async (message) => heard.push(message.cleanContent))
  emulator.say(ann, general, 'plain')
  emulator.say(ann, general, 'by role', { roleMention: true })
  emulator.say(ann, general, 'named', { mention: true })
  emulator.say(ann, emulator.directChannel(ann), 'direct')
  await expect.poll(() => heard, { timeout: TIMEOUT_MS }).toEqual(['', '', '@emu_bot named', 'direct'])
})
