// Which of several processes does what? Whoever holds a claim does it alone, until it is given back or lost.
//
// A claim is a lease, renewed several times in its life. Who could not renew it in time has lost it *before* the store
// gives it to another: by a clock of its own, and also where the process was frozen and never noticed.

import type { Clock, Logger } from '../contract/runtime.ts'
import type { Coordination, Held, Lease } from './coordination.ts'

export interface Claims {
  /** Undefined while another process holds it. Rejects with `StoreError` where the store cannot be asked. */
  tryHold(name: string): Promise<Claim | undefined>
  /** The same, one after the other with a pause behind each that was had: processes that start together share the work. */
  tryHoldAtStart(name: string): Promise<Claim | undefined>
  /** Resolves when it is held. Rejects with the signal's reason alone: a store that is away is asked again. */
  hold(name: string, signal: AbortSignal): Promise<Claim>
}

export interface Claim {
  /** What writes are made under; undefined where nobody else could hold it. */
  readonly held?: Held
  readonly lost: AbortSignal
  /** Asked right before anything that another process must not see done twice. False: it is lost, and `lost` has aborted. */
  isSure(): boolean
  /** Gives it back, so that another may have it at once. */
  release(): Promise<void>
}

export interface ClaimsWorld {
  readonly coordination: Coordination
  readonly clock: Clock
  readonly log: Logger
  /** Of this process; for whoever looks into the store. */
  readonly owner: string
}

/** A dead process's work is taken up after this, at most. Our choice: below a person's patience, far above a slow round trip. */
const LASTS_MS = 5_000
const RENEW_EVERY_MS = 1_000
/** So much earlier is it given up than the store would give it to another: what was begun before may still arrive. */
const MARGIN_MS = 750
const TRY_EVERY_MS = 500
/** Who holds some already lets others go first. */
const POLITE_MS = 300
/** As far as two processes started together are apart, mostly. */
const APART_MS = 700
const LOST = new Error('another process has taken over')

export function createClaims(world: ClaimsWorld): Claims {
  const { coordination, clock, log, owner } = world
  let held = 0
  let lastAtStart: Promise<unknown> = Promise.resolve()

  return {
    tryHold,
    tryHoldAtStart(name) {
      const claim = lastAtStart.then(() => tryHold(name))
      lastAtStart = claim.then(
        (had) => (had === undefined ? undefined : clock.sleep(APART_MS)),
        () => undefined,
      )
      return claim
    },
    async hold(name, signal) {
      for (;;) {
        await clock.sleep(TRY_EVERY_MS + held * POLITE_MS, signal)
        const claim = await tryHold(name).catch((error: unknown) => {
          log.debug({ claim: name, because: messageOf(error) }, 'the store could not be asked for a claim')
        })
        if (!claim) continue
        if (!signal.aborted) return claim
        await claim.release()
        signal.throwIfAborted()
      }
    },
  }

  async function tryHold(name: string): Promise<Claim | undefined> {
    // Counted from before the call: the store's own count begins later.
    const since = instant()
    const lease = await coordination.lease(name, owner, LASTS_MS)
    return lease === undefined ? undefined : keep(lease, since)
  }

  function instant(): Instant {
    return { elapsedMs: clock.elapsed(), nowMs: clock.now() }
  }

  function keep(lease: Lease, since: Instant): Claim {
    const over = new AbortController()
    const lost = new AbortController()
    let renewed = since
    held += 1
    const kept = Promise.all([renewing(), watching()])
    return { held: { name: lease.name, fence: lease.fence }, lost: lost.signal, isSure, release }

    function isSure(): boolean {
      if (!lost.signal.aborted && !over.signal.aborted && sureForMs() <= 0) lose()
      return !lost.signal.aborted
    }

    /** A machine that slept tells so by its wall clock alone; one whose wall clock was set back, by the other. */
    function sureForMs(): number {
      const { elapsedMs, nowMs } = instant()
      return LASTS_MS - MARGIN_MS - Math.max(elapsedMs - renewed.elapsedMs, nowMs - renewed.nowMs)
    }

    function lose(): void {
      if (over.signal.aborted) return
      log.warn({ claim: lease.name }, 'a claim could not be kept: another process may take over')
      end()
      lost.abort(LOST)
    }

    function end(): void {
      held -= 1
      over.abort()
    }

    async function renewing(): Promise<void> {
      while (await passed(RENEW_EVERY_MS)) {
        const asked = instant()
        const isOurs = await lease.renew().catch(() => undefined)
        if (isOurs === true) renewed = asked
        else if (isOurs === false) lose()
      }
    }

    /** Apart from the renewals: one of them may hang. */
    async function watching(): Promise<void> {
      while (isSure() && (await passed(Math.max(1, sureForMs()))));
    }

    /** False when the claim ended meanwhile. */
    async function passed(ms: number): Promise<boolean> {
      await clock.sleep(ms, over.signal).catch(() => undefined)
      return !over.signal.aborted
    }

    async function release(): Promise<void> {
      if (!over.signal.aborted) end()
      await kept
      await lease.release().catch((error: unknown) => {
        log.info({ claim: lease.name, because: messageOf(error) }, 'a claim runs out by itself')
      })
    }
  }
}

interface Instant {
  readonly elapsedMs: number
  readonly nowMs: number
}

/** For a store that one process alone can have open: everything is this process's. */
export function soleClaims(): Claims {
  const sole: Claim = {
    lost: new AbortController().signal,
    isSure: () => true,
    release: () => Promise.resolve(),
  }
  const give = (): Promise<Claim> => Promise.resolve(sole)
  return { tryHold: give, tryHoldAtStart: give, hold: give }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
