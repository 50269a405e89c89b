// Does everything the Discord emulator says over REST match Discord's own description?
import { afterEach, expect, test } from 'vitest'
import {
  startDiscordEmulator,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
  type DiscordExchange,
  type Json,
} from '../../src/emulators/discord/index.ts'
import { createDiscordValidator } from './discord-validator.ts'
import { describeWithSchemas } from './schemas.ts'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const open: DiscordEmulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

interface Call {
  (method: string, path: string, body?: unknown, files?: readonly string[], mimeType?: string): Promise<Json>
}

async function start(
  options: DiscordEmulatorOptions = {},
): Promise<{ emulator: DiscordEmulator; call: Call; exchanges: readonly DiscordExchange[] }> {
  const exchanges: DiscordExchange[] = []
  const observe = (exchange: DiscordExchange): void => void exchanges.push(exchange)
  const emulator = await startDiscordEmulator({ limits: false, ...options, observe })
  open.push(emulator)
  const call: Call = async (method, path, body, files = [], mimeType = '') => {
    const form = new FormData()
    files.forEach((name, i) => form.append(`files[${i}]`, new Blob([PIXEL], { type: mimeType }), name))
    form.append('payload_json', JSON.stringify(body))
    const isForm = files.length > 0
    const response = await fetch(`${emulator.url}/v10${path}`, {
      method,
      headers: {
        authorization: `Bot ${emulator.token}`,
        ...(isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? form : JSON.stringify(body) }),
    })
    const text = await response.text()
    return text === '' ? {} : (JSON.parse(text) as Json)
  }
  return { emulator, call, exchanges }
}

