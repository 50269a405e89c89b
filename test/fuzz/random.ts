// Numbers that look random and are the same for the same seed.

export interface Random {
  /** A whole number from 0 up to, but not, `below`. */
  below(below: number): number
  pick<T>(items: readonly T[]): T
  chance(of: number): boolean
}

/** mulberry32, over a hash of the words: one stream of numbers for each input of each path. */
export function createRandom(...words: readonly (string | number)[]): Random {
  let state = hash(words.join('|'))
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
    chance: (of) => next() < of,
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
