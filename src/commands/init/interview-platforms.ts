// On which platforms, and do their tokens work?

import { ConfigError } from '../../config/faults.ts'
import type { Finding } from '../../contract/platform.ts'
import type { PlatformAnswer } from './answers.ts'
import type { Interview } from './interview-world.ts'
import { checkPlatform } from './live.ts'

type Kind = PlatformAnswer['kind']

/** At least one. */
export async function askPlatforms(world: Interview): Promise<readonly PlatformAnswer[]> {
  const { asker, say } = world
  for (;;) {
    const kinds = await asker.chooseSome<Kind>(say('init.platforms'), [
      { value: 'telegram', label: 'Telegram' },
      { value: 'discord', label: 'Discord' },
      { value: 'feishu', label: say('init.feishu') },
    ])
    const platforms: PlatformAnswer[] = []
    for (const kind of kinds) {
      const platform = await askPlatform(world, kind)
      if (platform !== undefined) platforms.push(platform)
    }
    if (platforms.length > 0) return platforms
    asker.tell('warning', say('init.platforms.none'))
  }
}

/** Undefined: left out after all. */
async function askPlatform(world: Interview, kind: Kind): Promise<PlatformAnswer | undefined> {
  const { asker, say, env, signal } = world
  asker.note(say(`init.${kind}.where`), say(`init.${kind}.how`))
  for (;;) {
    const platform = await askFor(world, kind)
    asker.tell('step', say('init.asking', { where: NAMES[kind] }))
    const findings = await seenOf(() => checkPlatform(platform, env, signal))
    for (const finding of worthTelling(findings)) asker.tell(HOW[finding.verdict], inLines(finding))
    if (findings.every(({ verdict }) => verdict !== 'fault')) return platform
    const next = await asker.choose(
      say('init.platform.fault'),
      [
        { value: 'again', label: say('init.platform.again') },
        { value: 'keep', label: say('init.platform.keep') },
        { value: 'leave', label: say('init.platform.leave') },
      ],
      'again',
    )
    if (next === 'keep') return platform
    if (next === 'leave') return undefined
  }
}

const NAMES = { telegram: 'Telegram', discord: 'Discord', feishu: 'Feishu' } as const
const HOW = { ok: 'fine', note: 'step', warning: 'warning', fault: 'fault' } as const

async function askFor({ asker, say, env }: Interview, kind: Kind): Promise<PlatformAnswer> {
  const secret = (question: string): Promise<string> =>
    asker.secret(question, (typed) => (/^\S+$/.test(typed) ? undefined : say('init.secret.wrong')))
  switch (kind) {
    case 'telegram': {
      const apiRoot = setIn(env, 'TELEGRAM_API_ROOT')
      const token = await secret(say('init.telegram.token'))
      return { kind, token, ...(apiRoot === undefined ? {} : { apiRoot }) }
    }
    case 'discord': {
      const apiBase = setIn(env, 'DISCORD_API_BASE')
      const token = await secret(say('init.discord.token'))
      return { kind, token, ...(apiBase === undefined ? {} : { apiBase }) }
    }
    case 'feishu': {
      const set = setIn(env, 'FEISHU_DOMAIN')
      const domain = await asker.choose(
        say('init.feishu.domain'),
        [
          { value: 'feishu', label: '飞书 Feishu', hint: 'open.feishu.cn' },
          { value: 'lark', label: 'Lark', hint: 'open.larksuite.com' },
          ...(set === undefined || set === 'feishu' || set === 'lark'
            ? []
            : [{ value: set, label: set, hint: 'FEISHU_DOMAIN' }]),
        ],
        set ?? 'feishu',
      )
      const appId = await asker.text(say('init.feishu.appId'), {
        example: 'cli_…',
        check: (typed) => (/^cli_[0-9a-f]{16}$/i.test(typed) ? undefined : say('init.feishu.appId.wrong')),
      })
      return { kind, appId, appSecret: await secret(say('init.feishu.secret')), domain }
    }
  }
}

function setIn(env: Interview['env'], name: string): string | undefined {
  const value = (env[name] ?? '').trim()
  return value === '' ? undefined : value
}

/** What cannot be right by its form is found before anything is asked. */
async function seenOf(look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.faults.map(({ subject, problem, remedy }) => ({
      verdict: 'fault' as const,
      subject,
      reason: problem,
      ...(remedy === undefined ? {} : { remedy }),
    }))
  }
}

/** That it was let in, and what has to be mended; `doctor` tells the rest. */
function worthTelling(findings: readonly Finding[]): readonly Finding[] {
  const welcome = findings.find(({ verdict }) => verdict === 'ok')
  return findings.filter(
    (finding) => finding === welcome || finding.verdict === 'warning' || finding.verdict === 'fault',
  )
}

export function inLines({ subject, reason, remedy }: Finding): string {
  return remedy === undefined ? `${subject}: ${reason}` : `${subject}: ${reason}\n${remedy}`
}
