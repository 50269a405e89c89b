// Does what is written reach the emulated Discord as it was meant, once, and without a ping?
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  startDiscordEmulator,
  type Channel,
  type DiscordEmulator,
} from '../../src/emulators/discord/index.ts'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, Outbox, OutgoingFile } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { createFetch } from '../../src/net/fetch.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { callAs, createDiscordApi } from './api.ts'
import type { DiscordBody } from './body.ts'
import { createComponentsRenderer } from './components.ts'
import { createEchoes } from './echoes.ts'
import { createFirstAnswers } from './first-answers.ts'
import { createInteractions } from './interaction-notes.ts'
import { createOutbox, type OutboxParts } from './outbox.ts'
import { readPlace, type Place } from './place.ts'
import { createPrivacy } from './privacy.ts'
import { createRenderer } from './render.ts'

const ACCOUNT = 'dc'
const patience = (): AbortSignal => AbortSignal.timeout(10_000)
const none = { controls: [] }
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function setUp(
  options: Parameters<typeof startDiscordEmulator>[0] = {},
  given: Partial<OutboxParts> = {},
) {
  const emulator = await startDiscordEmulator({ limits: false, ...options })
  const outside = createFetch({ env: {} })
  ends.push(
    () => emulator.close(),
    () => outside.close(),
  )
  const api = createDiscordApi({ token: emulator.token, apiBase: emulator.url }, outside.fetch)
  const ann = emulator.person({ name: 'Ann' })
  const guild = emulator.guild({ members: [ann] })
  const channel = emulator.textChannel(guild, 'talk')
  const clock = createRealClock()
  const log = createQuietLogger()
  const memory = createMemoryNotes()
  const parts: OutboxParts = {
    account: ACCOUNT,
    api,
    clock,
    log,
    privacy: createPrivacy(() => undefined, log),
    firstAnswers: createFirstAnswers(ACCOUNT, () => memory),
    requestsPerSecond: 45,
    renderer: createRenderer(),
    echoes: createEchoes(),
    interactions: createInteractions(clock),
    withoutReplies: new Set(),
    tierOf: () => undefined,
    ...given,
  }
  const placeOf = (where: Channel): Place => ({ channelId: where.id, direct: false, guildId: guild.id })
  return {
    ann,
    api,
    channel,
    emulator,
    fetch: outside.fetch,
    guild,
    outbox: createOutbox(placeOf(channel), parts),
    parts,
    placeOf,
  }
}

function bodyOf(outbox: Outbox<DiscordBody>, markdown: string): DiscordBody {
  return outbox.renderer.render(parse(markdown))
}

async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  return call.then(
    () => Promise.reject(new Error('it should fail')),
    (error: unknown) => error as PlatformError,
  )
}

/** Ann runs a command, and the bot has said that it is thinking. */
async function deferredCommand(
  emulator: DiscordEmulator,
  api: OutboxParts['api'],
  channel: Channel,
  untilMs = Infinity,
) {
  const ann = emulator.person({ name: 'Bea' })
  const { id, token } = emulator.runCommand(ann, channel, 'ask', {}, { force: true })
  const route = `/interactions/${id}/${token}/callback` as const
  await callAs(ACCOUNT, api, { method: 'POST', route, body: { type: 5 }, auth: false }, patience())
  return { id, token, applicationId: emulator.applicationId, untilMs }
}

