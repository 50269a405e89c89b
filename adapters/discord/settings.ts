// What may be set for a Discord account? The shape, and a reader for what config/ hands over.
import { fieldsOf, readString } from '../common/read.ts'

export interface DiscordSettings {
  /** From the developer portal, "Bot". A secret; sent as it is. */
  readonly token: string
  /** Without a slash at its end; `/v10` is added. */
  readonly apiBase: string
  /** `interactions`: no gateway; commands and buttons come over HTTP alone. */
  readonly mode: 'gateway' | 'interactions'
  /** The application's public key, in hex: where it is given, interactions are taken over HTTP. */
  readonly publicKey?: string
  /** Asks for the privileged message content intent: needed to read what is said without a mention. */
  readonly messageContent: boolean
  /** `components`: replies are Components V2 instead of plain content. */
  readonly style: 'text' | 'components'
  /** Whether messages of other bots become events. */
  readonly allowBots: boolean
  /** Over all calls together; 0 = no limit of our own. https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
  readonly requestsPerSecond: number
}

const DEFAULT_API_BASE = 'https://discord.com/api'
/** Discord allows a bot 50; some room is left. */
const DEFAULT_REQUESTS_PER_SECOND = 40
/** An Ed25519 public key has 32 bytes. */
const PUBLIC_KEY = /^[\da-f]{64}$/i

/** The checks proper, told with file and line, are config/'s. This one keeps a wrong caller from going far. */
export function readDiscordSettings(account: string, value: unknown): DiscordSettings {
  const given = fieldsOf(value)
  const token = readString(given['token'])
  if (token === undefined) throw new TypeError(`${account}: token is missing`)
  const mode = given['mode'] === 'interactions' ? 'interactions' : 'gateway'
  const publicKey = readString(given['publicKey'])
  if (publicKey !== undefined && !PUBLIC_KEY.test(publicKey)) {
    throw new TypeError(`${account}: publicKey is not 64 hexadecimal digits`)
  }
  if (mode === 'interactions' && publicKey === undefined) {
    throw new TypeError(`${account}: interactions mode needs publicKey`)
  }
  const perSecond = given['requestsPerSecond']
  return {
    token: token.replace(/^Bot\s+/i, ''),
    apiBase: (readString(given['apiBase']) ?? DEFAULT_API_BASE).replace(/\/+$/, ''),
    mode,
    ...(publicKey === undefined ? {} : { publicKey }),
    messageContent: given['messageContent'] === true,
    style: given['style'] === 'components' ? 'components' : 'text',
    allowBots: given['allowBots'] === true,
    requestsPerSecond:
      typeof perSecond === 'number' && perSecond >= 0 ? perSecond : DEFAULT_REQUESTS_PER_SECOND,
  }
}
