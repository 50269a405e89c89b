// What may stand in config/bridge.yaml: every key, its meaning and its default.
//
// Descriptions go into config/bridge.schema.json, where editors show them.

import { z } from 'zod'
import { OPTION_NAME, command, options, tools } from './command-schema.ts'
import { NAME, date, id, secret, webAddress, whole, yesOrNo } from './fields.ts'
import { budgets, retention, routeBudget } from './limit-schema.ts'
import { media, mediaAccess, voice } from './media-schema.ts'
import { platform } from './platform-schema.ts'

const texts = () => z.record(z.string(), z.string())
const json = () => z.record(z.string(), z.json())

const cozeAuth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token').default('token'),
    token: secret().describe('A personal access token or a service token.'),
    expiresAt: date()
      .optional()
      .describe(
        'When the token ends, as Coze said when it was made: 2026-12-31. Admins are told 7, 3 and 1 days before.',
      ),
  }),
  z.strictObject({
    kind: z.literal('jwt'),
    clientId: id().describe('The id of the OAuth service app.'),
    keyId: id().describe('The fingerprint of the public key.'),
    privateKey: z.string().min(1).describe('PEM; best as ${file:./secrets/coze.pem}.'),
    sessionPerUser: yesOrNo().default(true).describe('Each person gets a Coze session of their own.'),
    durationSeconds: whole(86_399)
      .default(3_600)
      .describe('How long a token lasts (Coze docs: OAuth JWT; at most 86399).'),
  }),
  z.strictObject({
    kind: z
      .literal('oauth')
      .describe("A person's own login: `bridge login` asks for it and keeps it in the store."),
    clientId: id().describe('The id of the OAuth app, of the type device, PKCE or web.'),
    clientSecret: secret().optional().describe('Of an app of the type web; the others have none.'),
    flow: z
      .enum(['device', 'pkce'])
      .default('device')
      .describe(
        'device: a code typed in a browser anywhere. pkce: a browser on this machine; the app must list http://127.0.0.1:<redirectPort>/callback.',
      ),
    redirectPort: whole(65_535, 1)
      .default(8_789)
      .describe('Where `bridge login` waits for the browser; only while it runs.'),
    workspace: id().optional().describe('Log in for this workspace alone.'),
  }),
])

const coze = z.strictObject({
  apiBase: webAddress()
    .default('https://api.coze.cn')
    .describe('https://api.coze.cn, https://api.coze.com, or your Coze Studio.'),
  flavor: z
    .enum(['cloud', 'studio'])
    .default('cloud')
    .describe('studio: a self-hosted Coze Studio, which has fewer endpoints.'),
  auth: cozeAuth,
  limits: z
    .strictObject({
      chatsPerSecond: whole().default(2).describe('0 = no limit.'),
      chatsPerMinute: whole().default(0).describe('0 = no limit.'),
      chatsPerDay: whole().default(0).describe('0 = no limit.'),
      uploadsPerSecond: whole().default(10).describe('0 = no limit.'),
    })
    .prefault({})
    .describe('What your Coze plan allows; questions above it wait their turn.'),
  timeouts: z
    .strictObject({
      connectMs: whole().default(10_000),
      firstByteMs: whole().default(60_000),
      betweenEventsMs: whole().default(180_000).describe('The longest silence in the middle of an answer.'),
      overallMs: whole().default(1_200_000),
    })
    .prefault({}),
})

const agent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bot').default('bot'),
    bot: id().describe('The number after /bot/ in the address of the agent in Coze.'),
    parameters: json().optional().describe("Inputs of the start node of the agent's chatflow."),
    customVariables: texts().optional().describe("Variables in the agent's prompt."),
    autoSaveHistory: yesOrNo().optional(),
  }),
  z.strictObject({
    kind: z.literal('chatflow'),
    workflow: id().describe('The number of the chatflow in its address in Coze.'),
    app: id().optional().describe('The app it belongs to; this or bot is needed.'),
    bot: id().optional().describe('The bot it runs for; this or app is needed.'),
    parameters: json()
      .optional()
      .describe(
        'Inputs of its start node. {person.name}, {person.id}, {person.locale}, {chat.id}, {chat.kind} and {platform} stand for who asks, and where.',
      ),
    options: options()
      .optional()
      .describe('Parameters the person gives: asked once, before the first question of a conversation.'),
  }),
])