describe('messages', () => {
  test('nobody is pinged, by a post, a reply or an edit, and no link unfolds', async () => {
    const { ann, channel, emulator, outbox } = await setUp()
    const asked = emulator.say(ann, channel, 'hello', { mention: true })
    const text = `<@${ann.id}> @everyone https://a.example/x`
    const replyTo = asked.messageId as MessageId
    const id = await outbox.post(outbox.renderer.plain(text), { ...none, key: 'k1', replyTo }, patience())
    await outbox.edit(id, outbox.renderer.plain(`${text} again`), none, patience())
    const [, reply] = emulator.screen(channel)
    expect(reply).toMatchObject({
      replyTo: asked.messageId,
      text: `\\<@${ann.id}> @everyone <https://a.example/x> again`,
      pinged: { users: [], roles: [], everyone: false },
      edited: true,
    })
    for (const { payload } of emulator.store.calls) {
      expect(payload).toMatchObject({
        allowed_mentions: { parse: [], replied_user: false },
        flags: 4,
        components: [],
      })
    }
  })

  test('the same text again is no failure, and a deleted message is gone', async () => {
    const { channel, emulator, outbox } = await setUp()
    const body = bodyOf(outbox, '**same**')
    const id = await outbox.post(body, { ...none, key: 'k1' }, patience())
    await outbox.edit(id, body, none, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['**same**'])
    emulator.deleteMessage({ channelId: channel.id, messageId: id })
    expect(await failureOf(outbox.edit(id, body, none, patience()))).toMatchObject({
      kind: 'gone',
      code: 10_008,
    })
  })

  test('a reply to a message deleted meanwhile is posted all the same', async () => {
    const { ann, channel, emulator, outbox } = await setUp()
    const asked = emulator.say(ann, channel, 'never mind')
    emulator.deleteMessage(asked)
    await outbox.post(
      bodyOf(outbox, 'too late'),
      { ...none, key: 'k1', replyTo: asked.messageId as MessageId },
      patience(),
    )
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['too late'])
  })

  test('where history may not be read, posts are no replies, and that is found out once', async () => {
    const { ann, channel, emulator, outbox } = await setUp()
    const replyTo = emulator.say(ann, channel, 'hi').messageId as MessageId
    emulator.deny(channel, 'READ_MESSAGE_HISTORY')
    await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1', replyTo }, patience())
    await outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k2', replyTo }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['hi', 'one', 'two'])
    expect(emulator.store.calls).toHaveLength(3)
  })

  test('buttons stay while they are sent along, and go with an empty list', async () => {
    const { channel, emulator, outbox } = await setUp()
    const controls: readonly Control[] = [
      { kind: 'suggestion', token: 's1', label: '再说一遍' },
      { kind: 'stop', token: 'stop', label: 'Stop' },
      { kind: 'thumbs', upToken: 'up', downToken: 'down' },
    ]
    const id = await outbox.post(bodyOf(outbox, 'text'), { controls, key: 'k1' }, patience())
    await outbox.edit(id, bodyOf(outbox, 'text 2'), { controls }, patience())
    expect(emulator.screen(channel)[0]?.buttons.map(({ customId }) => customId)).toEqual([
      's1',
      'stop',
      'up',
      'down',
    ])
    await outbox.edit(id, bodyOf(outbox, 'text 3'), none, patience())
    expect(emulator.screen(channel)[0]?.buttons).toEqual([])
  })

  test('an edit in an archived thread asks for a new message, which brings the thread back', async () => {
    const { channel, emulator, parts, placeOf } = await setUp()
    const thread = emulator.thread(channel, 'side talk')
    const outbox = createOutbox({ ...placeOf(thread), parentId: channel.id }, parts)
    const id = await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience())
    emulator.archive(thread)
    expect(await failureOf(outbox.edit(id, bodyOf(outbox, 'two'), none, patience()))).toMatchObject({
      kind: 'gone',
    })
    await outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k1r1' }, patience())
    expect(emulator.screen(thread).map(({ text }) => text)).toContain('two')
  })

  test('components show the same words, with rules as separators, and grow by edits', async () => {
    const { channel, emulator, outbox } = await setUp({}, { renderer: createComponentsRenderer() })
    const id = await outbox.post(bodyOf(outbox, '# Title'), { ...none, key: 'k1' }, patience())
    const controls: readonly Control[] = [{ kind: 'stop', token: 'stop', label: 'Stop' }]
    await outbox.edit(id, bodyOf(outbox, '# Title\n\n---\n\n**end**'), { controls }, patience())
    expect(emulator.screen(channel)[0]?.components.map(({ type }) => type)).toEqual([10, 14, 10, 1])
    expect(emulator.screen(channel)[0]?.text).toContain('**end**')
  })

  test('Chinese up to the brim is taken in both styles', async () => {
    for (const [renderer, chars] of [
      [createRenderer(), 2_000],
      [createComponentsRenderer(), 3_386],
    ] as const) {
      const { channel, emulator, outbox } = await setUp({}, { renderer })
      const source = '字'.repeat(chars)
      expect(renderer.fill(renderer.render(parse(source)))).toBeLessThanOrEqual(1)
      expect(renderer.fill(renderer.render(parse(`${source}字`)))).toBeGreaterThan(1)
      await outbox.post(bodyOf(outbox, source), { ...none, key: 'k1' }, patience())
      expect(emulator.screen(channel)[0]?.text).toBe(source)
    }
  })
})

