// Does REST refuse what Discord refuses, with its codes and its forms?
import { expect, test } from 'vitest'
import { lab, send } from '../../../test/support/discord-wire.ts'
import type { Json } from './types.ts'

const V2 = 1 << 15

function display(content: string): Json {
  return { type: 10, content }
}

test.each<readonly [string, unknown, number, number, string]>([
  ['an empty message', {}, 400, 50_006, ''],
  ['blanks alone', { content: ' \n ' }, 400, 50_006, ''],
  ['2,001 characters', { content: 'x'.repeat(2001) }, 400, 50_035, 'content'],
  ['content of another type', { content: { a: 1 } }, 400, 50_035, 'content'],
  ['a nonce of 26 characters', { content: 'x', nonce: 'x'.repeat(26) }, 400, 50_035, 'nonce'],
  ['flags that are a word', { content: 'x', flags: 'x' }, 400, 50_035, 'flags'],
  ['eleven embeds', { embeds: Array(11).fill({ title: 'x' }) }, 400, 50_035, 'embeds'],
  [
    '6,001 characters of embeds',
    { embeds: Array(3).fill({ description: 'x'.repeat(2001) }) },
    400,
    50_035,
    'embeds',
  ],
  [
    'lists and parse together',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    400,
    50_035,
    'allowed_mentions',
  ],
  [
    'an unknown reply',
    { content: 'x', message_reference: { message_id: '1234567890123456789' } },
    400,
    50_035,
    'message_reference',
  ],
  [
    'six rows',
    {
      content: 'x',
      components: Array(6).fill({
        type: 1,
        components: [{ type: 2, style: 5, label: 'x', url: 'https://x.y' }],
      }),
    },
    400,
    50_035,
    'components',
  ],
  [
    'two buttons of one id',
    {
      content: 'x',
      components: [
        { type: 1, components: [1, 2].map(() => ({ type: 2, style: 1, label: 'x', custom_id: 'a' })) },
      ],
    },
    400,
    50_035,
    'components',
  ],
  ['words beside V2', { content: 'x', flags: V2, components: [display('y')] }, 400, 50_035, 'content'],
  [
    '4,001 characters of V2',
    { flags: V2, components: [display('x'.repeat(2001)), display('x'.repeat(2000))] },
    400,
    50_035,
    'components',
  ],
  ['41 components', { flags: V2, components: Array(41).fill(display('x')) }, 400, 50_035, 'components'],
])('refuses %s', async (_what, body, status, code, field) => {
  const { emulator, messages, general } = await lab()
  const answer = await send(emulator, 'POST', messages, body)
  expect(answer).toMatchObject({ status, json: { code } })
  if (field !== '') expect(Object.keys(answer.json['errors'] as Json)).toContain(field)
  expect(emulator.screen(general)).toEqual([])
})

test('an overlong content is told as Discord tells it', async () => {
  const { emulator, messages } = await lab()
  const { json } = await send(emulator, 'POST', messages, { content: 'x'.repeat(2001) })
  expect(json).toEqual({
    message: 'Invalid Form Body',
    code: 50_035,
    errors: {
      content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }] },
    },
  })
})

test('the hidden byte limit of V2 fails with 500: 3,387 Chinese characters do, 3,386 do not', async () => {
  const { emulator, messages } = await lab()
  const post = (count: number): Promise<{ status: number }> =>
    send(emulator, 'POST', messages, { flags: V2, components: [display('字'.repeat(count))] })
  expect((await post(3386)).status).toBe(200)
  expect((await post(3387)).status).toBe(500)
})

test('ignores what it does not know, and trims', async () => {
  const { emulator, messages } = await lab()
  const { json } = await send(emulator, 'POST', messages, { content: ' x ', colour: 'red', tts: false })
  expect(json).toMatchObject({ content: 'x' })
  expect(json).not.toHaveProperty('colour')
})

