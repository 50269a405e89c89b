// Where does the configuration come from, and is it whole? Checked once, at the start, all faults together.

import { dirname, isAbsolute, resolve as resolvePath } from 'node:path'
import { check } from './check.ts'
import { fromEnvironment, nothingConfigured, withOverrides } from './env.ts'
import type { Env } from './env.ts'
import { ConfigError } from './faults.ts'
import type { ConfigFault } from './faults.ts'
import { interpolate } from './interpolate.ts'
import { pathText } from './issues.ts'
import type { PathFault } from './issues.ts'
import { resolve } from './resolve.ts'
import { crossCheck, warningsFor } from './rules.ts'
import { readSource } from './source.ts'
import type { LoadedConfig } from './settings.ts'

export interface ConfigWorld {
  /** `.env` is already in it, where there is one: the command line reads it. */
  readonly env: Env
  readonly cwd: string
  /** Text of a file by absolute path; rejects with `code: 'ENOENT'` where there is none. */
  readonly readFile: (path: string) => Promise<string>
  /** Platforms that have an adapter. One the schema does not know gets its settings as they are written. */
  readonly adapterKinds?: readonly string[]
  /** `--config`: wins over `BRIDGE_CONFIG`. */
  readonly argvConfigPath?: string
}

const DEFAULT_FILE = 'config/bridge.yaml'

/**
 * The file named by `--config` or `BRIDGE_CONFIG`, else config/bridge.yaml where there is one, else variables alone.
 * Rejects with `ConfigError`, whose message is meant for the owner's terminal.
 */
export async function loadConfig(world: ConfigWorld): Promise<LoadedConfig> {
  const asked = world.argvConfigPath ?? nonEmpty(world.env['BRIDGE_CONFIG'])
  const file = asked ?? DEFAULT_FILE
  const text = await readText(world, file, asked === undefined)
  return text === undefined ? loadEnvironment(world) : loadFile(world, file, text)
}

function loadEnvironment({ env, cwd }: ConfigWorld): LoadedConfig {
  const nothing = nothingConfigured(env)
  if (nothing !== undefined) throw new ConfigError([], nothing)
  const { data, variableFor, faults: missing, warnings } = fromEnvironment(env)
  const checked = check(data, [])
  const inEnv = (f: PathFault): ConfigFault => ({
    subject: variableFor(f.path) ?? pathText(f.path),
    problem: f.problem,
    ...(f.remedy === undefined ? {} : { remedy: f.remedy }),
  })
  const said = new Set(missing.map((fault) => fault.subject))
  const known = new Set(checked.faults.map(({ path }) => pathText(path)))
  const misfits = (checked.config ? crossCheck(checked.config) : []).filter(
    ({ path }) => !known.has(pathText(path)),
  )
  const wrong = [...checked.faults, ...misfits]
    .filter(({ path }) => pathText(path) !== 'platforms')
    .map(inEnv)
    .filter((fault) => !said.has(fault.subject) && !isUnnamed(fault, missing))
  const faults = [...missing, ...wrong]
  if (faults.length > 0 || checked.config === undefined) throw new ConfigError(faults)
  return {
    ...resolve(checked.config, [], cwd),
    source: 'environment',
    warnings: [...warnings, ...warningsFor(checked.config)],
  }
}

/** A missing variable is told by its name already; the path it would have filled need not be told as well. */
function isUnnamed(fault: ConfigFault, missing: readonly ConfigFault[]): boolean {
  return missing.length > 0 && fault.problem === 'is missing'
}

/**
 * A configuration that is data already: what the file would say. Variables are taken for `${env:…}`, and nothing else.
 * Rejects with `ConfigError`. For programs that embed a bridge.
 */
export async function loadObject(world: ConfigWorld, value: unknown): Promise<LoadedConfig> {
  const loaded = await loadSource(world, {
    value,
    told: () => ({ file: 'configuration' }),
    base: world.cwd,
    env: {},
  })
  return { ...loaded, source: 'object' }
}

async function loadFile(world: ConfigWorld, file: string, text: string): Promise<LoadedConfig> {
  const source = readSource(text, file)
  if (source.faults.length > 0) throw new ConfigError(source.faults)
  const loaded = await loadSource(world, {
    value: source.value,
    told: (path, at) => ({ file, ...source.place(path, at) }),
    base: dirname(absolute(world.cwd, file)),
    env: world.env,
  })
  return { ...loaded, source: 'file', file }
}

interface Written {
  readonly value: unknown
  /** Where it stands, for a fault. */
  readonly told: (
    path: PathFault['path'],
    at?: 'key' | 'value',
  ) => Pick<ConfigFault, 'file' | 'line' | 'column'>
  /** What `${file:…}` begins at. */
  readonly base: string
  /** Variables that win over what is written. */
  readonly env: Env
}

async function loadSource(
  world: ConfigWorld,
  written: Written,
): Promise<Omit<LoadedConfig, 'source' | 'file'>> {
  const filled = await interpolate(written.value, {
    env: world.env,
    readFile: (path) => world.readFile(absolute(written.base, path)),
  })
  const { data, variableFor } = withOverrides(filled.value, written.env)
  const unfilled = filled.faults.map((f): PathFault => ({ ...f, at: 'value' }))
  const checked = check(
    data ?? {},
    unfilled.map((f) => f.path),
    world.adapterKinds,
  )
  const known = new Set([...unfilled, ...checked.faults].map((f) => pathText(f.path)))
  const misfits = (checked.config ? crossCheck(checked.config) : []).filter(
    (f) => !known.has(pathText(f.path)),
  )

  const faults = [...unfilled, ...checked.faults, ...misfits].map((f): ConfigFault => {
    const variable = variableFor(f.path)
    const told = { problem: f.problem, ...(f.remedy === undefined ? {} : { remedy: f.remedy }) }
    return variable === undefined
      ? { ...written.told(f.path, f.at), subject: pathText(f.path), ...told }
      : { subject: variable, ...told }
  })
  if (faults.length > 0 || checked.config === undefined) throw new ConfigError(faults)
  return {
    ...resolve(checked.config, filled.fromFiles, world.cwd),
    warnings: warningsFor(checked.config),
  }
}

async function readText(world: ConfigWorld, file: string, mayBeAbsent: boolean): Promise<string | undefined> {
  try {
    return await world.readFile(absolute(world.cwd, file))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    if (mayBeAbsent && code === 'ENOENT') return undefined
    const problem = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
    const remedy = mayBeAbsent
      ? 'Make it readable for the user the bridge runs as.'
      : 'Correct BRIDGE_CONFIG or --config, or copy config/bridge.example.yaml there.'
    throw new ConfigError([{ file, subject: '', problem, remedy }])
  }
}

function absolute(base: string, path: string): string {
  return isAbsolute(path) ? path : resolvePath(base, path)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
