// Does the bridge send only what Discord describes, no longer than Discord takes, and without pinging anybody?
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DiscordSettings } from '../../adapters/discord/settings.ts'
import type { DiscordExchange } from '../../src/emulators/discord/index.ts'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { standsWhole } from '../support/e2e-talk.ts'
import { adapterSession } from './discord-adapter-session.ts'
import { createDiscordRequestChecker } from './discord-request-checker.ts'
import { describeWithSchemas } from './schemas.ts'

const STYLES = ['text', 'components'] as const

const CALLS_OF_BRIDGE = [
  'GET /gateway/bot',
  'PUT /applications/:id/commands',
  'POST /channels/:id/typing',
  'POST /channels/:id/messages',
  'PATCH /channels/:id/messages/:id',
  'POST /channels/:id/messages/:id/threads',
  'POST /interactions/:id/:token/callback',
]
const CALLS_OF_ADAPTER = [
  ...CALLS_OF_BRIDGE,
  'PUT /applications/:id/guilds/:id/commands',
  'PATCH /webhooks/:id/:token/messages/@original',
  'POST /channels/:id/threads',
  'POST /webhooks/:id/:token',
  'PATCH /webhooks/:id/:token/messages/:id',
]

describeWithSchemas('what is sent to Discord', (folder) => {
  describe.each(STYLES)('in the style %s', (style) => {
    describe('by a bridge', () => {
      const called: DiscordExchange[] = []
      let stage: E2eStage<'discord'>
      beforeAll(async () => {
        stage = await openE2eStage({
          platforms: ['discord'],
          discord: { observe: (exchange) => called.push(exchange) },
          coze: { pace: { firstDeltaMs: 400, deltaMs: 4, charsPerDelta: 40 } },
          yaml: yamlOf(style),
        })
        await talk(stage)
      }, 60_000)
      afterAll(() => stage.close())
      testAll(folder, () => called, CALLS_OF_BRIDGE)

      test('is not refused, and answers commands where "thinking…" stood, however fast the answer is', () => {
        // To look for something and not find it is no fault.
        const refused = called.filter(({ method, status }) => status >= 400 && method !== 'GET')
        expect(refused.map(nameOf)).toEqual([])
        expect(called.map(nameOf)).toContain('PATCH /webhooks/:id/:token/messages/@original')
        const shown = [...stage.discord.store.channels.keys()].flatMap((id) => stage.discord.screen(id))
        expect(shown.filter(({ isLoading }) => isLoading)).toHaveLength(0)
      })
    })

    describe('by the adapter, with all that it can send', () => {
      let called: readonly DiscordExchange[] = []
      beforeAll(async () => {
        called = await adapterSession(style)
      }, 60_000)
      testAll(folder, () => called, CALLS_OF_ADAPTER)

      test('is not refused', () => {
        expect(called.filter(({ status }) => status >= 400).map(nameOf)).toEqual([])
      })
    })
  })

  test('what should not be sent would be noticed', () => {
    const check = createDiscordRequestChecker(folder)
    const post = (payload: DiscordExchange['payload']): readonly string[] =>
      check({ method: 'POST', path: '/channels/1/messages', payload })
    const button = { type: 2, style: 1, custom_id: 'a', label: 'A' }
    const row = (...components: readonly unknown[]): DiscordExchange['payload'] => ({
      components: [{ type: 1, components }],
    })
    expect(post({ content: 'x'.repeat(2_000), nonce: 'a'.repeat(25), enforce_nonce: true })).toEqual([])
    expect(post(row(button))).toEqual([])
    expect(post({ content: 'x'.repeat(2_001) })).not.toEqual([])
    expect(post({ content: 'x', nonce: 'a'.repeat(26) })).not.toEqual([])
    expect(post({ content: 'x', colour: 'red' })).not.toEqual([])
    expect(post({ content: 'x', allowed_mentions: { parse: [], everyone: false } })).not.toEqual([])
    expect(post(row({ ...button, tooltip: 'A' }))).not.toEqual([])
    expect(post(row(...Array.from({ length: 6 }, () => button)))).not.toEqual([])
    expect(check({ method: 'POST', path: '/channels/1/typing', payload: { forMs: 9 } })).not.toEqual([])
    expect(check({ method: 'POST', path: '/telepathy', payload: {} })).not.toEqual([])
  })
})

