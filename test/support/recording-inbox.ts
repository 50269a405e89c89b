// An inbox for tests: keeps what it is offered, refuses on demand, and lets a test wait for the n-th event.
import type { ChatEvent } from '../../src/contract/event.ts'
import { NotStoredError } from '../../src/contract/errors.ts'
import type { Ack, Inbox } from '../../src/contract/platform.ts'

export interface RecordingInbox {
  readonly inbox: Inbox
  /** Stored ones, doubles included, oldest first. */
  readonly events: readonly ChatEvent[]
  readonly refused: number
  /** The next `times` offers are not stored. */
  refuse(times: number): void
  /** What is answered from now on; `nothing` at first. */
  answer(ack: Ack): void
  /** The n-th stored event, 1 for the first, as soon as it is there. */
  nth(n: number, signal: AbortSignal): Promise<ChatEvent>
}

export function createRecordingInbox(): RecordingInbox {
  const events: ChatEvent[] = []
  const waiting = new Set<() => void>()
  let toRefuse = 0
  let refused = 0
  let ack: Ack = { show: 'nothing' }
  return {
    inbox: async (event) => {
      if (toRefuse > 0) {
        toRefuse -= 1
        refused += 1
        throw new NotStoredError('refused by the test')
      }
      events.push(event)
      for (const look of waiting) look()
      return ack
    },
    events,
    get refused() {
      return refused
    },
    refuse(times) {
      toRefuse = times
    },
    answer(next) {
      ack = next
    },
    nth: (n, signal) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const event = events[n - 1]
          if (event === undefined) return
          waiting.delete(look)
          resolve(event)
        }
        waiting.add(look)
        signal.addEventListener('abort', () => {
          waiting.delete(look)
          reject(new Error(`event ${n} did not come; there are ${events.length}`))
        })
        look()
      }),
  }
}
