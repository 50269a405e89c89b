// Are interactions given, answered and refused as Discord does, through the gateway and over HTTP?
import { createPublicKey, verify } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { identify, lab, send } from '../../../test/support/discord-wire.ts'
import type { Interaction } from './interactions.ts'
import type { Json } from './types.ts'

const START_MS = 1_800_000_000_000
const BUTTON = { type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }

function callbackOf({ id, token }: Interaction): string {
  return `/interactions/${id}/${token}/callback`
}

test('arrives with all that discord.js needs', async () => {
  const { emulator, ann, general, lab: guild } = await lab()
  const wire = await identify(emulator, 1)
  await wire.event('READY')
  emulator.runCommand(ann, general, 'ask', { q: 'why', n: 5 }, { force: true })
  expect(await wire.event('INTERACTION_CREATE')).toMatchObject({
    type: 2,
    version: 1,
    guild_id: guild.id,
    channel: { id: general, type: 0 },
    channel_id: general,
    member: { user: { id: ann.id } },
    entitlements: [],
    authorizing_integration_owners: { '0': guild.id },
    context: 0,
    data: {
      name: 'ask',
      options: [
        { name: 'q', type: 3, value: 'why' },
        { name: 'n', type: 4, value: 5 },
      ],
    },
  })
})

test('a direct one has a user and the recipients of its channel', async () => {
  const { emulator, ann } = await lab()
  const { payload } = emulator.runCommand(ann, emulator.directChannel(ann), 'ask', {}, { force: true })
  expect(payload).toMatchObject({
    user: { id: ann.id },
    context: 1,
    channel: { type: 1, recipients: [{ id: ann.id }] },
  })
  expect(payload).not.toHaveProperty('guild_id')
})

test('is answered once, in time, and lives for a quarter of an hour', async () => {
  let now = START_MS
  const { emulator, ann, general } = await lab({ nowMs: () => now })
  const run = (): Interaction => emulator.runCommand(ann, general, 'ask', {}, { force: true })
  const late = run()
  now += 3001
  expect(await send(emulator, 'POST', callbackOf(late), { type: 5 })).toMatchObject({
    status: 404,
    json: { code: 10_062 },
  })
  const inTime = run()
  const hook = `/webhooks/${emulator.applicationId}/${inTime.token}`
  const edit = (content: string): ReturnType<typeof send> =>
    send(emulator, 'PATCH', `${hook}/messages/%40original`, { content })
  expect(await edit('early')).toMatchObject({ status: 404, json: { code: 10_015 } })
  expect((await send(emulator, 'POST', callbackOf(inTime), { type: 5 })).status).toBe(204)
  expect(emulator.screen(general).at(-1)).toMatchObject({ isLoading: true, text: '' })
  expect(await send(emulator, 'POST', callbackOf(inTime), { type: 5 })).toMatchObject({
    status: 400,
    json: { code: 40_060 },
  })
  expect((await edit('done')).status).toBe(200)
  expect(emulator.screen(general).at(-1)).toMatchObject({ isLoading: false, text: 'done' })
  now += 900_001
  expect(await edit('too late')).toMatchObject({ status: 401, json: { code: 50_027 } })
  const id = emulator.screen(general).at(-1)?.id ?? ''
  expect(
    (await send(emulator, 'PATCH', `/channels/${general}/messages/${id}`, { content: 'still' })).status,
  ).toBe(200)
})

test('answers are public or for one pair of eyes; only public ones are told to the gateway', async () => {
  const { emulator, ann, general } = await lab()
  const wire = await identify(emulator)
  await wire.event('READY')
  const hidden = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  await send(emulator, 'POST', callbackOf(hidden), { type: 5, data: { flags: 64 } })
  const hook = `/webhooks/${emulator.applicationId}/${hidden.token}`
  // The first follow-up takes the place of "thinking…".
  await send(emulator, 'POST', hook, { content: 'secret' })
  await send(emulator, 'POST', hook, { content: 'aloud' })
  expect(emulator.screen(general, ann).map(({ text, onlyFor }) => [text, onlyFor])).toEqual([
    ['secret', ann.id],
    ['aloud', undefined],
  ])
  expect(emulator.screen(general).map(({ text }) => text)).toEqual(['aloud'])
  expect(await wire.event('MESSAGE_CREATE')).toMatchObject({
    content: 'aloud',
    webhook_id: emulator.applicationId,
  })
  const history = await send(emulator, 'GET', `/channels/${general}/messages`)
  expect(history.text).not.toContain('secret')
})

