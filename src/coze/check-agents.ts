// Can each agent be asked: is it there, published to the API channel, and may the token ask it?

import type { AssistantFinding } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { getBot, getOnlineInfo, getWorkflow, listBots, listWorkspaces, type Bot } from './account.ts'
import { creditGone, isPassing, look, notNow, type CheckWorld, type Look } from './check-look.ts'
import { near } from './near.ts'

/** Coze docs: error codes. */
const CODES = {
  noStreamNoHistory: 4007,
  unpublished: new Set([4015, 6031, 720702011]),
  unknown: new Set([4006, 4200, 103100001, 720702004]),
} as const
/** So many workspaces are looked through for the agent that was meant. */
const MOST_WORKSPACES = 5
const MOST_NAMES = 6

export async function checkAgent(world: CheckWorld, agent: AgentSpec): Promise<AssistantFinding> {
  return agent.kind === 'bot' ? checkBot(world, agent.bot) : checkChatflow(world, agent.workflow)
}

async function checkBot(world: CheckWorld, bot: string): Promise<AssistantFinding> {
  const { client, signal, paths } = world
  const subject = `Coze bot ${bot}`
  const get = client.flavor === 'studio' ? getOnlineInfo : getBot
  const seen = await look(() => get(client, bot, signal), signal)
  const asked = client.flavor === 'studio' ? undefined : await askWithoutAsking(world, bot)
  const failures = [asked, seen].flatMap((one) => (one === undefined || one.ok ? [] : [one.failure]))
  const failure = worst(failures)
  switch (failure === undefined ? 'fine' : meaningOf(failure)) {
    case 'fine':
      return { verdict: 'ok', subject, reason: seen.ok ? wordsOf(seen.value) : 'can be asked' }
    case 'unpublished':
      return {
        verdict: 'fault',
        subject,
        reason: 'is not published to the channel "API"',
        remedy: `${paths.publishAgent}. Each change of the agent has to be published again.`,
      }
    case 'unknown':
      return {
        verdict: 'fault',
        subject,
        reason: `is not known to ${world.apiBase}, or was never published`,
        remedy: await whichBot(world, bot),
      }
    case 'denied':
      // Who may chat needs no right to look; only greetings and this look do.
      if (asked?.ok === false && meaningOf(asked.failure) === 'fine' && !seen.ok) {
        return {
          verdict: 'warning',
          subject,
          reason: 'can be asked, but not looked at: its opening words are not known',
          remedy: `${paths.editToken}, tick the permission getMetadata.`,
        }
      }
      return {
        verdict: 'fault',
        subject,
        reason: `the token may not ask it: ${failure?.detail ?? ''}`,
        remedy: `${paths.editToken}, tick the permissions chat and getMetadata, and let it include the workspace this agent is in.`,
      }
    case 'credit':
      return creditGone(failure as Failure, paths)
    case 'passing':
      return notNow(subject, failure as Failure)
    case 'other':
      return {
        verdict: 'fault',
        subject,
        reason: failure?.detail ?? '',
        remedy: `Check the id (the digits behind /bot/ in the address of the agent's page), and that it is published. ${paths.publishAgent}.`,
      }
  }
}

type Meaning = 'fine' | 'unpublished' | 'unknown' | 'denied' | 'credit' | 'passing' | 'other'

export function meaningOf(failure: Failure): Meaning {
  const { code, kind } = failure
  if (code === CODES.noStreamNoHistory) return 'fine'
  if (code !== undefined && CODES.unpublished.has(code)) return 'unpublished'
  if (code !== undefined && CODES.unknown.has(code)) return 'unknown'
  if (kind === 'denied') return 'denied'
  if (kind === 'quota') return 'credit'
  return isPassing(failure) ? 'passing' : 'other'
}

/** What says most comes first. */
const ORDER: readonly Meaning[] = ['credit', 'unpublished', 'unknown', 'denied', 'other', 'passing']

