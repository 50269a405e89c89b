// What the steps of one turn share: whose it is, where it shows, what is written down of it.

import type { AgentSpec, Route } from '../../contract/policy.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { Keeper } from './keep.ts'
import type { Screen } from './screen.ts'
import { workflowOf, type WorkflowCommand } from '../workflow-command.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

export interface Scene extends Keeper {
  readonly turn: LiveTurn
  readonly world: BridgeWorld
  readonly log: Logger
  readonly route: Route | undefined
  readonly screen: Screen
  /** Aborts when the person stops the turn, or the process lets go. */
  readonly signal: AbortSignal
  /** Its turn has come: others may be prepared. */
  wasAsked(): void
  /** What the reply brought besides its words: for its buttons. */
  readonly brought: Brought
}

export interface Brought {
  suggestions: readonly string[]
  debugUrl: string | undefined
  /** The run was cut off: it may be offered again. */
  runAgain: boolean
  /** It was, and has been run again already. */
  rerun: boolean
  /** The answer's own sound, piece by piece. */
  readonly sound: Uint8Array[]
  /** How often tools were answered in this turn. */
  toolRounds: number
}

export function nothingBrought(): Brought {
  return { suggestions: [], debugUrl: undefined, runAgain: false, rerun: false, sound: [], toolRounds: 0 }
}

/** The agent of this turn. Only asked for in turns that have one. */
export function agentOf({ turn, world }: Scene): AgentSpec {
  const agent = world.policy.agents[turn.record.agent]
  if (!agent) throw new Error(`the agent "${turn.record.agent}" is not configured`)
  return agent
}

/** The command of this turn as it is configured now. */
export function commandOf({ turn, world }: Pick<Scene, 'turn' | 'world'>): WorkflowCommand | undefined {
  const name = turn.record.command?.name
  const spec = world.policy.commands.find((command) => command.name === name)
  return workflowOf(spec)
}
