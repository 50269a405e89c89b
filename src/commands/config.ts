// `bridge config` and `bridge schema`: what is configured, and what can be.

import { configJsonSchema } from '../config/json-schema.ts'
import type { LoadedConfig } from '../config/settings.ts'
import { createScrubber } from '../scrub.ts'

export function showConfig(config: LoadedConfig): Promise<number> {
  const { secrets, ...shown } = config
  const scrub = createScrubber(secrets)
  // Also where it is part of something else: a password in the store's address.
  const hide = (_name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value
    return secrets.includes(value) ? '[secret]' : scrub(value)
  }
  process.stdout.write(`${JSON.stringify(shown, hide, 2)}\n`)
  return Promise.resolve(0)
}

export function showSchema(): Promise<number> {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  return Promise.resolve(0)
}
