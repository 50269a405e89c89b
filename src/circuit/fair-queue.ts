// Whose turn is it, when many people wait?

/** Everybody's first comes before anybody's second; within one person, first come, first served. */
export interface FairQueue<T> {
  add(userId: string, item: T): void
  next(): T | undefined
  /** False where it does not wait. */
  remove(userId: string, item: T): boolean
  size(): number
  /** How many would go before one more of this person. */
  ahead(userId?: string): number
  /** All who wait, in the order they will go if nobody else comes. */
  inOrder(): readonly T[]
}

export function createFairQueue<T>(): FairQueue<T> {
  /** In the order of their turns: who was served goes to the end. */
  const lines = new Map<string, T[]>()
  let size = 0

  return {
    add(userId, item) {
      const line = lines.get(userId)
      if (line === undefined) lines.set(userId, [item])
      else line.push(item)
      size += 1
    },
    next() {
      const first = lines.entries().next()
      if (first.done === true) return undefined
      const [userId, line] = first.value
      const item = line.shift()
      lines.delete(userId)
      if (line.length > 0) lines.set(userId, line)
      size -= 1
      return item
    },
    remove(userId, item) {
      const line = lines.get(userId)
      const index = line?.indexOf(item) ?? -1
      if (line === undefined || index < 0) return false
      line.splice(index, 1)
      if (line.length === 0) lines.delete(userId)
      size -= 1
      return true
    },
    size: () => size,
    inOrder() {
      const order: T[] = []
      let left = [...lines.values()]
      for (let round = 0; left.length > 0; round += 1) {
        left = left.filter((line) => round < line.length)
        for (const line of left) {
          const item = line[round]
          if (item !== undefined) order.push(item)
        }
      }
      return order
    },
    ahead(userId) {
      const own = userId === undefined ? 0 : (lines.get(userId)?.length ?? 0)
      let isBeforeOwn = own > 0
      let ahead = 0
      for (const [other, line] of lines) {
        if (other === userId) {
          ahead += own
          isBeforeOwn = false
        } else {
          // Own turn number `own + 1` comes after so many rounds; those behind us in the round have one fewer.
          ahead += Math.min(line.length, own === 0 || isBeforeOwn ? own + 1 : own)
        }
      }
      return ahead
    },
  }
}
