// What may stand under `commands` and `tools`, and what a person may be asked for: options, for commands and agents alike.

import { z } from 'zod'
import { id, secret, webAddress, whole, yesOrNo } from './fields.ts'

/** What every platform takes for a command's name; Telegram takes nothing else (Bot API: BotCommand). */
export const OPTION_NAME = z.string().regex(/^[a-z0-9_]{1,32}$/, 'use a-z, 0-9 and "_", at most 32')

/** Telegram's limit (Bot API: BotCommand), the widest. Discord's is looked at where there is a Discord account. */
const MAX_DESCRIPTION_CHARS = 256
/** Above 25 Discord suggests them while somebody types. Our choice, so that a menu stays one. */
const MAX_CHOICES = 1_000
/** Our choice: nobody types more. */
const MAX_OPTIONS = 50

const localized = () =>
  z
    .preprocess(
      (v) => (typeof v === 'string' ? { en: v } : v),
      z.record(z.string(), z.string().trim().min(1).max(MAX_DESCRIPTION_CHARS)),
    )
    .refine((v) => 'en' in v, 'needs at least "en": every platform shows it where it has no better')
const texts = () => z.record(z.string(), z.string())
const json = () => z.record(z.string(), z.json())

const option = z.strictObject({
  name: OPTION_NAME.describe('The parameter of the workflow it fills.'),
  description: localized().describe('What a person is asked; a text alone is English.'),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'choice', 'file']).default('string'),
  required: yesOrNo().default(false).describe('Asked for where it is missing.'),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe('What an optional one is when nobody says.'),
  choices: z
    .array(z.strictObject({ value: id(), label: localized().optional() }))
    .max(MAX_CHOICES)
    .optional()
    .describe('For type "choice". Above 25, Discord suggests them while somebody types.'),
  min: z.number().optional().describe('The smallest number, or the least characters of a text.'),
  max: z.number().optional().describe('The largest number, or the most characters of a text.'),
  pattern: z
    .string()
    .max(1_000)
    .optional()
    .describe('For type "string": a regular expression the whole text must match.'),
})

export const options = () => z.array(option).max(MAX_OPTIONS)

export const command = z.strictObject({
  workflow: id().describe('The number of the workflow in its address in Coze; it must be published.'),
  description: localized().describe('What the menu says; a text alone is English.'),
  options: options().default([]),
  parameters: json().optional().describe('Parameters that are always the same. Options win over them.'),
  mode: z
    .enum(['stream', 'run', 'async'])
    .default('stream')
    .describe(
      'stream: text grows as the nodes speak; run: the result at once; async: started, and its result brought when it is there, hours later if need be (paid plans of Coze).',
    ),
  show: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'How a result that is JSON is shown: Markdown with gaps like {title} or {items.0.name}; {.} is the whole.',
    ),
  onLost: z
    .enum(['ask', 'rerun', 'tell'])
    .optional()
    .meta({ default: 'ask' })
    .describe(
      'A run that was cut in the middle cannot be found again. ask: keep what stands, say so, and offer to run it again; rerun: run it again; tell: only say so.',
    ),
  where: z
    .array(z.enum(['direct', 'group']))
    .min(1)
    .optional()
    .describe('Where it may be given. Left out: everywhere.'),
  guilds: z
    .array(id())
    .min(1)
    .optional()
    .describe('Ids of Discord servers that alone show it. Left out: all.'),
  bot: id().optional().describe('The bot the workflow runs for (bot_id); not together with app.'),
  app: id().optional().describe('The app the workflow belongs to (app_id).'),
  ext: texts().optional().describe('Further fields of the run: latitude, longitude, user_id.'),
  version: id().optional().describe('A version of the workflow (workflow_version); the newest otherwise.'),
  connector: id().optional().describe('The channel it is published to (connector_id); the API otherwise.'),
})

/** The names are those the agent calls; Coze decides what they look like. */
export const tools = z.record(
  z.string().trim().min(1).max(128),
  z.strictObject({
    url: webAddress().describe('Takes a POST with JSON and answers with JSON.'),
    timeoutMs: whole(600_000, 1).default(10_000).describe('The agent is told when it takes longer.'),
    secret: secret()
      .optional()
      .describe('Signs each call (HMAC-SHA256), so that the service knows who asks.'),
    headers: texts().optional().describe('Sent with each call.'),
  }),
)

export type OptionConfig = z.output<typeof option>
