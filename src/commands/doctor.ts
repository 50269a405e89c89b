// `bridge doctor`: what would a person have to click through to find out? Each finding with its remedy.

import type { Finding } from '../contract/platform.ts'
import type { LoadedConfig } from '../config/settings.ts'
import { openResources } from '../resources.ts'

const WITHIN_MS = 60_000
const MARKS = { ok: '✓', warning: '!', fault: '✗' } as const

/** Exit code 1 when there is a fault. */
export async function examine(config: LoadedConfig, json: boolean): Promise<number> {
  const resources = await openResources(config, {
    env: process.env,
    cwd: process.cwd(),
    writeLog: () => undefined,
    prettyLog: false,
  })
  try {
    const signal = AbortSignal.timeout(WITHIN_MS)
    const findings: Finding[] = [
      { verdict: 'ok', subject: 'store', reason: resources.store.promise },
      ...(await resources.assistant.check(Object.values(resources.policy.agents), signal)),
    ]
    for (const platform of resources.platforms.values()) findings.push(...(await platform.check(signal)))
    for (const finding of findings)
      process.stdout.write(`${json ? JSON.stringify(finding) : asLines(finding)}\n`)
    return findings.some(({ verdict }) => verdict === 'fault') ? 1 : 0
  } finally {
    await resources.close()
  }
}

function asLines({ verdict, subject, reason, remedy }: Finding): string {
  const line = `${MARKS[verdict]} ${subject}: ${reason}`
  return remedy === undefined ? line : `${line}\n    ${remedy}`
}
