// Is everything set so that questions can be asked? For `doctor`: each step isolates one fault. None of them costs tokens.

import type { AssistantFinding, AssistantWants } from '../contract/assistant.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { checkAgent } from './check-agents.ts'
import { creditGone, look, type CheckWorld } from './check-look.ts'
import { checkPermissions } from './check-permissions.ts'
import { checkLogin, type LoginWorld } from './check-token.ts'
import { checkVoices } from './check-voices.ts'
import { pathsOf } from './check-words.ts'
import { checkCommands } from './check-workflows.ts'
import { createConversation } from './conversations.ts'

export interface CheckParts extends Omit<LoginWorld, 'paths' | 'signal'> {
  readonly agents: readonly AgentSpec[]
  /** Absent: agents alone. */
  readonly wants?: AssistantWants
}

/** Steps: the login; each agent; the right to open a conversation; commands, permissions and voices. */
export async function checkCoze(
  parts: CheckParts,
  signal: AbortSignal,
): Promise<readonly AssistantFinding[]> {
  const { client, apiBase, agents, wants } = parts
  const world: LoginWorld = { ...parts, paths: pathsOf(apiBase, client.flavor), signal }
  const login = await checkLogin(world)
  if (login.hopeless) return login.findings

  const findings: AssistantFinding[] = [...login.findings]
  for (const agent of agents) findings.push(await checkAgent(world, agent))
  const bot = agents.find((agent) => agent.kind === 'bot')
  if (bot?.kind === 'bot' && findings.every(({ verdict }) => verdict !== 'fault')) {
    findings.push(await checkConversation(world, bot.bot))
  }
  if (wants !== undefined) {
    findings.push(...(await checkCommands(world, wants.commands)))
    findings.push(...(await checkPermissions(world, agents, wants)))
    findings.push(...(await checkVoices(world, wants.voices)))
  }
  return onceEach(findings)
}

async function checkConversation(world: CheckWorld, botId: string): Promise<AssistantFinding> {
  const { client, signal, paths } = world
  const subject = 'Coze conversations'
  const made = await look(() => createConversation(client, { botId }, signal), signal)
  if (made.ok) return { verdict: 'ok', subject, reason: 'can be opened' }
  if (made.failure.kind === 'quota') return creditGone(made.failure, paths)
  return {
    verdict: 'fault',
    subject,
    reason: `cannot be opened: ${made.failure.detail}`,
    remedy: `${paths.editToken}, tick the permission createConversation, and let it include the workspace of the agent.`,
  }
}

/** Credit that is gone is met by every call, and is one fault. */
function onceEach(findings: readonly AssistantFinding[]): readonly AssistantFinding[] {
  const isCredit = ({ subject, verdict }: AssistantFinding): boolean =>
    subject === 'Coze credit' && verdict === 'fault'
  const first = findings.findIndex(isCredit)
  return findings.filter((finding, at) => at === first || !isCredit(finding))
}
