// How is a file sent while its bytes still come in from somewhere else?

import { AssistantError } from '../contract/errors.ts'
import type { AttachmentStream } from '../contract/platform.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Call, CozeClient } from './client.ts'
import type { JsonAnswer } from './http.ts'
import { toMultipart } from './multipart.ts'

export interface Sending {
  readonly path: string
  readonly file: AttachmentStream
  readonly userId?: string
  readonly waitTurn?: NonNullable<Call['waitTurn']>
  /** How long the answer may take once everything is there. */
  readonly workMs: number
}

/** The source may be silent for so long. Our choice, like the three below. */
const SILENCE_MS = 60_000
/** From the first byte to the answer: so long, and the file at the pace of a very slow line. */
const BASE_MS = 300_000
const SLOWEST_BYTES_PER_MS = 64
/** What has been sent may still lie in buffers on the way, and is then stored. */
const STORED_BYTES_PER_MS = 4_096
/** Coze docs: error codes (upload: too large). */
export const TOO_LARGE_CODE = 4302

/**
 * One part named `file`; never repeated. Rejects with what the *source* threw where the source broke, and with an
 * `AssistantError` for all else. undici's own clock for the head of the answer starts anew with every write that fills
 * the line, and rests while the source is slow: a line that stands still ends the call, a slow one does not. The source
 * is watched here.
 */
export async function sendFile(
  client: CozeClient,
  { path, file, workMs, ...beside }: Sending,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  const what = `POST ${path}`
  const watch = watchSource(file, what, client.clock)
  const call: Call = {
    method: 'POST',
    path,
    payload: toMultipart({ ...file, stream: watch.stream }),
    repeat: 'impossible',
    patience: 'short',
    firstByteMs: workMs + file.sizeBytes / STORED_BYTES_PER_MS,
    ...beside,
  }
  try {
    return await client.json(call, AbortSignal.any([signal, watch.tooLate]))
  } catch (error) {
    if (signal.aborted) throw error
    if (watch.broke !== undefined) throw watch.broke.error
    if (watch.tooLate.aborted) throw watch.tooLate.reason
    throw asTooLarge(error)
  } finally {
    watch.end()
  }
}

/** A gateway before Coze that takes less than Coze does: one thing tells a file that is too large. */
function asTooLarge(error: unknown): unknown {
  if (!(error instanceof AssistantError)) return error
  const { failure } = error
  if (failure.httpStatus !== 413 || failure.code !== undefined) return error
  return new AssistantError({ ...failure, code: TOO_LARGE_CODE }, error)
}

interface Watch {
  readonly stream: AsyncIterable<Uint8Array>
  /** Aborts with an `AssistantError` when the source stands still, or all of it takes too long. */
  readonly tooLate: AbortSignal
  /** What the source threw. */
  readonly broke: { readonly error: unknown } | undefined
  end(): void
}

/** Time counts from the first byte that is asked for: waiting for one's turn is not slow. */
function watchSource(file: AttachmentStream, what: string, clock: Clock): Watch {
  const over = new AbortController()
  const late = new AbortController()
  let broke: Watch['broke']
  let waitsSinceMs: number | undefined

  async function* watched(): AsyncGenerator<Uint8Array> {
    void guard()
    let sentBytes = 0
    waitsSinceMs = clock.elapsed()
    try {
      for await (const chunk of file.stream) {
        waitsSinceMs = undefined
        sentBytes += chunk.byteLength
        if (sentBytes > file.sizeBytes) break
        yield chunk
        waitsSinceMs = clock.elapsed()
      }
      if (sentBytes !== file.sizeBytes) throw unlikeSaid(what, sentBytes, file.sizeBytes)
    } catch (error) {
      broke = { error }
      throw error
    } finally {
      waitsSinceMs = undefined
    }
  }

  async function guard(): Promise<void> {
    const deadlineMs = clock.elapsed() + BASE_MS + file.sizeBytes / SLOWEST_BYTES_PER_MS
    try {
      for (;;) {
        const nowMs = clock.elapsed()
        const silentUntilMs = (waitsSinceMs ?? nowMs) + SILENCE_MS
        if (nowMs >= deadlineMs) {
          late.abort(slow(what, 'it took too long'))
          return
        }
        if (nowMs >= silentUntilMs) {
          late.abort(slow(what, 'the file stopped coming'))
          return
        }
        await clock.sleep(Math.min(silentUntilMs, deadlineMs) - nowMs, over.signal)
      }
    } catch {
      // It is over: nobody needs a guard.
    }
  }

  return {
    stream: watched(),
    tooLate: late.signal,
    get broke() {
      return broke
    },
    end: () => over.abort(),
  }
}

function unlikeSaid(what: string, bytes: number, saidBytes: number): AssistantError {
  const detail = `${what}: the file has ${bytes < saidBytes ? String(bytes) : 'more'} bytes, not ${saidBytes}`
  return new AssistantError({ kind: 'unavailable', detail, outcome: 'not-sent' })
}

function slow(what: string, why: string): AssistantError {
  return new AssistantError({ kind: 'unavailable', detail: `${what}: ${why}`, outcome: 'unknown' })
}
