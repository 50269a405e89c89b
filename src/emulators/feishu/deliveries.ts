// When is an event pushed, and when again? Once somebody listens; again on schedule until it was acknowledged in time.
import { createDisturber, type Disturbance } from './disturb.ts'
import type { Ack } from './store.ts'
import { readJson, recordOf, stringOf, type Json } from './types.ts'

/** One event on its way to the app. */
export interface Delivery {
  readonly eventId: string
  readonly eventType: string
  /** Of the IM message it is about. */
  readonly messageId?: string
  /** The envelope, as pushed. */
  readonly body: Json
  /** Pushes so far. */
  readonly attempt: number
  /** `waiting`: nobody is connected, or the next push has its time; `sent`: no answer yet. */
  readonly state: 'waiting' | 'sent'
}

/** Brings one event to the app; false when nobody is there. The answer comes through `settle`. */
export type Push = (delivery: Delivery) => boolean

export interface Deliveries {
  /** Pushes now, or keeps it for the next connection. Gives the event's id. */
  enqueue(body: Json, about?: { readonly messageId?: string }): string
  /** Pushes once and waits for the answer: a card callback. Rejects never: undefined when no answer came in time. */
  ask(body: Json): Promise<Answer | undefined>
  /** The event of a message once more, under its own id. */
  redeliver(messageId: string, as?: 'same' | 'new'): void
  settle(eventId: string, answer: Answer): void
  /** Somebody connected: everything that waits goes out, oldest first. */
  flush(): void
  /** Not acknowledged yet and not given up, oldest first. */
  pending(): readonly Delivery[]
  /** The next events come otherwise. */
  disturb(how: Disturbance): void
  /** Of messages that are gone, what would be needed to tell of them again. */
  forget(isGone: (messageId: string) => boolean): void
  close(): void
}

export interface Answer {
  /** 200 is an acknowledgement. */
  readonly code: number
  readonly data?: unknown
}

type Changeable = { -readonly [Key in keyof Delivery]: Delivery[Key] }

interface Live extends Changeable {
  sentAtMs: number
  timer: NodeJS.Timeout | undefined
  readonly answered: ((answer: Answer | undefined) => void) | undefined
}

const REMEMBERED = 20_000

export function createDeliveries(parts: {
  readonly push: Push
  readonly ackWithinMs: number
  /** The waits before each repetition. Feishu docs: 15 s, 5 min, 1 h, 6 h. */
  readonly scheduleMs: readonly number[]
  readonly onAck: (ack: Ack) => void
  readonly changed: () => void
  readonly newEventId: () => string
  readonly nowMs: () => number
}): Deliveries {
  const live = new Map<string, Live>()
  const bodies = new Map<string, Json>()
  const disturber = createDisturber()

  const begin = (body: Json, messageId?: string, answered?: Live['answered']): Live => {
    const eventId = eventIdOf(body)
    const entry: Live = {
      eventId,
      eventType: eventTypeOf(body),
      ...(messageId === undefined ? {} : { messageId }),
      body,
      attempt: 0,
      state: 'waiting',
      sentAtMs: 0,
      timer: undefined,
      answered,
    }
    clearTimeout(live.get(eventId)?.timer)
    live.set(eventId, entry)
    if (messageId !== undefined) {
      bodies.set(messageId, body)
      if (bodies.size > REMEMBERED) bodies.delete(bodies.keys().next().value ?? '')
    }
    // A person waits for the answer to a press: that comes as it comes.
    if (answered !== undefined) push(entry)
    else
      disturber.through(
        () => {
          if (live.get(eventId) === entry) push(entry)
        },
        () => void parts.push(entry),
      )
    return entry
  }
  const push = (entry: Live): void => {
    clearTimeout(entry.timer)
    entry.timer = undefined
    entry.attempt += 1
    entry.state = 'sent'
    entry.sentAtMs = parts.nowMs()
    entry.timer = setTimeout(() => again(entry), parts.ackWithinMs)
    if (parts.push(entry)) return
    clearTimeout(entry.timer)
    entry.timer = undefined
    entry.attempt -= 1
    entry.state = 'waiting'
    if (entry.answered !== undefined) end(entry, undefined)
  }
  /** The push was in vain: the next one gets its time, or the platform gives up. */
  const again = (entry: Live): void => {
    clearTimeout(entry.timer)
    entry.timer = undefined
    const waitMs = parts.scheduleMs[entry.attempt - 1]
    if (entry.answered !== undefined || waitMs === undefined) {
      end(entry, undefined)
      return
    }
    entry.state = 'waiting'
    entry.timer = setTimeout(() => push(entry), waitMs)
    parts.changed()
  }
  const end = (entry: Live, answer: Answer | undefined): void => {
    clearTimeout(entry.timer)
    if (live.get(entry.eventId) === entry) live.delete(entry.eventId)
    entry.answered?.(answer)
    parts.changed()
  }
  return {
    enqueue: (body, { messageId } = {}) => begin(body, messageId).eventId,
    ask: (body) => new Promise((resolve) => void begin(body, undefined, resolve)),
    redeliver(messageId, as = 'same') {
      const body = bodies.get(messageId)
      if (body === undefined) throw new Error(`no event about message ${messageId} was ever pushed`)
      begin(as === 'same' ? body : renamed(body, parts.newEventId()), messageId)
    },
    settle(eventId, answer) {
      const entry = live.get(eventId)
      const late = entry?.state !== 'sent'
      const afterMs = entry === undefined ? 0 : parts.nowMs() - entry.sentAtMs
      parts.onAck({
        eventId,
        eventType: entry?.eventType ?? '',
        ...(entry?.messageId === undefined ? {} : { messageId: entry.messageId }),
        code: answer.code,
        data: answer.data,
        attempt: entry?.attempt ?? 0,
        afterMs,
        late,
        atMs: parts.nowMs(),
      })
      if (entry === undefined || late) return
      if (answer.code === 200 || entry.answered !== undefined) end(entry, answer)
      else again(entry)
    },
    flush() {
      const waiting = [...live.values()].filter((entry) => entry.state === 'waiting')
      for (const entry of waiting) push(entry)
    },
    pending: () => [...live.values()],
    disturb: disturber.add,
    forget(isGone) {
      for (const messageId of bodies.keys()) if (isGone(messageId)) bodies.delete(messageId)
    },
    close() {
      disturber.close()
      for (const entry of [...live.values()]) end(entry, undefined)
    },
  }
}

/** v2 has it in the header, v1 calls it `uuid`. */
function eventIdOf(body: Json): string {
  return stringOf(recordOf(body['header'])['event_id']) ?? stringOf(body['uuid']) ?? JSON.stringify(body)
}

function eventTypeOf(body: Json): string {
  return stringOf(recordOf(body['header'])['event_type']) ?? stringOf(recordOf(body['event'])['type']) ?? ''
}

function renamed(body: Json, eventId: string): Json {
  return body['header'] === undefined
    ? { ...body, uuid: eventId }
    : { ...body, header: { ...recordOf(body['header']), event_id: eventId } }
}

/** The payload of an ack frame: `{"code":200,"data":"<base64 JSON>"}`. */
export function readAnswer(payload: string): Answer {
  const body = readJson(payload)
  const code = typeof body?.['code'] === 'number' ? body['code'] : 0
  const data = stringOf(body?.['data'])
  if (data === undefined) return { code }
  const text = Buffer.from(data, 'base64').toString('utf8')
  try {
    return { code, data: JSON.parse(text) as unknown }
  } catch {
    return { code, data: text }
  }
}
