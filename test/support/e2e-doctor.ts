// `bridge doctor` as somebody types it, on a stage of emulators that something is wrong with.

import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from '../../src/contract/platform.ts'
import {
  defaults,
  startCozeEmulator,
  type CozeEmulator,
  type CozeEmulatorOptions,
} from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES, seatsOf, type EmulatorOptions, type Emulators } from '../../src/playground/seats.ts'
import { bridgeEnv, closeEmulators, startEmulators } from '../../src/playground/stage.ts'

export interface Ward extends Emulators {
  readonly coze: CozeEmulator
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface WardOptions extends EmulatorOptions {
  readonly coze?: CozeEmulatorOptions
  /** Beside what a bridge needs to reach the emulators; '' takes a variable away. */
  readonly env?: Readonly<Record<string, string>>
  /** A config/bridge.yaml; the variables are still set. */
  readonly yaml?: string
}

export type Diagnosis = Finding & { readonly about: string }

export interface Visit {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of `--json`. */
  readonly findings: readonly Diagnosis[]
}

/** Emulators of everything, a folder with a .env that is nobody else's, and no bridge. */
export async function openWard(options: WardOptions = {}): Promise<Ward> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-doctor-'))
  const coze = await startCozeEmulator({ ...options.coze })
  // All that are in the list of names.
  const emulators = (await startEmulators(PLATFORM_NAMES, options)) as Emulators
  const all = {
    ...bridgeEnv({ coze, ...emulators }, `sqlite:${join(folder, 'data', 'bridge.db')}`),
    ...options.env,
  }
  const env = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  if (options.yaml !== undefined) {
    await mkdir(join(folder, 'config'))
    await writeFile(join(folder, 'config', 'bridge.yaml'), options.yaml)
  }
  await writeFile(join(folder, '.env'), `COZE_API_TOKEN=${env['COZE_API_TOKEN'] ?? ''}\n`)
  await chmod(join(folder, '.env'), 0o600)
  return {
    ...emulators,
    coze,
    folder,
    env,
    async close() {
      await Promise.all([coze.close(), closeEmulators(emulators)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs it to its end; throws where it printed a secret. */
export async function visit(ward: Ward, args: readonly string[] = ['--json']): Promise<Visit> {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
  const child = spawn(process.execPath, [cli, 'doctor', ...args], {
    cwd: ward.folder,
    env: { PATH: process.env['PATH'], HOME: ward.folder, ...ward.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const secrets = [
    ward.env['COZE_API_TOKEN'] ?? defaults.token,
    ...seatsOf(ward).flatMap((seat) => seat.secrets()),
  ]
  for (const secret of secrets) {
    if (`${stdout}${stderr}`.includes(secret)) throw new Error(`doctor printed a secret:\n${stdout}${stderr}`)
  }
  const lines = args.includes('--json') ? stdout.split('\n').filter((line) => line !== '') : []
  return { code, stdout, stderr, findings: lines.map((line) => JSON.parse(line) as Diagnosis) }
}
