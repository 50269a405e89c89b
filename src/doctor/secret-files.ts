// Can others on this machine read the files that secrets are in?

import { readFile, stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Finding } from '../contract/platform.ts'

const OTHERS = 0o077
const SUBJECT = 'secret files'

/** `files`: absolute paths of whatever the configuration was read from; `secrets`: what was read. Windows keeps no such modes. */
export async function lookAtSecretFiles(world: {
  readonly files: readonly string[]
  readonly secrets: readonly string[]
  readonly cwd: string
  readonly platform: string
}): Promise<readonly Finding[]> {
  if (world.platform === 'win32') return []
  const looked = await Promise.all(world.files.map((file) => lookAt(file, world.secrets)))
  const held = looked.filter((one) => one !== undefined)
  if (held.length === 0) return []
  const open = held.filter(({ mode }) => (mode & OTHERS) !== 0)
  if (open.length === 0) {
    return [{ verdict: 'ok', subject: SUBJECT, reason: 'only their owner can read them' }]
  }
  return open.map(({ file, mode }) => {
    const path = relative(world.cwd, file) || file
    return {
      verdict: 'warning',
      subject: SUBJECT,
      reason: `${path} can be read by others on this machine (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
      remedy: `chmod 600 ${path}`,
    }
  })
}

/** Undefined: there is no such file, or no secret in it. */
async function lookAt(
  file: string,
  secrets: readonly string[],
): Promise<{ readonly file: string; readonly mode: number } | undefined> {
  try {
    const { mode } = await stat(file)
    const text = await readFile(file, 'utf8')
    return secrets.some((secret) => secret !== '' && text.includes(secret)) ? { file, mode } : undefined
  } catch {
    return undefined
  }
}
