// Pictures, files and sound: in questions, and in answers.
import { expect, test } from 'vitest'
import { makePng } from '../common/png.ts'
import { always, defaults, makeOggOpus } from './index.ts'
import type { CozeEmulator, ServedFile } from './index.ts'
import { asking, dataText, emulator, send, spoken } from '../../../test/support/coze-wire.ts'
import type { Answered } from '../../../test/support/coze-wire.ts'

const png = makePng({ widthPx: 4, heightPx: 4 })
const picture: ServedFile = { name: 'a b.png', mimeType: 'image/png', bytes: png }

async function upload(coze: CozeEmulator, name: string, bytes: Buffer = png): Promise<string> {
  const form = new FormData()
  form.append('file', new File([new Uint8Array(bytes)], name))
  return dataText(await send(coze, 'POST', '/v1/files/upload', form), 'id')
}

const message = (items: unknown) => ({
  role: 'user',
  content: JSON.stringify(items),
  content_type: 'object_string',
})
const words = (content: string) => ({ role: 'user', content, content_type: 'text' })
const ask = (coze: CozeEmulator, ...messages: readonly unknown[]): Promise<Answered> =>
  send(coze, 'POST', '/v3/chat', asking('', { additional_messages: messages }))
const text = { type: 'text', text: 'look' }

test('says what came with a question, in its language, and keeps it resolved', async () => {
  const coze = await emulator()
  const [a, b] = [await upload(coze, 'a.png'), await upload(coze, 'b.pdf', Buffer.from('%PDF'))]
  const items = [
    { type: 'image', file_id: a },
    { type: 'image', file_id: a },
    { type: 'file', file_id: b },
  ]
  const english = spoken(await ask(coze, message([text, ...items])))
  const [file] = [...coze.store.files.values()]
  const sha = file?.sha256.slice(0, 8) ?? ''
  expect(english).toContain(
    `I see 2 pictures and 1 file: a.png (image, ${png.length} bytes, sha256 ${sha}), a.png (`,
  )
  const chinese = spoken(await ask(coze, message([{ type: 'text', text: '这是什么？' }, ...items])))
  expect(chinese).toContain(`我看到 2 张图片和 1 个文件：a.png（图片，${png.length} 字节，sha256 ${sha}）、`)
  expect(coze.store.questions[0]).toMatchObject({
    text: 'look',
    items: [
      { type: 'image', fileId: a, name: 'a.png', sizeBytes: png.length, sha256: file?.sha256 },
      { type: 'image', fileId: a },
      { type: 'file', fileId: b, name: 'b.pdf' },
    ],
  })
})

test('refuses each object_string that breaks a rule', async () => {
  const coze = await emulator({
    tokens: { [defaults.token]: { ownerUid: '1' }, stranger: { ownerUid: '2' } },
  })
  const [image, pdf] = [await upload(coze, 'a.png'), await upload(coze, 'b.pdf')]
  const item = { type: 'image', file_id: image }
  const codeOf = async (...messages: readonly unknown[]) => (await ask(coze, ...messages)).json['code']
  expect(await codeOf(message([text, item]))).toBeUndefined()
  expect(await codeOf(message([text]))).toBe(4000)
  expect(await codeOf(message([text, text, item]))).toBe(4000)
  expect(await codeOf(message([{ type: 'text', text: '' }, item]))).toBe(4000)
  expect(await codeOf(message([text, { type: 'image', file_id: pdf }]))).toBe(4000)
  expect(await codeOf(message([text, { ...item, file_url: 'https://a/b.png' }]))).toBe(4000)
  expect(await codeOf(message([text, { type: 'image', file_url: 'a.png' }]))).toBe(4000)
  expect(await codeOf(message([text, { type: 'film', file_id: image }]))).toBe(4000)
  expect(await codeOf(message([text, { type: 'image' }]))).toBe(4000)
  expect(await codeOf(message([text, { type: 'image', file_id: '7500' }]))).toBe(4200)
  expect(await codeOf(message('look'))).toBe(4000)
  const body = asking('', { additional_messages: [message([text, item])] })
  expect((await send(coze, 'POST', '/v3/chat', body, 'stranger')).json['code']).toBe(4200)
})

test('takes pictures alone only beside a message with words', async () => {
  const coze = await emulator()
  const item = { type: 'image', file_id: await upload(coze, 'a.png') }
  expect((await ask(coze, message([item]))).json['code']).toBe(4000)
  const far = [words('look'), { role: 'assistant', type: 'answer', content: 'ok' }, message([item])]
  expect((await ask(coze, ...far)).json['code']).toBe(4000)
  for (const near of [
    [words('look'), message([item])],
    [message([item]), words('look')],
  ])
    expect(spoken(await ask(coze, ...near))).toContain('You said: look\n\nI see 1 picture: a.png')
})