test('a reply to a message that is gone is a plain message when it may be', async () => {
  const { emulator, messages } = await lab()
  const { status, json } = await send(emulator, 'POST', messages, {
    content: 'x',
    message_reference: { message_id: '1234567890123456789', fail_if_not_exists: false },
  })
  expect(status).toBe(200)
  expect(json).not.toHaveProperty('message_reference')
})

test('the same nonce is the same message only when enforced, and only for a while', async () => {
  let now = 1_800_000_000_000
  const { emulator, messages, general } = await lab({ nowMs: () => now })
  const post = (enforce: boolean): Promise<unknown> =>
    send(emulator, 'POST', messages, { content: 'x', nonce: 'n', enforce_nonce: enforce })
  await post(true)
  await post(true)
  expect(emulator.screen(general)).toHaveLength(1)
  await post(false)
  expect(emulator.screen(general)).toHaveLength(2)
  now += 600_000
  await post(true)
  expect(emulator.screen(general)).toHaveLength(3)
})

test('edits change what they name, keep what they do not, and touch only own messages', async () => {
  const { emulator, ann, general, messages } = await lab()
  const form = new FormData()
  form.append('files[0]', new Blob(['bytes']), 'a b.txt')
  form.append('payload_json', JSON.stringify({ content: 'one', embeds: [{ title: 't' }], flags: 4 }))
  const { json } = await send(emulator, 'POST', messages, form)
  const at = `${messages}/${String(json['id'])}`
  await send(emulator, 'PATCH', at, { content: 'two', tts: false, enforce_nonce: false })
  expect(emulator.screen(general)[0]).toMatchObject({
    text: 'two',
    edited: true,
    embeds: [{ title: 't' }],
    flags: 4,
  })
  expect(emulator.screen(general)[0]?.attachments).toHaveLength(1)
  await send(emulator, 'PATCH', at, { attachments: [], embeds: [] })
  expect(emulator.screen(general)[0]).toMatchObject({ text: 'two', embeds: [], attachments: [] })
  expect((await send(emulator, 'PATCH', at, { content: '' })).json['code']).toBe(50_006)
  const theirs = emulator.say(ann, general, 'mine')
  expect(await send(emulator, 'PATCH', `${messages}/${theirs.id}`, { content: 'x' })).toMatchObject({
    status: 403,
    json: { code: 50_005 },
  })
  expect((await send(emulator, 'DELETE', `${messages}/${theirs.id}`)).json['code']).toBe(50_013)
  expect((await send(emulator, 'DELETE', at)).status).toBe(204)
  expect((await send(emulator, 'PATCH', at, { content: 'x' })).json['code']).toBe(10_008)
})

test('a message becomes V2 only when its words are emptied, and never goes back', async () => {
  const { emulator, messages, general } = await lab()
  const { json } = await send(emulator, 'POST', messages, { content: 'one' })
  const at = `${messages}/${String(json['id'])}`
  const components = [display('two')]
  expect((await send(emulator, 'PATCH', at, { flags: V2, components })).status).toBe(400)
  expect((await send(emulator, 'PATCH', at, { flags: V2, content: null, components })).status).toBe(200)
  expect(emulator.screen(general)[0]?.text).toBe('two')
  expect((await send(emulator, 'PATCH', at, { flags: 0, content: 'three' })).status).toBe(400)
})

test('history goes newest first: after, before, around and no more than asked for', async () => {
  const { emulator, ann, general, messages } = await lab()
  const ids = ['a', 'b', 'c', 'd', 'e'].map((text) => emulator.say(ann, general, text).id)
  const texts = async (query: string): Promise<string> => {
    const { text } = await send(emulator, 'GET', `${messages}?${query}`)
    return (JSON.parse(text) as readonly Json[]).map(({ content }) => String(content)).join('')
  }
  expect(await texts('limit=2')).toBe('ed')
  expect(await texts(`after=${ids[1]}&limit=2`)).toBe('dc')
  expect(await texts(`before=${ids[2]}`)).toBe('ba')
  expect(await texts(`around=${ids[2]}&limit=3`)).toBe('dcb')
  expect((await send(emulator, 'GET', `${messages}?limit=101`)).json['code']).toBe(50_035)
})

