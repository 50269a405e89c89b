// Can everything be done on the playground's page that a newcomer tries? Through the real server, bridge and adapters.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { longAnswer, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import { isWholeAnswer } from '../../src/playground/compare.ts'
import type { PageMessage, PagePlatform } from '../../src/playground/page/protocol.ts'
import { openPage, type PageServer } from '../../src/playground/page/server.ts'
import { buttonsOf, openPageClient, readMessage, type PageClient } from '../support/page-client.ts'

const PLATFORMS: readonly PagePlatform[] = ['discord', 'telegram', 'feishu']
const ANN = 'person-1'
const MING = 'person-2'

let page: PageServer
let client: PageClient

beforeAll(async () => {
  page = await openPage({ port: 0 })
  client = await openPageClient(page.address)
  await client.sees('the bridge is ready', () => client.bridge === 'ready')
  await client.sees('the menus are there', () =>
    PLATFORMS.every((platform) =>
      client.commands.some((one) => one.platform === platform && one.name === 'trip'),
    ),
  )
})
afterAll(async () => {
  client.close()
  await page.close()
})

/** Posts it as the page does, and expects that it was taken. */
async function act(action: Parameters<PageClient['act']>[0]): Promise<void> {
  expect(await client.act(action)).toMatchObject({ ok: true })
}

async function say(
  roomId: string,
  text: string,
  more: { personId?: string; mention?: boolean; fileIds?: string[] } = {},
): Promise<void> {
  await act({ do: 'say', roomId, personId: ANN, text, ...more })
}

/** The first message of the bot, after the first `skip`, that has it. */
async function sees(roomId: string, words: string | RegExp): Promise<PageMessage> {
  return await client.sees(`${String(words)} in ${roomId}`, () =>
    client
      .bots(roomId)
      .findLast((message) =>
        typeof words === 'string' ? readMessage(message).includes(words) : words.test(readMessage(message)),
      ),
  )
}

async function seesButton(roomId: string, label: string): Promise<void> {
  const message = await client.sees(`[${label}] in ${roomId}`, () =>
    client.bots(roomId).findLast((one) => buttonsOf(one).some((button) => button.label === label)),
  )
  const button = buttonsOf(message).find((one) => one.label === label)
  await act({ do: 'press', roomId, personId: ANN, messageId: message.id, controlId: button?.id ?? '' })
}

describe.each(PLATFORMS)('on %s', (platform) => {
  test('a text is answered, with its markup, in a message that grows', async () => {
    const room = client.direct(platform)
    await say(room, 'tell me')
    const message = await sees(room, 'What is said once is kept.')
    expect(readMessage(message)).toContain('You said: tell me')
    const kinds = JSON.stringify(message.blocks)
    for (const kind of ['bold', 'italic', 'link', 'code']) expect(kinds).toContain(`"kind":"${kind}"`)
    expect(
      client.states(room).filter(({ id }) => id === message.id || id.startsWith('draft')).length,
    ).toBeGreaterThan(2)
    expect(
      client.calls.some(
        (call) => call.with === platform && call.direction === 'out' && call.tookMs !== undefined,
      ),
    ).toBe(true)
    expect(client.calls.some((call) => call.with === platform && call.direction === 'in')).toBe(true)
  })

  test('a picture reaches the agent, and the one it sends back can be loaded', async () => {
    const room = client.direct(platform)
    const { fileId } = await client.bring('sea.png', makePng({ widthPx: 40, heightPx: 30, seed: 7 }))
    await say(room, 'look !picture', { fileIds: [fileId] })
    const pictureIn = ({ blocks, files }: PageMessage) =>
      [...files, ...blocks.flatMap((block) => (block.kind === 'picture' ? [block.file] : []))].find(
        (file) => file.kind === 'picture' && file.path !== undefined,
      )
    const own = await client.sees('the picture that was sent', () =>
      client
        .messages(room)
        .filter(({ author }) => !author.isBot)
        .map(pictureIn)
        .findLast((file) => file !== undefined),
    )
    const back = await client.sees('the picture that came back', () =>
      client
        .bots(room)
        .map(pictureIn)
        .findLast((file) => file !== undefined),
    )
    for (const { path } of [own, back]) {
      const loaded = await fetch(new URL(path ?? '', page.address))
      expect(loaded.headers.get('content-type')).toBe('image/png')
      expect((await loaded.arrayBuffer()).byteLength).toBeGreaterThan(50)
    }
  })

  test('a command with options is filled in and answered', async () => {
    const room = client.direct(platform)
    if (platform === 'discord') {
      const weather = client.commands.find((one) => one.platform === platform && one.name === 'weather')
      expect(weather?.options.map(({ name, kind }) => [name, kind])).toEqual([
        ['city', 'line'],
        ['unit', 'choice'],
        ['days', 'number'],
      ])
      expect(weather).toMatchObject({ description: 'The weather of a city', descriptionZh: '城市天气' })
      await act({
        do: 'command',
        roomId: room,
        personId: ANN,
        name: 'weather',
        values: { city: 'Oslo', unit: 'C', days: '2' },
      })
    } else await say(room, '/weather city=Oslo unit=C days=2')
    await sees(room, 'Take an umbrella, just in case.')
    expect(readMessage(await sees(room, 'Oslo'))).toContain('Day 2: 13 °C')
  })

  test('a form that a workflow opens is filled in', async () => {
    const room = client.direct(platform)
    await say(room, '/book sea')
    const values = { guest: 'Ann', nights: '3', breakfast: 'true' }
    if (platform === 'discord') {
      await seesButton(room, '✏️ Answer')
      const form = await client.sees('the form', () => client.forms.at(-1))
      expect(form.fields.map(({ name }) => name)).toEqual(['guest', 'nights', 'breakfast'])
      await act({ do: 'submit', roomId: room, personId: ANN, formId: form.id, values })
    } else if (platform === 'feishu') {
      const asked = await client.sees('the card with the form', () =>
        client.bots(room).findLast(({ form }) => form !== undefined),
      )
      expect(asked.form?.fields.map(({ kind }) => kind)).toEqual(['line', 'line', 'choice'])
      await act({
        do: 'submit',
        roomId: room,
        personId: ANN,
        formId: asked.form?.id ?? '',
        messageId: asked.id,
        values,
      })
    } else {
      for (const [label, answer] of [
        ['Name of the guest', 'Ann'],
        ['Nights', '3'],
      ] as const) {
        const asked = await client.sees(label, () =>
          client.bots(room).findLast((one) => one.wantsReply === true && readMessage(one).includes(label)),
        )
        await act({ do: 'say', roomId: room, personId: ANN, text: answer, replyTo: asked.id })
      }
      await seesButton(room, 'Yes')
    }
    await sees(room, 'A room for Ann: 3 nights, with breakfast.')
  })

  test('a question with buttons is answered in a group', async () => {
    const room = client.group(platform)
    await say(room, '/trip rivers', { mention: platform === 'feishu' })
    await sees(room, 'Where shall we go?')
    await seesButton(room, 'Bergen')
    await sees(room, /Who comes along/)
  })

  test('the agent chosen in the panel asks back, with buttons', async () => {
    await act({ do: 'behave', behaviour: 'question' })
    try {
      const room = client.direct(platform)
      await say(room, 'about rivers')
      await seesButton(room, 'Rhine')
      await sees(room, 'The Rhine it is')
    } finally {
      await act({ do: 'behave', behaviour: 'echo' })
    }
  })

  test('Stop ends a reply that grows', async () => {
    const room = client.direct(platform, MING)
    await act({ do: 'say', roomId: room, personId: MING, text: '!slow 20000' })
    const growing = await client.sees('a Stop button', () =>
      client.bots(room).findLast((one) => buttonsOf(one).some(({ label }) => /停止|⏹/.test(label))),
    )
    const stop = buttonsOf(growing).find(({ label }) => /停止|⏹/.test(label))
    await act({ do: 'press', roomId: room, personId: MING, messageId: growing.id, controlId: stop?.id ?? '' })
    await client.sees('no Stop button any more', () =>
      client.bots(room).every((one) => !buttonsOf(one).some(({ label }) => /停止|⏹/.test(label))),
    )
  })
})

