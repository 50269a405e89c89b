// Do files behave as on Discord: what people attach, where it is fetched, and what the bot may send?
import { expect, test } from 'vitest'
import { lab, send } from '../../../test/support/discord-wire.ts'
import { sha256Of, seededBytes } from '../common/bytes.ts'
import { makePng } from '../common/png.ts'
import type { SentFile } from './index.ts'
import type { Json } from './types.ts'

const PICTURE = makePng({ widthPx: 8, heightPx: 4 })
const VOICE = 1 << 13
const MIB = 1 << 20
const BUTTON = { type: 1, components: [{ type: 2, style: 1, label: 'A', custom_id: 'a' }] }

function form(
  payload: Json,
  ...files: readonly { name: string; bytes?: Buffer | string; type?: string }[]
): FormData {
  const body = new FormData()
  files.forEach(({ bytes = 'bytes', name, type = 'application/octet-stream' }, n) => {
    const part = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
    body.append(`files[${n}]`, new Blob([part], { type }), name)
  })
  body.append('payload_json', JSON.stringify(payload))
  return body
}

function spoken(details: Json = {}, payload: Json = {}): FormData {
  const attachments = [{ id: 0, duration_secs: 1.5, waveform: 'AP8=', ...details }]
  return form({ flags: VOICE, attachments, ...payload }, { name: 'voice-message.ogg', type: 'audio/ogg' })
}

