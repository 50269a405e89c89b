// A stage for the bridge: emulated Coze and platforms in this process, the bridge as its own, on loopback only.
//
// The bridge is started as `npm start` would, with nothing but addresses and tokens, and knows nothing of the play.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  defaults,
  startCozeEmulator,
  type CozeEmulator,
  type CozeEmulatorOptions,
} from '../emulators/coze/index.ts'
import { startBridgeProcess, type BridgeProcess } from './process.ts'
import {
  PLATFORM_NAMES,
  seatsOf,
  startEmulator,
  type EmulatorOptions,
  type Emulators,
  type PlatformName,
  type Seat,
} from './seats.ts'

export { startBridgeProcess, type BridgeProcess } from './process.ts'

/** Coze, and the emulators of the platforms `P`, each by its name. */
export type Stage<P extends PlatformName = PlatformName> = StageParts &
  Pick<Emulators, P> & {
    /** SIGKILL, and another one over the same store. */
    restartBridge(): Promise<void>
  }

export interface StageParts {
  readonly coze: CozeEmulator
  readonly bridge: BridgeProcess
  /** Of the platforms on this stage, in the order of columns. */
  readonly seats: readonly Seat[]
  close(): Promise<void>
}

export interface StageOptions<P extends PlatformName = PlatformName> extends EmulatorOptions {
  /** All by default. */
  readonly platforms?: readonly P[]
  readonly coze?: CozeEmulatorOptions
  readonly env?: Readonly<Record<string, string>>
  /** The bridge's configuration file; the variables that `npm start` needs are set all the same. */
  readonly yaml?: string
  /** Arguments for Node before the bridge's own. */
  readonly nodeArgs?: readonly string[]
}

export async function openStage<P extends PlatformName = PlatformName>(
  options: StageOptions<P> = {},
): Promise<Stage<P>> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-'))
  const coze = await startCozeEmulator(options.coze)
  const emulators = await startEmulators(options.platforms ?? PLATFORM_NAMES, options)
  if (options.yaml !== undefined) await writeConfig(folder, options.yaml)
  const launch = (): BridgeProcess =>
    startBridgeProcess({
      folder,
      env: { ...bridgeEnv({ coze, ...emulators }, `sqlite:${join(folder, 'bridge.db')}`), ...options.env },
      ...(options.nodeArgs ? { nodeArgs: options.nodeArgs } : {}),
    })
  let bridge = launch()
  return {
    // The names that were asked for are those of `P`.
    ...(emulators as Pick<Emulators, P>),
    coze,
    get bridge() {
      return bridge
    },
    seats: seatsOf(emulators),
    async restartBridge() {
      await bridge.kill()
      bridge = launch()
    },
    async close() {
      await bridge.stop()
      await Promise.all([coze.close(), closeEmulators(emulators)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where the bridge looks for it. */
export async function writeConfig(folder: string, yaml: string): Promise<void> {
  await mkdir(join(folder, 'config'))
  await writeFile(join(folder, 'config', 'bridge.yaml'), yaml)
}

export async function startEmulators(
  platforms: readonly PlatformName[],
  options: EmulatorOptions,
): Promise<Partial<Emulators>> {
  const started = platforms.map(
    async (platform) => [platform, await startEmulator(platform, options)] as const,
  )
  return Object.fromEntries(await Promise.all(started))
}

export async function closeEmulators(emulators: Partial<Emulators>): Promise<void> {
  await Promise.all(Object.values(emulators).map((emulator) => emulator.close()))
}

/** What `npm start` needs to reach these emulators, and no more. */
export function bridgeEnv(
  { coze, ...emulators }: { readonly coze: CozeEmulator } & Partial<Emulators>,
  store: string,
): Record<string, string> {
  return {
    COZE_API_BASE: coze.url,
    COZE_API_TOKEN: defaults.token,
    COZE_BOT_ID: defaults.botId,
    ...Object.fromEntries(seatsOf(emulators).flatMap(({ variables }) => Object.entries(variables))),
    BRIDGE_STORE: store,
    BRIDGE_PORT: '0',
  }
}
