// Preload: the bridge's wall clock jumps in mid-run, as after a suspend or a correction by NTP.
//
// CHAOS_CLOCK="1200:3600000" moves it by an hour 1.2 s after the start. Monotonic time goes on as ever.

const RealDate = Date
let shiftMs = 0
const now = (): number => RealDate.now() + shiftMs

class JumpingDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(now())
    else super(...given)
  }
  static override now(): number {
    return now()
  }
}

globalThis.Date = JumpingDate as DateConstructor
for (const jump of (process.env['CHAOS_CLOCK'] ?? '').split(',').filter((text) => text !== '')) {
  const [atMs, byMs] = jump.split(':').map(Number)
  setTimeout(() => (shiftMs += byMs ?? 0), atMs).unref()
}
