// The calls about what an account has: itself, workspaces, bots, workflows.

import { AssistantError } from '../contract/errors.ts'
import type { Call, CozeClient } from './client.ts'
import { unsupportedFailure } from './errors.ts'
import type { Unknowns } from './json.ts'
import { toId, toList, toNumber, toObject, toText } from './json.ts'
import { payloadOf } from './wire.ts'

export interface Me {
  readonly id: string
  readonly name: string
}

/** `GET /v1/users/me`. Coze Studio does not have it. */
export async function getMe(client: CozeClient, signal: AbortSignal): Promise<Me> {
  const me = await get(client, 'cloud', '/v1/users/me', {}, signal)
  return { id: toId(me['user_id']), name: toText(me['nick_name']) || toText(me['user_name']) }
}

export interface Bot {
  readonly id: string
  readonly name: string
  readonly description: string
  /** The bot's opening words. */
  readonly prologue: string
  readonly suggestedQuestions: readonly string[]
  /** A bot in chatflow mode. */
  readonly isChatflow: boolean
}

/** `GET /v1/bots/:id`: the published version. */
export async function getBot(client: CozeClient, botId: string, signal: AbortSignal): Promise<Bot> {
  const query = { is_published: 'true' }
  return toBot(await get(client, 'both', `/v1/bots/${encodeURIComponent(botId)}`, query, signal), botId)
}

/** `GET /v1/bot/get_online_info`: the older way, which every Coze Studio has. */
export async function getOnlineInfo(client: CozeClient, botId: string, signal: AbortSignal): Promise<Bot> {
  return toBot(await get(client, 'both', '/v1/bot/get_online_info', { bot_id: botId }, signal), botId)
}

export interface BotSummary {
  readonly id: string
  readonly name: string
  readonly isPublished: boolean
}

/** `GET /v1/bots`: published ones of a workspace. */
export async function listBots(
  client: CozeClient,
  options: { readonly workspaceId: string; readonly page?: number },
  signal: AbortSignal,
): Promise<{ readonly bots: readonly BotSummary[]; readonly total: number }> {
  const query = { workspace_id: options.workspaceId, page_num: String(options.page ?? 1), page_size: '50' }
  const data = await get(client, 'cloud', '/v1/bots', query, signal)
  const bots = toList(data['items']).map(toObject)
  return {
    bots: bots.map((bot) => ({
      id: toId(bot['id']),
      name: toText(bot['name']),
      isPublished: bot['is_published'] !== false,
    })),
    total: toNumber(data['total']) ?? bots.length,
  }
}

export interface Workspace {
  readonly id: string
  readonly name: string
}

/** `GET /v1/workspaces`. At most 50 a page. */
export async function listWorkspaces(
  client: CozeClient,
  options: { readonly page?: number },
  signal: AbortSignal,
): Promise<{ readonly workspaces: readonly Workspace[]; readonly total: number }> {
  const query = { page_num: String(options.page ?? 1), page_size: '50' }
  const data = await get(client, 'cloud', '/v1/workspaces', query, signal)
  const workspaces = toList(data['workspaces']).map(toObject)
  return {
    workspaces: workspaces.map((space) => ({ id: toId(space['id']), name: toText(space['name']) })),
    total: toNumber(data['total_count']) ?? workspaces.length,
  }
}

export interface WorkflowSummary {
  readonly id: string
  readonly name: string
}

/** `GET /v1/workflows`: published ones of a workspace. At most 30 a page. */
export async function listWorkflows(
  client: CozeClient,
  options: {
    readonly workspaceId: string
    readonly mode?: 'workflow' | 'chatflow'
    readonly page?: number
  },
  signal: AbortSignal,
): Promise<{ readonly workflows: readonly WorkflowSummary[]; readonly hasMore: boolean }> {
  const query = {
    workspace_id: options.workspaceId,
    workflow_mode: options.mode,
    page_num: String(options.page ?? 1),
    page_size: '30',
  }
  const data = await get(client, 'cloud', '/v1/workflows', query, signal)
  return { workflows: toList(data['items']).map(toWorkflow), hasMore: data['has_more'] === true }
}

/** `GET /v1/workflows/:id`. */
export async function getWorkflow(
  client: CozeClient,
  workflowId: string,
  signal: AbortSignal,
): Promise<WorkflowSummary> {
  const data = await get(client, 'both', `/v1/workflows/${encodeURIComponent(workflowId)}`, {}, signal)
  return toWorkflow(data['workflow_detail'] ?? data)
}

async function get(
  client: CozeClient,
  where: 'cloud' | 'both',
  path: string,
  query: NonNullable<Call['query']>,
  signal: AbortSignal,
): Promise<Unknowns> {
  if (where === 'cloud' && client.flavor === 'studio') {
    throw new AssistantError(unsupportedFailure(`GET ${path}`))
  }
  const { body } = await client.json({ method: 'GET', path, query, repeat: 'harmless' }, signal)
  return toObject(payloadOf(body))
}

/** `bot_mode` 2: "single agent in workflow mode". coze-dev/coze-py, `BotMode`. */
const CHATFLOW_MODE = 2

function toBot(bot: Unknowns, botId: string): Bot {
  const onboarding = toObject(bot['onboarding_info'])
  return {
    id: toId(bot['bot_id']) || botId,
    name: toText(bot['name']),
    description: toText(bot['description']),
    prologue: toText(onboarding['prologue']),
    suggestedQuestions: toList(onboarding['suggested_questions'])
      .map(toText)
      .filter((text) => text !== ''),
    isChatflow: bot['bot_mode'] === CHATFLOW_MODE,
  }
}

function toWorkflow(value: unknown): WorkflowSummary {
  const workflow = toObject(value)
  return { id: toId(workflow['workflow_id']), name: toText(workflow['workflow_name']) }
}
