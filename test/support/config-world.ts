// For tests: a world of one configuration file, a few others, and variables.

import { ConfigError } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadedConfig } from '../../src/config/settings.ts'

export const ENV = { COZE_API_TOKEN: 'pat_secret', TELEGRAM_BOT_TOKEN: '42:AAAAAAAAAAAAAAAAAAAAAAAAA' }

export interface Given {
  readonly yaml?: string
  readonly env?: Readonly<Record<string, string>>
  /** Platforms that have an adapter, beyond those of the schema. */
  readonly adapterKinds?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}
export function load({ yaml, env = ENV, files = {}, adapterKinds = [] }: Given): Promise<LoadedConfig> {
  const all: Record<string, string> = {
    ...files,
    ...(yaml === undefined ? {} : { '/app/config/bridge.yaml': yaml }),
  }
  return loadConfig({
    env,
    cwd: '/app',
    adapterKinds,
    readFile: async (path) => {
      const text = all[path]
      if (text === undefined) throw Object.assign(new Error('absent'), { code: 'ENOENT' })
      return text
    },
  })
}
/** The message of the `ConfigError` that loading ends with. */
export async function faultsOf(given: Given): Promise<string> {
  const error: unknown = await load(given).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError')
  return error.message
}

/** A configuration without fault or warning, and `rest` below it; `agents` stand beside the default one. */
export function configYaml(rest: string, platforms = 'console: {}', agents = ''): string {
  return `coze: { auth: { token: "\${env:COZE_API_TOKEN}" } }
agents: { default: { bot: 73 }${agents === '' ? '' : `, ${agents}`} }
platforms: { ${platforms} }
budgets: { questionsPerHour: 20 }
${rest}
`
}
