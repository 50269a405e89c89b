// What has a command's run said? It is told by nobody a second time: written down while it speaks, the first words at once.

import type { Clock } from '../../contract/runtime.ts'

/** Each a write of the record. Our choice: about as often as the screen changes. */
const NOTE_EVERY_MS = 500

/** `save`: never rejects. `signal`: nothing is noted any more. */
export function createSaidNotes(
  clock: Clock,
  signal: AbortSignal,
  save: (said: string) => Promise<void>,
): (said: string) => void {
  let notedAtMs: number | undefined
  let newest = ''
  let noting: Promise<void> | undefined
  return (said) => {
    if (signal.aborted) return
    newest = said
    const leftMs = notedAtMs === undefined ? 0 : notedAtMs + NOTE_EVERY_MS - clock.elapsed()
    if (leftMs <= 0) noteNow()
    // It may pause here for long: what it said last is written down all the same.
    else noting ??= clock.sleep(leftMs, signal).then(noteNow, () => undefined)
  }

  function noteNow(): void {
    noting = undefined
    notedAtMs = clock.elapsed()
    void save(newest)
  }
}
