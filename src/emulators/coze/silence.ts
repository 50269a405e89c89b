// What does a workflow's stream say while its nodes are silent?
import type { EventStream } from './sse.ts'
import type { World } from './world.ts'

/** The heartbeat as cloud sends it; its interval is not documented. Studio has none. */
export const PING = { event: 'PING', data: '{"content":"{}"}' } as const

/** The same stream, which sends a heartbeat whenever nothing was sent for `pingEveryMs`. */
export function withPings(world: World, stream: EventStream): EventStream {
  const { pingEveryMs, flavor } = world.options
  if (pingEveryMs <= 0 || flavor === 'studio') return stream
  let takeBack: () => void = () => {}

  function rearm(): void {
    takeBack()
    if (!stream.isOpen) return
    takeBack = world.ticker.after(pingEveryMs, () => {
      stream.send(PING.event, PING.data)
      rearm()
    })
  }

  function last(act: () => void): void {
    takeBack()
    act()
  }

  rearm()
  return {
    get isOpen() {
      return stream.isOpen
    },
    send(event, json, kind) {
      stream.send(event, json, kind)
      rearm()
    },
    finish: (event, data) => last(() => stream.finish(event, data)),
    end: () => last(() => stream.end()),
    cut: () => last(() => stream.cut()),
    onLeft: (listener) => stream.onLeft(listener),
  }
}
