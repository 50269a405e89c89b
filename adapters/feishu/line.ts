// What is one long connection? Opened once with the SDK's WSClient, listened to, and over for good when it breaks.
//
// The SDK would reconnect by itself, but waits two minutes where nothing was ever reached, gives up on some answers
// without a sound, and cannot be told otherwise. So each of its clients serves one connection; socket.ts makes the next.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { EventDispatcher, LoggerLevel, WSClient } from '@larksuiteoapi/node-sdk'
import type { Clock, Fetch, Logger, ProxyEnv } from '../../src/contract/runtime.ts'
import { withDeadline } from '../common/deadline.ts'
import { FeishuAnswerError, toPlatformError } from './errors.ts'
import { createSdkHttp, sendOver, type SdkRequest } from './http.ts'
import type { CallbackAnswer } from './callback-answer.ts'
import { guardPieces } from './pieces.ts'
import { guardPongs, longestPing } from './pongs.ts'
import { IGNORED_TYPES, READ_TYPES, type Push } from './push.ts'
import { fieldsOf, readAmount, readString, readWhole, type Fields } from '../common/read.ts'
import { createSdkLogger } from './sdk-log.ts'

export interface LineParts {
  readonly account: string
  readonly appId: string
  readonly appSecret: string
  readonly domain: string
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Logger
  /** Rejects: Feishu shall offer it again. */
  offer(push: Push): Promise<CallbackAnswer | undefined>
  /** How long an answer to a ping may take; 10 by default. */
  readonly pongWithinSeconds?: number
  /** Where HTTPS_PROXY and NO_PROXY are looked up: the connection goes through that proxy. */
  readonly proxyEnv?: ProxyEnv
}

export interface Ending {
  /** For the log; without a secret. */
  readonly because: string
  /** What the endpoint answered. */
  readonly code?: number
}

export interface Line {
  /** Resolves once, when events can come. Never rejects. */
  readonly opened: Promise<void>
  /** Resolves once: the connection broke, or none came about. Never rejects. */
  readonly ended: Promise<Ending>
  /** Nothing of it is left afterwards. Safe to repeat. */
  close(): void
}

/** Without it nobody notices that a line has gone silent. */
const PONG_WITHIN_SECONDS = 10
const HANDSHAKE_WITHIN_MS = 15_000
const ENDPOINT_WITHIN_MS = 15_000
/** Endpoint and handshake together, when neither success nor failure is told. */
const OPEN_WITHIN_MS = 40_000
const LOOK_EVERY_MS = 5_000
const PING_SENT = 'ping success'
const PONG_CAME = 'receive pong'
/** What the SDK takes as final: it neither waits nor tries again. */
const REFUSAL = { code: 1, msg: 'no connection', data: {} }

