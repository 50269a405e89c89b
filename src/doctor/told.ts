// What does `doctor` tell: a finding, and what it is about.

import type { Finding } from '../contract/platform.ts'

/** `coze`, the account's key, or `machine`. */
export type About = string

export interface Told extends Finding {
  readonly about: About
}

export const COZE: About = 'coze'
export const MACHINE: About = 'machine'

/** `doctor`'s promise to scripts. `strict`: warnings count too. 2 is for a configuration that cannot be read. */
export function exitCodeOf(told: readonly Finding[], strict: boolean): 0 | 1 {
  return told.some(({ verdict }) => verdict === 'fault' || (strict && verdict === 'warning')) ? 1 : 0
}
