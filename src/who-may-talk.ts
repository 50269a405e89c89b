// Who may talk to the bot, in one line? Said at every start: an open bot spends its owner's credit.

import type { Access, Budget, Policy } from './contract/policy.ts'

export function whoMayTalk({ access, budgets }: Pick<Policy, 'access' | 'budgets'>): string {
  return `Who may talk to it: ${DIRECT[access.direct]}; ${GROUPS[access.groups]}; ${allowance(budgets)}.`
}

const DIRECT: Readonly<Record<Access['direct'], string>> = {
  open: 'anyone may write to the bot',
  pairing: 'strangers get a code, and an admin lets them in (/pair in a chat, or npm run pair)',
  closed: 'only listed people may write to the bot',
}
const GROUPS: Readonly<Record<Access['groups'], string>> = {
  open: 'it answers in any group it is in',
  listed: 'it answers in listed groups only',
}

function allowance({ questionsPerMinute, questionsPerHour, questionsPerDay, tokensPerDay }: Budget): string {
  const limits = [
    ...(questionsPerMinute > 0 ? [`${questionsPerMinute} questions a minute`] : []),
    ...(questionsPerHour > 0 ? [`${questionsPerHour} questions an hour`] : []),
    ...(questionsPerDay > 0 ? [`${questionsPerDay} questions a day`] : []),
    ...(tokensPerDay > 0 ? [`${tokensPerDay} tokens a day`] : []),
  ]
  return limits.length === 0 ? 'no limit per person' : `${limits.join(', ')} each`
}
