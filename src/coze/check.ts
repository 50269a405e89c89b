// Is everything set so that questions can be asked? For `doctor`: each step isolates one fault.

import type { AssistantFinding } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { getBot, getMe, getOnlineInfo, getWorkflow } from './account.ts'
import type { CozeClient } from './client.ts'
import { createConversation } from './conversations.ts'
import { failureOf } from './errors.ts'

/** Steps: the token; each agent; the right to open a conversation. None of them costs tokens. */
export async function checkAgents(
  client: CozeClient,
  apiBase: string,
  agents: readonly AgentSpec[],
  signal: AbortSignal,
): Promise<readonly AssistantFinding[]> {
  const findings: AssistantFinding[] = []
  const token = await look(() => getMe(client, signal), signal)
  if (token.ok) findings.push({ verdict: 'ok', subject: 'Coze token', reason: `accepted by ${apiBase}` })
  // An endpoint that a Studio, or an older cloud, does not have proves nothing.
  else if (token.failure.kind !== 'unsupported') findings.push(tokenFault(token.failure, apiBase))
  const isHopeless = !token.ok && token.failure.kind !== 'unsupported'
  if (isHopeless) return findings

  for (const agent of agents) findings.push(await checkAgent(client, agent, signal))

  const bot = agents.find((agent) => agent.kind === 'bot')
  if (bot?.kind === 'bot' && findings.every(({ verdict }) => verdict !== 'fault')) {
    findings.push(await checkConversation(client, bot.bot, signal))
  }
  return findings
}

async function checkAgent(
  client: CozeClient,
  agent: AgentSpec,
  signal: AbortSignal,
): Promise<AssistantFinding> {
  if (agent.kind === 'chatflow') {
    const subject = `Coze chatflow ${agent.workflow}`
    const seen = await look(() => getWorkflow(client, agent.workflow, signal), signal)
    if (seen.ok) return { verdict: 'ok', subject, reason: seen.value.name || 'found' }
    return agentFault(seen.failure, subject, 'getMetaData')
  }
  const subject = `Coze bot ${agent.bot}`
  const get = client.flavor === 'studio' ? getOnlineInfo : getBot
  const seen = await look(() => get(client, agent.bot, signal), signal)
  if (!seen.ok) return agentFault(seen.failure, subject, 'getMetadata')
  const { name, prologue } = seen.value
  const words = prologue === '' ? '' : `, opens with "${prologue.slice(0, 60)}"`
  return { verdict: 'ok', subject, reason: `${name || 'found'}${words}` }
}

async function checkConversation(
  client: CozeClient,
  botId: string,
  signal: AbortSignal,
): Promise<AssistantFinding> {
  const subject = 'Coze conversations'
  const made = await look(() => createConversation(client, { botId }, signal), signal)
  if (made.ok) return { verdict: 'ok', subject, reason: 'can be opened' }
  return {
    verdict: 'fault',
    subject,
    reason: made.failure.detail,
    remedy: 'give the token the permission createConversation for the workspace of the bot',
  }
}

type Look<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

async function look<T>(at: () => Promise<T>, signal: AbortSignal): Promise<Look<T>> {
  try {
    return { ok: true, value: await at() }
  } catch (error) {
    return { ok: false, failure: failureOf(error, 'check', signal) }
  }
}

function tokenFault(failure: Failure, apiBase: string): AssistantFinding {
  const subject = 'Coze token'
  if (failure.kind !== 'denied') {
    const remedy = `check coze.apiBase (${apiBase}) and the way to it: proxy, firewall, certificate`
    return { verdict: 'fault', subject: 'Coze address', reason: failure.detail, remedy }
  }
  const remedy =
    `make a new token and put it into COZE_API_TOKEN; a token of coze.cn is good at api.coze.cn only, ` +
    `one of coze.com at api.coze.com only (now: ${apiBase}); personal tokens live at most 30 days`
  return { verdict: 'fault', subject, reason: failure.detail, remedy }
}

function agentFault(failure: Failure, subject: string, permission: string): AssistantFinding {
  const { kind, detail: reason } = failure
  if (kind === 'denied') {
    const remedy = `the token must be valid, have the permission ${permission}, and include the workspace of this agent`
    return { verdict: 'fault', subject, reason, remedy }
  }
  if (kind === 'unavailable' || kind === 'rate-limited' || kind === 'lost' || kind === 'unsupported') {
    return { verdict: 'warning', subject, reason, remedy: 'could not be looked at now; try again later' }
  }
  const remedy = 'check the id, and publish the agent to the channel "API" in Coze'
  return { verdict: 'fault', subject, reason, remedy }
}
