// Does what is written of who may talk to the bot, and how much, hold together?

import { nearest } from './faults.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

const LISTS = ['allow', 'deny', 'admins'] as const

/** An entry: somebody, or everybody of an account. */
const ENTRY = /^(?:(?<account>[A-Za-z0-9_-]+)\/)?(?:(?:user|chat|role):\S.*|(?<all>\*))$/

export function accessFaults({ access, platforms }: FileConfig): readonly PathFault[] {
  return LISTS.flatMap((list) =>
    access[list].flatMap((entry, i) => entryFaults(entry, list, ['access', list, i], Object.keys(platforms))),
  )
}

function entryFaults(
  entry: string,
  list: (typeof LISTS)[number],
  at: Path,
  accounts: readonly string[],
): readonly PathFault[] {
  const { account, all } = ENTRY.exec(entry)?.groups ?? {}
  if (!ENTRY.test(entry) || (all !== undefined && account === undefined)) {
    return [
      fault(
        at,
        `"${entry}" names nobody`,
        'Write user:<id>, chat:<id> or role:<name>; for one account only, <account>/user:<id>; for everybody there, <account>/*.',
      ),
    ]
  }
  if (account !== undefined && !accounts.includes(account)) {
    const meant = nearest(account, accounts)
    return [
      fault(
        at,
        `there is no platform "${account}"`,
        meant === undefined
          ? `There ${accounts.length === 1 ? 'is' : 'are'}: ${accounts.join(', ') || 'none'}.`
          : `Did you mean "${meant}"?`,
      ),
    ]
  }
  if (all !== undefined && list === 'admins') {
    return [
      fault(
        at,
        `"${entry}" makes an admin of everybody there`,
        'Name persons: <account>/user:<id>, or a role.',
      ),
    ]
  }
  return []
}

/** What works, but may surprise the owner. */
export function accessWarnings({ access, budgets, routes }: FileConfig): readonly string[] {
  const { direct, groups, allow, admins } = access
  const isForStrangers = direct === 'open' || groups === 'open'
  return [
    ...(isForStrangers && !limits(budgets)
      ? [
          'Anybody who finds the bot may ask it without limit, at your cost: set budgets.questionsPerHour, or access.direct: closed and access.groups: listed with access.allow.',
        ]
      : []),
    ...routes.flatMap(({ budget }, i) =>
      budget === undefined || limits(budget) || !limits(budgets)
        ? []
        : [`routes[${i}].budget has no limit in it: people ask there as much as they like.`],
    ),
    ...(direct === 'pairing' && admins.length === 0
      ? [
          'access.direct is pairing and there are no access.admins: let people in from this machine with "npm run pair -- <code>", or name an admin, who sends the bot /pair <code>.',
        ]
      : []),
    ...(direct === 'closed' && groups === 'listed' && allow.length === 0 && admins.length === 0
      ? ['Nobody may talk to the bot: access.allow and access.admins are empty.']
      : []),
  ]
}

function limits(budget: Readonly<Record<(typeof NUMBERS)[number], number>>): boolean {
  return NUMBERS.some((name) => budget[name] > 0)
}
const NUMBERS = ['questionsPerMinute', 'questionsPerHour', 'questionsPerDay', 'tokensPerDay'] as const
