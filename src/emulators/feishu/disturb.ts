// How may events come out of order? The next ones are told twice, after the one behind them, or late.

export interface Disturbance {
  /** `twice`: pushed again at once, under the same id. `swap`: after the next event, or after a second. `late`: after `lateMs`. */
  readonly do: 'twice' | 'swap' | 'late'
  /** How many events; 1 by default. */
  readonly times?: number
  /** 1,000 by default. */
  readonly lateMs?: number
}

export interface Disturber {
  add(disturbance: Disturbance): void
  /** Runs `push` when it shall be, and `repeat` where it shall be told twice. */
  through(push: () => void, repeat: () => void): void
  close(): void
}

const WAITED_MS = 1_000

export function createDisturber(): Disturber {
  let queue: Disturbance[] = []
  let held: (() => void) | undefined
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }
  const release = (): void => {
    const push = held
    held = undefined
    push?.()
  }
  return {
    add(disturbance) {
      queue.push(...Array.from({ length: disturbance.times ?? 1 }, () => disturbance))
    },
    through(push, repeat) {
      const how = queue.shift()
      if (how?.do === 'swap' && held === undefined) {
        held = push
        later(WAITED_MS, () => {
          if (held === push) release()
        })
        return
      }
      if (how?.do === 'late') later(how.lateMs ?? WAITED_MS, push)
      else push()
      if (how?.do === 'twice') repeat()
      release()
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      queue = []
      held = undefined
    },
  }
}
