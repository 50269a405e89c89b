// What may be set up wrongly: planted in the emulators' consoles, in the configuration, on this machine.
//
// What does not hide another stands in one ward, so that one visit finds all of it.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { allPermissionsBut } from './coze-permissions.ts'
import { defaults } from '../../src/emulators/coze/index.ts'
import { freePort } from './e2e-stage.ts'
import type { Diagnosis, Ward, WardOptions } from './e2e-doctor.ts'

export interface Plant {
  /** What the owner did, or left undone. */
  readonly name: string
  readonly about: string
  readonly subject: string | RegExp
  readonly verdict: Diagnosis['verdict']
  readonly reason?: RegExp
  /** The place where it is mended. */
  readonly remedy: RegExp
}

export interface PlantedWard {
  readonly name: string
  options(): Promise<WardOptions>
  /** What can be planted only once the emulators are there; what it answers is done at the end. */
  plant?(ward: Ward): Promise<(() => Promise<void>) | undefined>
  readonly plants: readonly Plant[]
}

const KNOWN_BOT = defaults.botId
const UNPUBLISHED_BOT = '7300000000000000555'
const TYPO_BOT = '7300000000000000001'
const UNPUBLISHED_FLOW = '7400000000000000555'
const STRICT_FLOW = '7400000000000000777'

const ACCOUNTS = `
coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
platforms:
  telegram: { token: "\${env:TELEGRAM_BOT_TOKEN}", apiRoot: "\${env:TELEGRAM_API_ROOT}" }
  discord: { token: "\${env:DISCORD_TOKEN}", apiBase: "\${env:DISCORD_API_BASE}" }
  feishu: { appId: "\${env:FEISHU_APP_ID}", appSecret: "\${env:FEISHU_APP_SECRET}", domain: "\${env:FEISHU_DOMAIN}" }
`

