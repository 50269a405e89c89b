// Is this machine's clock right? Compared with the date another machine puts on its answers.

import type { Finding } from '../contract/platform.ts'
import type { Clock, Fetch } from '../contract/runtime.ts'

export async function lookAtClock(
  url: string,
  { fetch, clock, signal }: { readonly fetch: Fetch; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  const askedMs = clock.now()
  try {
    const response = await fetch(url, { method: 'GET', signal })
    const answeredMs = clock.now()
    await response.body?.cancel()
    const theirs = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) return []
    // Whole seconds, cut off; the answer was made somewhere between asking and hearing.
    return [judgeSkew((askedMs + answeredMs) / 2 - (theirs + 500))]
  } catch {
    // That it cannot be reached is told where it matters.
    return []
  }
}

/** Tokens signed by this machine, and webhooks signed for it, are refused by then. Feishu: five minutes; Coze docs: OAuth JWT. */
const REFUSED_MS = 240_000
const SUSPICIOUS_MS = 30_000
const REMEDY =
  'Let it be set over the network: "timedatectl set-ntp true" (systemd), or chrony; in a virtual machine or WSL: restart it, or its time service.'

/** `skewMs`: how far this machine's clock is ahead. */
export function judgeSkew(skewMs: number): Finding {
  const subject = 'clock'
  const apart = Math.abs(skewMs)
  if (apart < SUSPICIOUS_MS) return { verdict: 'ok', subject, reason: 'is right' }
  const reason = `is ${spanOf(apart)} ${skewMs > 0 ? 'ahead' : 'behind'}`
  if (apart < REFUSED_MS) return { verdict: 'warning', subject, reason, remedy: REMEDY }
  return {
    verdict: 'fault',
    subject,
    reason: `${reason}: logins it signs and webhooks signed for it are refused, and old messages taken for new`,
    remedy: REMEDY,
  }
}

function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
