// May this person ask one more question now? Budgets per hour and day, durable, so that a restart gives nothing away.

import type { AskingEvent } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Policy } from '../../contract/policy.ts'
import type { Coordination } from '../../store/coordination.ts'
import { isAdmin } from '../access.ts'

export interface PersonBudget {
  /** Takes one question from the person's budget. A notice when nothing is left. Admins have no limit. */
  take(event: AskingEvent): Promise<Notice | undefined>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export function createPersonBudget(policy: Policy, coordination: Coordination): PersonBudget {
  const { questionsPerHour, questionsPerDay } = policy.budgets
  const windows = [
    ...(questionsPerHour > 0 ? [{ calls: questionsPerHour, perMs: HOUR_MS }] : []),
    ...(questionsPerDay > 0 ? [{ calls: questionsPerDay, perMs: DAY_MS }] : []),
  ]
  return {
    async take(event) {
      if (windows.length === 0 || isAdmin(event, policy.access)) return undefined
      const taken = await coordination.take(`questions|${event.address.account}|${event.sender.id}`, windows)
      if (taken.granted) return undefined
      return { key: 'budget.spent', params: { minutes: Math.ceil(taken.waitMs / 60_000) } }
    },
  }
}
