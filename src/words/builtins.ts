// The bridge's own commands, described in every language there are words for.

import type { NoticeKey } from '../contract/notice.ts'
import type { Builtin, CommandSpec, Localized, OptionSpec } from '../contract/policy.ts'
import type { Locales } from './words.ts'

const BUILTINS: readonly Builtin[] = ['start', 'help', 'new', 'stop', 'again', 'agent', 'status', 'whoami']

/** Joined with `Policy.commands` by the roof, built-ins first. */
export function builtinCommands(locales: Locales): readonly CommandSpec[] {
  return BUILTINS.map((builtin) => ({
    name: builtin,
    description: inEveryLanguage(locales, `builtin.${builtin}`),
    options: builtin === 'agent' ? [agentName(locales)] : [],
    does: { kind: 'builtin', builtin },
  }))
}

/** Any text: which agents there are depends on the place, so the bridge says what may be chosen. */
function agentName(locales: Locales): OptionSpec {
  const description = inEveryLanguage(locales, 'builtin.agent.name')
  return { name: 'name', description, type: 'string', required: false }
}

function inEveryLanguage(locales: Locales, key: NoticeKey): Localized {
  return Object.fromEntries(
    Object.entries(locales).flatMap(([locale, sentences]) => {
      const sentence = sentences[key]
      return sentence === undefined ? [] : [[locale, sentence]]
    }),
  )
}
