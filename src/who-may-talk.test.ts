// Does the owner read at the start who may spend their credit, and how much?

import { expect, test } from 'vitest'
import type { Budgets } from './contract/policy.ts'
import { whoMayTalk } from './who-may-talk.ts'

const lists = { allow: [], deny: [], admins: [] }
const none: Budgets = {
  questionsPerMinute: 0,
  questionsPerHour: 0,
  questionsPerDay: 0,
  tokensPerDay: 0,
  roles: {},
}

test.for([
  [
    'open',
    'open',
    none,
    'anyone may write to the bot; it answers in any group it is in; no limit per person.',
  ],
  [
    'closed',
    'listed',
    { ...none, questionsPerHour: 20 },
    'only listed people may write to the bot; it answers in listed groups only; 20 questions an hour each.',
  ],
  [
    'pairing',
    'listed',
    { ...none, questionsPerMinute: 4, tokensPerDay: 90_000 },
    'strangers get a code, and an admin lets them in (/pair in a chat, or npm run pair); it answers in listed groups only; 4 questions a minute, 90000 tokens a day each.',
  ],
] as const)('direct %s, groups %s', ([direct, groups, budgets, told]) => {
  expect(whoMayTalk({ access: { direct, groups, ...lists }, budgets })).toBe(`Who may talk to it: ${told}`)
})
