// Does the emulated open platform answer as the documents say? Tokens, limits, files, commands; by raw HTTP.
import { expect, test } from 'vitest'
import { rawBot, stage } from './raw-bot.ts'
import { readJson } from './types.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

test('a call without a token, with an invented and with an expired one is told apart', async () => {
  await using lab = await stage()
  const { emulator, bot, group, pass } = lab
  expect((await rawBot(emulator).send(group.id, 'hi')).code).toBe(99991661)
  expect((await bot.call('GET', '/bot/v3/info', undefined, 'abc')).code).toBe(99991671)
  expect((await bot.call('GET', '/bot/v3/info', undefined, 't-abc')).code).toBe(99991663)
  expect((await bot.call('GET', '/bot/v3/info')).bot?.activate_status).toBe(2)
  pass(7_200_000)
  expect(await bot.call('GET', '/bot/v3/info')).toMatchObject({ status: 400, code: 99991663 })
})

test('the same token is given while half an hour is left', async () => {
  await using lab = await stage()
  const { bot, pass } = lab
  const first = await bot.signIn()
  pass(5_300_000)
  expect(await bot.signIn()).toBe(first)
  pass(200_000)
  expect(await bot.signIn()).not.toBe(first)
  expect((await bot.call('GET', '/bot/v3/info', undefined, first)).code).toBe(0)
})

test('a wrong secret is refused in HTTP 200', async () => {
  await using lab = await stage()
  const { bot } = lab
  const answer = await bot.call('POST', '/auth/v3/tenant_access_token/internal', {
    app_id: 'x',
    app_secret: 'y',
  })
  expect(answer).toMatchObject({ status: 200, code: 10014 })
})

test('an unknown path is a 404 of the platform, with a log id', async () => {
  await using lab = await stage()
  const { bot } = lab
  const answer = await bot.call('GET', '/im/v9/nothing')
  expect(answer).toMatchObject({ status: 404, code: 99991201 })
  expect(answer.error?.log_id).toMatch(/^\w{20,}$/)
  expect(answer.headers.get('x-tt-logid')).toBeTruthy()
})

test('business errors may travel in HTTP 200', async () => {
  await using lab = await stage({ errorsAs: 'http200' })
  const { bot } = lab
  expect(await bot.send('oc_nowhere', 'hi')).toMatchObject({ status: 200, code: 230034 })
})

test('images and files are uploaded, checked, and sent only as what they are', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  const upload = (path: string, field: string, bytes: Buffer, fields: Record<string, string>) => {
    const form = new FormData()
    for (const [key, value] of Object.entries(fields)) form.set(key, value)
    form.set(field, new Blob([new Uint8Array(bytes)]), 'upload')
    return bot.call('POST', path, form)
  }
  const image = await upload('/im/v1/images', 'image', PNG, { image_type: 'message' })
  expect(image.data.image_key).toMatch(/^img_v3_/)
  expect((await upload('/im/v1/images', 'image', Buffer.from('text'), { image_type: 'message' })).code).toBe(
    234011,
  )
  expect((await upload('/im/v1/images', 'image', Buffer.alloc(0), { image_type: 'message' })).code).toBe(
    234010,
  )
  const fake = await upload('/im/v1/files', 'file', PNG, { file_type: 'mp4', file_name: 'a.mp4' })
  expect(fake.code).toBe(234001)
  const film = Buffer.concat([Buffer.alloc(4), Buffer.from('ftypisom')])
  const video = await upload('/im/v1/files', 'file', film, { file_type: 'mp4', file_name: '视频.mp4' })
  expect(emulator.file(video.data.file_key)?.name).toBe('视频.mp4')
  const send = async (msg_type: string, content: object) =>
    (await bot.send(group.id, '', { msg_type, content: JSON.stringify(content) })).code
  expect(await send('image', { image_key: image.data.image_key })).toBe(0)
  expect(await send('file', { file_key: video.data.file_key })).toBe(230055)
  expect(await send('media', { file_key: video.data.file_key })).toBe(0)
  expect(await send('image', { image_key: 'img_v3_of_another_app' })).toBe(230017)
})

