// How are the platform's ids made? Each with its prefix, unlike those of any other emulator.
import { randomBytes, randomInt } from 'node:crypto'

export interface Ids {
  /** `om`, `oc`, `ou`, `on`, `omt`, `img_v3`, `file_v3`, … plus `_` and 24 hex digits. */
  next(prefix: string): string
  /** Digits only, at most 20. */
  nextNumber(): string
}

export function createIds(): Ids {
  const own = randomBytes(8).toString('hex')
  const ownNumber = String(randomInt(10 ** 8, 10 ** 9))
  let count = 0
  return {
    next(prefix) {
      count += 1
      return `${prefix}_${own}${count.toString(16).padStart(8, '0')}`
    },
    nextNumber() {
      count += 1
      return `7${ownNumber}${String(count).padStart(9, '0')}`
    },
  }
}
