// In which order are the turns of one scope done? One at a time, in order of acceptance, bounded.

export interface Lanes<Turn> {
  /** How many run or wait in this lane. */
  length(key: string): number
  /** Turns of the lane that have not begun, oldest first. */
  waiting(key: string): readonly Turn[]
  running(key: string): Turn | undefined
  /** All that run there: in the lane, and beside it. */
  active(key: string): readonly Turn[]
  /** Of all lanes, those that have not begun. */
  unbegun(): readonly Turn[]
  /** Takes out, of all lanes, the turns that have not begun and answer to this. */
  take(which: (turn: Turn) => boolean): readonly Turn[]
  /** Puts a turn at the end of its lane and, when the lane is free, begins it. The bound is the caller's to ask for. */
  add(key: string, turn: Turn): void
  /** The same, but it does not begin, and nothing behind it, before it is released: more of it may come. */
  addHeld(key: string, turn: Turn): void
  /** Nothing happens where it is not held. */
  release(key: string, turn: Turn): void
  isHeld(turn: Turn): boolean
  /** Begins a turn at once, past the lane: an answer to what was asked, a run that goes on for hours. */
  addBeside(key: string, turn: Turn): void
  /** The running turn goes on beside the lane: what waits behind it may begin. */
  leave(key: string, turn: Turn): void
  /** Puts another turn in the place of one that has not begun; false when that one has begun or is gone. */
  replace(key: string, turn: Turn, by: Turn): boolean
  /** Takes out a turn that has not begun; false when it has, or is gone. */
  remove(key: string, turn: Turn): boolean
  /** No turn begins any more; resolves when those that run have ended. */
  close(): Promise<void>
  readonly size: number
}

/** A person who sends so many questions ahead has to wait. */
export const LANE_BOUND = 20

interface Lane<Turn> {
  running: Turn | undefined
  waiting: Turn[]
}

/** `run` never rejects: what goes wrong in a turn ends in the turn. `ended`: one is over, and counted no more. */
export function createLanes<Turn>(
  run: (turn: Turn) => Promise<void>,
  ended: () => void = () => undefined,
): Lanes<Turn> {
  const lanes = new Map<string, Lane<Turn>>()
  const beside = new Map<string, Set<Turn>>()
  const held = new Set<Turn>()
  /** All that run or wait, and how many of them run. */
  let turns = 0
  let running = 0
  let closed = false
  let idle: (() => void) | undefined

  return {
    get size() {
      return turns
    },
    length: (key) => count(lanes.get(key)),
    waiting: (key) => [...(lanes.get(key)?.waiting ?? [])],
    running: (key) => lanes.get(key)?.running,
    active(key) {
      const inLane = lanes.get(key)?.running
      return [...(inLane === undefined ? [] : [inLane]), ...(beside.get(key) ?? [])]
    },
    unbegun: () => [...lanes.values()].flatMap((lane) => lane.waiting),
    take(which) {
      const taken: Turn[] = []
      for (const lane of lanes.values()) {
        taken.push(...lane.waiting.filter(which))
        lane.waiting = lane.waiting.filter((turn) => !taken.includes(turn))
      }
      turns -= taken.length
      const wereHeld = taken.filter((turn) => held.delete(turn))
      if (wereHeld.length > 0) for (const [key, lane] of lanes) next(key, lane)
      return taken
    },
    add,
    addHeld(key, turn) {
      held.add(turn)
      add(key, turn)
    },
    release(key, turn) {
      if (!held.delete(turn)) return
      const lane = lanes.get(key)
      if (lane) next(key, lane)
    },
    isHeld: (turn) => held.has(turn),
    addBeside(key, turn) {
      if (closed) return
      turns += 1
      stepAside(key, turn)
      start(key, turn)
    },
    leave(key, turn) {
      const lane = lanes.get(key)
      if (lane?.running !== turn) return
      lane.running = undefined
      stepAside(key, turn)
      next(key, lane)
    },
    replace(key, turn, by) {
      const waiting = lanes.get(key)?.waiting ?? []
      const at = waiting.indexOf(turn)
      if (at >= 0) waiting[at] = by
      return at >= 0
    },
    remove(key, turn) {
      const lane = lanes.get(key)
      const at = lane?.waiting.indexOf(turn) ?? -1
      if (!lane || at < 0) return false
      lane.waiting.splice(at, 1)
      turns -= 1
      if (held.delete(turn)) next(key, lane)
      return true
    },
    async close() {
      closed = true
      await new Promise<void>((resolve) => {
        idle = resolve
        tellIfIdle()
      })
    },
  }

  function add(key: string, turn: Turn): void {
    const lane = lanes.get(key) ?? { running: undefined, waiting: [] }
    lanes.set(key, lane)
    lane.waiting.push(turn)
    turns += 1
    next(key, lane)
  }

  function next(key: string, lane: Lane<Turn>): void {
    if (lane.running !== undefined || closed) return
    const [turn] = lane.waiting
    if (turn === undefined) {
      lanes.delete(key)
      return
    }
    if (held.has(turn)) return
    lane.waiting.shift()
    lane.running = turn
    start(key, turn)
  }

  function start(key: string, turn: Turn): void {
    running += 1
    void run(turn).finally(() => {
      running -= 1
      turns -= 1
      const aside = beside.get(key)
      if (aside?.delete(turn) === true && aside.size === 0) beside.delete(key)
      const lane = lanes.get(key)
      if (lane?.running === turn) {
        lane.running = undefined
        next(key, lane)
      }
      ended()
      tellIfIdle()
    })
  }

  function stepAside(key: string, turn: Turn): void {
    const aside = beside.get(key) ?? new Set()
    beside.set(key, aside.add(turn))
  }

  function tellIfIdle(): void {
    if (running === 0) idle?.()
  }
}

function count<Turn>(lane: Lane<Turn> | undefined): number {
  if (!lane) return 0
  return lane.waiting.length + (lane.running === undefined ? 0 : 1)
}
