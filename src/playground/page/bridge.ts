// How does the bridge of the page live? Started, killed, started anew against another Coze; the page is told each time.
//
// A real Coze's token is put into the environment of that process and kept nowhere else but in the memory it takes to
// start it again after a kill.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BridgeProcess, startBridgeProcess } from '../process.ts'
import { PLATFORM_NAMES } from '../seats.ts'
import { pageConfig } from './coze/config.ts'
import type { PageBridge } from './protocol.ts'

/** Which Coze it talks to. */
export interface CozeAccess {
  readonly kind: 'emulated' | 'real'
  readonly apiBase: string
  readonly token: string
  readonly botId: string
}

export interface PageBridgeParts {
  readonly folder: string
  /** What it needs to find the platforms. */
  readonly env: Readonly<Record<string, string>>
  /** What nobody may ever read in its log. */
  readonly secrets: () => readonly string[]
  /** It is connected on every platform. */
  readonly listens: () => boolean
  readonly tell: (bridge: PageBridge) => void
  readonly launch: Launch
}

export type Launch = typeof startBridgeProcess

export interface BridgeKeeper {
  readonly now: PageBridge
  /** Its first start, or a new one; resolves once the old one is gone. */
  start(coze: CozeAccess): Promise<void>
  /** SIGKILL, and a new one over the same store. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 25
const LOG_CHARS = 4_000

export function createBridgeKeeper(parts: PageBridgeParts): BridgeKeeper {
  const { folder, env, secrets, listens, tell, launch: launchProcess } = parts
  let now: PageBridge = { state: 'starting' }
  let running: BridgeProcess | undefined
  let access: CozeAccess | undefined
  let stores = 0
  /** One after the other: two starts at once would leave two bridges. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const say = (bridge: PageBridge): void => {
    now = bridge
    tell(bridge)
  }
  const launch = (coze: CozeAccess): void => {
    const store = `sqlite:${join(folder, `bridge-${stores}.db`)}`
    const mine = launchProcess({
      folder,
      env: {
        ...env,
        COZE_API_BASE: coze.apiBase,
        COZE_API_TOKEN: coze.token,
        COZE_BOT_ID: coze.botId,
        BRIDGE_STORE: store,
      },
    })
    running = mine
    say({ state: 'starting' })
    void watch(mine)
  }
  const watch = async (mine: BridgeProcess): Promise<void> => {
    let code: number | undefined
    void mine.ended.then((exitCode) => {
      code = exitCode
    })
    while (code === undefined && running === mine && now.state === 'starting') {
      if (mine.output.includes('"ready"') && listens()) say({ state: 'ready' })
      else await pause(LOOK_EVERY_MS, undefined, { ref: false })
    }
    const exitCode = await mine.ended
    // Told to, or another has taken its place.
    if (running !== mine) return
    running = undefined
    say({ state: 'ended', exitCode, log: scrubbed(mine.output).slice(-LOG_CHARS) })
  }
  /** The whole of it, before it is cut: half a secret is not known for one. */
  const scrubbed = (log: string): string =>
    [...secrets(), access?.token ?? '']
      .filter((secret) => secret.length > 3)
      .reduce((text, secret) => text.replaceAll(secret, '***'), log)
  /** Without a word of it: what comes next is said by whoever asked. */
  const end = async (how: 'stop' | 'kill'): Promise<void> => {
    const mine = running
    running = undefined
    if (mine !== undefined) await mine[how]()
  }

  return {
    get now() {
      return now
    },
    start: (coze) =>
      inTurn(async () => {
        if (running !== undefined) say({ state: 'stopping' })
        await end('stop')
        if (access !== undefined && !knowsConversationsOf(access, coze)) stores += 1
        access = coze
        await mkdir(join(folder, 'config'), { recursive: true })
        await writeFile(join(folder, 'config', 'bridge.yaml'), pageConfig(PLATFORM_NAMES, coze.kind))
        launch(coze)
      }),
    kill: () =>
      inTurn(async () => {
        await end('kill')
        if (access !== undefined) launch(access)
      }),
    stop: () =>
      inTurn(async () => {
        say({ state: 'stopping' })
        await end('stop')
        await rm(folder, { recursive: true, force: true })
      }),
  }
}

/** Another Coze, or another agent, knows nothing of what was said to this one. */
function knowsConversationsOf(before: CozeAccess, after: CozeAccess): boolean {
  return before.kind === after.kind && before.apiBase === after.apiBase && before.botId === after.botId
}
