// How is the long connection kept, so that no event is lost? One line after another, with growing pauses between.
// https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/request-url-configuration-case
import type { Health } from '../../src/contract/platform.ts'
import { openLine, type Ending, type LineParts } from './line.ts'

export interface SocketParts extends LineParts {
  setHealth(health: Health): void
  /** Resolves when what was taken in is stored: its acknowledgements still go out before the line is closed. */
  settled(): Promise<void>
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface Socket {
  /** Resolves with the first line open, or after the first attempt failed. Never rejects. */
  readonly first: Promise<void>
  /** Resolves when `signal` aborted and nothing is left. Never rejects. */
  readonly done: Promise<void>
}

/** A line that lived this long was a good one: the pauses begin anew. */
const GOOD_LINE_MS = 10_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** What only the owner can mend; still tried, as it may be mended any time. */
const FIRST_REFUSED_PAUSE_MS = 2_500
const LONGEST_REFUSED_PAUSE_MS = 300_000
const TELL_AGAIN_AFTER_MS = 600_000

export function keepSocket(parts: SocketParts): Socket {
  const { clock, log, signal } = parts
  const first = Promise.withResolvers<undefined>()
  const toldAtMs = new Map<string, number>()
  let isDown = false
  return { first: first.promise, done: run() }

  async function run(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const line = openLine(parts)
      void line.opened.then(up)
      const { ending, livedMs } = await lifeOf(line)
      if (isOver()) break
      failures = livedMs >= GOOD_LINE_MS ? 0 : failures + 1
      down(ending)
      first.resolve(undefined)
      // An abort ends the pause; the loop looks at the signal itself.
      await clock.sleep(pauseAfter(ending, failures), signal).catch(() => undefined)
    }
    first.resolve(undefined)
  }

  async function lifeOf(line: ReturnType<typeof openLine>): Promise<{ ending: Ending; livedMs: number }> {
    const stop = Promise.withResolvers<Ending>()
    const onAbort = (): void => stop.resolve({ because: 'stopped' })
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const startedMs = clock.elapsed()
    try {
      const ending = await Promise.race([line.ended, stop.promise])
      // The last acknowledgements are written a moment after the last event is stored.
      if (signal.aborted) await parts.settled().then(() => clock.sleep(0))
      return { ending, livedMs: clock.elapsed() - startedMs }
    } finally {
      signal.removeEventListener('abort', onAbort)
      line.close()
    }
  }

  /** Asked anew after each wait. */
  function isOver(): boolean {
    return signal.aborted
  }

  function up(): void {
    if (signal.aborted) return
    log.info(
      {},
      isDown ? 'the long connection to Feishu stands again' : 'the long connection to Feishu stands',
    )
    isDown = false
    parts.setHealth({ state: 'up' })
    first.resolve(undefined)
  }

  /** Told once in a while for each reason, not for each attempt. */
  function down(ending: Ending): void {
    isDown = true
    const because = reasonOf(ending)
    parts.setHealth({ state: 'down', because })
    const toldMs = toldAtMs.get(because)
    if (toldMs !== undefined && clock.elapsed() - toldMs < TELL_AGAIN_AFTER_MS) return
    toldAtMs.set(because, clock.elapsed())
    log.warn({ code: ending.code, detail: ending.because }, `no events from Feishu: ${because}`)
  }
}

/** The endpoint's own numbers. https://github.com/larksuite/node-sdk (ErrorCode), and 1000040351 as reported by users. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [403, 'the app may not use the long connection. It must be a self-built app, enabled and published'],
  [514, 'app id or app secret are not accepted. Take both from the console, "Credentials & Basic Info"'],
  [1000040350, 'too many connections (50 for one app). Stop other programs that run with this app'],
  [
    1000040351,
    'the app belongs to the other domain. Set domain: lark for a Lark app, domain: feishu for a Feishu app',
  ],
])

export function reasonOf({ because, code }: Ending): string {
  if (code === undefined) {
    return because.startsWith('the connection') ? because : 'Feishu cannot be reached or does not answer'
  }
  return REFUSALS.get(code) ?? `Feishu gives no connection at the moment (${code})`
}

function pauseAfter({ code }: Ending, failures: number): number {
  const isRefusal = code !== undefined && REFUSALS.has(code)
  const [shortest, longest] = isRefusal
    ? [FIRST_REFUSED_PAUSE_MS, LONGEST_REFUSED_PAUSE_MS]
    : [FIRST_PAUSE_MS, LONGEST_PAUSE_MS]
  return Math.min(longest, shortest * 2 ** Math.min(failures, 10))
}
