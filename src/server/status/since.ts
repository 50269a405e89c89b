// Since when is each connection as it is? Health says what is, not since when: whoever looks often enough knows.

import type { Health } from '../../contract/platform.ts'
import type { Clock } from '../../contract/runtime.ts'

export interface Changes {
  /** Looked at now. */
  see(states: Readonly<Record<string, Health['state']>>): void
  /** By the wall clock, as exactly as it was looked at. */
  sinceMs(name: string): number
}

export function createChanges(clock: Pick<Clock, 'now'>): Changes {
  const known = new Map<string, { readonly state: Health['state']; readonly sinceMs: number }>()
  return {
    see(states) {
      for (const name of known.keys()) if (!Object.hasOwn(states, name)) known.delete(name)
      for (const [name, state] of Object.entries(states)) {
        if (known.get(name)?.state !== state) known.set(name, { state, sinceMs: clock.now() })
      }
    },
    sinceMs: (name) => known.get(name)?.sinceMs ?? clock.now(),
  }
}
