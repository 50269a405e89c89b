// The bridge's own commands, described in every language there are words for.

import type { Builtin, CommandSpec } from '../contract/policy.ts'
import type { Locales } from './words.ts'

const BUILTINS: readonly Builtin[] = ['start', 'help', 'new', 'stop']

/** Joined with `Policy.commands` by the roof, built-ins first. */
export function builtinCommands(locales: Locales): readonly CommandSpec[] {
  return BUILTINS.map((builtin) => ({
    name: builtin,
    description: Object.fromEntries(
      Object.entries(locales).flatMap(([locale, sentences]) => {
        const sentence = sentences[`builtin.${builtin}`]
        return sentence === undefined ? [] : [[locale, sentence]]
      }),
    ),
    options: [],
    does: { kind: 'builtin', builtin },
  }))
}
