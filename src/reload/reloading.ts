// How does a running bridge take a changed configuration? It is checked whole first: a broken one is refused with all its
// faults, and the one that runs stays.
//
// 1. Read anew. Faults: said in the words of the start; nothing else happens.
// 2. Compare (changes.ts): nothing, live, anew, or only by a restart.
// 3. live: rules are swapped for the next question; changed accounts finish what they write, and connect anew.
// 4. anew: the bridge stops as it would for SIGTERM, and another one begins over the same store, which takes up what was
//    left. If that one cannot start, the old configuration starts again.

import { ConfigError } from '../config/faults.ts'
import type { RunningBridge } from '../main.ts'
import { changeBetween, type Change } from './changes.ts'
import type { ConfigSource, Loaded } from './config-source.ts'

export interface ReloadingOptions {
  readonly source: ConfigSource
  readonly first: Loaded
  /** Makes and starts a bridge; rejects where it cannot run at all. */
  readonly start: (loaded: Loaded) => Promise<RunningBridge>
  /** Each: look whether the configuration has changed. Ends when the process is to stop. */
  readonly occasions: AsyncIterable<void>
  /** Aborts when the process is to stop: whatever is under way is cut short. */
  readonly signal: AbortSignal
}

/** Runs until the occasions end; the bridge has been stopped then. Rejects when no bridge can be had any more. */
export async function runReloading(options: ReloadingOptions): Promise<void> {
  const { source, first, start, occasions, signal } = options
  let loaded = first
  let running = await start(first)
  const asked = aborted(signal).then(() => running.stop())
  try {
    for await (const _ of occasions) {
      const next = await readAnew()
      if (next !== undefined && !signal.aborted) await take(next)
    }
  } finally {
    if (signal.aborted) await asked
    await running.stop()
  }

  /** Undefined where it cannot be used. */
  async function readAnew(): Promise<Loaded | undefined> {
    try {
      return await source.load()
    } catch (error) {
      if (error instanceof ConfigError) running.tellReload({ refused: true, because: error.message })
      else running.tellReload({ refused: true, because: 'it could not be read', error })
      return undefined
    }
  }

  async function take(next: Loaded): Promise<void> {
    const change = changeBetween(loaded.config, next.config)
    switch (change.how) {
      case 'nothing':
        running.tellReload({ applied: [] })
        return
      case 'restart':
        running.tellReload({ refused: true, because: `${change.what.join(', ')} ${NEEDS_RESTART}` })
        return
      case 'live':
        await applyLive(next, change)
        return
      case 'anew':
        await beginAnew(next, change)
    }
  }

  async function applyLive(
    next: Loaded,
    { what, accounts, menus }: Extract<Change, { how: 'live' }>,
  ): Promise<void> {
    try {
      await running.apply(next.config, { accounts, menus })
    } catch (error) {
      await goBack(error)
      return
    }
    loaded = next
    running.tellReload({ applied: what })
  }

  async function beginAnew(next: Loaded, { what }: Extract<Change, { how: 'anew' }>): Promise<void> {
    await running.stop()
    if (signal.aborted) return
    try {
      running = await start(next)
    } catch (error) {
      await goBack(error)
      return
    }
    loaded = next
    running.tellReload({ applied: what })
  }

  /** The former configuration holds again, whatever of the new one was there already. */
  async function goBack(error: unknown): Promise<void> {
    await running.stop()
    if (signal.aborted) return
    running = await start(loaded)
    running.tellReload({ refused: true, because: CANNOT_START, error })
  }
}

const NEEDS_RESTART =
  'cannot change while the bridge runs, since what is open is kept there. Restart it; until then nothing of the new configuration is used.'
const CANNOT_START = 'the bridge cannot start with it, and runs on with the former one'

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
