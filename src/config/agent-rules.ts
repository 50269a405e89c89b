// Does what is written of an agent hold together?

import { nearest } from './faults.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import { optionFaults } from './option-rules.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

export function agentFaults({ agents }: FileConfig): readonly PathFault[] {
  return Object.entries(agents).flatMap(([name, agent]) => {
    if (agent.kind !== 'chatflow') return []
    const at: Path = ['agents', name]
    return [
      ...ownerFaults(agent, at),
      ...gapFaults(agent.parameters, [...at, 'parameters']),
      ...optionFaults(agent.options ?? [], [...at, 'options']),
    ]
  })
}

/** Coze docs: run chatflow: one of bot_id and app_id, and not both. */
function ownerFaults(
  agent: { readonly app?: unknown; readonly bot?: unknown },
  at: Path,
): readonly PathFault[] {
  if (agent.app !== undefined && agent.bot !== undefined) return [bothOwners(at)]
  if (agent.app !== undefined || agent.bot !== undefined) return []
  return [
    fault(
      at,
      'is a chatflow of nobody',
      'Add app: "<id>" where it belongs to an app, else bot: "<id>" of a bot it may run for.',
      'key',
    ),
  ]
}

/** Coze refuses a run that names both (code 4000). */
export function bothOwners(at: Path): PathFault {
  return fault([...at, 'bot'], 'does not go with app', 'Take one of the two out: Coze takes no more.')
}

/** What stands for who asks, and where: as the contract's `AgentSpec` lists it. */
const GAPS: readonly string[] = [
  'person.name',
  'person.id',
  'person.locale',
  'chat.id',
  'chat.kind',
  'platform',
]

/** A misspelt gap would reach the workflow as it is written. Other braces may mean something to it. */
function gapFaults(value: unknown, at: Path): readonly PathFault[] {
  if (typeof value === 'string') {
    return [...value.matchAll(/\{((?:person|chat|platform)\b[\w.]*)\}/g)].flatMap(([gap, name = '']) => {
      if (GAPS.includes(name)) return []
      const meant = nearest(name, GAPS)
      const remedy = meant === undefined ? `There are: {${GAPS.join('}, {')}}.` : `Did you mean "{${meant}}"?`
      return [fault(at, `${gap} stands for nothing`, remedy)]
    })
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    gapFaults(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  )
}
