// How does a stream of the wire become a stream of the contract?

import type { ReplyEvent } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { EventStream } from './body.ts'
import type { CozeClient } from './client.ts'
import { failureOf } from './errors.ts'
import { createReplyReader } from './stream.ts'
import type { ReplyReaderOptions } from './stream.ts'

/** Opened, read to its end, closed exactly once. Never throws. */
export async function* relay(
  client: CozeClient,
  open: () => Promise<EventStream>,
  about: Omit<ReplyReaderOptions, 'what' | 'logid' | 'trustDone'>,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent> {
  let stream: EventStream
  try {
    stream = await open()
  } catch (error) {
    yield { kind: 'failed', failure: failureOf(error, 'asking', signal) }
    return
  }
  const { what, logid } = stream
  const trustDone = about.kind === 'chatflow' || client.flavor === 'studio'
  const reader = createReplyReader({ ...about, what, logid, trustDone })
  const out: ReplyEvent[] = []
  let broke: Failure | undefined
  try {
    for await (const events of stream.batches) {
      let speaksOn = false
      for (const event of events) {
        const wasEnded = reader.isEnded
        reader.take(event, out)
        speaksOn ||= wasEnded && out.at(-1)?.kind === 'audio'
      }
      if (reader.isEnded || reader.isDone) stream.wrapUp(speaksOn ? 'sound' : 'nothing')
      if (out.length > 0) yield* out.splice(0)
      if (reader.isDone) break
    }
  } catch (error) {
    broke = failureOf(error, what, signal)
  }
  const closing = reader.close(out, broke)
  yield* out
  yield closing
}