describe('answers that never come', () => {
  test.each(['drop', 'hang'] as const)(
    'a post whose answer is lost (%s) is one message under its nonce',
    async (how) => {
      const { channel, emulator, outbox } = await setUp()
      emulator.faults.add({ fault: { do: how, storing: 'after' }, routes: ['createMessage'] })
      const body = bodyOf(outbox, 'once')
      const failure = await failureOf(outbox.post(body, { ...none, key: 'k1' }, AbortSignal.timeout(300)))
      expect(failure.outcome).toBe('unknown')
      const id = await outbox.post(body, { ...none, key: 'k1' }, patience())
      expect(emulator.screen(channel).map((shown) => shown.id)).toEqual([id])
    },
  )

  test('it is found by the gateway’s echo, or else in the channel', async () => {
    const { channel, emulator, outbox, parts } = await setUp()
    const id = await outbox.post(bodyOf(outbox, 'here'), { ...none, key: 'k1' }, patience())
    expect(await outbox.findPosted?.('k1', patience())).toBe(id)
    expect(emulator.store.calls.filter(({ route }) => route === 'listMessages')).toHaveLength(1)
    parts.echoes.saw({ id: '7', channel_id: channel.id, nonce: 'k2' })
    expect(await outbox.findPosted?.('k2', patience())).toBe('7')
    expect(await outbox.findPosted?.('k3', patience())).toBeUndefined()
    emulator.deny(channel, 'VIEW_CHANNEL')
    expect(await outbox.findPosted?.('k4', patience())).toBeUndefined()
  })

  test('a hanging edit holds up neither typing, nor a post, nor another message’s edit in that channel', async () => {
    const { channel, emulator, outbox } = await setUp()
    const first = await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience())
    const second = await outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k2' }, patience())
    const fault = emulator.faults.add({ fault: { do: 'hang' }, routes: ['editMessage'] })
    const stop = new AbortController()
    const hanging = failureOf(outbox.edit(first, bodyOf(outbox, 'one …'), none, stop.signal))
    await vi.waitFor(() => expect(fault.hits).toBe(1))
    await outbox.showTyping?.(patience())
    await outbox.edit(second, bodyOf(outbox, 'two …'), none, patience())
    await outbox.post(bodyOf(outbox, 'three'), { ...none, key: 'k3' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['one', 'two …', 'three'])
    stop.abort()
    expect(await hanging).toMatchObject({ kind: 'cancelled' })
  })

  test('after five edits a post still goes: the server counts them apart, and so the library must not count at all', async () => {
    const { channel, emulator, outbox } = await setUp({ limits: true })
    const id = await outbox.post(bodyOf(outbox, '0'), { ...none, key: 'k0' }, patience())
    for (let n = 1; n <= 5; n++) await outbox.edit(id, bodyOf(outbox, `edit ${n}`), none, patience())
    await outbox.post(bodyOf(outbox, 'next'), { ...none, key: 'k1' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['edit 5', 'next'])
    const sixth = await failureOf(outbox.edit(id, bodyOf(outbox, 'edit 6'), none, patience()))
    expect(sixth).toMatchObject({ kind: 'rate-limited', outcome: 'not-sent' })
    expect(sixth.retryAfterMs).toBeGreaterThan(0)
    expect(emulator.store.calls.at(-1)).toMatchObject({ status: 429 })
  })

  test.each([
    [{ scope: 'user' }, undefined],
    [{ scope: 'shared' }, undefined],
    [{ scope: 'user', code: 30_046 }, undefined],
    [{ scope: 'global' }, ACCOUNT],
    [{ scope: 'user', header: false }, undefined],
  ] as const)('a 429 (%o) is told at once, with its time, and asked once', async (how, budgetKey) => {
    const { emulator, outbox } = await setUp()
    const fault = emulator.faults.add({ fault: { do: 'rate-limit', retryAfterMs: 7_000, ...how } })
    const failure = await failureOf(outbox.post(bodyOf(outbox, 'x'), { ...none, key: 'k1' }, patience()))
    expect(failure).toMatchObject({ kind: 'rate-limited', outcome: 'not-sent', budgetKey })
    expect(failure.retryAfterMs).toBeGreaterThan(6_500)
    expect(failure.retryAfterMs).toBeLessThanOrEqual(7_100)
    expect(fault.hits).toBe(1)
  })

  test('one 401 while a reply grows does not end it: it waits, and goes on', async () => {
    const { channel, emulator, outbox } = await setUp()
    emulator.faults.add({ fault: { do: 'error', status: 401 }, times: 2 })
    const posting = outbox.post(bodyOf(outbox, 'It'), { ...none, key: 'k1' }, patience())
    expect(await failureOf(posting)).toMatchObject({ kind: 'unavailable', outcome: 'not-sent', code: 401 })
    const opening = outbox.openThread?.({ title: 'talk' }, patience())
    expect(await failureOf(opening ?? posting)).toMatchObject({ kind: 'unavailable', code: 401 })
    const id = await outbox.post(bodyOf(outbox, 'It'), { ...none, key: 'k1' }, patience())
    emulator.faults.add({ fault: { do: 'error', status: 401 } })
    const editing = outbox.edit(id, bodyOf(outbox, 'It grows'), none, patience())
    expect(await failureOf(editing)).toMatchObject({ kind: 'unavailable', outcome: 'not-sent' })
    await outbox.edit(id, bodyOf(outbox, 'It grows'), none, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['It grows'])
  })

  test('nobody is pinged, whatever is said and however, and mentions show as they were written', async () => {
    const { ann, channel, emulator, outbox } = await setUp()
    const said = `@everyone <@${ann.id}> <@&${ann.id}> <#${channel.id}> </ask:${channel.id}> @here`
    const key = (n: number): { key: string; controls: readonly Control[] } => ({ key: `k${n}`, controls: [] })
    const id = await outbox.post(bodyOf(outbox, said), key(1), patience())
    await outbox.edit(id, bodyOf(outbox, `${said}!`), none, patience())
    await outbox.post(outbox.renderer.plain(said), key(2), patience())
    const file: OutgoingFile = {
      kind: 'file',
      name: 'a.txt',
      mimeType: 'text/plain',
      sizeBytes: 1,
      caption: said,
      async *open() {
        yield await Promise.resolve(Buffer.from('x'))
      },
    }
    await outbox.sendFiles?.([file], key(3), patience())
    const writes = emulator.store.calls.filter(({ method }) => method === 'POST' || method === 'PATCH')
    expect(writes).toHaveLength(4)
    for (const { payload } of writes) {
      expect(payload['allowed_mentions']).toMatchObject({ parse: [] })
      expect(String(payload['content'])).not.toMatch(/(?<!\\)<[@#/]/)
    }
    for (const { message, pinged } of emulator.store.channels.get(channel.id)?.messages.values() ?? []) {
      expect(pinged).toEqual({ users: [], roles: [], everyone: false })
      expect(message.mentions).toEqual([])
    }
  })

  test('a server without rate headers serves as well', async () => {
    const { channel, emulator, outbox } = await setUp({ omitOptionalFields: true })
    const id = await outbox.post(bodyOf(outbox, 'a'), { ...none, key: 'k1' }, patience())
    await outbox.edit(id, bodyOf(outbox, 'b'), none, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['b'])
  })
})

describe('interactions', () => {
  test('the first post fills the deferred answer, the next is a message of the channel, edits find both', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    parts.interactions.answered(interaction.id, 'deferred')
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    const first = await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience())
    const second = await outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k2' }, patience())
    await outbox.edit(first, bodyOf(outbox, 'one!'), none, patience())
    await outbox.edit(second, bodyOf(outbox, 'two!'), none, patience())
    expect(emulator.screen(channel).map(({ isLoading, text }) => [text, isLoading])).toEqual([
      ['one!', false],
      ['two!', false],
    ])
    // The second has a nonce, which no follow-up bears.
    const calls = emulator.store.calls.map(({ route }) => route)
    expect(calls.filter((route) => route === 'createMessage')).toHaveLength(1)
    expect(calls).not.toContain('followUp')
    expect(outbox.limits.budgets.map(({ key }) => key)).toContain(`${ACCOUNT}/${channel.id}`)
    expect(outbox.openThread).toBeUndefined()
    expect(outbox.showTyping).toBeUndefined()
  })

  test('after a restart the answer already given is not written over', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    const before = createOutbox({ ...placeOf(channel), interaction }, parts)
    await before.post(bodyOf(before, 'one'), { ...none, key: 'k1' }, patience())
    const after = createOutbox(
      { ...placeOf(channel), interaction },
      { ...parts, interactions: createInteractions(parts.clock) },
    )
    await after.post(bodyOf(after, 'two'), { ...none, key: 'k2' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['one', 'two'])
  })

  test('after a kill the first answer is known by its key: found, and filled again, never doubled', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    const before = createOutbox({ ...placeOf(channel), interaction }, parts)
    await before.post(bodyOf(before, 'one'), { ...none, key: 'k1' }, patience())
    const restarted = { ...parts, interactions: createInteractions(parts.clock) }
    const after = createOutbox({ ...placeOf(channel), interaction }, restarted)
    const found = await after.findPosted?.('k1', patience())
    const again = await after.post(bodyOf(after, 'one'), { ...none, key: 'k1' }, patience())
    expect(again).toBe(found)
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['one'])
  })

  test('a later message of an answer whose answer is lost is found by its nonce', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    parts.interactions.answered(interaction.id, 'deferred')
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience())
    emulator.faults.add({ fault: { do: 'drop', storing: 'after' }, routes: ['createMessage'] })
    await failureOf(outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k2' }, patience()))
    expect(emulator.store.ambiguousPosts).toMatchObject([{ route: 'createMessage', channelId: channel.id }])
    const id = await outbox.findPosted?.('k2', patience())
    expect(emulator.screen(channel).map((shown) => shown.id)[1]).toBe(id)
  })

  test('where the channel refuses the rest, it follows up after all', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    parts.interactions.answered(interaction.id, 'deferred')
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    await outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience())
    emulator.faults.add({
      fault: { do: 'error', status: 403, code: 50_013 },
      routes: ['createMessage'],
      times: Infinity,
    })
    await outbox.post(bodyOf(outbox, 'two'), { ...none, key: 'k2' }, patience())
    await outbox.post(bodyOf(outbox, 'three'), { ...none, key: 'k3' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  })

  test('a first post whose answer is lost is found, and is one message', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    parts.interactions.answered(interaction.id, 'deferred')
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    expect(await outbox.findPosted?.('k1', patience())).toBeUndefined()
    emulator.faults.add({ fault: { do: 'drop', storing: 'after' }, when: ({ method }) => method === 'PATCH' })
    await failureOf(outbox.post(bodyOf(outbox, 'one'), { ...none, key: 'k1' }, patience()))
    const id = await outbox.findPosted?.('k1', patience())
    expect(emulator.screen(channel).map((shown) => shown.id)).toEqual([id])
  })

  test('once its time is over, edits and posts go to the channel', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const open = await deferredCommand(emulator, api, channel)
    const early = createOutbox({ ...placeOf(channel), interaction: open }, parts)
    const id = await early.post(bodyOf(early, 'one'), { ...none, key: 'k1' }, patience())
    const late = createOutbox({ ...placeOf(channel), interaction: { ...open, untilMs: 0 } }, parts)
    await late.edit(id, bodyOf(late, 'one!'), none, patience())
    await late.post(bodyOf(late, 'two'), { ...none, key: 'k2' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['one!', 'two'])
    expect(emulator.store.calls.slice(-2).map(({ route }) => route)).toEqual(['editMessage', 'createMessage'])
    expect(late.limits.budgets[0]?.key).toBe(`${ACCOUNT}/${channel.id}`)
  })

  test('when Discord says earlier that it is over, the same holds', async () => {
    const { channel, emulator, parts, placeOf } = await setUp()
    const interaction = {
      id: '1',
      token: 'nobody-knows',
      applicationId: emulator.applicationId,
      untilMs: Infinity,
    }
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    const post = (): Promise<MessageId> =>
      outbox.post(bodyOf(outbox, 'here'), { ...none, key: 'k1' }, patience())
    // Let through by the interaction's budget: so it is sent again at once, by the channel's.
    expect(await failureOf(post())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 0 })
    await post()
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['here'])
    expect(outbox.limits.budgets[0]?.key).toBe(`${ACCOUNT}/${channel.id}`)
  })

  test('no failure tells the interaction’s token', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    emulator.faults.add({ fault: { do: 'error', status: 400, code: 50_035, message: 'Invalid Form Body' } })
    const failure = await failureOf(outbox.post(bodyOf(outbox, 'secret'), { ...none, key: 'k1' }, patience()))
    expect(failure).toMatchObject({ kind: 'rejected', code: 50_035 })
    expect(`${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`).not.toContain(
      interaction.token,
    )
    expect(failure.cause).toBeUndefined()
  })
})

