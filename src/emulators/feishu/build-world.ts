// How are the parts of one emulator put together? Events go by webhook when there is an address, else by socket.
import { randomBytes } from 'node:crypto'
import { createDeliveries, type Deliveries, type Delivery } from './deliveries.ts'
import { createFileStore } from './files.ts'
import { createIds } from './ids.ts'
import { createLimiter, type FeishuLimits } from './limits.ts'
import { createSockets, type ClientConfig } from './sockets.ts'
import { createStore } from './store.ts'
import { createWebhook, type Webhook } from './webhook.ts'
import type { Behaviour, World } from './world.ts'

export interface WorldSettings {
  readonly behaviour: Behaviour
  readonly botName: string
  readonly limits: FeishuLimits | undefined
  readonly clientConfig: ClientConfig
  readonly encryptKey: string | undefined
  readonly ackWithinMs: number
  /** The waits before each repetition of an event. */
  readonly scheduleMs: readonly number[]
  readonly maxFrames: number
  readonly maxCalls: number
  readonly nowMs: () => number
  readonly observePush?: (delivery: Delivery) => void
}

export interface BuiltWorld {
  readonly world: World
  readonly webhook: Webhook
  /** Once the server listens. */
  readonly listensAt: (url: string) => void
}

export function buildWorld(settings: WorldSettings): BuiltWorld {
  const { behaviour, nowMs, ackWithinMs } = settings
  const ids = createIds()
  const store = createStore(settings)
  let origin = ''
  const sockets = createSockets({
    config: settings.clientConfig,
    onListening: () => deliveries.flush(),
    onChanged: store.changed,
    onAck: (eventId, answer) => deliveries.settle(eventId, answer),
    nowMs,
  })
  const webhook = createWebhook({
    encryptKey: settings.encryptKey,
    verificationToken: behaviour.verificationToken,
    ackWithinMs,
    onAnswer: (eventId, answer) => deliveries.settle(eventId, answer),
    nowMs,
  })
  const deliveries: Deliveries = createDeliveries({
    push(delivery) {
      settings.observePush?.(delivery)
      return webhook.url === undefined ? sockets.push(delivery) : webhook.push(delivery)
    },
    ackWithinMs,
    scheduleMs: settings.scheduleMs,
    onAck: store.addAck,
    changed: store.changed,
    newEventId: () => ids.next('ev'),
    nowMs,
  })
  const world: World = {
    bot: { openId: ids.next('ou'), unionId: ids.next('on'), name: settings.botName },
    store,
    files: createFileStore(ids, nowMs),
    deliveries,
    sockets,
    limiter: createLimiter(settings.limits, nowMs),
    callbacks: new Map(),
    behaviour,
    ids,
    origin: () => origin,
    nowMs,
  }
  return {
    world,
    webhook,
    listensAt: (url) => {
      origin = url
    },
  }
}

/** `cli_` and 16 hex digits, as the SDK demands. */
export function freshAppId(): string {
  return `cli_${randomBytes(8).toString('hex')}`
}