test('people send several files at once, described, hidden or large', async () => {
  const { emulator, ann, general } = await lab()
  const large = { seed: 'film', sizeBytes: 3 * MIB + 5 }
  emulator.say(ann, general, 'look', {
    files: [
      { name: 'a.png', bytes: PICTURE, description: 'a gradient' },
      { name: 'b.txt', bytes: 'words', spoiler: true },
      { name: 'film.mp4', bytes: large },
    ],
  })
  const [shown] = emulator.screen(general)
  expect(shown?.files).toMatchObject([
    {
      name: 'a.png',
      sizeBytes: PICTURE.length,
      contentType: 'image/png',
      sha256: await sha256Of(PICTURE),
      description: 'a gradient',
      isSpoiler: false,
    },
    { name: 'SPOILER_b.txt', isSpoiler: true },
    { name: 'film.mp4', sizeBytes: large.sizeBytes, contentType: 'video/mp4' },
  ])
  expect(shown?.attachments[0]).toMatchObject({ width: 8, height: 4 })
  const film = shown?.attachments[2]
  const response = await fetch(film?.url ?? '')
  expect(response.headers.get('content-length')).toBe(String(large.sizeBytes))
  const hash = await sha256Of(seededBytes(large.seed, large.sizeBytes))
  expect(await sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(hash)
  expect(await emulator.file(film?.id ?? '')?.hash()).toBe(hash)
  expect(emulator.picture()).toContain('[a.png, ')
  const eleven: readonly SentFile[] = Array.from({ length: 11 }, (_, n) => ({ name: `${n}.txt`, bytes: 'x' }))
  expect(() => emulator.say(ann, general, '', { files: eleven })).toThrow(/at most 10/)
})

test('a voice message has its length and its loudness, and no words', async () => {
  const { emulator, ann, general } = await lab()
  emulator.say(ann, general, 'unheard', {
    voice: { bytes: 'OggS', durationMs: 4_200, loudness: [1, 2, 255] },
  })
  const [shown] = emulator.screen(general)
  expect(shown).toMatchObject({ text: '', flags: VOICE })
  expect(shown?.files).toMatchObject([
    { name: 'voice-message.ogg', contentType: 'audio/ogg', durationMs: 4_200, loudness: [1, 2, 255] },
  ])
})

test('stickers of all kinds are under addresses that do not end', async () => {
  const { emulator, ann, general } = await lab()
  const formats = ['png', 'apng', 'lottie', 'gif'] as const
  emulator.say(ann, general, '', { stickers: formats.map((format) => ({ name: format, format })) })
  const items = emulator.screen(general)[0]?.message.sticker_items ?? []
  expect(items.map(({ format_type }) => format_type)).toEqual([1, 2, 3, 4])
  emulator.faults.expireAttachments()
  const types = await Promise.all(
    items.map(async ({ id }, n) => {
      const ending = ['png', 'png', 'json', 'gif'][n] ?? ''
      const response = await fetch(`${new URL(emulator.url).origin}/stickers/${String(id)}.${ending}`)
      return response.headers.get('content-type')?.split(';')[0]
    }),
  )
  expect(types).toEqual(['image/png', 'image/png', 'application/json', 'image/gif'])
  expect((await fetch(`${new URL(emulator.url).origin}/stickers/1.png`)).status).toBe(404)
})

test('a forward and a preview carry their files along', async () => {
  const { emulator, ann, general, messages } = await lab()
  const said = emulator.say(ann, general, 'see https://pictures.example/cat.png', {
    files: [{ name: 'a.txt', bytes: 'inside' }],
    preview: { name: 'cat.png', bytes: PICTURE },
    stickers: [{ name: 'Wave' }],
  })
  const { id } = emulator.say(ann, general, '', { forward: said })
  const { json } = await send(emulator, 'GET', `${messages}/${id}`)
  const [{ message }] = json['message_snapshots'] as [{ message: Json }]
  expect(message).toMatchObject({ sticker_items: [{ name: 'Wave' }], embeds: [{ type: 'image' }] })
  const [file] = message['attachments'] as [Json]
  expect(await (await fetch(String(file['url']))).text()).toBe('inside')
  const [embed] = message['embeds'] as [{ thumbnail: Json }]
  const picture = await fetch(String(embed.thumbnail['proxy_url']))
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(PICTURE)
})

test('what a command brings along has one address, which is never told anew', async () => {
  const { emulator, ann, general } = await lab()
  const sent = { file: { name: 'a.txt', bytes: 'inside' } }
  const { payload } = emulator.runCommand(ann, general, 'read', sent, { force: true })
  const data = payload['data'] as { resolved: { attachments: Readonly<Record<string, Json>> } }
  const [file] = Object.values(data.resolved.attachments)
  expect(file).toMatchObject({ ephemeral: true, filename: 'a.txt' })
  expect(await (await fetch(String(file?.['url']))).text()).toBe('inside')
  emulator.faults.expireAttachments()
  expect((await fetch(String(file?.['url']))).status).toBe(404)
})

test('a download is cut, comes slowly, and is written down with what it brought along', async () => {
  const { emulator, ann, general } = await lab()
  const bytes = { seed: 1, sizeBytes: 200_000 }
  emulator.say(ann, general, '', { files: [{ name: 'a.bin', bytes }] })
  const url = emulator.screen(general)[0]?.attachments[0]?.url ?? ''
  emulator.faults.add({ fault: { do: 'cut', afterBytes: 70_000 }, routes: ['attachment'] })
  await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow()
  emulator.faults.add({ fault: { do: 'trickle', everyMs: 2 }, routes: ['attachment'] })
  const response = await fetch(url, { headers: { authorization: 'Bot secret' } })
  expect((await response.arrayBuffer()).byteLength).toBe(200_000)
  await emulator.waitFor(({ store }) => store.downloads.length === 2, { timeoutMs: 5_000 })
  expect(emulator.store.downloads).toMatchObject([
    { status: 200, sentBytes: 70_000, isWhole: false, broughtCredentials: false },
    { status: 200, sentBytes: 200_000, isWhole: true, broughtCredentials: true },
  ])
})

test('files alone are a message, also a voice message of the bot', async () => {
  const { emulator, general, messages } = await lab()
  await send(
    emulator,
    'POST',
    messages,
    form({ attachments: [{ id: 0, description: 'alt' }] }, { name: 'a b.png' }),
  )
  expect((await send(emulator, 'POST', messages, spoken())).status).toBe(200)
  const [picture, voice] = emulator.screen(general)
  expect(picture?.files).toMatchObject([{ name: 'a_b.png', description: 'alt' }])
  expect(voice).toMatchObject({ flags: VOICE, files: [{ durationMs: 1_500, loudness: [0, 255] }] })
  const edit = await send(emulator, 'PATCH', `${messages}/${voice?.id ?? ''}`, { content: 'x' })
  expect(edit).toMatchObject({ status: 400, json: { code: 50_162 } })
})

test.each<readonly [string, FormData | Json, number, number]>([
  ['a voice message with words', spoken({}, { content: 'x' }), 400, 50_159],
  ['a voice message with buttons', spoken({}, { components: [BUTTON] }), 400, 50_159],
  ['a voice message without a file', { flags: VOICE }, 400, 50_160],
  [
    'a voice message that is a picture',
    form({ flags: VOICE }, { name: 'a.png', type: 'image/png' }),
    400,
    50_160,
  ],
  [
    'a voice message of two sounds',
    form({ flags: VOICE }, { name: 'a.ogg', type: 'audio/ogg' }, { name: 'b.ogg', type: 'audio/ogg' }),
    400,
    50_160,
  ],
  ['a voice message without a length', spoken({ duration_secs: null }), 400, 50_161],
  ['a voice message without loudness', spoken({ waveform: '' }), 400, 50_161],
  [
    'a voice message with too many points',
    spoken({ waveform: Buffer.alloc(257).toString('base64') }),
    400,
    50_161,
  ],
  [
    'a long description',
    form({ attachments: [{ id: 0, description: 'x'.repeat(1_025) }] }, { name: 'a.png' }),
    400,
    50_035,
  ],
  ['eleven files', form({}, ...Array.from({ length: 11 }, () => ({ name: 'a.txt' }))), 400, 30_015],
  ['a file above 10 MiB', form({}, { name: 'a.bin', bytes: Buffer.alloc(10 * MIB + 1) }), 413, 40_005],
  [
    'more than 25 MiB in one request',
    form({}, ...Array.from({ length: 3 }, () => ({ name: 'a.bin', bytes: Buffer.alloc(9 * MIB) }))),
    413,
    40_005,
  ],
])('refuses %s', async (_what, body, status, code) => {
  const { emulator, messages, general } = await lab()
  expect(await send(emulator, 'POST', messages, body)).toMatchObject({ status, json: { code } })
  expect(emulator.screen(general)).toEqual([])
})

test('a boosted server takes larger files, and its interactions say so', async () => {
  const { emulator, ann, lab: guild, general, messages } = await lab()
  const large = (): FormData => form({}, { name: 'a.bin', bytes: Buffer.alloc(12 * MIB) })
  expect((await send(emulator, 'POST', messages, large())).status).toBe(413)
  emulator.boost(guild, 2)
  expect((await send(emulator, 'POST', messages, large())).status).toBe(200)
  const { payload } = emulator.runCommand(ann, general, 'read', {}, { force: true })
  expect(payload['attachment_size_limit']).toBe(50 * MIB)
})

test('without the rights there are neither files nor voice messages', async () => {
  const { emulator, general, messages } = await lab()
  emulator.deny(general, 'SEND_VOICE_MESSAGES')
  expect(await send(emulator, 'POST', messages, spoken())).toMatchObject({
    status: 403,
    json: { code: 50_173 },
  })
  emulator.deny(general, 'ATTACH_FILES')
  const file = await send(emulator, 'POST', messages, form({}, { name: 'a.png' }))
  expect(file).toMatchObject({ status: 403, json: { code: 50_013 } })
})

test('files that components do not show are not seen', async () => {
  const { emulator, general, messages } = await lab()
  const components = [{ type: 12, items: [{ media: { url: 'attachment://a.png' } }] }]
  const files = [
    { name: 'a.png', bytes: PICTURE },
    { name: 'b.png', bytes: PICTURE },
  ]
  await send(emulator, 'POST', messages, form({ flags: 1 << 15, components }, ...files))
  expect(emulator.screen(general)[0]?.files.map(({ name }) => name)).toEqual(['a.png'])
})
