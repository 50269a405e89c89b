// `bridge start`: run until told to stop.

import type { LoadedConfig } from '../config/settings.ts'
import { startBridge } from '../main.ts'

export async function start(config: LoadedConfig, stop: AbortSignal): Promise<number> {
  const running = await startBridge(config, {
    env: process.env,
    cwd: process.cwd(),
    writeLog: (line) => process.stdout.write(line),
    prettyLog: process.stdout.isTTY,
  })
  await aborted(stop)
  await running.stop()
  return 0
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
