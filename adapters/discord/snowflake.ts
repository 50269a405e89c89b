// What does an id tell? Its time, and which of two is newer.
// https://discord.com/developers/docs/reference#snowflakes

/** The first second of 2015. */
const EPOCH_MS = 1_420_070_400_000
/** Shorter ids are not Discord's own: they grow, but tell no time. */
const TELLS_TIME = /^\d{17,20}$/
const TIME_BITS = 22n

/** Numbers as text: the longer one is the larger one. */
export function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length
}

export function newest(a: string | undefined, b: string): string {
  return a === undefined || isNewer(b, a) ? b : a
}

export function timeOf(id: string | undefined): number | undefined {
  if (id === undefined || !TELLS_TIME.test(id)) return undefined
  return Number(BigInt(id) >> TIME_BITS) + EPOCH_MS
}

/** An hour is more than two clocks differ by, and far less than two epochs. */
const SAME_TIME_MS = 3_600_000

/** Whether ids count time as Discord's do: servers of its kind may count from another day, or just count. */
export function tellsTime(id: string, sentAtMs: number): boolean {
  const byIdMs = timeOf(id)
  return byIdMs !== undefined && Math.abs(byIdMs - sentAtMs) < SAME_TIME_MS
}

/** The least id of a time: `?after=` it brings what was said since. */
export function idAt(ms: number): string {
  return (BigInt(Math.max(0, Math.floor(ms) - EPOCH_MS)) << TIME_BITS).toString()
}
