// What may be set for a Telegram account? The shape, and a reader for what config/ hands over.
import { fieldsOf, readAmount, readString, type Fields } from '../common/read.ts'

export interface TelegramSettings {
  /** From @BotFather. A secret. */
  readonly token: string
  /** Without a slash at its end. */
  readonly apiRoot: string
  readonly mode: 'polling' | 'webhook'
  /** Needed in webhook mode. `publicUrl`: where Telegram reaches this bridge, without a path. */
  readonly webhook?: { readonly publicUrl: string; readonly secret: string }
  /**
   * `edit`: a message is posted and edited as it grows. `draft`: Telegram's own drafts in private chats, edits elsewhere.
   * `auto` is `edit`: on several clients the last draft stays over the final message for a while, Android locks the
   * person's send button while a draft lives, and a draft makes no notification.
   * https://github.com/vercel/chat/issues/782, https://github.com/grammyjs/stream/issues/2
   */
  readonly streaming: 'auto' | 'edit' | 'draft'
  /** Over all chats together; 0 = no limit of our own. https://core.telegram.org/bots/faq#broadcasting-to-users */
  readonly messagesPerSecond: number
  /** Whether messages of other bots become events. */
  readonly allowBots: boolean
  /**
   * A folder on this machine where the directory of a Bot API server that runs with `--local` can be read. Absent: files
   * are fetched over HTTP. https://core.telegram.org/bots/api#using-a-local-bot-api-server
   */
  readonly localFiles?: string
  /** The largest file that is sent. */
  readonly maxUploadBytes: number
}

const DEFAULT_API_ROOT = 'https://api.telegram.org'
const DEFAULT_MESSAGES_PER_SECOND = 30
/** https://core.telegram.org/bots/api#sending-files. Decimal: what "MB" means there is not said, and the form around it counts too. */
const MAX_UPLOAD_BYTES = 50_000_000
/** Of a server with `--local`. https://core.telegram.org/bots/api#using-a-local-bot-api-server */
const MAX_LOCAL_UPLOAD_BYTES = 2_000_000_000

/** The checks proper, told with file and line, are config/'s. This one keeps a wrong caller from going far. */
export function readTelegramSettings(account: string, value: unknown): TelegramSettings {
  const given = fieldsOf(value)
  const token = readString(given['token'])
  if (token === undefined) throw new TypeError(`${account}: token is missing`)
  const mode = given['mode'] === 'webhook' ? 'webhook' : 'polling'
  const webhook = readWebhook(fieldsOf(given['webhook']))
  if (mode === 'webhook' && webhook === undefined) {
    throw new TypeError(`${account}: webhook mode needs webhook.publicUrl and webhook.secret`)
  }
  const streaming = given['streaming']
  const perSecond = given['messagesPerSecond']
  const localFiles = readString(given['localFiles'])
  const maxUploadMB = readAmount(given['maxUploadMB'])
  return {
    token,
    apiRoot: (readString(given['apiRoot']) ?? DEFAULT_API_ROOT).replace(/\/+$/, ''),
    mode,
    ...(webhook === undefined ? {} : { webhook }),
    streaming: streaming === 'edit' || streaming === 'draft' ? streaming : 'auto',
    messagesPerSecond:
      typeof perSecond === 'number' && perSecond >= 0 ? perSecond : DEFAULT_MESSAGES_PER_SECOND,
    allowBots: given['allowBots'] === true,
    ...(localFiles === undefined ? {} : { localFiles }),
    maxUploadBytes: maxUploadBytesOf(maxUploadMB, localFiles !== undefined),
  }
}

function maxUploadBytesOf(maxUploadMB: number | undefined, isLocal: boolean): number {
  if (maxUploadMB !== undefined && maxUploadMB > 0) return maxUploadMB * 1_000_000
  return isLocal ? MAX_LOCAL_UPLOAD_BYTES : MAX_UPLOAD_BYTES
}

function readWebhook(given: Fields): TelegramSettings['webhook'] {
  const publicUrl = readString(given['publicUrl'])
  const secret = readString(given['secret'])
  if (publicUrl === undefined || secret === undefined) return undefined
  return { publicUrl: publicUrl.replace(/\/+$/, ''), secret }
}
