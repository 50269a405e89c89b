// How is the body of an answer read, within its limits?

import type { Readable } from 'node:stream'
import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import type { Clock } from '../contract/runtime.ts'
import { garbledFailure, transportFailure } from './errors.ts'
import { createSseReader } from './sse.ts'
import type { SseEvent } from './sse.ts'

/** A stream of events whose head has come. Read it once; leaving the loop closes it. */
export interface EventStream {
  readonly what: string
  readonly logid: string
  /**
   * The events of one network read at a time: a reader that works a whole batch at once costs little more than
   * parsing. Ends at the end of the body; throws `AssistantError` (`lost`) when it breaks off.
   */
  readonly batches: AsyncIterable<readonly SseEvent[]>
  /**
   * The last word has come: wait only a moment for the rest, and keep the connection for the next request. Once there
   * has been sound after the last word, more of it is waited for.
   */
  wrapUp(since: 'nothing' | 'sound'): void
}

/** Within which time a stream must be read. */
export interface Until {
  readonly clock: Clock
  /** By `clock.elapsed()`. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/**
 * What may come after the last word: sound, `done`. So long may it be silent, and so long may it take in all; while the
 * voice speaks on, longer. Our choice.
 */
const WRAP_UP = {
  nothing: { silenceMs: 3_000, totalMs: 6_000 },
  sound: { silenceMs: 10_000, totalMs: 60_000 },
} as const
const REST_BYTES = 64 * 1024

/** No timer of its own: silence is watched by undici's body timeout, the deadline is looked at with each read. */
export function readEvents(
  body: Readable & { dump(opts: { limit: number }): Promise<void> },
  what: string,
  logid: string,
  until: Until,
): EventStream {
  const { clock, deadlineMs, signal } = until
  let endedMs: number | undefined
  let patience: (typeof WRAP_UP)[keyof typeof WRAP_UP] = WRAP_UP.nothing

  async function* batches(): AsyncGenerator<readonly SseEvent[]> {
    const reader = createSseReader()
    const chunks: AsyncIterator<Uint8Array> = body.iterator({ destroyOnReturn: false })
    let isOver = false
    try {
      for (;;) {
        const next = await (endedMs === undefined ? chunks.next() : restOf(chunks, endedMs))
        if (next === undefined) return
        if (next.done === true) {
          isOver = true
          break
        }
        const events = reader.take(next.value)
        if (events.length > 0) yield events
        if (clock.elapsed() > deadlineMs)
          throw new AssistantError(lost(`${what}: over its overall time limit`, logid))
      }
      const rest = reader.end()
      if (rest.length > 0) yield rest
    } catch (error) {
      if (error instanceof AssistantError) throw error
      if (error instanceof RangeError) throw new AssistantError(lost(`${what}: ${error.message}`, logid))
      throw new AssistantError(withLogid(transportFailure(what, error, signal), logid), error)
    } finally {
      if (!isOver) await letGo(body, endedMs !== undefined)
    }
  }

  /** Undefined: nothing more is waited for. */
  async function restOf<T>(
    chunks: AsyncIterator<T>,
    sinceMs: number,
  ): Promise<IteratorResult<T> | undefined> {
    const leftMs = sinceMs + patience.totalMs - clock.elapsed()
    return leftMs <= 0 ? undefined : within(Math.min(leftMs, patience.silenceMs), clock, chunks.next())
  }

  return {
    what,
    logid,
    batches: batches(),
    wrapUp: (since) => {
      endedMs ??= clock.elapsed()
      if (since === 'sound') patience = WRAP_UP.sound
    },
  }
}

/** The whole body, unless it is longer than anyone should send. */
export async function readCapped(
  body: Readable,
  maxBytes: number,
  what: string,
  logid: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > maxBytes) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw new AssistantError(withLogid(transportFailure(what, error, signal), logid), error)
  }
  if (sizeBytes > maxBytes) {
    throw new AssistantError(garbledFailure(what, `an answer of more than ${maxBytes} bytes`, logid))
  }
  return Buffer.concat(chunks)
}

/** After the last word the connection is read empty, so that it can be used again; before it, it is closed. */
async function letGo(body: Parameters<typeof readEvents>[0], isFinished: boolean): Promise<void> {
  if (isFinished && !body.destroyed) {
    body.dump({ limit: REST_BYTES }).catch(() => {
      // It broke behind the last word: nobody waits for it.
    })
    return
  }
  // An error that comes while closing concerns nobody any more.
  body.on('error', () => {})
  body.destroy()
}

async function within<T>(ms: number, clock: Clock, promise: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController()
  const tooLate = clock.sleep(ms, stop.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    stop.abort()
  }
}

/** We stop reading; the chat goes on over there. */
function lost(detail: string, logid: string): Failure {
  return withLogid({ kind: 'lost', detail, outcome: 'unknown' }, logid)
}

function withLogid(failure: Failure, logid: string): Failure {
  return logid === '' ? failure : { ...failure, logid }
}