test('threads: one for each message, closed ones cannot be edited, a message wakes them', async () => {
  const { emulator, ann, general, messages, lab: guild } = await lab()
  const said = emulator.say(ann, general, 'x')
  const start = (): Promise<{ status: number; json: Json }> =>
    send(emulator, 'POST', `${messages}/${said.id}/threads`, { name: 'talk' })
  expect(await start()).toMatchObject({ status: 201, json: { id: said.id, parent_id: general, type: 11 } })
  expect((await start()).json['code']).toBe(160_004)
  const { json } = await send(emulator, 'POST', `/channels/${said.id}/messages`, { content: 'in it' })
  const at = `/channels/${said.id}/messages/${String(json['id'])}`
  emulator.archive(said.id)
  expect((await send(emulator, 'PATCH', at, { content: 'y' })).json['code']).toBe(50_083)
  expect((await send(emulator, 'POST', `/channels/${said.id}/messages`, { content: 'awake' })).status).toBe(
    200,
  )
  expect(emulator.channel(said.id).thread_metadata?.archived).toBe(false)
  emulator.archive(said.id, { locked: true })
  expect((await send(emulator, 'POST', `/channels/${said.id}/messages`, { content: 'z' })).json['code']).toBe(
    160_005,
  )
  const forum = emulator.forum(guild, 'questions', { requireTag: true })
  expect(
    (await send(emulator, 'POST', `/channels/${forum.id}/messages`, { content: 'x' })).json['code'],
  ).toBe(40_058)
  const post = { name: 'p', message: { content: 'first' } }
  expect((await send(emulator, 'POST', `/channels/${forum.id}/threads`, post)).json['code']).toBe(40_067)
})

test('rights are looked at: seeing, writing, files, history and direct messages', async () => {
  const { emulator, ann, general, messages } = await lab()
  const said = emulator.say(ann, general, 'x')
  const form = new FormData()
  form.append('files[0]', new Blob(['x']), 'a.txt')
  emulator.deny(general, 'ATTACH_FILES', 'READ_MESSAGE_HISTORY')
  expect((await send(emulator, 'POST', messages, form)).json['code']).toBe(50_013)
  const reply = { content: 'x', message_reference: { message_id: said.id } }
  expect((await send(emulator, 'POST', messages, reply)).json['code']).toBe(160_002)
  emulator.deny(general, 'SEND_MESSAGES')
  expect((await send(emulator, 'POST', `/channels/${general}/typing`)).json['code']).toBe(50_013)
  emulator.deny(general, 'VIEW_CHANNEL')
  expect((await send(emulator, 'GET', `/channels/${general}`)).json['code']).toBe(50_001)
  emulator.refuseDirect(ann)
  const dm = emulator.directChannel(ann).id
  expect((await send(emulator, 'POST', `/channels/${dm}/messages`, { content: 'x' })).json['code']).toBe(
    50_007,
  )
})

test('unknown routes, wrong methods, tokens, JSON and sizes', async () => {
  const { emulator, messages } = await lab({ maxFileBytes: 3 })
  expect(await send(emulator, 'GET', '/telepathy')).toMatchObject({
    status: 404,
    json: { code: 0, message: '404: Not Found' },
  })
  expect((await fetch(`${emulator.url}//v10/gateway/bot`)).status).toBe(404)
  expect((await send(emulator, 'PUT', messages, {})).status).toBe(405)
  expect((await send(emulator, 'POST', messages, { content: 'x' }, 'Bot other')).status).toBe(401)
  expect((await send(emulator, 'POST', messages, '{"content":')).json['code']).toBe(50_109)
  const form = new FormData()
  form.append('files[0]', new Blob(['four']), 'a.txt')
  expect(await send(emulator, 'POST', messages, form)).toMatchObject({ status: 413, json: { code: 40_005 } })
})
