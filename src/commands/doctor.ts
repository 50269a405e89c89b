// `bridge doctor`: what would a person have to click through to find out? Each finding with its remedy.

import { existsSync } from 'node:fs'
import { realClock } from '../clock.ts'
import { ConfigError } from '../config/faults.ts'
import type { LoadedConfig } from '../config/settings.ts'
import type { Logger } from '../contract/runtime.ts'
import { createCozeAssistant, type CozeAssistant } from '../coze/index.ts'
import { EXIT } from './exit-codes.ts'
import { lookAtAll } from '../doctor/look.ts'
import { looksAt } from '../doctor/looks.ts'
import { progressOn } from '../doctor/progress.ts'
import { asJsonLines, asReport } from '../doctor/report.ts'
import { lookAtStore, type StoreFindings } from '../doctor/store.ts'
import { exitCodeOf, type Told } from '../doctor/told.ts'
import { cleanAssistant, scrubbedAssistant } from '../filtered-assistant.ts'
import { loginFrom } from '../login.ts'
import { openPlatforms, type OpenPlatforms } from '../platforms.ts'
import { readAddress } from '../store/address.ts'
import { openStore, type Store } from '../store/open.ts'
import { peekAtFile } from '../store/sqlite-look.ts'
import { versionFault } from '../version.ts'
import { whoMayTalk } from '../who-may-talk.ts'

export interface DoctorOptions {
  /** One JSON line a finding. */
  readonly json?: boolean
  /** Warnings count as faults do. */
  readonly strict?: boolean
}

export interface DoctorConfig {
  /** Rejects with `ConfigError`. */
  load(): Promise<{
    readonly config: LoadedConfig
    readonly env: Readonly<Record<string, string | undefined>>
  }>
  /** What was read, or looked for; absolute paths. */
  readonly files: readonly string[]
}

/** Exit code 0: nothing is wrong. 1: something is. 2: the configuration cannot be read. Starts nothing, and disturbs no bridge. */
export async function examine(
  source: DoctorConfig,
  { json = false, strict = false }: DoctorOptions,
  stop: AbortSignal,
): Promise<number> {
  let loaded: Awaited<ReturnType<DoctorConfig['load']>>
  try {
    loaded = await source.load()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) process.stdout.write(asJsonLines(asFindings(error)))
    else process.stderr.write(`${error.message}\n`)
    return EXIT.misuse
  }
  const { config, env } = loaded
  const world = { env, writeLog: () => undefined, prettyLog: false }
  const open = await openPlatforms({ ...config, log: { level: 'silent' } }, world)
  const progress = progressOn(json ? undefined : process.stderr)
  try {
    const store = await lookAtStore(config.store, { clock: realClock, log: open.log, baseDir: process.cwd() })
    const told = await withAssistant({ config, env, open, store }, (coze) =>
      lookAtAll(
        looksAt({
          config,
          policy: open.policy,
          assistant: scrubbedAssistant(cleanAssistant(coze), open.secrets.scrubWords),
          loginStanding: coze.client.loginStanding,
          platforms: open.platforms,
          store,
          fetch: open.fetch,
          clock: realClock,
          machine: {
            ...machineOf(config),
            env,
            files: source.files,
          },
        }),
        { clock: realClock, signal: stop, tell: progress.show },
      ),
    )
    if (stop.aborted) return EXIT.interrupted
    const safe = told.map((finding) => scrubbed(finding, open))
    progress.clear()
    process.stdout.write(
      json ? asJsonLines(safe) : asReport(safe, { colour: hasColour(env), beside: besideOf(config) }),
    )
    return exitCodeOf(safe, strict)
  } finally {
    progress.clear()
    await open.close()
  }
}

function machineOf(config: LoadedConfig) {
  const nodeFault = versionFault(process.versions.node)
  return {
    cwd: process.cwd(),
    platform: process.platform,
    nodeVersion: process.versions.node,
    ...(nodeFault === undefined ? {} : { nodeFault }),
    whoMayTalk: whoMayTalk(config.policy),
  }
}

interface Parts {
  readonly config: LoadedConfig
  readonly env: Readonly<Record<string, string | undefined>>
  readonly open: OpenPlatforms
  readonly store: StoreFindings
}

/** A minute is all there is: nobody waits for a server that hangs. */
const LIMITS = { connectMs: 8_000, firstByteMs: 12_000, betweenEventsMs: 12_000, overallMs: 30_000 }

async function withAssistant<T>(
  { config, env, open, store }: Parts,
  use: (coze: CozeAssistant) => Promise<T>,
): Promise<T> {
  const { coze } = config
  // Only a login that is renewed needs the store; the file of a bridge that runs is read, and left to it.
  const kept = coze.auth.kind === 'oauth' ? await openKept(config, store, open.log) : undefined
  const assistant = createCozeAssistant({
    apiBase: coze.apiBase,
    flavor: coze.flavor,
    login: coze.auth.kind === 'oauth' && kept !== undefined ? loginFrom(coze, kept) : plain(coze.auth),
    limits: LIMITS,
    proxyEnv: env,
    clock: realClock,
    log: open.log,
  })
  try {
    return await use(assistant)
  } finally {
    await assistant.close()
    await kept?.close()
  }
}

function plain(auth: LoadedConfig['coze']['auth']) {
  return auth.kind === 'oauth' ? ({ kind: 'token', token: '' } as const) : auth
}

/** Undefined where the store cannot be opened: that is told by itself. */
async function openKept(
  config: LoadedConfig,
  { running }: StoreFindings,
  log: Logger,
): Promise<Store | undefined> {
  const world = { clock: realClock, log, baseDir: process.cwd() }
  try {
    const address = readAddress(config.store, world.baseDir)
    // Nobody has logged in where there is no file; none is made for a look.
    if (address.kind === 'sqlite' && !existsSync(address.path)) return await openStore('memory:', world)
    if (address.kind === 'sqlite' && running === true)
      return peekAtFile(address.path, address.where, realClock)
    return await openStore(config.store, world)
  } catch {
    return undefined
  }
}

function scrubbed<T extends Told>(finding: T, { secrets }: OpenPlatforms): T {
  return {
    ...finding,
    subject: secrets.scrub(finding.subject),
    reason: secrets.scrub(finding.reason),
    ...(finding.remedy === undefined ? {} : { remedy: secrets.scrub(finding.remedy) }),
  }
}

function asFindings(error: ConfigError): readonly Told[] {
  if (error.faults.length === 0) {
    return [{ about: 'machine', verdict: 'fault', subject: 'configuration', reason: error.message }]
  }
  return error.faults.map(({ file, line, subject, problem, remedy }) => ({
    about: 'machine',
    verdict: 'fault' as const,
    subject: `configuration ${subject}`.trim(),
    reason: `${file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `}${problem}`,
    ...(remedy === undefined ? {} : { remedy }),
  }))
}

function besideOf({ coze, platforms }: LoadedConfig): Readonly<Record<string, string>> {
  const kinds = Object.entries(platforms).flatMap(([account, { kind }]): (readonly [string, string])[] =>
    kind === account ? [] : [[account, kind]],
  )
  return { coze: coze.apiBase, ...Object.fromEntries(kinds) }
}

/** https://no-color.org */
function hasColour(env: Readonly<Record<string, string | undefined>>): boolean {
  return process.stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}