describeWithSchemas('Discord description', (folder) => {
  const faultsOf = (exchanges: readonly DiscordExchange[]): readonly string[] => {
    const validator = createDiscordValidator(folder)
    return exchanges.flatMap((exchange) => validator.exchange(exchange))
  }

  test('an invented field, a missing field and a wrong type are all noticed', async () => {
    const { emulator, call } = await start()
    const ann = emulator.person({ name: 'Ann' })
    const message = await call('POST', `/channels/${emulator.directChannel(ann).id}/messages`, {
      content: 'x',
    })
    const validator = createDiscordValidator(folder)
    expect(validator.object('MessageResponse', message)).toEqual([])
    expect(validator.object('MessageResponse', { ...message, colour: 'red' })).not.toEqual([])
    expect(validator.object('MessageResponse', { ...message, content: 5 })).not.toEqual([])
    const { author: _author, ...anonymous } = message
    expect(validator.object('MessageResponse', anonymous)).not.toEqual([])
    expect(validator.answer('GET', '/telepathy', 200, {})).not.toEqual([])
    expect(validator.answer('GET', '/gateway/bot', 201, {})).not.toEqual([])
  })

  test('messages, files, components, replies, history and refusals are as described', async () => {
    const { emulator, call, exchanges } = await start()
    const ann = emulator.person({ name: 'Ann' })
    const { id } = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
    const said = emulator.say(ann, id, 'look <@&1>', {
      roleMention: true,
      files: [{ name: 'a.png', bytes: PIXEL }],
    })
    const voice = emulator.say(ann, id, '', { voice: { bytes: 'OggS', loudness: [1, 2, 3] } })
    const shared = emulator.say(ann, id, 'https://pictures.example/cat.png', {
      preview: { name: 'cat.png', bytes: PIXEL },
      stickers: [{ name: 'Wave', format: 'lottie' }],
      files: [{ name: 'film.mp4', bytes: { seed: 1, sizeBytes: 500_000_000 }, spoiler: true }],
    })
    for (const forward of [said, voice, shared]) emulator.say(ann, id, '', { forward })
    emulator.say(ann, id, 'hook', { webhook: true })
    emulator.say(ann, id, 'answer', { replyTo: said })
    emulator.react(ann, said, '👍')
    const at = `/channels/${id}/messages`
    const reply = await call('POST', at, {
      content: 'one',
      message_reference: { message_id: said.id },
      allowed_mentions: { parse: [], replied_user: false },
      nonce: '1',
      enforce_nonce: true,
      embeds: [{ title: 'T', description: 'D', fields: [{ name: 'n', value: 'v' }] }],
      components: [
        {
          type: 1,
          components: [
            { type: 2, style: 4, label: 'Stop', custom_id: 'stop' },
            { type: 2, style: 5, label: 'Site', url: 'https://example.com' },
          ],
        },
        { type: 1, components: [{ type: 3, custom_id: 's', options: [{ label: 'a', value: 'a' }] }] },
      ],
    })
    await call('PATCH', `${at}/${String(reply['id'])}`, { content: 'two' })
    await call('POST', at, { content: 'file', attachments: [{ id: '0', description: 'alt' }] }, ['a b.png'])
    const sound = { flags: 1 << 13, attachments: [{ id: '0', duration_secs: 1.5, waveform: 'AP8=' }] }
    await call('POST', at, sound, ['voice-message.ogg'], 'audio/ogg')
    await call('POST', at, { ...sound, content: 'x' }, ['voice-message.ogg'], 'audio/ogg')
    await call('POST', at, {
      flags: 1 << 15,
      components: [
        {
          type: 17,
          components: [
            { type: 10, content: 'shown' },
            { type: 14, divider: true, spacing: 1 },
            {
              type: 9,
              components: [{ type: 10, content: 'beside' }],
              accessory: { type: 2, style: 1, label: 'B', custom_id: 'b' },
            },
          ],
        },
      ],
    })
    await call('GET', `${at}?limit=100`)
    await call('GET', `${at}/${String(reply['id'])}`)
    await call('PUT', `${at}/${said.id}/reactions/%F0%9F%91%80/@me`)
    await call('DELETE', `${at}/${said.id}/reactions/%F0%9F%91%80/@me`)
    await call('POST', `/channels/${id}/typing`)
    await call('DELETE', `${at}/${String(reply['id'])}`)
    await call('PATCH', `${at}/${said.id}`, { content: 'theirs' })
    await call('POST', at, { content: 'x'.repeat(2001), embeds: [{ title: 'x'.repeat(300) }] })
    await call('POST', at, {})
    await call('GET', `${at}?limit=101`)
    expect(exchanges.filter(({ status }) => status >= 400)).toHaveLength(5)
    expect(faultsOf(exchanges)).toEqual([])
  })

  test('threads, forums, guilds, people and the application are as described', async () => {
    const { emulator, call, exchanges } = await start()
    const ann = emulator.person({ name: 'Ann' })
    const lab = emulator.guild({ members: [ann] })
    const { id } = emulator.textChannel(lab, 'general')
    const forum = emulator.forum(lab)
    const said = emulator.say(ann, id, 'begin')
    await call('POST', `/channels/${id}/messages/${said.id}/threads`, { name: 'talk', type: 11 })
    await call('POST', `/channels/${id}/threads`, { name: 'alone', type: 11, auto_archive_duration: 60 })
    await call('POST', `/channels/${forum.id}/threads`, { name: 'post', message: { content: 'first' } })
    await call('GET', `/channels/${id}/messages/${said.id}`)
    await call('GET', `/channels/${said.id}/messages`)
    await call('PUT', `/channels/${said.id}/thread-members/@me`)
    await call('GET', `/channels/${said.id}/thread-members`)
    await call('PATCH', `/channels/${said.id}`, { archived: true })
    await call('DELETE', `/channels/${said.id}/thread-members/@me`)
    await call('GET', `/channels/${said.id}`)
    await call('GET', `/channels/${forum.id}`)
    await call('GET', `/guilds/${lab.id}`)
    await call('GET', `/guilds/${lab.id}/roles`)
    await call('GET', `/guilds/${lab.id}/channels`)
    await call('GET', `/guilds/${lab.id}/threads/active`)
    await call('GET', `/guilds/${lab.id}/members?limit=10`)
    await call('GET', `/guilds/${lab.id}/members/${ann.id}`)
    await call('POST', '/users/@me/channels', { recipient_id: ann.id })
    await call('GET', '/users/@me')
    await call('GET', `/users/${ann.id}`)
    await call('GET', '/applications/@me')
    await call('GET', '/oauth2/applications/@me')
    await call('GET', '/gateway')
    await call('GET', '/gateway/bot')
    expect(exchanges.every(({ status }) => status < 300)).toBe(true)
    expect(faultsOf(exchanges)).toEqual([])
  })

  test('commands, interactions, their answers and rate limits are as described', async () => {
    const { emulator, call, exchanges } = await start({ limits: { typing: { max: 1, perMs: 60_000 } } })
    const ann = emulator.person({ name: 'Ann' })
    const lab = emulator.guild({ members: [ann] })
    const { id } = emulator.textChannel(lab, 'general')
    const at = `/applications/${emulator.applicationId}/commands`
    const ask = {
      name: 'ask',
      description: 'Ask',
      options: [{ type: 3, name: 'q', description: 'Q', required: true }],
    }
    await call('PUT', at, [ask, { name: 'Look', type: 3 }])
    const made = await call('POST', at, {
      name: 'other',
      description: 'o',
      name_localizations: { 'zh-CN': '其他' },
    })
    await call('PATCH', `${at}/${String(made['id'])}`, { description: 'p' })
    await call('GET', `${at}/${String(made['id'])}`)
    await call('DELETE', `${at}/${String(made['id'])}`)
    await call('GET', `${at}?with_localizations=true`)
    await call('POST', at, { name: 'Bad Name', description: '' })
    await call('PUT', at.replace('/commands', `/guilds/${lab.id}/commands`), [ask])
    const first = emulator.runCommand(ann, id, 'ask', { q: 'why' })
    const to = (of: { id: string; token: string }): string => `/interactions/${of.id}/${of.token}/callback`
    await call('POST', `${to(first)}?with_response=true`, { type: 5, data: { flags: 0 } })
    await call('POST', to(first), { type: 5 })
    const hook = `/webhooks/${emulator.applicationId}/${first.token}`
    const row = { type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }
    await call('PATCH', `${hook}/messages/%40original`, { content: 'done', components: [row] })
    await call('GET', `${hook}/messages/@original`)
    const follow = await call('POST', `${hook}?wait=true`, { content: 'more', flags: 64 })
    await call('DELETE', `${hook}/messages/${String(follow['id'])}`)
    const pressed = emulator.press(ann, emulator.screen(id)[0]!, 'go')
    await call('POST', `${to(pressed)}?with_response=true`, { type: 7, data: { content: 'pressed' } })
    const form = emulator.press(ann, emulator.screen(id)[0]!, 'go', { force: true })
    await call('POST', `${to(form)}?with_response=true`, {
      type: 9,
      data: {
        title: 'F',
        custom_id: 'f',
        components: [{ type: 18, label: 'L', component: { type: 4, custom_id: 'n', style: 1 } }],
      },
    })
    const sent = emulator.submitModal(ann, 'f', { n: 'x' })
    await call('POST', `${to(sent)}?with_response=true`, { type: 4, data: { content: 'thanks' } })
    await call('POST', `/channels/${id}/typing`)
    await call('POST', `/channels/${id}/typing`)
    expect(exchanges.at(-1)?.status).toBe(429)
    expect(faultsOf(exchanges)).toEqual([])
  })
})
