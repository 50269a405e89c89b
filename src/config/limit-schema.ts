// What may be written of limits and of what is kept: budgets of people, and how long they are remembered.

import { z } from 'zod'
import { whole } from './fields.ts'

const KEYS = {
  questionsPerMinute: whole().describe('For one person; 0 = no limit.'),
  questionsPerHour: whole().describe('For one person; 0 = no limit.'),
  questionsPerDay: whole().describe('For one person; 0 = no limit.'),
  tokensPerDay: whole().describe(
    'For one person, as Coze counts them; 0 = no limit. What an answer costs is known after it, so the last one may go beyond.',
  ),
}
/** Nothing written: no limit. */
const WITH_DEFAULTS = {
  questionsPerMinute: KEYS.questionsPerMinute.default(0),
  questionsPerHour: KEYS.questionsPerHour.default(0),
  questionsPerDay: KEYS.questionsPerDay.default(0),
  tokensPerDay: KEYS.tokensPerDay.default(0),
}

/** Instead of the general budget, for one role. */
const roleBudget = z.strictObject({
  questionsPerMinute: KEYS.questionsPerMinute.optional(),
  questionsPerHour: KEYS.questionsPerHour.optional(),
  questionsPerDay: KEYS.questionsPerDay.optional(),
  tokensPerDay: KEYS.tokensPerDay.optional(),
})

export const budgets = z
  .strictObject({
    ...WITH_DEFAULTS,
    roles: z
      .record(z.string().min(1), roleBudget)
      .default({})
      .describe('By role, as access has them; a key that is left out is as above.'),
  })
  .prefault({})
  .describe('How much one person may ask. Admins have no limit.')

export const routeBudget = () =>
  z
    .strictObject(WITH_DEFAULTS)
    .optional()
    .describe('How much one person may ask here: instead of budgets, and counted apart from it.')

/** A hundred years: for ever, as far as a bridge goes. */
const LONGEST_DAYS = 36_500

export const retention = z
  .strictObject({
    conversationsDays: whole(LONGEST_DAYS, 1)
      .default(180)
      .describe('A conversation nobody went on with for so many days is forgotten.'),
  })
  .prefault({})
