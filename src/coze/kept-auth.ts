// How does a person's login go on for months? Its tokens are kept, shared by all processes, and renewed in time.
//
// A renewal uses up the right it was made with, so:
// 1. One caller in this process asks for it, the others wait for the same answer.
// 2. It takes the turn among the processes, and looks once more: another one may have been faster.
// 3. It asks Coze, and keeps what came before anything else: a store that is away is waited for, tokens in hand.
// 4. No answer proves nothing: the same right is tried again later. Refused while nobody has put in another: it is over,
//    until a person logs in again. Asked once more now and then: an answer on the way may have lied.

import { AssistantError } from '../contract/errors.ts'
import type { KeptLogin, LoginShelf } from '../contract/login.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import { asLoginError, untilAborted } from './auth-errors.ts'
import type { Auth, LoginStanding } from './auth-kind.ts'
import { failureOf } from './errors.ts'
import type { OAuthCalls } from './oauth.ts'

export interface KeptAuthWorld {
  readonly calls: Pick<OAuthCalls, 'renew'>
  readonly shelf: LoginShelf
  readonly clock: Clock
  readonly log: Logger
}

const WHAT = 'login'
/** Renewed so long before its end. */
const RENEW_BEFORE_MS = 60_000
/** One call for a renewal: well within the turn it is made in. Our choice. */
const RENEW_WITHIN_MS = 20_000
/** Another process has the turn: looked at so often, and at most so long. */
const LOOK_EVERY_MS = 250
const WAIT_FOR_OTHERS_MS = 45_000
/** The right to renew is renewed while it still lasts for weeks: nobody need ask anything for that. */
const KEEP_EVERY_MS = 24 * 3_600_000
/** A token so young that is refused will not be accepted when it is another one. */
const TOO_YOUNG_MS = 30_000
const LONGEST_PAUSE_MS = 10_000
/** A refusal is believed for so long, then Coze is asked again. Our choice. */
const BELIEVED_MS = 10 * 60_000