export const route = z.strictObject({
  when: z
    .strictObject({
      platform: id().optional(),
      chat: id().optional(),
      thread: id().optional(),
      user: id().optional(),
      role: id().optional(),
      command: id().optional(),
      chatKind: z.enum(['direct', 'group']).optional(),
    })
    .default({})
    .describe('All given must match; nothing given matches everything.'),
  agent: z.string().default('default').describe('A key under agents: who answers.'),
  agents: z
    .array(z.string())
    .default([])
    .describe('Agents a person may change to with /agent. The one under "agent" is always among them.'),
  conversation: z.enum(['per-user', 'per-chat', 'per-thread']).default('per-user'),
  triggers: z
    .array(z.enum(['mention', 'reply', 'direct', 'always']))
    .default(['mention', 'reply', 'direct'])
    .describe('What wakes the bot.'),
  threads: z
    .enum(['never', 'open'])
    .default('never')
    .describe(
      'open: a thread for each conversation. A question in a channel is answered in a thread of its own, where the platform has threads (Discord).',
    ),
  whileBusy: z.enum(['queue', 'merge', 'interrupt']).default('queue'),
  reply: z
    .strictObject({
      minChars: whole()
        .default(20)
        .describe('The first text shown has so many characters: it is what a phone announces.'),
      maxWaitMs: whole().default(700).describe('… or has waited this long.'),
      quote: z.enum(['always', 'groups', 'never']).default('groups'),
      reasoning: yesOrNo()
        .default(false)
        .describe('What the model thinks is shown above the reply, folded up; needs a thinking model.'),
      status: yesOrNo()
        .default(true)
        .describe('Which tool the agent uses is shown while no text grows, and gone after.'),
    })
    .prefault({}),
  controls: z
    .strictObject({
      suggestions: yesOrNo().default(true).describe('What the agent suggests to ask next.'),
      stop: yesOrNo().default(true).describe('While the reply grows.'),
      again: yesOrNo().default(false).describe('Asks the same once more.'),
      thumbs: yesOrNo().default(false).describe("The person's verdict, kept in Coze as feedback."),
      listen: yesOrNo().default(false).describe('Reads the reply aloud; needs voice.voice.'),
    })
    .prefault({})
    .describe('Which buttons a reply gets.'),
  questions: z
    .strictObject({
      whoMayAnswer: z
        .enum(['asker', 'anyone'])
        .default('asker')
        .describe('In groups: who may answer what a workflow or an agent asks.'),
      expiresMs: whole(604_800_000, 1)
        .default(1_800_000)
        .describe('A question left unanswered for so long is closed.'),
    })
    .prefault({}),
  media: media(),
  voice: voice(),
  locale: z.string().min(2).optional(),
  maxAgeMs: whole().default(86_400_000).describe('A question found after a downtime is asked if younger.'),
  maxInputChars: whole().default(20_000).describe('A longer question is not asked; the person is told.'),
  budget: routeBudget(),
})

/** Shorter ones can be tried out. */
const SHORTEST_ADMIN_TOKEN = 16

const people = () => z.array(id()).default([])

/** The whole file. Its input is what a person writes, its output has every default. */
export const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  coze,
  agents: z.record(NAME, agent),
  commands: z.record(OPTION_NAME, command).default({}).describe('Slash commands that run Coze workflows.'),
  tools: tools
    .default({})
    .describe("HTTP services that answer an agent's local plugins, by the name the agent calls."),
  platforms: z.record(NAME, platform),
  routes: z.array(route).default([]).describe('The first that matches wins.'),
  access: z
    .strictObject({
      direct: z
        .enum(['open', 'pairing', 'closed'])
        .default('open')
        .describe(
          'Who may write to the bot in private: anybody; who was let in with a code; who is listed below.',
        ),
      groups: z
        .enum(['open', 'listed'])
        .default('open')
        .describe(
          'Where it answers: in any group it is in, or where the group or the person is listed below.',
        ),
      allow: people().describe(
        'user:<id>, chat:<id>, role:<name>; <account>/user:<id> for one account, <account>/* for everybody there. Roles: role ids on Discord, administrator and creator on Telegram, department ids (od-…) on Feishu.',
      ),
      deny: people().describe('As in allow; beats it.'),
      admins: people().describe(
        'As in allow: always let in, without a budget; may let others in, and hear of what needs the owner.',
      ),
    })
    .prefault({}),
  budgets,
  retention,
  media: mediaAccess,
  locale: z.string().min(2).default('en').describe('Language of notices where nothing says better.'),
  store: z
    .string()
    .regex(/^(memory:|sqlite:.+|rediss?:\/\/.+)$/, 'is memory:, sqlite:<path> or redis://…')
    .default('sqlite:./data/bridge.db')
    .describe(
      'memory:, sqlite:<path>, or redis://[user:password@]host:6379/0?prefix=coze-bridge (rediss:// with TLS) for several processes.',
    ),
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: whole(65_535).default(8787).describe('0 = any free one.'),
      adminToken: secret()
        .min(SHORTEST_ADMIN_TOKEN)
        .regex(/^[\x20-\x7E]*$/, 'has characters in it that no header can carry')
        .optional()
        .describe(
          'What /metrics and the status page ask for, as "Authorization: Bearer <token>"; without it, they answer nobody. /healthz, /readyz and webhooks need none.',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  drainMs: whole()
    .default(8_000)
    .describe('How long replies may finish at a stop. Docker kills after 10 seconds.'),
})

/** As it is written: what has a default may be left out. */
export type WrittenConfig = z.input<typeof fileSchema>
export type FileConfig = z.output<typeof fileSchema>
