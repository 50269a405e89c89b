// How do we get onto the gateway, and back onto it? One life of the connection after the other, with growing pauses.
import { GatewayIntentBits } from 'discord.js'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { Health } from '../../src/contract/platform.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, restOptions, type DiscordApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { liveOnce, type Ending } from './gateway.ts'
import { readGatewayInformation, type GatewayInformation } from './packet.ts'
import type { Part } from './part.ts'
import type { DiscordSettings } from './settings.ts'

export interface Connection {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly fetch: Fetch
  readonly log: Logger
  readonly settings: DiscordSettings
  readonly part?: Part
  dispatch(type: string, data: unknown): void
  setHealth(health: Health): void
  readonly signal: AbortSignal
}

export interface Connected {
  /** Settles at the first session or the first failure; rejects with `denied` for what only the owner can mend. */
  readonly first: Promise<undefined>
  /** Resolves when `signal` aborted and everything is closed. */
  readonly ended: Promise<void>
}

const ANSWER_WITHIN_MS = 15_000
/** `refused`: a switch in the portal is worth a look soon, then now and then: far below a thousand logins a day. */
const PAUSES = {
  /** Asking costs nothing: people wait for the moment it answers again. */
  unreachable: { firstMs: 1_000, longestMs: 10_000 },
  broken: { firstMs: 1_000, longestMs: 60_000 },
  refused: { firstMs: 30_000, longestMs: 300_000 },
} as const
const NO_FAILURES = { unreachable: 0, broken: 0, refused: 0 }
/** A session that held this long was a good one: the next failure is a new trouble. */
const HELD_MS = 60_000
const TELL_AGAIN_AFTER_MS = 600_000

export function connect(connection: Connection): Connected {
  const first = Promise.withResolvers<undefined>()
  const told = { resolve: () => first.resolve(undefined), reject: first.reject }
  return { first: first.promise, ended: stayConnected(connection, told) }
}

/** GUILDS tells channels, threads and roles; messages of servers and direct ones; what people say, only where wanted. */
export function intentsOf({ messageContent }: Pick<DiscordSettings, 'messageContent'>): number {
  const least = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages
  return messageContent ? least | GatewayIntentBits.MessageContent : least
}

async function stayConnected(
  connection: Connection,
  first: { resolve(): void; reject(reason: unknown): void },
): Promise<void> {
  const { account, clock, log, part, settings, signal } = connection
  const toldAtMs = new Map<string, number>()
  /** Since a session last held. */
  let failures = NO_FAILURES

  while (!signal.aborted) {
    const ending = await liveOnce(
      {
        account,
        token: settings.token,
        intents: intentsOf(settings),
        ...(part === undefined ? {} : { part }),
        rest: restOptions(settings.apiBase, connection.fetch),
        clock,
        log,
        fetchGateway: (within) => askGateway(connection, within),
        dispatch: connection.dispatch,
        attached(isAttached) {
          if (signal.aborted) return
          connection.setHealth(isAttached ? { state: 'up' } : { state: 'down', because: 'reconnecting' })
          if (isAttached) first.resolve()
        },
      },
      signal,
    )
    if (ending.how === 'stopped') break
    const because = wordsFor(ending, part)
    const how = kindOf(ending, part)
    connection.setHealth({ state: 'down', because })
    if (ending.livedMs >= HELD_MS) failures = NO_FAILURES
    const pauseMs = pauseAfter(how, failures[how])
    tell(because, how === 'refused' ? 'error' : 'warn', pauseMs)
    if (ending.how === 'refused' && DENIED.has(ending.code)) {
      first.reject(new PlatformError(account, 'denied', because, { code: ending.code }))
    } else {
      first.resolve()
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined)
    failures = { ...failures, [how]: failures[how] + 1 }
  }
  first.resolve()

  /** Told once in a while for each reason, not for each attempt. */
  function tell(because: string, level: 'error' | 'warn', pauseMs: number): void {
    const lastMs = toldAtMs.get(because)
    if (lastMs !== undefined && clock.elapsed() - lastMs < TELL_AGAIN_AFTER_MS) return
    toldAtMs.set(because, clock.elapsed())
    log[level]({ ...failures, pauseMs }, `no Discord gateway, trying again: ${because}`)
  }
}

function pauseAfter(how: keyof typeof PAUSES, failures: number): number {
  const { firstMs, longestMs } = PAUSES[how]
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10))
}

/** Where the gateway is and how many shards it wants; asked once a session. */
export async function askGateway(
  { account, api, clock }: Pick<Connection, 'account' | 'api' | 'clock'>,
  signal: AbortSignal,
): Promise<GatewayInformation> {
  const call = { method: 'GET', route: '/gateway/bot' } as const
  const answer = await withDeadline(
    { account, clock, ms: ANSWER_WITHIN_MS, what: 'GET /gateway/bot' },
    signal,
    (within) => callAs(account, api, call, within),
  )
  const information = readGatewayInformation(answer)
  if (information !== undefined) return information
  throw new PlatformError(account, 'unavailable', 'GET /gateway/bot: the answer names no gateway')
}

export const PORTAL = 'https://discord.com/developers/applications'
export const MESSAGE_CONTENT_REMEDY = `Open ${PORTAL}, your application, "Bot", "Privileged Gateway Intents", switch on "Message Content Intent" and save; or set messageContent to false.`
export const TOKEN_REMEDY = `Open ${PORTAL}, your application, "Bot", "Reset Token", and set the token shown there.`

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
const WORDS: ReadonlyMap<number, string> = new Map([
  [4004, `the token is not accepted. ${TOKEN_REMEDY}`],
  [4010, 'the server does not know the shard we ask for (4010)'],
  [4011, 'the server wants more shards than it told us to use (4011)'],
  [4012, 'the server does not speak version 10 of the gateway (4012)'],
  [4013, 'the server does not know the intents we ask for (4013)'],
  [4014, `the message content intent is not enabled for this bot (4014). ${MESSAGE_CONTENT_REMEDY}`],
])
/** A restart mends none of these. */
const DENIED: ReadonlySet<number> = new Set([4004, 4013, 4014])

/** It asks anew how many there are to be; a part of a connection cannot, as the other parts are elsewhere. */
function kindOf(ending: Exclude<Ending, { how: 'stopped' }>, part: Part | undefined): keyof typeof PAUSES {
  if (ending.how !== 'refused') return ending.how
  return ending.code === SHARDING_REQUIRED && part === undefined ? 'broken' : 'refused'
}

const SHARDING_REQUIRED = 4011

function wordsFor(ending: Exclude<Ending, { how: 'stopped' }>, part: Part | undefined): string {
  if (ending.how !== 'refused') return ending.because
  if (ending.code === SHARDING_REQUIRED && part !== undefined)
    return `the server wants more than ${part.count} shards by now (4011). Restart the bridge, in all its processes: they ask anew how many there are.`
  return WORDS.get(ending.code) ?? `the gateway closed for good (${ending.code})`
}
