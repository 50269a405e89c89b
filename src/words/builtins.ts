// The bridge's own commands, described in every language there are words for.

import type { NoticeKey } from '../contract/notice.ts'
import {
  BUILTINS,
  type Access,
  type Builtin,
  type CommandSpec,
  type Localized,
  type OptionSpec,
} from '../contract/policy.ts'
import type { Locales } from './words.ts'

/**
 * Joined with `Policy.commands` by the roof, built-ins first. /pair is there where strangers are given codes: a platform
 * understands only what is in its menu, and a menu cannot tell admins from others.
 */
export function builtinCommands(locales: Locales, access?: Pick<Access, 'direct'>): readonly CommandSpec[] {
  const builtins = BUILTINS.filter((builtin) => builtin !== 'pair' || access?.direct === 'pairing')
  return builtins.map((builtin) => ({
    name: builtin,
    description: inEveryLanguage(locales, `builtin.${builtin}`),
    options: optionsOf(builtin, locales),
    does: { kind: 'builtin', builtin },
  }))
}

function optionsOf(builtin: Builtin, locales: Locales): readonly OptionSpec[] {
  if (builtin === 'agent') return [agentName(locales)]
  return builtin === 'pair' ? [pairingCode(locales)] : []
}

function pairingCode(locales: Locales): OptionSpec {
  const description = inEveryLanguage(locales, 'builtin.pair.code')
  return { name: 'code', description, type: 'string', required: true }
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