test("a person's attachment is fetched through its own message", async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const token = await bot.signIn()
  const sent = emulator.say(ann, group, '', { file: { bytes: Buffer.from('data'), name: 'a.txt' } })
  const other = emulator.say(ann, group, 'words')
  const key = String(readJson(emulator.screen(group)[0]!.content)?.['file_key'])
  const path = (messageId: string) => `/im/v1/messages/${messageId}/resources/${key}?type=file`
  const response = await fetch(`${emulator.url}/open-apis${path(sent.messageId)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(await response.text()).toBe('data')
  expect(response.headers.get('content-disposition')).toContain('a.txt')
  expect((await bot.call('GET', path(other.messageId))).code).toBe(234003)
})

test('reactions are spelled right, and only the own ones are taken back', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const { messageId } = emulator.say(ann, group, 'hi')
  emulator.react(ann, messageId, 'OK')
  const react = (emoji_type: string) =>
    bot.call('POST', `/im/v1/messages/${messageId}/reactions`, { reaction_type: { emoji_type } })
  expect((await react('typing')).code).toBe(231001)
  const { reaction_id: id } = (await react('Typing')).data
  expect(emulator.screen(group)[0]?.reactions).toEqual(['OK', 'Typing'])
  expect((await bot.call('DELETE', `/im/v1/messages/${messageId}/reactions/${id}`)).code).toBe(0)
  const { items } = (await bot.call('GET', `/im/v1/messages/${messageId}/reactions`)).data
  expect(
    (await bot.call('DELETE', `/im/v1/messages/${messageId}/reactions/${items[0]!.reaction_id}`)).code,
  ).toBe(231002)
})

test('follow-ups hang under the newest own message of a p2p chat', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const p2p = emulator.p2p(ann)
  const offer = (id: string) =>
    bot.call('POST', `/im/v1/messages/${id}/push_follow_up`, { follow_ups: [{ content: 'More?' }] })
  const first = (await bot.send(p2p.id, 'one')).data.message_id
  const newest = (await bot.send(p2p.id, 'two')).data.message_id
  expect((await offer(first)).code).toBe(230001)
  expect((await offer(newest)).code).toBe(0)
  expect(emulator.screen(p2p).at(-1)?.followUps).toEqual(['More?'])
  expect((await offer((await bot.send(group.id, 'in a group')).data.message_id)).code).toBe(230001)
})

test('slash commands and the progress bubble are there, unless switched off', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  const command = {
    command: 'help',
    description: { default_value: 'Help' },
    icon: { icon_key: 'skill_outlined' },
  }
  const made = await bot.call('POST', '/application/v7/app_slash_commands', command)
  expect((await bot.call('POST', '/application/v7/app_slash_commands', command)).code).toBe(40000000)
  const { items } = (await bot.call('GET', '/application/v7/app_slash_commands')).data
  expect(items[0]).toMatchObject({ command_id: made.data.command_id, command: 'help' })
  const cot = (await bot.call('POST', '/im/v1/message_cot?receive_id_type=chat_id', { receive_id: group.id }))
    .data
  const event = { event_type: 'RUN_STARTED', content: '{}', timestamp: 1 }
  expect((await bot.call('PUT', '/im/v1/message_cot', { ...cot, events: [event] })).code).toBe(0)
  await bot.call('POST', `/im/v1/message_cot/complete/${cot.cot_id}?message_id=${cot.message_id}&reason=done`)
  expect(emulator.store.cots.get(cot.cot_id)).toMatchObject({ completed: 'done' })

  await using bare = await stage({ slashCommands: false, cotAvailable: false })
  expect((await bare.bot.call('GET', '/application/v7/app_slash_commands')).code).toBe(99991201)
  expect((await bare.bot.call('PUT', '/im/v1/message_cot', {})).code).toBe(99991201)
})

test('names are looked up ten at a time', async () => {
  await using lab = await stage()
  const { bot, ann } = lab
  const names = (user_ids: string[]) => bot.call('POST', '/contact/v3/users/basic_batch', { user_ids })
  expect((await names([ann.id])).data.users).toMatchObject([{ user_id: ann.id, name: 'Ann' }])
  expect((await names(Array.from({ length: 11 }, () => ann.id))).code).toBe(99992402)
})