test('each kind takes its own answers', async () => {
  const { emulator, ann, general, messages } = await lab()
  const { json } = await send(emulator, 'POST', messages, { content: 'x', components: [BUTTON] })
  const ref = { channelId: general, messageId: String(json['id']) }
  expect(() => emulator.press(ann, ref, 'other')).toThrow('nothing to press')
  const command = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  expect((await send(emulator, 'POST', callbackOf(command), { type: 6 })).json['code']).toBe(50_035)
  const first = emulator.press(ann, ref, 'go')
  expect((await send(emulator, 'POST', callbackOf(first), { type: 6 })).status).toBe(204)
  const second = emulator.press(ann, ref, 'go')
  await send(emulator, 'POST', callbackOf(second), { type: 7, data: { content: 'pressed', components: [] } })
  expect(emulator.screen(general)[0]).toMatchObject({ text: 'pressed', buttons: [] })
  expect(second.callback()).toMatchObject({ type: 7 })
})

test('a sub-command, a file, a person and a context menu are resolved', async () => {
  const { emulator, ann, general } = await lab()
  const option = (name: string, type: number): Json => ({ name, type, description: 'x' })
  await send(emulator, 'PUT', `/applications/${emulator.applicationId}/commands`, [
    {
      name: 'chat',
      description: 'x',
      options: [{ ...option('new', 1), options: [option('file', 11), option('who', 6)] }],
    },
    { name: 'Explain', type: 3 },
  ])
  const { payload } = emulator.runCommand(ann, general, 'chat new', {
    file: { name: 'a.txt', bytes: 'x' },
    who: ann,
  })
  expect(payload['data']).toMatchObject({
    name: 'chat',
    options: [
      {
        name: 'new',
        type: 1,
        options: [
          { name: 'file', type: 11 },
          { name: 'who', type: 6, value: ann.id },
        ],
      },
    ],
    resolved: { users: { [ann.id]: { id: ann.id } } },
  })
  const said = emulator.say(ann, general, 'what is this?')
  const menu = emulator.runCommand(ann, general, 'Explain', { target: said })
  expect(menu.payload['data']).toMatchObject({
    target_id: said.id,
    resolved: { messages: { [said.id]: { content: 'what is this?' } } },
  })
  expect(() => emulator.runCommand(ann, general, 'missing')).toThrow('no command missing')
})

test('over HTTP: signed, verified at the start, answered in line or later', async () => {
  const { emulator, ann, general } = await lab()
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(emulator.publicKey, 'hex').toString('base64url') },
    format: 'jwk',
  })
  const stamps: number[] = []
  let answer: { status: number; body: string } = { status: 200, body: '' }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = Buffer.concat(pieces)
      const stamp = String(request.headers['x-signature-timestamp'])
      const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex')
      stamps.push(Number(stamp))
      const isGood = verify(null, Buffer.concat([Buffer.from(stamp), body]), key, signature)
      const isPing = (JSON.parse(body.toString()) as Json)['type'] === 1
      const { status, body: text } = !isGood
        ? { status: 401, body: '' }
        : isPing
          ? { status: 200, body: '{"type":1}' }
          : answer
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await emulator.setInteractionsEndpoint(url)
  expect((await emulator.pushInteraction(url, { type: 2 }, { badSignature: true })).status).toBe(401)
  await emulator.pushInteraction(url, { type: 1 }, { staleByMs: 600_000 })
  expect(Number(stamps.at(-1))).toBeLessThan(Date.now() / 1000 - 500)
  answer = { status: 200, body: JSON.stringify({ type: 4, data: { content: 'in line' } }) }
  const inLine = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  await emulator.waitFor(() => inLine.callback()?.type === 4, { timeoutMs: 5000 })
  answer = { status: 202, body: '' }
  const later = emulator.runCommand(ann, general, 'ask', {}, { force: true })
  await send(emulator, 'POST', callbackOf(later), { type: 4, data: { content: 'later' } })
  expect(emulator.screen(general).map(({ text }) => text)).toEqual(['in line', 'later'])
})

test('an endpoint that does not check signatures is not taken', async () => {
  const { emulator } = await lab()
  const server = createServer((_request, response) => response.end('{"type":1}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await expect(emulator.setInteractionsEndpoint(url)).rejects.toThrow('could not be verified')
})