export const WARDS: readonly PlantedWard[] = [
  {
    name: 'keys that fit no door',
    async options() {
      return {
        env: {
          COZE_API_TOKEN: 'pat_of_somebody_else',
          TELEGRAM_BOT_TOKEN: '1:wrong-token-of-telegram',
          DISCORD_TOKEN: 'wrong-token-of-discord',
          FEISHU_APP_SECRET: 'wrong-secret-of-feishu',
          BRIDGE_ADMIN_TOKEN: 'secretsecretsecret',
          BRIDGE_HOST: '127.0.0.1',
          BRIDGE_PORT: String(await freePort()),
          HTTPS_PROXY: `http://user:hunter2hunter2@127.0.0.1:${await freePort()}`,
        },
      }
    },
    async plant(ward) {
      await writeFile(join(ward.folder, 'data'), 'a file where a folder should be')
      await chmod(join(ward.folder, '.env'), 0o644)
      const taken = await listenAt(Number(ward.env['BRIDGE_PORT']))
      return () => new Promise<void>((resolve) => taken.close(() => resolve()))
    },
    plants: [
      fault('a Coze token that is not taken', 'coze', 'Coze token', /open\/oauth\/pats.*COZE_API_TOKEN/),
      fault('a wrong Telegram token', 'telegram', 'telegram token', /@BotFather, \/mybots/),
      fault('a wrong Discord token', 'discord', 'discord token', /developers\/applications.*"Reset Token"/),
      fault(
        'a wrong app secret of Feishu',
        'feishu',
        'feishu keys',
        /"Credentials & Basic Info" \(凭证与基础信息\)/,
      ),
      warning('an admin token that can be guessed', 'machine', 'admin token', /openssl rand/),
      fault('a port that another program has', 'machine', 'server', /BRIDGE_PORT/),
      fault('a proxy that is not there', 'machine', 'proxy', /HTTPS_PROXY/),
      fault('a store that cannot be written', 'machine', 'store', /BRIDGE_STORE/),
      warning('a .env that anybody may read', 'machine', 'secret files', /chmod 600 \.env/),
    ],
  },
  {
    name: 'agents and workflows',
    async options() {
      return {
        coze: {
          bots: {
            [KNOWN_BOT]: { name: 'Echo' },
            [UNPUBLISHED_BOT]: { name: 'Draft', published: false },
          },
          workflows: {
            [UNPUBLISHED_FLOW]: { published: false },
            [STRICT_FLOW]: {
              name: 'weather',
              inputs: {
                city: { type: 'string', required: true },
                days: { type: 'integer' },
                token_of_user: { type: 'string', required: true },
              },
            },
          },
          tokens: {
            [defaults.token]: {
              ownerUid: defaults.ownerUid,
              permissions: allPermissionsBut('cancelChat', 'uploadFile'),
            },
          },
        },
        telegram: { privacyMode: true },
        env: { BRIDGE_STORE: 'memory:' },
        discord: { messageContentIntent: false },
        yaml: `${ACCOUNTS.replace('${env:DISCORD_API_BASE}"', '${env:DISCORD_API_BASE}", messageContent: true')}
agents:
  default: { bot: "${KNOWN_BOT}" }
  typo: { bot: "${TYPO_BOT}" }
  draft: { bot: "${UNPUBLISHED_BOT}" }
  flow: { bot: "${STRICT_FLOW}" }
commands:
  weather:
    workflow: "${STRICT_FLOW}"
    description: Weather
    options:
      - { name: city, type: string, required: true, description: City }
      - { name: dayz, type: integer, description: Days }
  draft: { workflow: "${UNPUBLISHED_FLOW}", description: Draft }
routes:
  - agent: default
    triggers: [mention, reply, direct, always]
    voice: { input: transcribe, replies: voice, voice: "7400000000000009999" }
`,
      }
    },
    plants: [
      fault(
        'a typo in the id of an agent',
        'coze',
        `Coze bot ${TYPO_BOT}`,
        new RegExp(`Did you mean ${KNOWN_BOT}`),
      ),
      fault(
        'an agent that is not published',
        'coze',
        `Coze bot ${UNPUBLISHED_BOT}`,
        /"Publish" \(top right\), tick "API"/,
      ),
      fault(
        'a workflow where an agent should be',
        'coze',
        `Coze bot ${STRICT_FLOW}`,
        /kind: chatflow, workflow/,
      ),
      fault(
        'a workflow that is not published',
        'coze',
        new RegExp(`/draft \\(${UNPUBLISHED_FLOW}\\)`),
        /"Library", the workflow.*"Publish"/,
      ),
      fault(
        'an input that the command never gives',
        'coze',
        'Coze workflow of /weather',
        /commands\.weather\.options/,
        /"token_of_user"/,
      ),
      warning(
        'an option that the workflow does not know',
        'coze',
        'Coze workflow of /weather',
        /Did you mean "days"/,
        /"dayz"/,
      ),
      warning(
        'a token without the permission to cancel',
        'coze',
        'Coze permission cancelChat',
        /tick the permission cancelChat/,
      ),
      warning(
        'a token without the permission to upload',
        'coze',
        'Coze permission uploadFile',
        /tick the permission uploadFile/,
      ),
      fault('a voice that Coze does not have', 'coze', 'Coze voices', /voice\.voice in the routes/),
      fault(
        'privacy mode against a route woken by any message',
        'telegram',
        'telegram privacy mode',
        /\/setprivacy/,
      ),
      fault(
        'message content asked for, but not switched on',
        'discord',
        'discord message content',
        /"Privileged Gateway Intents".*"Message Content Intent"/,
      ),
      warning('a store that forgets', 'machine', 'store', /sqlite:\.\/data\/bridge\.db/),
    ],
  },
  {
    name: 'consoles half set up',
    async options() {
      return {
        coze: { limits: { totalCalls: 0 } },
        discord: {
          interactionsEndpoint: 'https://other.example/interactions',
          limits: { identifies: { max: 3, perMs: 86_400_000 } },
        },
        feishu: {
          app: {
            published: false,
            botEnabled: false,
            eventMode: 'webhook',
            events: [],
            callbacks: [],
            scopes: [
              'im:message',
              'im:message:send_as_bot',
              'im:message.group_at_msg:readonly',
              'application:application:self_manage',
            ],
          },
        },
      }
    },
    async plant({ coze, feishu, telegram }) {
      coze.faults.always(/.*/, { headers: { date: new Date(Date.now() - 20 * 60_000).toUTCString() } })
      const msg = 'Access denied. One of the following scopes is required: [cardkit:card:write].'
      feishu.faults.add({
        operations: ['card.settings'],
        times: Infinity,
        fault: { do: 'error', code: 99991672, msg },
      })
      feishu.faults.add({
        operations: ['endpoint'],
        times: Infinity,
        fault: { do: 'error', code: 1000040351, msg: 'Incorrect domain name', status: 200 },
      })
      await setWebhook(telegram, 'https://other.example/hook')
    },
    plants: [
      fault('credit that is used up', 'coze', 'Coze credit', /"Plans and usage"/),
      fault('a clock that is wrong', 'machine', 'clock', /timedatectl/, /20 min ahead/),
      warning(
        'a webhook that another program set',
        'telegram',
        'telegram webhook',
        /Stop the other program.*\/newbot/,
      ),
      warning('a Discord bot in no server', 'discord', 'discord servers', /oauth2\/authorize\?client_id=/),
      fault(
        'interactions that go elsewhere',
        'discord',
        'discord interactions endpoint',
        /"General Information", clear "Interactions Endpoint URL"/,
      ),
      warning('a bot that starts again and again', 'discord', 'discord gateway', /restart loop/),
      fault(
        'the bot feature switched off',
        'feishu',
        'feishu bot',
        /"Add Features" \(添加应用能力\), "Bot" \(机器人\)/,
      ),
      fault(
        'a version that was never published',
        'feishu',
        'feishu version',
        /"Version Management & Release" \(版本管理与发布\)/,
      ),
      fault(
        'messages not subscribed to',
        'feishu',
        'feishu events',
        /"Event Configuration" \(事件配置\).*im\.message\.receive_v1/,
      ),
      fault(
        'buttons not subscribed to',
        'feishu',
        'feishu callbacks',
        /"Callback Configuration" \(回调配置\).*card\.action\.trigger/,
      ),
      fault('events sent to a webhook', 'feishu', 'feishu event subscription', /使用长连接接收事件/),
      fault(
        'a scope for private messages that is missing',
        'feishu',
        'feishu private messages',
        /"Permissions & Scopes" \(权限管理\), add im:message\.p2p_msg:readonly/,
      ),
      warning('a scope for uploads that is missing', 'feishu', 'feishu uploads', /add im:resource/),
      warning('a scope for cards that is missing', 'feishu', 'feishu cards', /add one of cardkit:card:write/),
      fault('an app of the other domain', 'feishu', 'feishu long connection', /domain: lark/),
    ],
  },
  {
    name: 'the way in and out',
    async options() {
      const port = await freePort()
      return {
        coze: { flavor: 'studio' },
        feishu: { app: { eventMode: 'webhook', callbackMode: 'webhook' } },
        env: {
          BRIDGE_HOST: '0.0.0.0',
          BRIDGE_PORT: String(port),
          BRIDGE_STORE: `redis://127.0.0.1:${await freePort()}/0`,
          TELEGRAM_MODE: 'webhook',
          TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}`,
          TELEGRAM_WEBHOOK_SECRET: 'a-secret-of-the-webhook-1234567890',
          FEISHU_MODE: 'webhook',
          FEISHU_VERIFICATION_TOKEN: 'verification-token-1234567890',
          DISCORD_PUBLIC_KEY: 'ab'.repeat(32),
        },
      }
    },
    async plant({ telegram, discord, env }) {
      await setWebhook(telegram, `${env['TELEGRAM_WEBHOOK_URL'] ?? ''}/webhooks/telegram`)
      const ann = telegram.person({ firstName: 'Ann' })
      telegram.say(ann, telegram.privateChat(ann), 'is anybody there?')
      discord.guild({ members: [discord.person({ name: 'Bob' })] })
      await untilRefused(telegram)
    },
    plants: [
      fault('a Coze Studio taken for the cloud', 'coze', 'Coze flavor', /COZE_FLAVOR=studio/),
      fault(
        'a Redis that is away',
        'machine',
        'store',
        /Start Redis.*BRIDGE_STORE/,
        /redis:\/\/127\.0\.0\.1/,
      ),
      warning(
        'a port open to all without an admin token',
        'machine',
        'configuration',
        /.+/,
        /BRIDGE_ADMIN_TOKEN/,
      ),
      warning(
        'a webhook that Telegram cannot deliver to',
        'telegram',
        'telegram webhook',
        /TELEGRAM_WEBHOOK_URL/,
        /Connection failed/,
      ),
      warning(
        'a public address that leads nowhere',
        'telegram',
        'telegram public address',
        /TELEGRAM_WEBHOOK_URL/,
      ),
      warning(
        'webhooks without an encrypt key',
        'feishu',
        'feishu encryption',
        /"Encryption Strategy" \(加密策略\).*FEISHU_ENCRYPT_KEY/,
      ),
      fault(
        'the public key of another application',
        'discord',
        'discord interactions endpoint',
        /"Public Key"/,
      ),
    ],
  },
  {
    name: 'places and names',
    async options() {
      return {
        env: { COZE_API_BASE: `http://127.0.0.1:${await freePort()}` },
      }
    },
    async plant(ward) {
      const { discord, folder } = ward
      const guild = discord.guild({ members: [discord.person({ name: 'Bob' })] })
      const channel = discord.textChannel(guild, 'help')
      discord.deny(channel, 'SEND_MESSAGES', 'ATTACH_FILES')
      await mkdir(join(folder, 'config'))
      await writeFile(
        join(folder, 'config', 'bridge.yaml'),
        `${ACCOUNTS}
agents: { default: { bot: "${KNOWN_BOT}" } }
routes:
  - { when: { platform: discord, chat: "${channel.id}" }, agent: default }
  - { when: { platform: discord, chat: "1100000000000000009" }, agent: default }
  - { agent: default }
`,
      )
    },
    plants: [
      fault('an address where no Coze is', 'coze', 'Coze address', /COZE_API_BASE/),
      fault(
        'a channel where the bot may not write',
        'discord',
        /^discord channel/,
        /"Edit Channel", "Permissions".*Send Messages, Attach Files/,
        /#help/,
      ),
      fault(
        'a channel the bot does not see',
        'discord',
        'discord channel 1100000000000000009',
        /"Copy Channel ID"/,
      ),
    ],
  },
]

function fault(
  name: string,
  about: string,
  subject: Plant['subject'],
  remedy: RegExp,
  reason?: RegExp,
): Plant {
  return { name, about, subject, verdict: 'fault', remedy, ...(reason === undefined ? {} : { reason }) }
}

function warning(
  name: string,
  about: string,
  subject: Plant['subject'],
  remedy: RegExp,
  reason?: RegExp,
): Plant {
  return { name, about, subject, verdict: 'warning', remedy, ...(reason === undefined ? {} : { reason }) }
}

function listenAt(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

type Telegram = Ward['telegram']

async function setWebhook({ url, token }: Telegram, address: string): Promise<void> {
  await fetch(`${url}/bot${token}/setWebhook?url=${encodeURIComponent(address)}`)
}

/** Until Telegram has tried, and says why it could not. */
async function untilRefused({ url, token }: Telegram): Promise<void> {
  for (;;) {
    const answer: unknown = await (await fetch(`${url}/bot${token}/getWebhookInfo`)).json()
    if (JSON.stringify(answer).includes('last_error_message')) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