test('after a kill in the middle of a long reply, all of it stands on each platform, once', async () => {
  for (const platform of PLATFORMS) await say(client.direct(platform), '!long 3000 12')
  for (const platform of PLATFORMS)
    await client.sees(`a growing reply on ${platform}`, () =>
      client.bots(client.direct(platform)).some((one) => readMessage(one).includes('A long answer of 3000')),
    )
  await act({ do: 'killBridge' })
  expect(client.bridge).not.toBe('ended')
  await client.sees('the bridge is ready again', () => client.bridge === 'ready')
  for (const platform of PLATFORMS) {
    const room = client.direct(platform)
    await sees(room, 'The end of 3000.')
    const from = client.bots(room).findIndex((one) => readMessage(one).includes('A long answer of 3000'))
    const texts = client.bots(room).slice(from).map(readMessage)
    expect(isWholeAnswer(longAnswer(3_000), texts), platform).toEqual({ whole: true })
  }
}, 90_000)

test('somebody new sits down everywhere, and what cannot be done is told in a sentence', async () => {
  const answer = await client.act({ do: 'addPerson', name: 'Zoë', locale: 'en' })
  expect(answer).toMatchObject({ ok: true, personId: 'person-3' })
  await client.sees('a private chat on each platform', () =>
    PLATFORMS.every((platform) =>
      client.rooms.some((one) => one.platform === platform && one.personId === 'person-3'),
    ),
  )
  const room = client.direct('telegram')
  expect(await client.act({ do: 'say', roomId: room, personId: 'nobody', text: 'hi' })).toEqual({
    ok: false,
    because: 'There is no such person on this page.',
  })
  expect(
    await client.act({ do: 'press', roomId: room, personId: ANN, messageId: '1', controlId: 'x' }),
  ).toMatchObject({ ok: false })
})

test('points at another Coze with its token, and back', async () => {
  const token = 'pat_of-another-coze'
  const botId = '7300000000000000777'
  const other = await startCozeEmulator({
    tokens: { [token]: { ownerUid: '42' } },
    bots: { [botId]: { name: 'Other', script: () => [{ say: 'I am the other one.' }] } },
  })
  try {
    await act({ do: 'useCoze', apiBase: other.url, token, botId })
    await client.sees('the bridge is ready', () => client.bridge === 'ready')
    for (const platform of PLATFORMS) {
      const room = client.direct(platform)
      await say(room, 'who are you?')
      await sees(room, 'I am the other one.')
    }
    expect(client.raw).not.toContain(token)
  } finally {
    await act({ do: 'useEmulated' })
    await other.close()
  }
  await client.sees('the bridge is ready', () => client.bridge === 'ready')
  await say(client.direct('telegram'), '!say the first one again')
  await sees(client.direct('telegram'), 'the first one again')
}, 60_000)
