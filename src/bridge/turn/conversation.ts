// Which Coze conversation does a turn belong to, and as whom does it speak there?

import type { Asker, ConversationRef } from '../../contract/assistant.ts'
import { AssistantError, type FailureKind } from '../../contract/errors.ts'
import type { Json } from '../../contract/event.ts'
import type { AgentSpec, Route } from '../../contract/policy.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { pseudonym } from '../route.ts'
import type { BridgeWorld } from '../world.ts'

/** It will not open one for us, however often we ask; asked without one, it may still answer, and opens one itself. */
const WITHOUT_OURS: readonly FailureKind[] = ['denied', 'misconfigured', 'rejected', 'unsupported', 'garbled']

/**
 * The scope's conversation; made before the first question, so that a question whose answer is lost can be found.
 * With id '' where the assistant refuses to make one: the first reply then names the one it belongs to.
 */
export async function conversationFor(
  turn: TurnRecord,
  agent: AgentSpec,
  world: BridgeWorld,
  signal: AbortSignal,
): Promise<ConversationRef> {
  const known = await world.conversations.get(turn.agent, turn.scopeKey)
  if (known) return known.conversation
  const asker = askerOf(turn, world, undefined)
  try {
    const made = await world.assistant.startConversation(agent, asker, signal)
    await keepConversation(turn, made, world)
    return made
  } catch (error) {
    if (!(error instanceof AssistantError) || !WITHOUT_OURS.includes(error.failure.kind)) throw error
    const { kind, code, logid, detail } = error.failure
    world.log.warn(
      { turn: turn.id, kind, code, logid, detail },
      'no conversation could be opened: asking without one',
    )
    return { conversationId: '', userId: asker.userId }
  }
}

/** What cannot be kept costs the assistant's memory, not the reply. `parameters`: what the person gave; absent: what was given before. */
export async function keepConversation(
  turn: TurnRecord,
  conversation: ConversationRef,
  world: BridgeWorld,
  parameters?: Readonly<Record<string, Json>>,
): Promise<void> {
  const { conversations } = world
  const nowMs = world.clock.now()
  try {
    const given = parameters ?? (await conversations.get(turn.agent, turn.scopeKey))?.parameters
    const kept = given === undefined ? {} : { parameters: given }
    await conversations.put(turn.agent, turn.scopeKey, {
      conversation,
      createdAtMs: nowMs,
      usedAtMs: nowMs,
      ...kept,
    })
  } catch (error) {
    world.log.error({ turn: turn.id }, 'conversation not kept', error)
  }
}

/** The next question begins a new one. */
export async function dropConversation(turn: TurnRecord, world: BridgeWorld): Promise<void> {
  await world.conversations.drop(turn.agent, turn.scopeKey)
}

export function askerOf(turn: TurnRecord, world: BridgeWorld, route: Route | undefined): Asker {
  const locale = turn.asked.sender.locale ?? route?.locale
  return { userId: pseudonym(world.salt, turn.asked), ...(locale === undefined ? {} : { locale }) }
}