export function createKeptAuth({ calls, shelf, clock, log }: KeptAuthWorld): Auth {
  let current: KeptLogin | undefined
  /** Coze would not have this one, though its time is not over. */
  let spoiled: string | undefined
  /** The generation that cannot be renewed any more. `sinceMs`, by the steady clock: when that was last found. */
  let over: { readonly generation: number; readonly because: string; readonly sinceMs: number } | undefined
  let renewal: Promise<string> | undefined
  /** Those who wait for the renewal have its token once it is here, though the store may be away. */
  let inHand: PromiseWithResolvers<string> | undefined
  const closing = new AbortController()

  return { token, forget, standing, settle }

  async function token(_userId: string | undefined, signal: AbortSignal): Promise<string> {
    if (current !== undefined && isFresh(current)) return current.accessToken
    const before = current
    try {
      return await untilAborted(renewOnce(false), signal)
    } catch (error) {
      // The old one may still be good for a moment.
      if (!signal.aborted && before !== undefined && isGood(before)) return before.accessToken
      throw asLoginError(error, WHAT, signal)
    }
  }

  function forget(_userId: string | undefined, refused: string): boolean {
    if (current?.accessToken !== refused) return true
    if (clock.now() - current.givenAtMs < TOO_YOUNG_MS) return false
    spoiled = refused
    return true
  }

  async function standing(signal: AbortSignal): Promise<LoginStanding> {
    try {
      const kept = await shelf.read()
      if (kept === undefined) return { state: 'over', because: NOBODY }
      const isOld = clock.now() - kept.givenAtMs >= KEEP_EVERY_MS
      await untilAborted(renewOnce(isOld), signal).catch((error: unknown) => {
        const { detail } = failureOf(error, WHAT, signal)
        if (over === undefined)
          log.warn({ because: detail }, 'the login could not be renewed; it is tried again')
      })
      if (over !== undefined) return { state: 'over', because: over.because }
      return { state: 'good', endsAtMs: (current ?? kept).refreshEndsAtMs, renews: true }
    } catch (error) {
      return { state: 'unknown', because: failureOf(error, WHAT, signal).detail }
    }
  }

  async function settle(): Promise<void> {
    closing.abort(new Error('closing'))
    await renewal?.catch(() => undefined)
  }

  /** One for all who wait; it does not end when one of them gives up, nor before what came is kept. */
  function renewOnce(evenIfFresh: boolean): Promise<string> {
    if (renewal === undefined) {
      inHand = Promise.withResolvers()
      renewal = renew(evenIfFresh).finally(() => {
        renewal = undefined
        inHand = undefined
      })
    }
    return inHand === undefined ? renewal : Promise.race([renewal, inHand.promise])
  }

  async function renew(evenIfFresh: boolean): Promise<string> {
    const sinceMs = clock.elapsed()
    const isEnough = (login: KeptLogin): boolean =>
      isFresh(login) && !(evenIfFresh && clock.now() - login.givenAtMs >= KEEP_EVERY_MS)
    for (;;) {
      const kept = await look()
      if (isEnough(kept)) return kept.accessToken
      const turn = await shelf.turn()
      if (turn === undefined) {
        if (isGood(kept)) return kept.accessToken
        if (clock.elapsed() - sinceMs > WAIT_FOR_OTHERS_MS) throw busy()
        await clock.sleep(LOOK_EVERY_MS, closing.signal)
        continue
      }
      try {
        const latest = await look()
        if (isEnough(latest)) return latest.accessToken
        const renewed = await useUp(latest)
        if (renewed !== undefined) return renewed.accessToken
      } finally {
        await turn.release().catch(() => undefined)
      }
    }
  }

  /** What everybody has now. Throws where it cannot be renewed any more. */
  async function look(): Promise<KeptLogin> {
    const kept = await shelf.read()
    if (kept === undefined) throw overError(NOBODY)
    if (current === undefined || kept.generation > current.generation) current = kept
    if (over !== undefined && over.generation < current.generation) over = undefined
    if (!isFresh(current) && current.refreshEndsAtMs <= clock.now()) giveUp(current, RUN_OUT)
    const isBelieved = over !== undefined && clock.elapsed() - over.sinceMs < BELIEVED_MS
    if (over !== undefined && isBelieved && !isFresh(current)) throw overError(over.because)
    return current
  }

  /** Undefined: another process was faster, look again. */
  async function useUp(login: KeptLogin): Promise<KeptLogin | undefined> {
    let tokens
    try {
      tokens = await calls.renew(login.refreshToken, AbortSignal.timeout(RENEW_WITHIN_MS))
    } catch (error) {
      const { httpStatus, reason, kind, detail } = failureOf(error, WHAT, closing.signal)
      if (kind === 'rate-limited' || !isNo(httpStatus, reason)) throw error
      const latest = await shelf.read()
      if (latest !== undefined && latest.generation > login.generation) return undefined
      giveUp(login, `Coze does not renew it any more (${detail})`)
      throw overError(detail)
    }
    return await keep({ ...tokens, generation: login.generation + 1 })
  }

  /** What Coze gave is nowhere else: held, used and offered to the store until it is kept. */
  async function keep(login: KeptLogin): Promise<KeptLogin | undefined> {
    current = login
    spoiled = undefined
    over = undefined
    for (let pauseMs = 100; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      try {
        if (await shelf.put(login)) return login
        current = undefined
        return undefined
      } catch (error) {
        if (closing.signal.aborted) {
          log.error({}, 'the renewed login could not be kept: `bridge login` will be needed', error)
          return login
        }
        log.warn({ pauseMs }, 'the renewed login is not kept yet: the store is away', error)
        inHand?.resolve(login.accessToken)
        // Whoever comes later, when this token has ended too, waits for the store.
        inHand = undefined
        await clock.sleep(pauseMs, closing.signal).catch(() => undefined)
      }
    }
  }

  function giveUp({ generation }: KeptLogin, because: string): void {
    const isKnown = over?.generation === generation
    over = { generation, because, sinceMs: clock.elapsed() }
    if (!isKnown) log.error({ because }, 'the login at Coze is over: run `bridge login`')
  }

  function isFresh(login: KeptLogin): boolean {
    return login.accessToken !== spoiled && clock.now() < login.accessEndsAtMs - RENEW_BEFORE_MS
  }

  function isGood(login: KeptLogin): boolean {
    return login.accessToken !== spoiled && clock.now() < login.accessEndsAtMs
  }
}

const NOBODY = 'nobody has logged in yet'
const RUN_OUT = 'nobody renewed it in time'

/** OAuth's words for what passes. RFC 6749 and 8628; `internal_error`: coze-go. */
const PASSING = new Set(['internal_error', 'server_error', 'temporarily_unavailable', 'slow_down'])
/** OAuth's words for a "no", in an answer whose status says nothing. RFC 6749; `access_deny`: coze-go. */
const REFUSALS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'access_denied',
  'access_deny',
  'expired_token',
])

/** Coze's own "no" has OAuth's word in it. All else passes: a busy gateway, a proxy's page, an error of theirs. */
function isNo(httpStatus: number | undefined, reason: string | undefined): boolean {
  if (httpStatus === undefined || reason === undefined || PASSING.has(reason)) return false
  if (httpStatus < 400) return REFUSALS.has(reason)
  return httpStatus < 500 && httpStatus !== 408 && httpStatus !== 429
}

/** Only the owner can mend it, and this is how. */
function overError(because: string): AssistantError {
  return new AssistantError({
    kind: 'denied',
    detail: `${WHAT}: ${because}; run \`bridge login\``,
    outcome: 'not-sent',
  })
}

function busy(): AssistantError {
  const detail = `${WHAT}: another process is renewing it`
  return new AssistantError({ kind: 'unavailable', detail, outcome: 'not-sent', retryAfterMs: 1_000 })
}
