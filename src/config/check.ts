// Is the data what the schema says? All faults at once, and the best reading of the rest.

import type { z } from 'zod'
import { isRecord, pathText, toFaults, valueAt } from './issues.ts'
import type { PathFault } from './issues.ts'
import { PLATFORM_KINDS } from './platform-schema.ts'
import { fileSchema } from './schema.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

export interface Checked {
  /** Absent when so much is wrong that nothing more can be checked. */
  readonly config?: FileConfig
  readonly faults: readonly PathFault[]
}

/**
 * `faultyPaths`: values already known to be wrong; they get no second fault. `adapterKinds`: platforms that have an
 * adapter, also those whose keys are not in the schema.
 */
export function check(
  data: unknown,
  faultyPaths: readonly Path[],
  adapterKinds: readonly string[] = [],
): Checked {
  const complete = withKinds(data, adapterKinds)
  const parsed = fileSchema.safeParse(complete)
  if (parsed.success) return { config: parsed.data, faults: [] }

  const known = new Set(faultyPaths.map(pathText))
  const faults = parsed.error.issues
    .flatMap((issue) => toFaults(issue, complete))
    .filter((fault) => !known.has(pathText(fault.path)))
  const config = readAround(parsed.error.issues, complete)
  return { ...(config === undefined ? {} : { config }), faults }
}

/**
 * What is right around the faults is still checked further, so that a person hears of everything at once: faulty
 * values give way to defaults, and missing texts to a stand-in. Never used for running.
 */
function readAround(issues: readonly z.core.$ZodIssue[], data: unknown): FileConfig | undefined {
  const rest = structuredClone(data)
  for (const fault of issues.flatMap((issue) => toFaults(issue, data))) remove(rest, fault.path)
  const again = fileSchema.safeParse(rest)
  if (again.success) return again.data
  for (const { path } of again.error.issues) {
    const parent = valueAt(rest, path.slice(0, -1).map(String))
    if (isRecord(parent)) Reflect.set(parent, String(path.at(-1)), STAND_IN)
  }
  return fileSchema.safeParse(rest).data
}
const STAND_IN = '0'

/** Fills in each `kind` a person may leave out. */
function withKinds(data: unknown, adapterKinds: readonly string[]): unknown {
  if (!isRecord(data)) return data
  const result: Record<string, unknown> = { ...data }
  const { coze, agents, platforms } = data
  if (isRecord(coze) && isRecord(coze['auth']) && 'clientId' in coze['auth']) {
    const kind = 'keyId' in coze['auth'] || 'privateKey' in coze['auth'] ? 'jwt' : 'oauth'
    result['coze'] = { ...coze, auth: { kind, ...coze['auth'] } }
  }
  if (isRecord(agents)) {
    result['agents'] = mapRecord(agents, (agent) =>
      isRecord(agent) && 'workflow' in agent ? { kind: 'chatflow', ...agent } : agent,
    )
  }
  if (isRecord(platforms)) {
    result['platforms'] = mapRecord(platforms, (settings, account) =>
      isRecord(settings) ? withKind({ kind: account, ...settings }, adapterKinds) : settings,
    )
  }
  return result
}

/** Settings of a platform only its adapter knows are handed on as they are. */
function withKind(settings: Readonly<Record<string, unknown>>, adapterKinds: readonly string[]): unknown {
  const { kind: adapter } = settings
  const isOther =
    typeof adapter === 'string' && adapterKinds.includes(adapter) && !PLATFORM_KINDS.includes(adapter)
  return isOther ? { kind: 'other', adapter, settings } : settings
}

function remove(data: unknown, path: Path): void {
  const parent = valueAt(data, path.slice(0, -1))
  const last = path.at(-1)
  if (last === undefined) return
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (isRecord(parent)) Reflect.deleteProperty(parent, String(last))
}

function mapRecord(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