test('puts pictures and links into an answer, at signed addresses that expire', async () => {
  let nowMs = 1_760_000_000_000
  const coze = await emulator({ nowMs: () => nowMs })
  const table = { name: 't.csv', mimeType: 'text/csv', bytes: Buffer.from('a,b') }
  coze.setScript(
    defaults.botId,
    always({ say: 'See ' }, { picture, alt: 'a [cat]' }, { say: ' and ' }, { link: table, text: 'it' }),
  )
  const said = spoken(await send(coze, 'POST', '/v3/chat', asking('x')))
  const found =
    /^See !\[a \\\[cat\\\]\]\((http\S+\/a%20b\.png\?\S+)\) and \[it\]\((http\S+\/t\.csv\?\S+)\)$/.exec(said)
  const [, image = '', file = ''] = found ?? []
  expect(image).toMatch(/[?&]x-expires=\d{10}&x-signature=/)
  const served = await fetch(image)
  expect(served.headers.get('content-length')).toBe(String(png.length))
  expect(served.headers.get('content-type')).toBe('image/png')
  expect(Buffer.from(await served.arrayBuffer()).equals(png)).toBe(true)
  expect(await (await fetch(file)).text()).toBe('a,b')
  expect((await fetch(image.replace('x-expires=1', 'x-expires=2'))).status).toBe(403)
  nowMs += 25 * 3_600_000
  expect((await fetch(image)).status).toBe(403)
  expect(coze.store.fetches.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'a b.png 200',
    't.csv 200',
    'a b.png 403',
    'a b.png 403',
  ])
})

test('refuses and remembers a credential that was sent to the storage', async () => {
  const coze = await emulator()
  const address = coze.serveFile(picture)
  for (const name of ['authorization', 'cookie'])
    expect((await fetch(address, { headers: { [name]: 'secret' } })).status).toBe(400)
  expect(coze.store.fetches.map(({ carriedSecret }) => carriedSecret)).toEqual([true, true])
  expect((await fetch(address)).status).toBe(200)
})

test('serves a file that is made on the way, without its length, or cut', async () => {
  const coze = await emulator()
  const bytes = {
    sizeBytes: 6,
    async *open() {
      yield await Promise.resolve(Buffer.from('abc'))
      yield Buffer.from('def')
    },
  }
  const address = coze.serveFile({ ...picture, bytes, hidesLength: true })
  const served = await fetch(address)
  expect([served.headers.get('content-length'), await served.text()]).toEqual([null, 'abcdef'])
  coze.faults.next('/obj/*', { cutAfterBytes: 4 })
  await expect(fetch(coze.serveFile({ ...picture, bytes })).then((cut) => cut.text())).rejects.toThrow()
})

test('answers with items, as one object_string', async () => {
  const coze = await emulator()
  coze.setScript(
    defaults.botId,
    always({
      objects: [
        { type: 'text', text: 'two' },
        { type: 'image', file: picture },
      ],
    }),
  )
  const { events } = await send(coze, 'POST', '/v3/chat', asking('x'))
  const answer = events.map(({ data }) => data).find((data) => data.includes('object_string')) ?? '{}'
  const { type, content_type, content } = JSON.parse(answer) as Record<string, string>
  expect([type, content_type]).toEqual(['answer', 'object_string'])
  expect(JSON.parse(content ?? '')).toMatchObject([
    { type: 'text', text: 'two' },
    { type: 'image', file_url: expect.stringContaining('x-signature=') as string },
  ])
})

test('says an answer aloud in pieces, the last of them after the end', async () => {
  const coze = await emulator()
  const { events } = await send(coze, 'POST', '/v3/chat', asking('!voice hello there'))
  const names = events.map(({ event }) => event)
  expect(names.slice(-3)).toEqual(['conversation.chat.completed', 'conversation.audio.delta', 'done'])
  const pieces = events.flatMap(({ event, data }) =>
    event === 'conversation.audio.delta' ? [contentOf(data)] : [],
  )
  expect(pieces).toHaveLength(4)
  const whole = makeOggOpus({ durationMs: 770, seed: 'hello there'.length })
  expect(Buffer.concat(pieces).equals(whole)).toBe(true)
})

function contentOf(data: string): Buffer {
  return Buffer.from((JSON.parse(data) as { readonly content: string }).content, 'base64')
}

test('gives back what was sent when it is asked for a picture or a file', async () => {
  const coze = await emulator()
  const item = { type: 'image', file_id: await upload(coze, 'mine.png') }
  const said = spoken(await ask(coze, message([{ type: 'text', text: '!picture' }, item])))
  const address = /!\[mine\.png\]\((\S+)\)/.exec(said)?.[1] ?? ''
  expect(Buffer.from(await (await fetch(address)).arrayBuffer()).equals(png)).toBe(true)
  expect(spoken(await ask(coze, words('!file')))).toMatch(/\[report\.csv\]\(http/)
})
