// Where do turns wait while far too many ask at once? Outside, where each is little more than its record.
//
// Only so many turns are prepared ahead of their turn at the assistant; the others stay here, fairly: everybody's first
// before anybody's second. One loop for each account tells them their places, one call at a time.

import { createFairQueue } from '../circuit/fair-queue.ts'
import type { Assistant } from '../contract/assistant.ts'
import type { Clock } from '../contract/runtime.ts'

export interface LobbyPlace {
  readonly ahead: number
  readonly waitMs: number
}
export interface Guest {
  readonly account: string
  /** Whose turns come after one another. */
  readonly person: string
  /** The turn goes on at once, to do what is to be done then. */
  readonly stop: AbortSignal
  /** The process lets go: rejects. */
  readonly letGo: AbortSignal
  /** Shows the place; resolves when it stands or will not. Never rejects. */
  tell(place: LobbyPlace): Promise<void>
}
export interface Lobby {
  /** Resolves when the turn may be prepared. What it resolves with makes room for the next: call it once it is asked, or over. */
  enter(guest: Guest): Promise<() => void>
  /** How many wait outside. */
  readonly size: number
}

export interface LobbyWorld {
  readonly assistant: Pick<Assistant, 'expectedWaitMs'>
  readonly clock: Clock
  /** Turns that are prepared at once. Our choice: more than any upstream limit lets go in a few seconds. */
  readonly most?: number
}

const MOST_INSIDE = 100
/** Who waits longer than this wants to know. Our choice, like the next two. */
const LONG_WAIT_MS = 5_000
const LOOK_EVERY_MS = 5_000
/** Told again once they have moved up by a quarter. */
const MOVED_UP = 0.75

interface Waiter {
  readonly guest: Guest
  readonly go: () => void
  told: number
}

export function createLobby({ assistant, clock, most = MOST_INSIDE }: LobbyWorld): Lobby {
  const queue = createFairQueue<Waiter>()
  let inside = 0
  let looking: AbortController | undefined
  const telling = new Set<string>()

  return {
    enter(guest) {
      if (inside < most && queue.size() === 0) return Promise.resolve(admitted())
      return new Promise((resolve, reject) => {
        const forget = (): void => {
          guest.stop.removeEventListener('abort', onStop)
          guest.letGo.removeEventListener('abort', onLetGo)
          if (queue.size() === 0) looking?.abort(NOBODY)
        }
        const waiter: Waiter = {
          guest,
          told: Infinity,
          go: () => {
            forget()
            resolve(admitted())
          },
        }
        const onStop = (): void => {
          if (queue.remove(guest.person, waiter)) waiter.go()
        }
        const onLetGo = (): void => {
          if (!queue.remove(guest.person, waiter)) return
          forget()
          reject(guest.letGo.reason as Error)
        }
        if (guest.letGo.aborted) {
          reject(guest.letGo.reason as Error)
          return
        }
        guest.stop.addEventListener('abort', onStop, { once: true })
        guest.letGo.addEventListener('abort', onLetGo, { once: true })
        queue.add(guest.person, waiter)
        if (guest.stop.aborted) onStop()
        startLooking()
      })
    },
    get size() {
      return queue.size()
    },
  }

  function admitted(): () => void {
    inside += 1
    let isLeft = false
    return () => {
      if (isLeft) return
      isLeft = true
      inside -= 1
      if (inside < most) queue.next()?.go()
    }
  }

  function startLooking(): void {
    if (looking || queue.size() === 0) return
    const mine = new AbortController()
    looking = mine
    void look(mine.signal)
      // Only when nobody waits any more.
      .catch(() => undefined)
      .finally(() => {
        looking = undefined
        startLooking()
      })
  }

  async function look(until: AbortSignal): Promise<void> {
    while (queue.size() > 0) {
      await clock.sleep(LOOK_EVERY_MS, until)
      // All who are inside are busy with something else, and the assistant waits for questions.
      if (assistant.expectedWaitMs() < LONG_WAIT_MS) for (let n = 0; n < most; n += 1) queue.next()?.go()
      tellPlaces()
    }
  }

  /** An account whose platform is slow holds up nobody else's. */
  function tellPlaces(): void {
    const byAccount = new Map<string, Waiter[]>()
    for (const [ahead, waiter] of queue.inOrder().entries()) {
      if (ahead + inside + 1 > waiter.told * MOVED_UP) continue
      const { account } = waiter.guest
      const others = byAccount.get(account)
      if (others) others.push(waiter)
      else byAccount.set(account, [waiter])
    }
    for (const [account, waiters] of byAccount) {
      if (telling.has(account)) continue
      telling.add(account)
      void tellEach(waiters).finally(() => telling.delete(account))
    }
  }

  async function tellEach(waiters: readonly Waiter[]): Promise<void> {
    const perTurnMs = assistant.expectedWaitMs() / (inside + 1)
    const places = new Map(queue.inOrder().map((waiter, index) => [waiter, index + inside] as const))
    for (const waiter of waiters) {
      const ahead = places.get(waiter)
      if (ahead === undefined) continue
      const waitMs = Math.round(perTurnMs * (ahead + 1))
      const isFirst = waiter.told === Infinity
      if (isFirst && waitMs < LONG_WAIT_MS) continue
      waiter.told = ahead + 1
      await waiter.guest.tell({ ahead, waitMs })
    }
  }
}

/** One for all: a reason made each time would cost a stack trace. */
const NOBODY = new Error('nobody waits')
