// What does a new configuration change, and how can it be applied? Pure.

import { isDeepStrictEqual } from 'node:util'
import type { AccountChanges } from '../accounts.ts'
import type { LoadedConfig } from '../config/settings.ts'
import { rolesWanted } from '../contract/policy.ts'

export type Change =
  | { readonly how: 'nothing' }
  /** While it runs: rules for the next question, accounts one by one. `what`: for the log. */
  | {
      readonly how: 'live'
      readonly what: readonly string[]
      readonly accounts: AccountChanges
      readonly menus: boolean
    }
  /** The bridge is taken down, as a stop would, and built anew in this process. */
  | { readonly how: 'anew'; readonly what: readonly string[] }
  /** It cannot be applied here: what is open would be left behind. */
  | { readonly how: 'restart'; readonly what: readonly string[] }

/** Rules that everybody looks up when they need them. The others are read once. */
const LIVE_RULES = ['agents', 'commands', 'routes', 'access', 'budgets', 'tools'] as const
const FIXED_RULES = ['retention', 'locale'] as const
const FIXED = ['coze', 'media', 'server', 'log', 'drainMs'] as const

export function changeBetween(old: LoadedConfig, next: LoadedConfig): Change {
  // Open turns are in the store: another one does not have them.
  if (old.store !== next.store) return { how: 'restart', what: ['store'] }
  const anew = [
    ...FIXED.filter((name) => !isDeepStrictEqual(old[name], next[name])),
    ...FIXED_RULES.filter((name) => !isDeepStrictEqual(old.policy[name], next.policy[name])),
  ]
  if (anew.length > 0) return { how: 'anew', what: anew }
  const rules = LIVE_RULES.filter((name) => !isDeepStrictEqual(old.policy[name], next.policy[name]))
  const accounts = accountChanges(old, next)
  const touched = [...accounts.gone, ...accounts.changed, ...accounts.added]
  if (rules.length === 0 && touched.length === 0) return { how: 'nothing' }
  return {
    how: 'live',
    what: [...rules, ...touched.map((account) => `platforms.${account}`)],
    accounts,
    // Built-in commands depend on who may be paired.
    menus: rules.includes('commands') || rules.includes('access'),
  }
}

function accountChanges(old: LoadedConfig, next: LoadedConfig): AccountChanges {
  const [before, after] = [Object.keys(old.platforms), Object.keys(next.platforms)]
  const kept = after.filter((account) => before.includes(account))
  // Whether people's roles are asked for is settled when an account connects.
  const asksOtherwise = rolesWanted(old.policy) !== rolesWanted(next.policy)
  return {
    gone: before.filter((account) => !after.includes(account)),
    changed: kept.filter(
      (account) => asksOtherwise || !isDeepStrictEqual(old.platforms[account], next.platforms[account]),
    ),
    added: after.filter((account) => !before.includes(account)),
  }
}
