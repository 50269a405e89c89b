// News over Redis' publish and subscribe, heard on a connection of its own: one that subscribes can do nothing else.

import type { Clock, Logger } from '../contract/runtime.ts'
import type { News } from './news.ts'
import { createListeners } from './news.ts'
import type { RedisClient, RedisLink } from './redis-link.ts'
import { CALL_LASTS_MS } from './redis-link.ts'

export interface RedisNews extends News {
  close(): Promise<void>
}

export interface RedisNewsWorld {
  readonly link: RedisLink
  readonly base: string
  /** The second connection, made when somebody first listens. Waits as long as it takes. */
  readonly openEar: () => Promise<RedisLink>
  readonly clock: Clock
  readonly log: Logger
}

export function createRedisNews({ link, base, openEar, clock, log }: RedisNewsWorld): RedisNews {
  const listeners = createListeners()
  /** One function per channel, however often it is subscribed to: then it hears everything once. */
  const ears = new Map<string, (text: string) => void>()
  const closing = new AbortController()
  let ear: Promise<RedisLink> | undefined

  function earOf(channel: string): (text: string) => void {
    const known = ears.get(channel) ?? ((text: string) => listeners.tell(channel, text))
    ears.set(channel, known)
    return known
  }

  /** What fails for want of a connection is done again with the next one. */
  async function hear(client: RedisClient, channel: string): Promise<void> {
    try {
      await client.subscribe(`${base}news:${channel}`, earOf(channel))
    } catch (error) {
      if (client.isReady) log.warn({ channel }, 'cannot listen to the other processes', error)
    }
  }

  async function open(): Promise<RedisLink> {
    const opened = await openEar()
    opened.onReady((client) => {
      for (const channel of listeners.channels()) void hear(client, channel)
    })
    return opened
  }

  async function listenTo(channel: string): Promise<void> {
    try {
      ear ??= open()
      const opened = await ear
      await opened.call((client) => hear(client, channel))
    } catch (error) {
      if (closing.signal.aborted) return
      log.warn({ channel }, 'cannot listen to the other processes yet', error)
    }
  }

  async function leave(channel: string): Promise<void> {
    if (listeners.channels().includes(channel) || closing.signal.aborted) return
    const opened = await ear?.catch(() => undefined)
    // Away: then the next connection does not subscribe to it at all.
    await opened
      ?.call((client) => client.unsubscribe(`${base}news:${channel}`, earOf(channel)))
      .catch(() => {})
  }

  return {
    async publish(channel, text) {
      await link.call((client) => client.publish(`${base}news:${channel}`, text))
    },
    async subscribe(channel, listener) {
      const end = listeners.add(channel, listener)
      // Usually it is heard from here on; with the server away, later.
      const late = new AbortController()
      await Promise.race([listenTo(channel), clock.sleep(CALL_LASTS_MS, late.signal).catch(() => {})])
      late.abort()
      return async () => {
        await end()
        await leave(channel)
      }
    },
    async close() {
      closing.abort()
      const opened = await ear?.catch(() => undefined)
      await opened?.close()
    },
  }
}
