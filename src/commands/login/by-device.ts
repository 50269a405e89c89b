// How does somebody log in with a code they type in any browser?

import { AssistantError } from '../../contract/errors.ts'
import type { Failure } from '../../contract/errors.ts'
import type { Clock } from '../../contract/runtime.ts'
import type { DeviceCode, OAuthCalls, OAuthTokens } from '../../coze/index.ts'
import type { Say } from '../cli-words.ts'
import { LoginRefused } from './refusal.ts'

export interface DeviceLoginWorld {
  readonly calls: Pick<OAuthCalls, 'deviceCode' | 'byDeviceCode'>
  readonly clock: Clock
  readonly say: Say
  /** The address and the code, to be shown until the end. */
  show(code: DeviceCode): void
  /** Now and then, while it is waited. */
  progress(leftMs: number): void
}

/** Coze docs: OAuth device code: `slow_down` adds five seconds. coze-js stops at thirty. */
const SLOWER_BY_MS = 5_000
const SLOWEST_MS = 30_000
const TICK_MS = 1_000

/** Rejects with `LoginRefused`, with `AssistantError` where Coze cannot be asked, or with the signal's reason. */
export async function loginByDevice(world: DeviceLoginWorld, signal: AbortSignal): Promise<OAuthTokens> {
  const { calls, clock, say } = world
  const code = await calls.deviceCode(signal)
  const endsMs = clock.elapsed() + code.lastsMs
  let everyMs = code.pollEveryMs
  world.show(code)
  for (;;) {
    await waited(Math.min(everyMs, endsMs - clock.elapsed()))
    if (clock.elapsed() >= endsMs) throw new LoginRefused(say('login.expired'))
    try {
      return await calls.byDeviceCode(code.deviceCode, signal)
    } catch (error) {
      if (!(error instanceof AssistantError)) throw error
      const verdict = verdictOf(error.failure)
      if (verdict === 'slower') everyMs = Math.min(SLOWEST_MS, everyMs + SLOWER_BY_MS)
      else if (verdict === 'denied') throw new LoginRefused(say('login.denied'), { cause: error })
      else if (verdict === 'expired') throw new LoginRefused(say('login.expired'), { cause: error })
      else if (verdict === 'other') throw error
    }
  }

  async function waited(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
      world.progress(Math.max(0, endsMs - clock.elapsed()))
      await clock.sleep(Math.min(TICK_MS, leftMs), signal)
    }
  }
}

function verdictOf({ kind, reason }: Failure): 'wait' | 'slower' | 'denied' | 'expired' | 'other' {
  if (reason === 'authorization_pending') return 'wait'
  if (reason === 'slow_down') return 'slower'
  // Both stand in the sources. coze-js, coze-go.
  if (reason === 'access_denied' || reason === 'access_deny') return 'denied'
  if (reason === 'expired_token') return 'expired'
  // The way there is bad for a moment: the code is still good.
  return kind === 'unavailable' || kind === 'lost' || kind === 'rate-limited' ? 'wait' : 'other'
}
