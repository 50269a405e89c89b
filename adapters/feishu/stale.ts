// Is a message too old to be answered? Decided from its age and from how it came.
//
// After a broken connection Feishu may deliver at once what had queued up meanwhile, looking fresh: commands of an
// hour ago must not be carried out then. But a message that nobody took (this bridge was down) is offered again
// 15 s, 5 min, 1 h and 6 h after the attempt before it, and that one must not be lost. The two differ in their age:
// what is offered again has the age of one of those moments, whenever we connected; a burst has any age, and comes
// right after connecting. https://open.feishu.cn/document/server-docs/event-subscription-guide/overview

export interface Arrival {
  /** Since it was written, by both clocks. */
  readonly ageMs: number
  /** Since the connection it came by was made; absent for webhooks, which know no bursts. */
  readonly connectedForMs?: number
}

const MINUTE_MS = 60_000
/** A message may be this old without a question. */
const FRESH_MS = 30 * MINUTE_MS
/** How long after connecting a burst lasts. */
const BURST_MS = MINUTE_MS
/** The third and fourth attempt: each 1 h and 6 h after the one before, or after the first, by either reading. */
const OFFERED_AGAIN_MS: readonly (readonly [number, number])[] = [
  [58 * MINUTE_MS, 70 * MINUTE_MS],
  [358 * MINUTE_MS, 432 * MINUTE_MS],
]
/** After the last attempt nothing is offered again. */
const NEVER_OLDER_MS = 8 * 60 * MINUTE_MS

export function isStale({ ageMs, connectedForMs }: Arrival): boolean {
  if (ageMs <= FRESH_MS) return false
  if (ageMs > NEVER_OLDER_MS) return true
  if (connectedForMs === undefined || connectedForMs > BURST_MS) return false
  return !OFFERED_AGAIN_MS.some(([from, to]) => ageMs >= from && ageMs <= to)
}