describe('threads', () => {
  test('a thread is opened on the message, and a second time is the same one', async () => {
    const { ann, channel, emulator, guild, outbox, parts } = await setUp()
    const asked = emulator.say(ann, channel, 'a long question')
    const opts = { title: ' a\n long  question '.padEnd(300, '字'), messageId: asked.messageId as MessageId }
    const first = await outbox.openThread?.(opts, patience())
    const again = await outbox.openThread?.(opts, patience())
    expect(again).toEqual(first)
    expect(first?.address).toEqual({ account: ACCOUNT, chatId: channel.id, threadId: asked.messageId })
    const place = readPlace(first!.replyTarget)
    expect(place).toEqual({
      channelId: asked.messageId,
      direct: false,
      guildId: guild.id,
      parentId: channel.id,
    })
    const inside = createOutbox(place, parts)
    expect(inside.openThread).toBeUndefined()
    await inside.post(
      bodyOf(inside, 'in here'),
      { ...none, key: 'k1', replyTo: asked.messageId as MessageId },
      patience(),
    )
    expect(emulator.screen(asked.messageId).map(({ text }) => text)).toContain('in here')
    expect(emulator.channel(asked.messageId).name).toMatch(/^a long question 字+…$/u)
  })

  test('without a message it stands in the channel; an empty title gets a name', async () => {
    const { channel, emulator, outbox } = await setUp()
    const opened = await outbox.openThread?.({ title: ' \n' }, patience())
    expect(emulator.channel(String(opened?.address.threadId))).toMatchObject({
      type: 11,
      parent_id: channel.id,
      name: '…',
    })
  })

  test('a private chat has none', async () => {
    const { ann, emulator, parts } = await setUp()
    const direct = emulator.directChannel(ann)
    expect(createOutbox({ channelId: direct.id, direct: true }, parts).openThread).toBeUndefined()
  })
})

