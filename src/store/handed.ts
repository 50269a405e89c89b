// How does an event reach the process that serves its account, when the platform called another one? Through the store:
// durable before the platform is told so, answered by the other process where it is quick, and taken up later where not.

import type { ChatEvent, EventId } from '../contract/event.ts'
import type { Ack } from '../contract/platform.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import type { Store } from './open.ts'

export interface Handed {
  /** Stores it for whoever serves the account; resolves with their answer, or with one that promises nothing. Rejects when it could not be stored. */
  handOver(account: string, event: ChatEvent, signal: AbortSignal): Promise<Ack>
  /** Takes what was handed over to this account, what lay there first, until the signal aborts. `take` rejects: it stays there. */
  receive(account: string, take: (event: ChatEvent) => Promise<Ack>, signal: AbortSignal): Promise<void>
}

/** Feishu waits 3 s for an answer, Discord too, and the way there takes some of it. */
const ANSWERED_WITHIN_MS = 1_500
/** News may get lost. */
const LOOK_EVERY_MS = 2_000
const LASTS_MS = 24 * 60 * 60 * 1_000
const NOTHING: Ack = { show: 'nothing' }
const WAITING: Ack = { show: 'waiting', private: false }

interface HandedRecord {
  readonly account: string
  readonly event: ChatEvent
}

export function createHanded(
  store: Store,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Handed {
  const records = store.keyv<HandedRecord>('handed')
  const { coordination, news } = store

  return { handOver, receive }

  async function handOver(account: string, event: ChatEvent, signal: AbortSignal): Promise<Ack> {
    const answered = Promise.withResolvers<Ack>()
    const forget = await news.subscribe(answersOf(event.id), (text) => answered.resolve(readAck(text)))
    try {
      const record: HandedRecord = { account, event }
      await coordination.commit([
        { set: { namespace: 'handed', key: event.id }, value: record, ttlMs: LASTS_MS },
      ])
      await news.publish(arrivalsAt(account), event.id)
      const enough = new AbortController()
      const late = clock.sleep(ANSWERED_WITHIN_MS, AbortSignal.any([signal, enough.signal])).then(
        () => unanswered(event),
        () => unanswered(event),
      )
      const ack = await Promise.race([answered.promise, late])
      enough.abort()
      return ack
    } finally {
      await forget()
    }
  }

  async function receive(
    account: string,
    take: (event: ChatEvent) => Promise<Ack>,
    signal: AbortSignal,
  ): Promise<void> {
    const underWay = new Map<string, Promise<void>>()
    const forget = await news.subscribe(arrivalsAt(account), (id) => begin(id))
    try {
      while (!signal.aborted) {
        await look().catch((error: unknown) => {
          log.warn({ account }, 'what was handed over could not be read', error)
        })
        await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
      }
    } finally {
      await forget()
      await Promise.all(underWay.values())
    }

    async function look(): Promise<void> {
      for await (const [id, record] of records.iterator()) {
        if (isFor(record, account)) begin(id)
      }
    }

    function begin(id: string): void {
      if (signal.aborted || underWay.has(id)) return
      const way = one(id)
        .catch((error: unknown) => {
          log.warn({ account, event: id }, 'an event that was handed over stays where it is', error)
        })
        .finally(() => underWay.delete(id))
      underWay.set(id, way)
    }

    async function one(id: string): Promise<void> {
      const record = await records.get(id)
      if (record === undefined || !isFor(record, account)) return
      const ack = await take(record.event)
      await records.delete(id)
      await news.publish(answersOf(record.event.id), JSON.stringify(ack))
    }
  }
}

/** What waits to be answered is told that an answer will come. */
function unanswered({ kind }: ChatEvent): Ack {
  return kind === 'command' || kind === 'action' ? WAITING : NOTHING
}

/** Written by `receive` alone. */
function readAck(text: string): Ack {
  return JSON.parse(text) as Ack
}

function isFor(record: unknown, account: string): boolean {
  return typeof record === 'object' && record !== null && 'account' in record && record.account === account
}

const arrivalsAt = (account: string): string => `handed ${account}`
const answersOf = (id: EventId): string => `answer ${id}`