export function openLine(parts: LineParts): Line {
  const { clock, pongWithinSeconds = PONG_WITHIN_SECONDS } = parts
  const over = new AbortController()
  const opening = Promise.withResolvers<undefined>()
  const ending = Promise.withResolvers<Ending>()
  let openedAtMs: number | undefined
  let refusal: Ending = { because: 'the connection was refused' }
  let asked = false
  let silentSinceMs: number | undefined
  let pongsCome = false
  let handshake: HttpAgent | undefined

  const client = new WSClient({
    appId: parts.appId,
    appSecret: parts.appSecret,
    domain: parts.domain,
    logger: createSdkLogger(parts.log, hear),
    loggerLevel: LoggerLevel.trace,
    httpInstance: createSdkHttp(askEndpoint),
    handshakeTimeoutMs: HANDSHAKE_WITHIN_MS,
    wsConfig: { pingTimeout: pongWithinSeconds },
    onReady() {
      openedAtMs = clock.elapsed()
      opening.resolve(undefined)
    },
    onReconnecting: () => ending.resolve({ because: 'the connection broke' }),
    onError: () => ending.resolve(refusal),
  })
  guardPieces(client, parts.log)
  guardPongs(client, parts.log)
  // Reports by its callbacks alone, and resolves at once.
  void client.start({ eventDispatcher: createDispatcher() })
  void watch()

  return {
    opened: opening.promise,
    ended: ending.promise,
    close() {
      if (over.signal.aborted) return
      over.abort()
      client.close({ force: true })
      // The SDK keeps no hold of a socket that is still shaking hands: it would open yet, and be handed events.
      handshake?.destroy()
      ending.resolve({ because: 'closed' })
    },
  }

  function createDispatcher(): EventDispatcher {
    const dispatcher = new EventDispatcher({
      logger: createSdkLogger(parts.log),
      loggerLevel: LoggerLevel.warn,
      // Of its own: the SDK's default is shared by the whole process.
      cache: { get: async () => undefined, set: async () => true },
    })
    const handlers: Record<string, (data: unknown) => Promise<unknown>> = {}
    for (const type of IGNORED_TYPES) handlers[type] = async () => undefined
    for (const type of READ_TYPES) handlers[type] = (data) => take({ type, fields: fieldsOf(data) })
    return dispatcher.register(handlers)
  }

  /**
   * The SDK's own watch begins anew with each ping: pinged more often than it waits, it never ends. So the pings are
   * watched here too, on lines where pongs can be seen at all (those without a payload are not told).
   */
  function hear(words: string): void {
    if (words.includes(PONG_CAME)) {
      pongsCome = true
      silentSinceMs = undefined
    } else if (words.includes(PING_SENT)) silentSinceMs ??= clock.elapsed()
  }

  function isSilent(): boolean {
    if (!pongsCome || silentSinceMs === undefined) return false
    return clock.elapsed() - silentSinceMs > pongWithinSeconds * 1_000
  }

  /** The SDK acknowledges when this resolves, and tells Feishu of a failure when it rejects. */
  function take(push: Push): Promise<CallbackAnswer | undefined> {
    silentSinceMs = undefined
    return parts.offer(push)
  }

  /** Where the line is to be had. Once only: a second question would be the SDK's own second try. */
  async function askEndpoint(request: SdkRequest): Promise<unknown> {
    if (asked) return REFUSAL
    asked = true
    const limit = { account: parts.account, clock, ms: ENDPOINT_WITHIN_MS, what: 'callback/ws/endpoint' }
    try {
      const answer = await withDeadline(limit, over.signal, (signal) =>
        sendOver(parts.fetch, { ...request, signal }),
      )
      const endpoint = readEndpoint(answer)
      // Border: private in the SDK (1.74.0), and read when it connects; which kind is needed is known only now.
      const way = parts.proxyEnv === undefined ? {} : { proxyEnv: parts.proxyEnv }
      handshake = endpoint.data.URL.startsWith('wss:') ? new HttpsAgent(way) : new HttpAgent(way)
      Reflect.set(client, 'agent', handshake)
      return endpoint
    } catch (error) {
      const code = error instanceof FeishuAnswerError ? error.code : undefined
      const { message } = toPlatformError(parts.account, 'callback/ws/endpoint', error)
      refusal = { because: message, ...(code === undefined ? {} : { code }) }
      return REFUSAL
    }
  }

  /** The SDK tells of a break once, if at all: its own state is looked at too. */
  async function watch(): Promise<void> {
    const lookEveryMs = Math.min(LOOK_EVERY_MS, pongWithinSeconds * 500)
    const startedMs = clock.elapsed()
    let strange = 0
    try {
      while (!over.signal.aborted) {
        await clock.sleep(lookEveryMs, over.signal)
        if (openedAtMs === undefined) {
          if (clock.elapsed() - startedMs < OPEN_WITHIN_MS) continue
          ending.resolve({ because: 'the connection did not come about in time' })
        }
        if (isSilent()) ending.resolve({ because: 'the connection broke: it went silent' })
        strange = client.getConnectionStatus().state === 'connected' ? 0 : strange + 1
        if (strange >= 2) ending.resolve({ because: 'the connection is gone' })
      }
    } catch {
      // Closed: the watch is over.
    }
  }
}

/** Seconds. Numbers that are missing would become none at all, and pings without a pause. */
const USUAL_PING_SECONDS = 120

interface Endpoint {
  readonly code: 0
  readonly msg: ''
  readonly data: { readonly URL: string; readonly ClientConfig: Fields }
}

function readEndpoint(answer: unknown): Endpoint {
  const data = fieldsOf(fieldsOf(answer)['data'])
  const url = readString(data['URL'])
  if (url === undefined) throw new Error('the answer names no address')
  const config = fieldsOf(data['ClientConfig'])
  return {
    code: 0,
    msg: '',
    data: {
      URL: url,
      ClientConfig: {
        PingInterval: longestPing(readAmount(config['PingInterval']) || USUAL_PING_SECONDS),
        ReconnectCount: readWhole(config['ReconnectCount']) ?? -1,
        ReconnectInterval: readAmount(config['ReconnectInterval']) ?? USUAL_PING_SECONDS,
        // Its own try after a failed handshake comes at once, finds the endpoint closed, and ends it.
        ReconnectNonce: 0,
      },
    },
  }
}
