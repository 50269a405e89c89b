// How do the rules change while questions are asked? Whoever was handed this policy sees the present one at each look; what was
// decided by the former (a route, an agent) goes on as it was decided.

import type { Policy } from './contract/policy.ts'

export function livePolicy(current: () => Policy): Policy {
  return {
    get agents() {
      return current().agents
    },
    get commands() {
      return current().commands
    },
    get routes() {
      return current().routes
    },
    get access() {
      return current().access
    },
    get budgets() {
      return current().budgets
    },
    get retention() {
      return current().retention
    },
    get tools() {
      return current().tools
    },
    get locale() {
      return current().locale
    },
  }
}
