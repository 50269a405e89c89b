// Does what the owner typed work? Asked of Coze and of the platforms, right away.

import { realClock } from '../../clock.ts'
import { loadConfig } from '../../config/load.ts'
import type { LoadedConfig } from '../../config/settings.ts'
import { AssistantError, type Failure } from '../../contract/errors.ts'
import type { Finding } from '../../contract/platform.ts'
import {
  createCozeClient,
  getBot,
  getMe,
  getOnlineInfo,
  listBots,
  listWorkspaces,
  type CozeClient,
} from '../../coze/index.ts'
import { createLogger } from '../../logging.ts'
import { openPlatforms } from '../../platforms.ts'
import type { PlatformAnswer } from './answers.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface CozeAt {
  readonly apiBase: string
  readonly flavor: 'cloud' | 'studio'
  readonly token: string
  readonly env: Env
}

export type TokenVerdict =
  | { readonly is: 'good'; readonly name: string }
  /** It belongs to the other Coze. */
  | { readonly is: 'elsewhere'; readonly apiBase: string }
  | { readonly is: 'refused'; readonly detail: string }
  | { readonly is: 'unreachable'; readonly detail: string }

export const HOSTS = { cn: 'https://api.coze.cn', com: 'https://api.coze.com' } as const

const WITHIN_MS = 20_000
const PLATFORM_WITHIN_MS = 40_000
/** Enough to choose from. */
const MAX_WORKSPACES = 10
const MAX_AGENTS = 60

/** `otherHosts`: where the token may belong instead. Rejects with the signal's reason alone. */
export async function checkToken(
  at: CozeAt,
  signal: AbortSignal,
  otherHosts: readonly string[] = Object.values(HOSTS),
): Promise<TokenVerdict> {
  const failure = await failureOf(at, signal, async (client, within) => (await getMe(client, within)).name)
  if ('value' in failure) return { is: 'good', name: failure.value }
  const { kind } = failure.failure
  const detail = inShort(failure.failure)
  // An endpoint that a Studio does not have proves nothing: the agent will.
  if (kind === 'unsupported') return { is: 'good', name: '' }
  if (kind !== 'denied') return { is: 'unreachable', detail }
  if (otherHosts.includes(at.apiBase)) {
    for (const apiBase of otherHosts.filter((host) => host !== at.apiBase)) {
      const there = await failureOf({ ...at, apiBase }, signal, getMe)
      if ('value' in there) return { is: 'elsewhere', apiBase }
    }
  }
  return { is: 'refused', detail }
}

export interface Agent {
  readonly id: string
  readonly name: string
}

/** Published ones, as far as the token may see them; none where Coze does not say. */
export async function listAgents(at: CozeAt, signal: AbortSignal): Promise<readonly Agent[]> {
  const seen = await failureOf(at, signal, async (client, within) => {
    const agents = new Map<string, Agent>()
    const { workspaces } = await listWorkspaces(client, {}, within)
    for (const { id: workspaceId } of workspaces.slice(0, MAX_WORKSPACES)) {
      const { bots } = await listBots(client, { workspaceId }, within).catch(() => ({ bots: [] }))
      for (const { id, name, isPublished } of bots) if (isPublished) agents.set(id, { id, name })
      if (agents.size >= MAX_AGENTS) break
    }
    return [...agents.values()].slice(0, MAX_AGENTS)
  })
  return 'value' in seen ? seen.value : []
}

export async function checkAgent(
  at: CozeAt,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly agent: Agent } | { readonly failure: Failure }> {
  const look = at.flavor === 'studio' ? getOnlineInfo : getBot
  const seen = await failureOf(at, signal, (client, within) => look(client, id, within))
  return 'value' in seen ? { agent: { id, name: seen.value.name } } : seen
}

/** What the other side calls it; what was asked is of no use to the owner. */
export function inShort({ code, detail }: Failure): string {
  return code === undefined ? detail.replace(/^[A-Z]+ \/\S+: /, '') : `code ${code}`
}

async function failureOf<Value>(
  at: CozeAt,
  signal: AbortSignal,
  ask: (client: CozeClient, signal: AbortSignal) => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly failure: Failure }> {
  const { apiBase, flavor, token, env } = at
  const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
  const login = { kind: 'token', token } as const
  const client = createCozeClient({
    apiBase,
    flavor,
    login,
    clock: realClock,
    log,
    proxyEnv: env,
  })
  try {
    return { value: await ask(client, AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AssistantError) return { failure: error.failure }
    throw error
  } finally {
    await client.close()
  }
}

/** As `doctor` looks at it. Rejects with `ConfigError` where it cannot be right by its form. */
export async function checkPlatform(
  platform: PlatformAnswer,
  env: Env,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const open = await openPlatforms(await alone(platform), {
    env,
    writeLog: () => undefined,
    prettyLog: false,
  })
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PLATFORM_WITHIN_MS)])
    const findings = await Promise.all([...open.platforms.values()].map((each) => each.check(within)))
    signal.throwIfAborted()
    return findings.flat()
  } finally {
    await open.close()
  }
}

/** A configuration with this platform and nothing else that matters. */
function alone(platform: PlatformAnswer): Promise<LoadedConfig> {
  return loadConfig({
    env: { COZE_API_TOKEN: 'unused', COZE_BOT_ID: '0', ...variables(platform) },
    cwd: '/nonexistent',
    readFile: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
  })
}

function variables(platform: PlatformAnswer): Record<string, string> {
  switch (platform.kind) {
    case 'telegram': {
      const { token, apiRoot } = platform
      return { TELEGRAM_BOT_TOKEN: token, ...(apiRoot === undefined ? {} : { TELEGRAM_API_ROOT: apiRoot }) }
    }
    case 'discord': {
      const { token, apiBase } = platform
      return { DISCORD_TOKEN: token, ...(apiBase === undefined ? {} : { DISCORD_API_BASE: apiBase }) }
    }
    case 'feishu':
      return {
        FEISHU_APP_ID: platform.appId,
        FEISHU_APP_SECRET: platform.appSecret,
        FEISHU_DOMAIN: platform.domain,
      }
  }
}