describe('files', () => {
  const opened: string[] = []
  const file = (name: string, bytes: string, more: Partial<OutgoingFile> = {}): OutgoingFile => ({
    kind: 'image',
    name,
    mimeType: 'image/png',
    sizeBytes: Buffer.byteLength(bytes),
    async *open() {
      opened.push(name)
      yield await Promise.resolve(Buffer.from(bytes))
    },
    ...more,
  })
  const voice = file('answer.ogg', 'OggS', {
    kind: 'voice',
    mimeType: 'audio/ogg',
    durationMs: 1_500,
    loudness: [0, 128, 255],
    caption: 'never shown',
  })
  const controls: readonly Control[] = [{ kind: 'again', token: 'again', label: 'Again' }]
  const send = async (outbox: Outbox<DiscordBody>, files: readonly OutgoingFile[], key = 'k1') =>
    outbox.sendFiles?.(files, { controls, key }, patience()) ?? []

  test('an album is one message, its pictures described, with buttons below', async () => {
    const { channel, emulator, outbox } = await setUp()
    const album = Array.from({ length: 10 }, (_, n) =>
      file(`${n}.png`, `picture ${n}`, { caption: `a *${n}*` }),
    )
    const ids = await send(outbox, album)
    const [shown, ...others] = emulator.screen(channel)
    expect(others).toEqual([])
    expect(ids).toEqual([shown?.id])
    expect(shown?.text).toBe('')
    expect(shown?.buttons).toMatchObject([{ customId: 'again' }])
    expect(shown?.files.map(({ description, name }) => [name, description])).toEqual(
      album.map(({ caption, name }) => [name, caption]),
    )
    expect(emulator.fileBytes(shown?.files[3]?.id ?? '')?.toString()).toBe('picture 3')
  })

  test.each<readonly [string, Partial<OutgoingFile>, string, string | undefined]>([
    ['a picture alone says its caption, and whispers it', { caption: ' a *cat* ' }, 'a \\*cat\\*', 'a *cat*'],
    ['a document says its caption', { kind: 'file', caption: 'the plan' }, 'the plan', undefined],
    ['a caption that is the name is not said twice', { caption: 'x.png' }, '', undefined],
    ['a long caption is cut', { caption: '字'.repeat(3_000) }, `${'字'.repeat(1_999)}…`, '字'.repeat(1_024)],
  ])('%s', async (_what, more, text, description) => {
    const { channel, emulator, outbox } = await setUp()
    await send(outbox, [file('x.png', 'picture', more)])
    expect(emulator.screen(channel)).toMatchObject([{ text, files: [{ name: 'x.png' }] }])
    expect(emulator.screen(channel)[0]?.files[0]?.description).toBe(description)
  })

  test('a voice message has its length and its loudness, and nothing beside it', async () => {
    const { channel, emulator, outbox } = await setUp()
    await send(outbox, [voice])
    const [shown] = emulator.screen(channel)
    expect(shown).toMatchObject({ text: '', buttons: [], flags: 1 << 13 })
    expect(shown?.files).toMatchObject([
      { name: 'voice-message.ogg', contentType: 'audio/ogg', durationMs: 1_500, loudness: [0, 128, 255] },
    ])
    const { loudness: _unknown, ...plain } = voice
    await send(outbox, [plain], 'k2')
    expect(emulator.screen(channel)[1]?.files[0]?.loudness).not.toHaveLength(0)
  })

  test('in the style of components the files are seen as well', async () => {
    const { channel, emulator, outbox } = await setUp({}, { renderer: createComponentsRenderer() })
    const [id] = await send(outbox, [file('a.png', 'picture', { caption: 'a cat' })])
    expect(emulator.screen(channel)).toMatchObject([{ text: 'a cat', files: [{ name: 'a.png' }] }])
    // Without words an edit changes the buttons alone.
    await outbox.edit(id!, outbox.renderer.render([]), none, patience())
    expect(emulator.screen(channel)).toMatchObject([
      { text: 'a cat', buttons: [], files: [{ name: 'a.png' }] },
    ])
  })

  test.each<readonly [string, readonly OutgoingFile[], number | undefined]>([
    ['nothing', [], undefined],
    ['eleven files', Array.from({ length: 11 }, () => file('a.png', 'x')), undefined],
    ['a file above ten MiB', [file('a.png', 'x', { sizeBytes: (10 << 20) + 1 })], 10 << 20],
    [
      'more than a request may hold',
      Array.from({ length: 3 }, () => file('a.png', 'x', { sizeBytes: 9 << 20 })),
      24 << 20,
    ],
    ['a voice message among others', [voice, file('a.png', 'x')], undefined],
    [
      'a voice message without a length',
      [file('a.ogg', 'x', { kind: 'voice', mimeType: 'audio/ogg' })],
      undefined,
    ],
    ['a voice message that is no Ogg', [{ ...voice, mimeType: 'audio/mpeg' }], undefined],
  ])('%s is rejected without a call', async (_what, files, limitBytes) => {
    const { emulator, outbox } = await setUp()
    expect(await failureOf(send(outbox, files))).toMatchObject({ kind: 'rejected', limitBytes })
    expect(emulator.store.calls).toEqual([])
  })

  test.each<readonly [string, object, number | undefined]>([
    ['too large (413)', { status: 413, code: 40_005 }, 10 << 20],
    ['too large by one file', { status: 400, code: 50_045 }, 10 << 20],
    ['too large, says a wall before Discord', { status: 413 }, 10 << 20],
    ['not allowed here', { status: 403, code: 50_013 }, undefined],
    ['no voice messages here', { status: 403, code: 50_173 }, undefined],
  ])('what Discord finds %s is rejected, so that a link can stand', async (_what, answer, limitBytes) => {
    const { emulator, outbox } = await setUp()
    emulator.faults.add({ fault: { do: 'error', status: 400, ...answer } })
    expect(await failureOf(send(outbox, [voice]))).toMatchObject({ kind: 'rejected', limitBytes })
  })

  test('without the right to attach files it is rejected; words still go', async () => {
    const { channel, emulator, outbox } = await setUp()
    emulator.deny(channel, 'ATTACH_FILES')
    expect(await failureOf(send(outbox, [file('a.png', 'x')]))).toMatchObject({ kind: 'rejected' })
    await outbox.post(bodyOf(outbox, 'see there'), { ...none, key: 'k2' }, patience())
    expect(emulator.screen(channel).map(({ text }) => text)).toEqual(['see there'])
  })

  test('the bytes are read anew for each attempt, and two attempts are one message', async () => {
    const { channel, emulator, outbox } = await setUp()
    opened.splice(0)
    emulator.faults.add({ fault: { do: 'drop', storing: 'after' } })
    const picture = file('twice.png', 'picture')
    expect(await failureOf(send(outbox, [picture]))).toMatchObject({
      kind: 'unavailable',
      outcome: 'unknown',
    })
    const [shown] = emulator.screen(channel)
    expect(await outbox.findPosted?.('k1', patience())).toBe(shown?.id)
    expect(await send(outbox, [picture])).toEqual([shown?.id])
    expect(emulator.screen(channel)).toHaveLength(1)
    expect(opened).toEqual(['twice.png', 'twice.png'])
  })

  test('where history may not be read, the file is sent all the same, as no reply', async () => {
    const { ann, channel, emulator, outbox } = await setUp()
    const asked = emulator.say(ann, channel, 'draw')
    emulator.deny(channel, 'READ_MESSAGE_HISTORY')
    const opts = { key: 'k1', controls: [], replyTo: asked.id as MessageId }
    await outbox.sendFiles?.([file('a.png', 'picture')], opts, patience())
    const shown = emulator.screen(channel)[1]
    expect(emulator.fileBytes(shown?.files[0]?.id ?? '')?.toString()).toBe('picture')
  })

  test('an interaction is answered with files: first in the place of "thinking…", then behind', async () => {
    const { api, channel, emulator, parts, placeOf } = await setUp()
    const interaction = await deferredCommand(emulator, api, channel)
    parts.interactions.answered(interaction.id, 'deferred')
    await parts.privacy.decided(interaction.id, true)
    const outbox = createOutbox({ ...placeOf(channel), interaction }, parts)
    expect(await failureOf(send(outbox, [voice], 'k0'))).toMatchObject({ kind: 'rejected' })
    await send(outbox, [file('a.png', 'one')])
    await send(outbox, [file('b.png', 'two')], 'k2')
    await send(outbox, [voice], 'k3')
    const [first, second, third] = emulator.screen(
      channel,
      emulator.store.interactions.get(interaction.id)?.person,
    )
    expect(first).toMatchObject({ isLoading: false, files: [{ name: 'a.png' }] })
    expect(second).toMatchObject({ files: [{ name: 'b.png' }], onlyFor: expect.any(String) as string })
    expect(third?.files).toMatchObject([{ durationMs: 1_500 }])
    expect(third?.onlyFor).toBeDefined()
  })

  test('how large a file may be, the server’s boosts say, or the interaction', async () => {
    const { channel, outbox, parts, placeOf } = await setUp()
    const limitOf = (place: Partial<Place>, tier?: number): number | undefined =>
      createOutbox({ ...placeOf(channel), ...place }, { ...parts, tierOf: () => tier }).limits.files?.maxBytes
    expect(outbox.limits.files).toMatchObject({ imagesPerMessage: 10, albumsTakeControls: true })
    expect([limitOf({}), limitOf({}, 1), limitOf({}, 2), limitOf({}, 3)]).toEqual(
      // A whole request may have no more than 25 MiB.
      [10, 10, 24, 24].map((mib) => mib << 20),
    )
    const interaction = { id: '1', token: 't', applicationId: '2', untilMs: Infinity, maxFileBytes: 15 << 20 }
    expect(limitOf({ interaction })).toBe(15 << 20)
    expect(limitOf({ interaction: { ...interaction, untilMs: 0 } })).toBe(10 << 20)
  })
})
