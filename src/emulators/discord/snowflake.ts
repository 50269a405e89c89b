// What are ids made of? The time they were made, and a count, as Discord's own: 17 to 19 digits.

/** The first second of 2015, Discord's epoch. https://docs.discord.com/developers/reference#snowflakes */
const EPOCH_MS = 1_420_070_400_000

export interface Snowflakes {
  /** Each one above the one before, whatever the clock does. */
  next(): string
}

export function createSnowflakes(nowMs: () => number): Snowflakes {
  let last = 0n
  return {
    next() {
      const floor = BigInt(Math.max(1, Math.floor(nowMs()) - EPOCH_MS)) << 22n
      last = floor > last ? floor : last + 1n
      return last.toString()
    },
  }
}

export function snowflakeMs(id: string): number {
  return Number(BigInt(id) >> 22n) + EPOCH_MS
}

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{15,20}$/.test(value)
}

export function byAge(a: { readonly id: string }, b: { readonly id: string }): number {
  const difference = BigInt(a.id) - BigInt(b.id)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
