// How do events of one chat stay in their order while chats do not wait for one another?

export interface InOrder {
  /** Runs `work` after all earlier work under the same key has ended. Settles as `work` does. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
  /** Something done beside: nobody waits for it but `settled`. It must not reject. */
  keep(work: Promise<void>): void
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export function createInOrder(): InOrder {
  const lastOfKey = new Map<string, Promise<void>>()
  const underWay = new Set<Promise<void>>()

  return {
    run(key, work) {
      const before = lastOfKey.get(key) ?? Promise.resolve()
      const own = before.then(work)
      const ended = own.then(
        () => undefined,
        () => undefined,
      )
      lastOfKey.set(key, ended)
      keep(
        ended.then(() => {
          if (lastOfKey.get(key) === ended) lastOfKey.delete(key)
        }),
      )
      return own
    },
    keep,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }

  function keep(work: Promise<void>): void {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }
}
