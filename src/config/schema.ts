// What may stand in config/bridge.yaml: every key, its meaning and its default.
//
// Descriptions go into config/bridge.schema.json, where editors show them.

import { z } from 'zod'
import { NAME, id, secret, webAddress, whole, yesOrNo } from './fields.ts'
import { platform } from './platform-schema.ts'

const OPTION_NAME = z.string().regex(/^[a-z0-9_]{1,32}$/, 'use a-z, 0-9 and "_", at most 32')
/** Discord's limit for descriptions of commands and options; Telegram takes 256. */
const MAX_DESCRIPTION_CHARS = 100

const localized = () =>
  z
    .preprocess(
      (v) => (typeof v === 'string' ? { en: v } : v),
      z.record(z.string(), z.string().min(1).max(MAX_DESCRIPTION_CHARS)),
    )
    .refine((v) => 'en' in v, 'needs at least "en": every platform shows it where it has no better')
const texts = () => z.record(z.string(), z.string())
const json = () => z.record(z.string(), z.json())

const cozeAuth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token').default('token'),
    token: secret().describe('A personal access token or a service token.'),
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
    parameters: json().optional(),
    customVariables: texts().optional(),
    autoSaveHistory: yesOrNo().optional(),
  }),
  z.strictObject({
    kind: z.literal('chatflow'),
    workflow: id(),
    app: id().optional(),
    bot: id().optional(),
    parameters: json().optional(),
  }),
])

const optionValue = z.union([z.string(), z.number(), z.boolean()])
const option = z.strictObject({
  name: OPTION_NAME,
  description: localized(),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'choice', 'file']).default('string'),
  required: yesOrNo().default(false),
  default: optionValue.optional(),
  choices: z
    .array(z.strictObject({ value: id(), label: localized().optional() }))
    .max(25)
    .optional()
    .describe('For type "choice"; at most 25 (Discord).'),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional().describe('A regular expression the whole text must match.'),
})

const command = z.strictObject({
  workflow: id(),
  description: localized(),
  options: z.array(option).max(25).default([]),
  mode: z.enum(['stream', 'run', 'async']).default('stream'),
  bot: id().optional(),
  app: id().optional(),
  ext: texts().optional(),
  version: id().optional(),
  connector: id().optional(),
})

const route = z.strictObject({
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
  agent: z.string().default('default').describe('A key under agents.'),
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
    })
    .prefault({}),
  locale: z.string().min(2).optional(),
  maxAgeMs: whole().default(86_400_000).describe('A question found after a downtime is asked if younger.'),
  maxInputChars: whole().default(20_000),
})

const people = () => z.array(id()).default([])

/** The whole file. Its input is what a person writes, its output has every default. */
export const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  coze,
  agents: z.record(NAME, agent),
  commands: z.record(OPTION_NAME, command).default({}),
  platforms: z.record(NAME, platform),
  routes: z.array(route).default([]).describe('The first that matches wins.'),
  access: z
    .strictObject({
      direct: z.enum(['open', 'pairing', 'closed']).default('open'),
      groups: z.enum(['open', 'listed']).default('open'),
      allow: people().describe('user:<id>, chat:<id>, role:<name>; <account>/user:<id> for one account.'),
      deny: people(),
      admins: people(),
    })
    .prefault({}),
  budgets: z
    .strictObject({
      questionsPerHour: whole().default(0).describe('For one person; 0 = no limit.'),
      questionsPerDay: whole().default(0).describe('For one person; 0 = no limit.'),
    })
    .prefault({}),
  locale: z.string().min(2).default('en').describe('Language of notices where nothing says better.'),
  store: z
    .string()
    .regex(/^(memory:|sqlite:.+|rediss?:\/\/.+)$/, 'is memory:, sqlite:<path> or redis://…')
    .default('sqlite:./data/bridge.db'),
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: whole(65_535).default(8787).describe('0 = any free one.'),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  drainMs: whole()
    .default(8_000)
    .describe('How long replies may finish at a stop. Docker kills after 10 seconds.'),
})

export type FileConfig = z.output<typeof fileSchema>
