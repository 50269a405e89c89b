// `bridge start`: run until told to stop; take a changed configuration on the way.

import { realClock } from '../clock.ts'
import { startBridge } from '../main.ts'
import type { ConfigSource } from '../reload/config-source.ts'
import { reloadOccasions } from '../reload/occasions.ts'
import { runReloading } from '../reload/reloading.ts'

export interface StartOptions {
  /** Look at the configuration's files now and then. On by default. */
  readonly watch: boolean
  /** Calls back on each SIGHUP. */
  readonly onHangUp: (ask: () => void) => void
}

export async function start(
  source: ConfigSource,
  { watch, onHangUp }: StartOptions,
  stop: AbortSignal,
): Promise<number> {
  await runReloading({
    source,
    first: await source.load(),
    start: ({ config, env }) =>
      startBridge(config, {
        env,
        cwd: process.cwd(),
        writeLog: (line) => process.stdout.write(line),
        prettyLog: process.stdout.isTTY,
      }),
    occasions: reloadOccasions({
      onAsked: onHangUp,
      clock: realClock,
      signal: stop,
      ...(watch ? { files: () => source.files } : {}),
    }),
    signal: stop,
  })
  return 0
}
