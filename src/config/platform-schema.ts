// What may stand under `platforms`: the keys of each kind, their meaning and their default.
//
// A form that `${env:NAME}` itself does not have is a `refine`, not a `regex`: editors are told of the latter alone.

import { z } from 'zod'
import { isWebAddress, secret, webAddress, whole, withoutSlash, yesOrNo } from './fields.ts'

const allowBots = () => yesOrNo().default(false).describe('Whether messages of other bots may wake this one.')

/** Both allow 50 a second (Discord docs: global rate limit; Feishu docs: frequency control); some room is left. */
const requestsPerSecond = () =>
  whole().default(40).describe('Over all chats together; 0 = no limit of our own.')

const telegram = z.strictObject({
  kind: z.literal('telegram'),
  token: secret().describe('From @BotFather.'),
  apiRoot: webAddress().default('https://api.telegram.org').describe('Or your own Bot API server.'),
  mode: z.enum(['polling', 'webhook']).default('polling'),
  webhook: z
    .strictObject({
      publicUrl: webAddress().describe('Where Telegram reaches this bridge, without a path.'),
      secret: z
        .string()
        .refine((v) => /^[A-Za-z0-9_-]{1,256}$/.test(v), 'use A-Z, a-z, 0-9, "_" and "-", at most 256')
        .describe('Telegram sends it with every call (Bot API: setWebhook, secret_token).'),
    })
    .optional(),
  streaming: z.enum(['auto', 'edit', 'draft']).default('auto'),
  messagesPerSecond: whole().default(30).describe('Over all chats together (Bot FAQ: broadcasting).'),
  allowBots: allowBots(),
  localFiles: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe(
      'The folder of your own Bot API server (--local), where it runs on this machine: files of any size are read there.',
    ),
  maxUploadMB: whole(2_000, 1)
    .optional()
    .describe(
      'The largest file it may send: 50, or 2000 with localFiles (Bot API: Using a Local Bot API Server).',
    ),
})

const discord = z.strictObject({
  kind: z.literal('discord'),
  token: z
    .string()
    .trim()
    .min(1)
    .refine((v) => !/^Bot\s/i.test(v), {
      error: 'begins with the word "Bot"',
      params: { remedy: 'Leave the word out: only the token itself stands here.' },
      abort: true,
    })
    .regex(/^\S+$/, 'must not contain spaces or line breaks')
    .describe('Discord developer portal → your application → Bot → Reset Token.'),
  apiBase: webAddress()
    .transform((v) => v.replace(/\/v10$/, ''))
    .refine((v) => !/\/v\d+$/.test(v), {
      error: 'ends in a version',
      params: { remedy: 'Leave it off, as in https://discord.com/api: the bridge adds the one it speaks.' },
    })
    .prefault('https://discord.com/api')
    .describe('Or a server that speaks the same protocol.'),
  mode: z
    .enum(['gateway', 'interactions'])
    .default('gateway')
    .describe('interactions: Discord calls this bridge, for slash commands and buttons only.'),
  publicKey: z
    .string()
    .trim()
    .optional()
    .describe(
      'Developer portal → General Information → Public Key. With it, /webhooks/<account> takes interactions.',
    ),
  messageContent: yesOrNo()
    .default(false)
    .describe(
      'Read messages that do not mention the bot, too. Switch on "Message Content Intent" in the portal (→ Bot) first. Mentions and direct messages need neither.',
    ),
  style: z
    .enum(['text', 'components'])
    .default('text')
    .describe('text: plain messages; components: Components V2, with more room.'),
  requestsPerSecond: requestsPerSecond(),
  allowBots: allowBots(),
})

const FEISHU_DOMAINS: Readonly<Record<string, string>> = {
  feishu: 'https://open.feishu.cn',
  lark: 'https://open.larksuite.com',
}

const feishu = z.strictObject({
  kind: z.literal('feishu'),
  appId: secret().describe('Developer console → your app → Credentials & Basic Info → App ID.'),
  appSecret: secret().describe('Beside the App ID.'),
  domain: z
    .string()
    .trim()
    .refine((v) => v.toLowerCase() in FEISHU_DOMAINS || isWebAddress(v), {
      error: 'is none of feishu, lark, and no address',
      params: { remedy: 'Write feishu, lark, or an address that begins with http:// or https://.' },
    })
    .transform((v) => FEISHU_DOMAINS[v.toLowerCase()] ?? withoutSlash(v))
    .refine((v) => !/\/open-apis$/.test(v), {
      error: 'ends in /open-apis',
      params: { remedy: 'Leave that off, as in https://open.feishu.cn: the bridge adds it.' },
    })
    .prefault('feishu')
    .describe('feishu (open.feishu.cn), lark (open.larksuite.com), or an address.'),
  mode: z
    .enum(['websocket', 'webhook'])
    .default('websocket')
    .describe('websocket: the long connection, which needs no address of your own.'),
  encryptKey: secret().optional().describe('Console → Events & Callbacks → Encryption Strategy.'),
  verificationToken: secret().optional().describe('Beside the Encrypt Key. Mode webhook needs one of them.'),
  streaming: z
    .enum(['auto', 'card', 'text'])
    .default('auto')
    .describe('auto: a card that grows, and text where a card is refused.'),
  requestsPerSecond: requestsPerSecond(),
  allowBots: allowBots(),
})

const known = z.discriminatedUnion('kind', [
  telegram,
  discord,
  feishu,
  z.strictObject({ kind: z.literal('console') }),
])

/** A platform that has an adapter and no keys written down here: the adapter itself reads what is set for it. */
const other = z.strictObject({
  kind: z.literal('other'),
  adapter: z.string(),
  settings: z.record(z.string(), z.unknown()),
})

/** One account. */
export const platform = z.discriminatedUnion('kind', [...known.options, other])

export const PLATFORM_KINDS: readonly string[] = known.options.map(({ shape }) => shape.kind.value)
