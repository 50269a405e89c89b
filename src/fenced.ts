// How is a process that lost an account, and may not have noticed, kept from writing there? It is asked right before each call.

import { PlatformError } from './contract/errors.ts'
import type { Assistant, ReplyEvent } from './contract/assistant.ts'
import type { Pacer } from './reply/pace.ts'
import type { Claim } from './store/claims.ts'

/** Nothing goes to the platform without the claim. */
export function fencedPacer(pacer: Pacer, claim: Claim): Pacer {
  const check = (account: string): void => {
    if (!claim.isSure()) throw new PlatformError(account, 'cancelled', LOST)
  }
  return {
    ...pacer,
    call: (plan, send, signal) =>
      pacer.call(
        plan,
        async (within) => {
          check(plan.account)
          return await send(within)
        },
        signal,
      ),
    tryCall: (plan, send, signal) =>
      pacer.tryCall(
        plan,
        async (within) => {
          check(plan.account)
          await send(within)
        },
        signal,
      ),
  }
}

/** Nothing is asked of the assistant without the claim: what costs, another process may be asking already. */
export function fencedAssistant(assistant: Assistant, claim: Claim): Assistant {
  const { run, resume } = assistant
  return {
    ...assistant,
    answer: (question, signal) => guarded(() => assistant.answer(question, signal)),
    submit: (waiting, signal) => guarded(() => assistant.submit(waiting, signal)),
    ...(run === undefined ? {} : { run: (what, signal) => guarded(() => run(what, signal)) }),
    ...(resume === undefined
      ? {}
      : { resume: (what, answer, signal) => guarded(() => resume(what, answer, signal)) }),
  }

  async function* guarded(stream: () => AsyncIterable<ReplyEvent>): AsyncGenerator<ReplyEvent> {
    if (claim.isSure()) yield* stream()
    else yield { kind: 'failed', failure: { kind: 'cancelled', detail: LOST, outcome: 'not-sent' } }
  }
}

const LOST = 'another process has taken over'
