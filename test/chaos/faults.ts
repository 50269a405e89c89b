// What goes wrong in a round? Each fault has a name (for --only), begins at its moment, and ends with the round.

import type { FaultKind } from './fault-kind.ts'
import { cozeFaults } from './faults-coze.ts'
import { platformFaults } from './faults-platforms.ts'
import type { Random } from './random.ts'

/** Of conditions that are no rule in an emulator: played by the round itself. */
export const CONDITIONS = ['clock', 'disk', 'lock', 'redeliver'] as const

export const FAULT_KINDS: readonly FaultKind[] = [...cozeFaults, ...platformFaults]

export interface PlannedFault {
  readonly kind: FaultKind
  readonly atMs: number
  readonly random: Random
}

/** Two to five of them, spread over the first seconds. */
export function drawFaults(random: Random, only: ReadonlySet<string> | undefined): readonly PlannedFault[] {
  const offered = FAULT_KINDS.filter(({ name }) => only === undefined || only.has(name))
  if (offered.length === 0) return []
  return random
    .shuffled(offered)
    .slice(0, random.between(2, 5))
    .map((kind, n) => ({ kind, atMs: random.between(0, 3_500), random: random.fork(`fault ${n}`) }))
}
