// How are many looks taken side by side, each with a deadline of its own, so that one that hangs hides no other?

import type { Finding } from '../contract/platform.ts'
import type { Clock } from '../contract/runtime.ts'
import type { About, Told } from './told.ts'

export interface Look {
  readonly about: About
  /** For the progress line, and for the finding where the look fails: `Coze`, `clock`. */
  readonly what: string
  readonly withinMs: number
  run(signal: AbortSignal): Promise<readonly Finding[]>
}

export interface Progress {
  readonly done: number
  readonly all: number
  /** What is still being looked at. */
  readonly open: readonly string[]
}

/** Resolves with what was found, in the order of `looks`. Never rejects. */
export async function lookAtAll(
  looks: readonly Look[],
  {
    clock,
    signal,
    tell,
  }: { readonly clock: Clock; readonly signal: AbortSignal; tell(progress: Progress): void },
): Promise<readonly Told[]> {
  const open = new Set(looks)
  const report = (): void =>
    tell({ done: looks.length - open.size, all: looks.length, open: [...open].map(({ what }) => what) })
  report()
  const found = await Promise.all(
    looks.map(async (look) => {
      const findings = await within(look, clock, signal)
      open.delete(look)
      report()
      return findings.map((finding) => ({ ...finding, about: look.about }))
    }),
  )
  return found.flat()
}

async function within(look: Look, clock: Clock, signal: AbortSignal): Promise<readonly Finding[]> {
  const over = new AbortController()
  const ended = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const late = clock.sleep(look.withinMs, AbortSignal.any([signal, ended.signal])).then(
    () => true,
    () => !ended.signal.aborted,
  )
  try {
    const looking = look.run(until)
    // Whoever heeds no signal is left behind.
    const first = await Promise.race([looking, late.then((isLate) => (isLate ? undefined : looking))])
    if (first !== undefined) return first
    looking.catch(() => undefined)
    return [
      failed(
        look,
        signal.aborted ? 'it was broken off' : `it took longer than ${Math.round(look.withinMs / 1000)} s`,
      ),
    ]
  } catch (error) {
    return [failed(look, error instanceof Error ? error.message : 'it failed')]
  } finally {
    ended.abort()
    over.abort()
  }
}

function failed({ what }: Look, because: string): Finding {
  return {
    verdict: 'warning',
    subject: what,
    reason: `could not be looked at: ${because}`,
    remedy: 'Run doctor again; if it stays, look at the way there: network, proxy, firewall.',
  }
}
