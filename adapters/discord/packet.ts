// Is a gateway packet one the library can bear? Pure: what is missing is filled in, what makes no sense is left out.
//
// The library reads packets without looking: a field that is not there throws inside its socket's callback.
// https://discord.com/developers/docs/events/gateway-events
import { fieldsOf, isFields, readAmount, readString, type Fields } from '../common/read.ts'

const DISPATCH = 0
const INVALID_SESSION = 9
const HELLO = 10

/** Discord's own interval, for a server that names none. */
const HEARTBEAT_MS = 41_250
/** Below, the minute's 120 sends would be used up; above, a timer runs over and fires at once. */
const LEAST_HEARTBEAT_MS = 10
const MOST_HEARTBEAT_MS = 3_600_000

/** `null`: nothing happened. */
export function repairPacket(packet: unknown): Fields | null {
  if (!isFields(packet)) return null
  switch (packet['op']) {
    case DISPATCH:
      return repairDispatch(packet)
    case INVALID_SESSION:
      return { ...packet, d: packet['d'] === true }
    case HELLO: {
      const interval = readAmount(fieldsOf(packet['d'])['heartbeat_interval']) ?? 0
      const isUsable = interval >= LEAST_HEARTBEAT_MS && interval <= MOST_HEARTBEAT_MS
      return { ...packet, d: { heartbeat_interval: isUsable ? interval : HEARTBEAT_MS } }
    }
    default:
      return packet
  }
}

/** Names in other letters are none of Discord's; one of them, `error`, is special to event emitters. */
const NAME = /^[A-Z][A-Z_]*$/

function repairDispatch(packet: Fields): Fields | null {
  const name = readString(packet['t'])
  if (name === undefined || !NAME.test(name)) return null
  const data = fieldsOf(packet['d'])
  // What is no number would be said again at the RESUME, for ever.
  if (name !== 'READY') return { ...packet, s: readAmount(packet['s']) ?? null, d: data }
  const { resume_gateway_url: url, ...rest } = data
  return {
    ...packet,
    s: readAmount(packet['s']) ?? 0,
    d: {
      ...rest,
      guilds: Array.isArray(data['guilds']) ? data['guilds'].filter(isFields) : [],
      // Without one a RESUME is refused, and the session begins anew.
      session_id: readString(data['session_id']) ?? '',
      // An address that is none would throw when it is used; without one the first is used again.
      ...(isGatewayUrl(url) ? { resume_gateway_url: url } : {}),
    },
  }
}

/** What `GET /gateway/bot` has to say; `undefined` when it names no gateway. */
export interface GatewayInformation {
  readonly url: string
  readonly shards: number
  readonly session_start_limit: {
    readonly total: number
    readonly remaining: number
    readonly reset_after: number
    readonly max_concurrency: number
  }
}

const STARTS_A_DAY = 1_000
const DAY_MS = 86_400_000

export function readGatewayInformation(answer: unknown): GatewayInformation | undefined {
  const given = fieldsOf(answer)
  const { url } = given
  if (!isGatewayUrl(url)) return undefined
  const limit = fieldsOf(given['session_start_limit'])
  return {
    url,
    shards: Math.max(1, readAmount(given['shards']) ?? 1),
    session_start_limit: {
      total: readAmount(limit['total']) ?? STARTS_A_DAY,
      remaining: readAmount(limit['remaining']) ?? STARTS_A_DAY,
      reset_after: readAmount(limit['reset_after']) ?? DAY_MS,
      max_concurrency: Math.max(1, readAmount(limit['max_concurrency']) ?? 1),
    },
  }
}

function isGatewayUrl(url: unknown): url is string {
  return typeof url === 'string' && /^wss?:\/\//.test(url) && URL.canParse(url)
}
