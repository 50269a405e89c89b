// Which part of a channel's history does a query ask for?
import { invalidForm } from './errors.ts'
import { isSnowflake } from './snowflake.ts'
import type { MessageState } from './store.ts'

/** 1 to 100, 50 when left out. */
export function historyLimit(value: string | null): number {
  if (value === null) return 50
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit
  const code = Number.isInteger(limit) ? 'NUMBER_TYPE_MAX' : 'NUMBER_TYPE_COERCE'
  const message = Number.isInteger(limit)
    ? 'int value should be between 1 and 100.'
    : `Value "${value}" is not int.`
  throw invalidForm([{ path: 'limit', code, message }])
}

/** Oldest first. `around`, `before` and `after` exclude one another; the first given counts. */
export function pick(
  all: readonly MessageState[],
  query: URLSearchParams,
  limit: number,
): readonly MessageState[] {
  const bound = (name: string): bigint | undefined => {
    const value = query.get(name)
    return value !== null && isSnowflake(value) ? BigInt(value) : undefined
  }
  const id = ({ message }: MessageState): bigint => BigInt(message.id)
  const [around, before, after] = [bound('around'), bound('before'), bound('after')]
  if (around !== undefined) {
    const older = all.filter((shown) => id(shown) < around).slice(-Math.floor(limit / 2))
    const newer = all.filter((shown) => id(shown) >= around).slice(0, limit - older.length)
    return [...older, ...newer]
  }
  if (before !== undefined) return all.filter((shown) => id(shown) < before).slice(-limit)
  if (after !== undefined) return all.filter((shown) => id(shown) > after).slice(0, limit)
  return all.slice(-limit)
}
