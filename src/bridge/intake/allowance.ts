// May this person ask one more question now? Questions per minute, hour and day, tokens per day: durable, so that a
// restart gives nothing away. A route may have a budget of its own, and roles more generous ones.

import type { AskingEvent } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Budget, Policy, Route } from '../../contract/policy.ts'
import type { Coordination, Window } from '../../store/coordination.ts'
import type { Tokens } from '../../store/tokens.ts'
import { isAdmin, type Who } from '../access.ts'

export interface PersonBudget {
  /** Takes one question from the person's budget. Admins have no limit. */
  take(event: AskingEvent, route: Route | undefined): Promise<Spent | undefined>
  /** What an answer cost. */
  spend(asked: Who, route: Route | undefined, tokens: number): Promise<void>
}
/** Nothing is left. */
export interface Spent {
  readonly notice: Notice
  /** Until something is. */
  readonly waitMs: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export function createPersonBudget(
  policy: Policy,
  coordination: Pick<Coordination, 'take'>,
  tokens: Tokens,
): PersonBudget {
  return {
    async take(event, route) {
      if (isAdmin(event, policy.access)) return undefined
      const budget = budgetFor(event, route, policy)
      const key = keyOf(event, route)
      if (budget.tokensPerDay > 0) {
        const used = await tokens.used(key)
        if (used.tokens >= budget.tokensPerDay) {
          const hours = Math.ceil(used.leftMs / HOUR_MS)
          return { notice: { key: 'budget.tokens', params: { hours } }, waitMs: used.leftMs }
        }
      }
      const windows = windowsOf(budget)
      if (windows.length === 0) return undefined
      const taken = await coordination.take(`questions|${key}`, windows)
      if (taken.granted) return undefined
      const minutes = Math.ceil(taken.waitMs / MINUTE_MS)
      return { notice: { key: 'budget.spent', params: { minutes } }, waitMs: taken.waitMs }
    },

    async spend(asked, route, cost) {
      if (cost <= 0 || isAdmin(asked, policy.access)) return
      if (budgetFor(asked, route, policy).tokensPerDay > 0) await tokens.add(keyOf(asked, route), cost)
    },
  }
}

/** The route's own, else the most generous of the person's roles, else the general one. */
export function budgetFor(
  { sender }: Pick<Who, 'sender'>,
  route: Pick<Route, 'budget'> | undefined,
  { budgets }: Pick<Policy, 'budgets'>,
): Budget {
  if (route?.budget) return route.budget
  const { roles = [] } = sender
  const [first, ...others] = roles.flatMap((role) => {
    const own = Object.hasOwn(budgets.roles, role) ? budgets.roles[role] : undefined
    return own === undefined ? [] : [own]
  })
  return first === undefined ? budgets : others.reduce(moreGenerous, first)
}

function moreGenerous(a: Budget, b: Budget): Budget {
  const most = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : Math.max(x, y))
  return {
    questionsPerMinute: most(a.questionsPerMinute, b.questionsPerMinute),
    questionsPerHour: most(a.questionsPerHour, b.questionsPerHour),
    questionsPerDay: most(a.questionsPerDay, b.questionsPerDay),
    tokensPerDay: most(a.tokensPerDay, b.tokensPerDay),
  }
}

function windowsOf({ questionsPerMinute, questionsPerHour, questionsPerDay }: Budget): readonly Window[] {
  return [
    { calls: questionsPerMinute, perMs: MINUTE_MS },
    { calls: questionsPerHour, perMs: HOUR_MS },
    { calls: questionsPerDay, perMs: DAY_MS },
  ].filter(({ calls }) => calls > 0)
}

/** Whose count, and of what: a route's own is counted apart. */
function keyOf({ address, sender }: Pick<Who, 'address' | 'sender'>, route: Route | undefined): string {
  const person = `${address.account}|${sender.id}`
  return route?.budget === undefined ? person : `${route.budget.key}|${person}`
}
