// One line on the screen before there is a reply: how far the files are, who goes first. It becomes the reply's own message.
//
// While a question only waits, nothing heavy is kept for it: the message is opened for each line, and let go.

import type { MessageId } from '../../contract/event.ts'
import type { Control, Outbox } from '../../contract/platform.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { PartRecord } from '../../contract/turn.ts'
import type { GrowingMessage, MessagePlace } from '../../reply/message.ts'
import { isPosted, openPosted } from '../../reply/posted.ts'
import { openMessage } from '../../reply/surface.ts'

export interface StatusLine {
  /** The newest line wins. Never rejects: it is a courtesy. */
  show(line: string): void
  /** Resolves when the newest line stands, or will not. */
  shown(): Promise<void>
  /** No line is shown any more. Resolves when none is under way, with the record of its message. */
  end(): Promise<PartRecord>
  /** At shutdown: nothing of it looks busy. */
  letGo(): Promise<void>
}
export interface StatusPlace extends MessagePlace<unknown> {
  readonly outbox: Outbox
  readonly log: Logger
}
export interface StatusStart {
  readonly part: PartRecord
  readonly controls: readonly Control[]
  readonly replyTo?: MessageId
  /** Of an earlier life: its message may stand. */
  readonly maybePosted: boolean
  /** Durable before it resolves. */
  save(part: PartRecord): Promise<void>
}

const OVER = new Error('the reply begins')

export function createStatusLine(place: StatusPlace, start: StatusStart): StatusLine {
  let { part } = start
  let wanted: string | undefined
  let shown: string | undefined
  let over: AbortController | undefined
  let ended = false
  let running: Promise<void> | undefined

  return {
    show(line) {
      wanted = line
      if (!ended && wanted !== shown) running ??= run().finally(() => (running = undefined))
    },
    async shown() {
      await running
    },
    async end() {
      ended = true
      over?.abort(OVER)
      await running
      return part
    },
    async letGo() {
      ended = true
      over?.abort(OVER)
      await running
      if (part.surface === undefined) return
      await open()
        .abandon()
        .catch((error: unknown) => place.log.debug({ reason: String(error) }, 'a message may look busy'))
    },
  }

  async function run(): Promise<void> {
    const mine = new AbortController()
    over = mine
    try {
      while (!ended && wanted !== undefined && wanted !== shown) {
        const surface = await open().update(() => {
          if (ended || wanted === undefined) return undefined
          shown = wanted
          const block = { kind: 'paragraph', spans: [{ kind: 'text', text: wanted }] } as const
          return { body: place.outbox.renderer.render([block]), plain: wanted, controls: start.controls }
        }, mine.signal)
        if (surface === undefined || JSON.stringify(surface) === JSON.stringify(part.surface)) continue
        part = { ...part, surface }
        await start.save(part)
      }
    } catch (error) {
      if (!ended) place.log.debug({ reason: String(error) }, 'what is going on could not be shown')
    } finally {
      over = undefined
    }
  }

  /** A stream that fades unless it is kept alive would need a call now and then: such a line is posted. */
  function open(): GrowingMessage<unknown> {
    const { key, surface } = part
    const fades = place.outbox.limits.keepAliveMs !== undefined
    const { maybePosted, replyTo } = start
    const how = {
      key,
      maybePosted,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(surface === undefined ? {} : { resume: surface }),
    }
    return fades && (surface === undefined || isPosted(surface))
      ? openPosted(place, how)
      : openMessage(place, how)
  }
}
