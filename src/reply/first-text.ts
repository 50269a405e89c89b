// When may the first text be shown, and how long did it take? A notification shows only the first post: it waits for a few
// words.

import type { Bell } from './bell.ts'
import type { WriterOptions } from './writer.ts'

export interface FirstText {
  /** There is text. */
  began(): void
  /** A state was overtaken by a newer one before it was shown. */
  overtaken(): void
  /** Something of the reply stands: from then on nothing waits. `isText`: words of it do, not only what was thought. */
  shown(isText: boolean): void
  /** Resolves when there is enough to begin with, or it has waited long enough. Rejects when the signal aborts. */
  enough(length: () => number, isOver: () => boolean): Promise<void>
}

export function createFirstText(
  options: Pick<
    WriterOptions<unknown>,
    'account' | 'askedAtMs' | 'clock' | 'metrics' | 'settings' | 'signal'
  >,
  bell: Bell,
  standsAlready: boolean,
): FirstText {
  const { account, askedAtMs, clock, metrics, settings, signal } = options
  let beganAtMs: number | undefined
  let stands = standsAlready
  let isMeasured = standsAlready
  let overtaken = 0
  return {
    began() {
      beganAtMs ??= clock.elapsed()
    },
    overtaken() {
      overtaken += 1
    },
    shown(isText) {
      metrics.count('bridge_frames_sent_total', { platform: account })
      if (overtaken > 0)
        metrics.count('bridge_frames_skipped_total', { platform: account, because: 'overtaken' }, overtaken)
      overtaken = 0
      stands = true
      if (isMeasured || !isText) return
      isMeasured = true
      metrics.observe('bridge_first_text_seconds', clock.elapsed() - askedAtMs, { platform: account })
    },
    async enough(length, isOver) {
      if (stands) return
      const latestMs = (beganAtMs ?? clock.elapsed()) + settings.maxWaitMs
      while (!isOver() && length() < settings.minChars) {
        const leftMs = latestMs - clock.elapsed()
        if (leftMs <= 0) return
        await bell.next(leftMs, signal)
      }
    },
  }
}
