// `bridge chat`: the terminal as a platform, with your own Coze agent or an emulated one.

import { realClock } from '../clock.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/settings.ts'
import { defaults, startCozeEmulator } from '../emulators/coze/index.ts'
import { peekLogin } from '../login.ts'
import { startBridge } from '../main.ts'

/** Its log goes nowhere: the terminal belongs to the conversation. Failures are told in the chat. */
export async function chatInTerminal(
  options: { readonly emulated?: boolean },
  config: () => Promise<LoadedConfig>,
  stop: AbortSignal,
): Promise<number> {
  const emulator = options.emulated === true ? await startCozeEmulator() : undefined
  try {
    const loaded = emulator ? await emulatedConfig(emulator.url) : await withOwnStore(await config())
    const ended = new AbortController()
    const running = await startBridge(
      {
        ...loaded,
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

/** Enough for a conversation in the terminal. */
const LEFT_MS = 5 * 60_000

/**
 * Nothing of a conversation here is kept; a bridge may run beside it. A person's login is in the store, though: its token
 * is borrowed while it lasts, else the store is needed to renew it.
 */
async function withOwnStore(config: LoadedConfig): Promise<LoadedConfig> {
  const { coze } = config
  if (coze.auth.kind !== 'oauth') return { ...config, store: 'memory:' }
  const kept = await peekLogin(coze, config.store, process.cwd())
  if (kept === undefined || kept.accessEndsAtMs - realClock.now() < LEFT_MS) return config
  const auth = { kind: 'token', token: kept.accessToken } as const
  return { ...config, store: 'memory:', coze: { ...coze, auth } }
}

function emulatedConfig(apiBase: string): Promise<LoadedConfig> {
  return loadConfig({
    env: {
      BRIDGE_STORE: 'memory:',
      COZE_API_BASE: apiBase,
      COZE_API_TOKEN: defaults.token,
      COZE_BOT_ID: defaults.botId,
      TELEGRAM_BOT_TOKEN: '1:unused',
    },
    cwd: '/nonexistent',
    readFile: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
  })
}