function worst(failures: readonly Failure[]): Failure | undefined {
  for (const meaning of ORDER) {
    const found = failures.find((failure) => meaningOf(failure) === meaning)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * A question that contradicts itself (no stream, nothing kept) and has no words: it is refused with 4007 by a Coze that
 * would take a real one, and no model is asked. Coze docs: chat; error codes.
 */
async function askWithoutAsking({ client, signal }: CheckWorld, bot: string): Promise<Look<unknown>> {
  const json = { bot_id: bot, user_id: 'doctor', stream: false, auto_save_history: false }
  return look(
    () => client.json({ method: 'POST', path: '/v3/chat', json, repeat: 'dangerous' }, signal),
    signal,
  )
}

function wordsOf({ name, prologue }: Bot): string {
  return `${name || 'found'}${prologue === '' ? '' : `, opens with "${prologue.slice(0, 60)}"`}`
}

async function whichBot(world: CheckWorld, bot: string): Promise<string> {
  const { client, signal, paths } = world
  const isWorkflow = await look(() => getWorkflow(client, bot, signal), signal)
  if (isWorkflow.ok && isWorkflow.value.id === bot) {
    return `This is the id of a workflow or chatflow ("${isWorkflow.value.name}"): write it as { kind: chatflow, workflow: "${bot}" }, or take the digits behind /bot/ in the address of the agent's page.`
  }
  const known = await knownBots(world)
  const twin = near(
    bot,
    known.map(({ id }) => id),
  )
  const meant = known.find(({ id }) => id === twin)
  if (meant !== undefined) {
    return `Did you mean ${meant.id} ("${meant.name}")? Set it as COZE_BOT_ID, or under agents in the configuration.`
  }
  const some = known.slice(0, MOST_NAMES).map(({ id, name }) => `${id} ("${name}")`)
  const list = some.length === 0 ? '' : ` The token sees these published ones: ${some.join(', ')}.`
  return `Take the digits behind /bot/ in the address of the agent's page.${list} Where it is the right one: ${paths.publishAgent}.`
}

async function knownBots({ client, signal }: CheckWorld): Promise<readonly { id: string; name: string }[]> {
  const spaces = await look(() => listWorkspaces(client, {}, signal), signal)
  if (!spaces.ok) return []
  const lists = spaces.value.workspaces
    .slice(0, MOST_WORKSPACES)
    .map(({ id }) => look(() => listBots(client, { workspaceId: id }, signal), signal))
  return (await Promise.all(lists)).flatMap((list) => (list.ok ? list.value.bots : []))
}

async function checkChatflow(world: CheckWorld, workflow: string): Promise<AssistantFinding> {
  const { client, signal, paths } = world
  const subject = `Coze chatflow ${workflow}`
  const seen = await look(() => getWorkflow(client, workflow, signal), signal)
  if (seen.ok) return { verdict: 'ok', subject, reason: seen.value.name || 'found' }
  return flowFault(seen.failure, subject, paths)
}

/** Of a workflow or chatflow that cannot be looked at. */
export function flowFault(failure: Failure, subject: string, paths: CheckWorld['paths']): AssistantFinding {
  switch (meaningOf(failure)) {
    case 'credit':
      return creditGone(failure, paths)
    case 'passing':
      return notNow(subject, failure)
    case 'denied':
      return {
        verdict: 'warning',
        subject,
        reason: `cannot be looked at: ${failure.detail}`,
        remedy: `${paths.editToken}, tick the permission getMetaData (of workflows), and let it include the workspace it is in.`,
      }
    case 'unpublished':
    case 'unknown':
    case 'fine':
    case 'other':
      return {
        verdict: 'fault',
        subject,
        reason: `is not known, or was never published: ${failure.detail}`,
        remedy: `Check the id (the digits behind workflow_id= in the address of its page); then ${paths.publishWorkflow.replace(/^Open/, 'open')}.`,
      }
  }
}
