// What does `bridge init --yes` make of the environment, and does it work?

import { ConfigError } from '../../config/faults.ts'
import { loadConfig } from '../../config/load.ts'
import type { LoadedConfig } from '../../config/settings.ts'
import type { CliLocale, Say } from '../cli-words.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Answers, PlatformAnswer } from './answers.ts'
import { inLines } from './interview-platforms.ts'
import { checkAgent, checkPlatform, checkToken, inShort, type Env } from './live.ts'

export type FromEnvironment =
  | { readonly answers: Answers; readonly notes: readonly string[] }
  | { readonly faults: readonly string[]; readonly code: ExitCode }

export async function fromEnvironment(
  env: Env,
  locale: CliLocale,
  say: Say,
  signal: AbortSignal,
): Promise<FromEnvironment> {
  let config: LoadedConfig
  try {
    config = await loadConfig({
      env: { ...env, BRIDGE_CONFIG: undefined },
      cwd: '/nonexistent',
      readFile: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
    })
  } catch (error) {
    if (error instanceof ConfigError) return { faults: [error.message], code: EXIT.misuse }
    throw error
  }
  const answers = answersOf(config, env, locale)
  const [faults, notes] = await tried(answers, env, say, signal)
  return faults.length > 0 ? { faults, code: EXIT.fault } : { answers, notes }
}

function answersOf(config: LoadedConfig, env: Env, locale: CliLocale): Answers {
  const { coze, policy, platforms, store } = config
  const { direct, allow, admins } = policy.access
  const expiresAt = env['COZE_API_TOKEN_EXPIRES_AT']?.trim() ?? ''
  return {
    locale,
    coze: {
      apiBase: coze.apiBase,
      flavor: coze.flavor,
      auth: coze.auth,
      ...(expiresAt === '' ? {} : { expiresAt }),
    },
    agent: { bot: policy.agents['default']?.bot ?? '' },
    platforms: Object.values(platforms).flatMap((settings) => platformOf(settings, env)),
    access: { direct, allow, admins },
    store,
  }
}

function platformOf(settings: LoadedConfig['platforms'][string], env: Env): readonly PlatformAnswer[] {
  switch (settings.kind) {
    case 'telegram':
      return [
        {
          kind: 'telegram',
          token: settings.token,
          ...given(env, 'TELEGRAM_API_ROOT', { apiRoot: settings.apiRoot }),
        },
      ]
    case 'discord':
      return [
        {
          kind: 'discord',
          token: settings.token,
          ...given(env, 'DISCORD_API_BASE', { apiBase: settings.apiBase }),
        },
      ]
    case 'feishu':
      return [
        { kind: 'feishu', appId: settings.appId, appSecret: settings.appSecret, domain: settings.domain },
      ]
    case 'console':
    case 'other':
      return []
  }
}

/** A default is not written down. */
function given<T extends object>(env: Env, name: string, value: T): T | Record<string, never> {
  return (env[name] ?? '').trim() === '' ? {} : value
}

type Lines = readonly string[]

async function tried(
  { coze, agent, platforms }: Answers,
  env: Env,
  say: Say,
  signal: AbortSignal,
): Promise<readonly [faults: Lines, notes: Lines]> {
  const faults: string[] = []
  const notes: string[] = []
  const { apiBase, auth } = coze
  if (auth.kind === 'token') {
    const at = { ...coze, token: auth.token, env }
    const verdict = await checkToken(at, signal)
    if (verdict.is === 'good') {
      const seen = await checkAgent(at, agent.bot, signal)
      if ('failure' in seen) faults.push(say('init.agent.refused', { detail: inShort(seen.failure) }))
    } else if (verdict.is === 'elsewhere')
      faults.push(say('init.token.elsewhere', { here: apiBase, there: verdict.apiBase }))
    else if (verdict.is === 'refused')
      faults.push(say('init.token.refused', { where: apiBase, detail: verdict.detail }))
    else faults.push(say('init.unreachable', { where: apiBase, detail: verdict.detail }))
  } else notes.push(say(auth.kind === 'oauth' ? 'init.loginLater' : 'init.serviceLater'))
  const findings = await Promise.all(platforms.map((platform) => checkPlatform(platform, env, signal)))
  for (const finding of findings.flat()) {
    if (finding.verdict === 'fault') faults.push(inLines(finding))
    else if (finding.verdict === 'warning') notes.push(inLines(finding))
  }
  return [faults, notes]
}
