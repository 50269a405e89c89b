// What may be set for a Feishu or Lark account? The shape, and a reader for what config/ hands over.
import { fieldsOf, readString } from '../common/read.ts'

export interface FeishuSettings {
  /** `cli_` and 16 hexadecimal digits. */
  readonly appId: string
  /** A secret. */
  readonly appSecret: string
  /** Without a slash at its end: https://open.feishu.cn, https://open.larksuite.com, or another server that speaks the protocol. */
  readonly domain: string
  /** `websocket`: we call Feishu and keep the line open. `webhook`: Feishu calls us. */
  readonly mode: 'websocket' | 'webhook'
  /** Console, "Encrypt Key": bodies come encrypted and signed. A secret. */
  readonly encryptKey?: string
  /** Console, "Verification Token": stands in every webhook body. A secret. */
  readonly verificationToken?: string
  /** `card`: a reply grows in a streaming card. `text`: plain messages. `auto` is `card`, and text wherever a card is refused. */
  readonly streaming: 'auto' | 'card' | 'text'
  /** Over all chats together; 0 = no limit of our own. https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control */
  readonly requestsPerSecond: number
  /** Whether messages of other bots become events. */
  readonly allowBots: boolean
}

const DEFAULT_DOMAIN = 'https://open.feishu.cn'
/** Feishu allows 50 for each kind of call. */
const DEFAULT_REQUESTS_PER_SECOND = 40

/** The checks proper, told with file and line, are config/'s. This one keeps a wrong caller from going far. */
export function readFeishuSettings(account: string, value: unknown): FeishuSettings {
  const given = fieldsOf(value)
  const appId = readString(given['appId'])
  const appSecret = readString(given['appSecret'])
  if (appId === undefined) throw new TypeError(`${account}: appId is missing`)
  if (appSecret === undefined) throw new TypeError(`${account}: appSecret is missing`)
  const mode = given['mode'] === 'webhook' ? 'webhook' : 'websocket'
  const encryptKey = readString(given['encryptKey'])
  const verificationToken = readString(given['verificationToken'])
  if (mode === 'webhook' && encryptKey === undefined && verificationToken === undefined) {
    throw new TypeError(`${account}: webhook mode needs encryptKey or verificationToken`)
  }
  const streaming = given['streaming']
  const perSecond = given['requestsPerSecond']
  return {
    appId,
    appSecret,
    domain: (readString(given['domain']) ?? DEFAULT_DOMAIN).replace(/\/+$/, ''),
    mode,
    ...(encryptKey === undefined ? {} : { encryptKey }),
    ...(verificationToken === undefined ? {} : { verificationToken }),
    streaming: streaming === 'card' || streaming === 'text' ? streaming : 'auto',
    requestsPerSecond:
      typeof perSecond === 'number' && perSecond >= 0 ? perSecond : DEFAULT_REQUESTS_PER_SECOND,
    allowBots: given['allowBots'] === true,
  }
}
