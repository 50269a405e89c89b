// What do the processes on one store tell each other? Best effort: who does not listen just then never hears it, so whatever
// must not be lost is in the records, and the news only says that it is worth a look.

export interface News {
  /** Rejects with `StoreError` when it was surely not sent. Resolved does not mean that anybody heard it. */
  publish(channel: string, text: string): Promise<void>
  /**
   * `listener` hears what is published in the channel from now on, by this process too; it must not throw. The promise is for
   * the end of it. While the store cannot be reached nothing is heard; afterwards it goes on by itself.
   */
  subscribe(channel: string, listener: (text: string) => void): Promise<() => Promise<void>>
}

/** For a store of one process. As with several, nobody hears anything before `publish` has returned. */
export function createLocalNews(): News {
  const listeners = createListeners()
  return {
    async publish(channel, text) {
      setImmediate(() => listeners.tell(channel, text))
    },
    async subscribe(channel, listener) {
      return listeners.add(channel, listener)
    },
  }
}

export interface Listeners {
  /** Gives what ends it; the same function may listen twice. */
  add(channel: string, listener: (text: string) => void): () => Promise<void>
  tell(channel: string, text: string): void
  channels(): readonly string[]
}

export function createListeners(): Listeners {
  const byChannel = new Map<string, Set<{ readonly hear: (text: string) => void }>>()
  return {
    add(channel, hear) {
      const one = { hear }
      const all = byChannel.get(channel) ?? new Set()
      byChannel.set(channel, all.add(one))
      return async () => {
        all.delete(one)
        if (all.size === 0 && byChannel.get(channel) === all) byChannel.delete(channel)
      }
    },
    tell(channel, text) {
      for (const { hear } of [...(byChannel.get(channel) ?? [])]) hear(text)
    },
    channels: () => [...byChannel.keys()],
  }
}