function testAll(
  folder: string,
  called: () => readonly DiscordExchange[],
  expected: readonly string[],
): void {
  test('is as Discord’s OpenAPI document says, and all of it was sent', () => {
    expect(called().flatMap(createDiscordRequestChecker(folder))).toEqual([])
    expect([...new Set(called().map(nameOf))]).toEqual(expect.arrayContaining([...expected]))
  })

  test('pings nobody and is short enough, at first and in every edit', () => {
    const messages = called().flatMap(messageIn)
    expect(messages.length).toBeGreaterThan(4)
    for (const { name, body } of messages) {
      expect(body['allowed_mentions'], name).toMatchObject({ parse: [] })
      expect(lengthOf(body['content']), name).toBeLessThanOrEqual(2_000)
      // Components V2. https://docs.discord.com/developers/components/reference#text-display
      expect(textsIn(body['components']), name).toBeLessThanOrEqual(4_000)
    }
  })
}

function yamlOf(style: DiscordSettings['style']): string {
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: 0 }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
platforms:
  discord: { token: "\${env:DISCORD_TOKEN}", apiBase: "\${env:DISCORD_API_BASE}", style: ${style}, messageContent: true }
routes:
  - { when: { chatKind: group }, conversation: per-thread, threads: open }
  - {}
`
}

/** A question in a server gets a thread of its own; commands are answered where "thinking…" stands. */
async function talk(stage: E2eStage<'discord'>): Promise<void> {
  const { discord } = stage
  const ann = discord.person({ name: 'Ann' })
  const general = discord.textChannel(discord.guild({ members: [ann] }), 'general')
  const direct = discord.directChannel(ann)
  const asked = discord.say(ann, general, 'a long answer, please !long 5000', { mention: true })
  discord.say(ann, direct, '!say to @everyone here')
  const answers = (where: { readonly id: string }) =>
    discord.screen(where, ann).filter(({ byBot, isLoading }) => byBot && !isLoading)
  await until(stage, 'the menu stands', () => (discord.store.commands.get('global') ?? []).length > 0)
  // The reply may be on its way before "thinking…" stands there.
  const fault = { do: 'slow', delayMs: 100 } as const
  discord.faults.add({ routes: ['answerInteraction'], times: Infinity, fault })
  discord.runCommand(ann, general, 'help')
  await until(stage, 'the help stands', () => answers(general).some(({ text }) => text.includes('/new')))
  await until(stage, 'the direct answer stands', () => answers(direct).length === 1)
  discord.runCommand(ann, direct, 'new')
  await until(stage, 'the command is answered', () => answers(direct).length === 2)
  await until(stage, 'the whole answer stands in its thread', () => {
    const thread = discord.store.channels.get(asked.messageId)?.channel
    const shown = thread === undefined ? [] : answers(thread)
    return shown.length > 1 && standsWhole(stage, 'a long answer, please', shown)
  })
}

/** The call, with words for its ids. */
function nameOf({ method, path }: DiscordExchange): string {
  return `${method} ${path
    .replace(/^\/(interactions|webhooks)\/\d+\/[^/]+/, '/$1/:id/:token')
    .replace('%40', '@')
    .replace(/\/\d+/g, '/:id')}`
}

/** What a call puts on a screen; a deferral, a form or a thread puts no words there. */
function messageIn(
  exchange: DiscordExchange,
): readonly { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[] {
  const name = nameOf(exchange)
  const { payload } = exchange
  if (/^(POST|PATCH) .*(\/messages|\/messages\/[:@]\w+|\/webhooks\/:id\/:token)$/.test(name))
    return [{ name, body: payload }]
  const isAnswer = name.endsWith('/callback') && (payload['type'] === 4 || payload['type'] === 7)
  return isAnswer ? [{ name, body: payload['data'] as Readonly<Record<string, unknown>> }] : []
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

/** Characters of all text displays. */
function textsIn(components: unknown): number {
  if (!Array.isArray(components)) return 0
  const all = components as readonly Readonly<Record<string, unknown>>[]
  return all.reduce((sum, { content, components: inner }) => sum + lengthOf(content) + textsIn(inner), 0)
}
