// `bridge chat`: the terminal as a platform, with your own Coze agent or an emulated one.

import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/settings.ts'
import { defaults, startCozeEmulator } from '../emulators/coze/index.ts'
import { startBridge } from '../main.ts'

/** Its log goes nowhere: the terminal belongs to the conversation. Failures are told in the chat. */
export async function chatInTerminal(
  options: { readonly emulated?: boolean },
  config: () => Promise<LoadedConfig>,
  stop: AbortSignal,
): Promise<number> {
  const emulator = options.emulated === true ? await startCozeEmulator() : undefined
  try {
    const loaded = emulator ? await emulatedConfig(emulator.url) : await config()
    const ended = new AbortController()
    const running = await startBridge(
      {
        ...loaded,
        store: 'memory:',
        platforms: { console: { kind: 'console' } },
        server: { host: '127.0.0.1', port: 0 },
      },
      { env: process.env, cwd: process.cwd(), writeLog: () => undefined, prettyLog: false },
    )
    process.stdin.once('end', () => ended.abort())
    const either = AbortSignal.any([stop, ended.signal])
    await new Promise<void>((resolve) => {
      if (either.aborted) resolve()
      else either.addEventListener('abort', () => resolve(), { once: true })
    })
    await running.stop()
    return 0
  } finally {
    await emulator?.close()
  }
}

function emulatedConfig(apiBase: string): Promise<LoadedConfig> {
  return loadConfig({
    env: {
      COZE_API_BASE: apiBase,
      COZE_API_TOKEN: defaults.token,
      COZE_BOT_ID: defaults.botId,
      TELEGRAM_BOT_TOKEN: '1:unused',
    },
    cwd: '/nonexistent',
    readFile: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
  })
}
