// How do players of one step do something together, once? They wait for each other; who gives up is not waited for.

export interface Meeting {
  /** Resolves when all others are here or gone, and `act` is done. Called once for all who came. */
  come(): Promise<void>
  /** Comes no more. Each player leaves once. */
  leave(): void
}

export function createMeeting(players: number, act: () => Promise<void>): Meeting {
  let staying = players
  let waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []
  const look = (): void => {
    if (waiting.length === 0 || waiting.length < staying) return
    const here = waiting
    waiting = []
    act().then(
      () => here.forEach(({ resolve }) => resolve()),
      (error: unknown) => here.forEach(({ reject }) => reject(error)),
    )
  }
  return {
    come: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        look()
      }),
    leave() {
      staying -= 1
      look()
    },
  }
}
