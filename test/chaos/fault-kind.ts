// What is a kind of fault to the round that plays it?

import type { PlatformName } from '../../src/playground/seats.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export interface FaultKind {
  readonly name: string
  /** Where it takes place; two of one place at once would only hide each other. */
  readonly where: PlatformName | 'coze'
  begin(world: World, random: Random): void
}
